"""What the stamps of a stream of sound say about the time of its first sample.

The lag of a block is its stamp less the duration of all sound before it: the time at which the
stream would have begun, were this stamp exact.  From the lags follows the offset between sample
count and event time, and whether sound was lost.  All values are nanoseconds.
"""

from typing import Protocol

from mer_ros.data import NANOSECONDS

SHORTEST_LOSS = NANOSECONDS // 200
"""Less lost sound than this cannot be told from the rounding of stamps."""

FASTEST_DRIFT = 0.001
"""How much slower than its nominal rate a sound card may run; what lags more was lost."""

MEMORY = 5 * NANOSECONDS
"""How long the smallest lag counts at least; twice this at most."""


class StampOffset(Protocol):
    """Follows the lags of one stream; ``value`` is the offset."""

    value: float
    backward: int
    """A lag that is further below the offset than this is a jump back in time."""

    def missing(self, lag: float) -> float:
        """Return how much sound was lost before a block with this lag; 0 where none was."""

    def take(self, lag: float, duration: int, missing: float) -> None:
        """Take in the lag and duration of a block, and how much is filled in before it."""


class MeanOffset:
    """The offset of stamps that a driver made: the lags average out.

    Jitter comes back: after a late stamp follow earlier ones.  Lost sound does not.  So the
    jitter is how far lags fall below their recent maximum, and a lag above the offset by more
    than the jitter is a loss, seen at once where stamps are exact and else at the second such
    block, for a single one may be an outlier.  Losses within the jitter add up until the offset
    rises faster than a sound card can drift.
    """

    backward = NANOSECONDS
    _first_tolerance = NANOSECONDS // 10  # until three lags have shown the jitter
    _weight = 0.1  # of a new lag in the mean
    _peak_memory = 2 * NANOSECONDS
    _jitter_memory = 10 * NANOSECONDS

    def __init__(self, lag: float) -> None:
        self.value = self._reference = self._peak = self._last = lag
        self._jitter = 0.0
        self._taken = 0

    def missing(self, lag: float) -> float:
        """Return how much sound was lost before a block with this lag; 0 where none was."""
        tolerance = (self._first_tolerance if self._taken < 3
                     else SHORTEST_LOSS + 1.2 * self._jitter)
        late = lag if self._jitter < SHORTEST_LOSS else min(lag, self._last)
        if late - self.value > tolerance:
            return late - self._reference
        risen = self.value - self._reference
        return risen if risen > SHORTEST_LOSS + 0.5 * self._jitter else 0.0

    def take(self, lag: float, duration: int, missing: float) -> None:
        """Take in the lag and duration of a block, and how much is filled in before it."""
        lag -= missing
        if missing:
            self.value = self._reference
            self._peak = max(self._peak - missing, self.value)
        self._peak = max(lag, self._peak - (self._peak - lag) * _share(duration, self._peak_memory))
        self._jitter = max(self._peak - lag,
                           self._jitter * (1.0 - _share(duration, self._jitter_memory)))
        self._last = lag
        self.value += (lag - self.value) * self._weight
        self._reference = min(self.value, self._reference + FASTEST_DRIFT * duration)
        self._taken += 1


class LeastOffset:
    """The offset of stamps that were taken on arrival: the least delayed block tells it.

    Blocks may come in bursts and up to two seconds late; the sample count goes on all the same.
    Where none of the last seconds' blocks was as early as the offset, sound was lost.
    """

    backward = 2 * NANOSECONDS
    _longest_delay = 2 * NANOSECONDS
    _tolerance = NANOSECONDS // 50  # the least delay varies by some milliseconds

    def __init__(self, lag: float) -> None:
        self.value = lag
        self._before, self._least = lag, lag
        self._age = 0

    def missing(self, lag: float) -> float:
        """Return how much sound was lost before a block with this lag; 0 where none was."""
        if lag - self.value > self._longest_delay:
            return lag - self.value
        risen = min(self._before, self._least, lag) - self.value
        return risen if risen > self._tolerance else 0.0

    def take(self, lag: float, duration: int, missing: float) -> None:
        """Take in the lag and duration of a block, and how much is filled in before it."""
        self._before -= missing
        self._least = min(self._least - missing, lag - missing)
        self._age += duration
        self.value = min(self._before, self._least)
        if self._age >= MEMORY:
            self._before, self._least, self._age = self._least, float('inf'), 0


def _share(duration: int, memory: int) -> float:
    return min(1.0, duration / memory)
