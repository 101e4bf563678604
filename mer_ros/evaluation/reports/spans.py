"""How long each state holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from mer_ros.data import Emotion, NANOSECONDS

LAST_HOLD = NANOSECONDS
"""How long (ns) a person's last state is shown, at most: nobody knows what followed."""


@dataclass(frozen=True, slots=True)
class Span:
    """A state and when it holds, in seconds since the origin."""

    begin: float
    end: float
    state: Emotion

    @property
    def label(self) -> str:
        """The label of the state."""
        return self.state.label


class Labelled(Protocol):
    """What has a label for a while, in seconds."""

    @property
    def begin(self) -> float:
        """When it begins."""

    @property
    def end(self) -> float:
        """When it ends."""

    @property
    def label(self) -> str:
        """What holds in between."""


def spans_of(states: Iterable[Emotion], *, origin: int | None = None, end: int | None = None
             ) -> dict[str, list[Span]]:
    """Return the spans of each person by person_id, in order of time.

    They count from the stamp ``origin`` in nanoseconds, or from the first state of anybody.  A
    state holds until the person's next one, but not longer than its ``valid_for`` (0 = no
    limit), and not beyond ``end``, the stamp at which the recording ends, where it is known: what
    was perceived last may have a span of no length there.  Of several states with one stamp the
    last given counts.
    """
    ordered = sorted(states, key=lambda state: (state.person_id, state.stamp))
    if origin is None:
        origin = min((state.stamp for state in ordered), default=0)
    people: dict[str, list[Span]] = {}
    for index, state in enumerate(ordered):
        following = ordered[index + 1] if index + 1 < len(ordered) else None
        is_last = following is None or following.person_id != state.person_id
        if following is None or is_last:
            hold = min(state.valid_for or LAST_HOLD, LAST_HOLD)
        else:
            hold = following.stamp - state.stamp
            hold = min(hold, state.valid_for or hold)
        if end is not None:
            hold = max(0, min(hold, end - state.stamp))
        spans = people.setdefault(state.person_id, [])
        if hold or (is_last and end is not None):
            begin = state.stamp - origin
            spans.append(Span(begin / NANOSECONDS, (begin + hold) / NANOSECONDS, state))
    return people


def label_runs(pieces: Iterable[Labelled]) -> list[tuple[str, float, float]]:
    """Return (label, begin, end) in seconds of each unbroken stretch with one label."""
    runs: list[tuple[str, float, float]] = []
    for piece in pieces:
        if runs and runs[-1][0] == piece.label and runs[-1][2] == piece.begin:
            runs[-1] = (piece.label, runs[-1][1], piece.end)
        else:
            runs.append((piece.label, piece.begin, piece.end))
    return runs
