"""How calm what is shown of a calm person looks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.emotions import UNKNOWN
from mer_ros.evaluation.reports.spans import label_runs, spans_of

ANGER = 'anger'
"""What a robot must not read into people."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown of people for some seconds, of which none should be an emotion.

    ``wrong`` and ``anger`` are the seconds with an emotion and with anger; ``states`` how many
    states named an emotion; ``changes`` how often the label changed.
    """

    seconds: float = 0.0
    wrong: float = 0.0
    anger: float = 0.0
    states: int = 0
    changes: int = 0

    def __add__(self, other: Shown) -> Shown:
        """Return both, one after the other."""
        return Shown(self.seconds + other.seconds, self.wrong + other.wrong,
                     self.anger + other.anger, self.states + other.states,
                     self.changes + other.changes)

    def figures(self) -> dict[str, Any]:
        """Return shares of the time, and numbers a minute."""
        minutes = max(self.seconds, 1e-9) / 60.0
        return {'seconds': self.seconds, 'emotion_share': self.wrong / (60.0 * minutes),
                'anger_share': self.anger / (60.0 * minutes),
                'emotions_a_minute': self.states / minutes,
                'changes_a_minute': self.changes / minutes}


def shown(states: Sequence[Emotion], *, origin: int, end: int,
          calm: Collection[str] = ('neutral', UNKNOWN)) -> Shown:
    """Return what states show between two stamps (ns), all labels but the ``calm`` ones wrong."""
    runs = [run for spans in spans_of(states, origin=origin, end=end).values()
            for run in label_runs(spans)]
    held = [(label, until - begin) for label, begin, until in runs]
    return Shown(
        (end - origin) / NANOSECONDS, sum(time for label, time in held if label not in calm),
        sum(time for label, time in held if label == ANGER),
        sum(state.label not in calm for state in states),
        sum(one[0] != other[0] for one, other in pairwise(held)))
