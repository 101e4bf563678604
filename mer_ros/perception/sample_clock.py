"""The event time of a stream of samples whose blocks carry jittery stamps."""

from __future__ import annotations

from mer_ros.data import nanoseconds

_CORRECTION = 10
"""A stamp is followed by one part in this many: jitter averages out and drift does not add up."""


class SampleClock:
    """Counts samples, and follows the stamps of the blocks slowly.

    Drivers stamp blocks some tens of milliseconds early or late, while the samples themselves
    come without a seam.  So time follows the sample count as long as a stamp is within
    ``tolerance`` seconds of it; beyond that sound was lost (``gap``) or time was set back
    (``backward``).  Jitter of +-j needs a tolerance of 2 j.
    """

    def __init__(self, *, tolerance: float = 0.1) -> None:
        if not tolerance > 0.0:
            raise ValueError(f'a tolerance of {tolerance} s cannot be used; it must be above 0')
        self._tolerance = nanoseconds(tolerance)
        self.reset()

    def reset(self) -> None:
        """Forget the stream; the next block starts another."""
        self._next: int | None = None

    def step(self, stamp: int) -> str:
        """Tell how a block continues the stream: ``next``, ``gap`` or ``backward``."""
        late = 0 if self._next is None else stamp - self._next
        if abs(late) <= self._tolerance:
            return 'next'
        return 'gap' if late > 0 else 'backward'

    def place(self, stamp: int, duration: int) -> int:
        """Take a ``next`` block that lasts so many nanoseconds; return its corrected stamp."""
        expected = stamp if self._next is None else self._next
        placed = expected + (stamp - expected) // _CORRECTION
        self._next = placed + duration
        return placed
