"""How long each state holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from sys import intern
from typing import Protocol

from mer_ros.data import Emotion, NANOSECONDS

LAST_HOLD = NANOSECONDS
"""How long (ns) a person's last state is shown, at most: nobody knows what followed."""


@dataclass(frozen=True, slots=True)
class Span:
    """When the state at a ``place`` of the ``states`` holds, in seconds since the origin."""

    begin: float
    end: float
    label: str
    place: int
    states: Sequence[Emotion] = field(repr=False, compare=False)

    @property
    def state(self) -> Emotion:
        """The state, which may have to be read."""
        return self.states[self.place]


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


def spans_of(states: Sequence[Emotion], *, origin: int | None = None, end: int | None = None
             ) -> dict[str, list[Span]]:
    """Return the spans of each person by person_id, in order of time.

    They count from the stamp ``origin`` in nanoseconds, or from the first state of anybody.  A
    state holds until the person's next one, but not longer than its ``valid_for`` (0 = no
    limit), and not beyond ``end``, the stamp at which the recording ends, where it is known: what
    was perceived last may have a span of no length there.  Of several states with one stamp the
    last given counts.
    """
    # A state that was read has strings of its own; one of each will do.
    ordered = sorted((intern(state.person_id), state.stamp, place, state.valid_for,
                      intern(state.label))
                     for place, state in enumerate(states))
    if origin is None:
        origin = min((stamp for _, stamp, *_ in ordered), default=0)
    people: dict[str, list[Span]] = {}
    for (person, stamp, place, valid_for, label), following in zip_longest(ordered, ordered[1:]):
        is_last = following is None or following[0] != person
        hold = LAST_HOLD if is_last else following[1] - stamp
        hold = min(hold, valid_for or hold)
        if end is not None:
            hold = max(0, min(hold, end - stamp))
        spans = people.setdefault(person, [])
        if hold or (is_last and end is not None):
            begin = stamp - origin
            spans.append(Span(
                begin / NANOSECONDS, (begin + hold) / NANOSECONDS, label, place, states))
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
