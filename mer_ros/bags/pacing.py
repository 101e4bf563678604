"""Decide when each moment of a recording is due."""

from collections.abc import Callable, Iterator
import math
import time

from mer_ros.data import nanoseconds


class Pacer:
    """Maps the time of a recording onto a clock that is passed in.

    Args:
        rate: how many recorded seconds pass in a second of the clock, > 0.
        tick: seconds of the clock between two ticks.
        now: the clock, monotonic, in nanoseconds.
        sleep: waits for at most so many seconds; it may return early.
    """

    def __init__(
        self,
        *,
        rate: float = 1.0,
        tick: float = 0.01,
        now: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not (math.isfinite(rate) and rate > 0):
            raise ValueError(f'rate must be a finite number above 0, given {rate}')
        self._rate = rate
        self._tick = nanoseconds(tick)
        self._now = now
        self._sleep = sleep
        self._origin = 0
        self._reached = 0
        self._began = 0
        self._next_tick = 0

    def begin(self, stamp: int) -> None:
        """Let the recording stand at ``stamp`` (ns) now."""
        self._origin = self._reached = stamp
        self._began = self._next_tick = self._now()

    def until(self, stamp: int) -> Iterator[int]:
        """Wait until ``stamp`` is due, yielding the recording's time at every tick before that.

        A stamp that is due already yields nothing.  The times that successive waits yield never
        go back and never pass the stamp waited for, as long as the stamps do not go back.
        """
        due = self._began + round((stamp - self._origin) / self._rate)
        while (now := self._now()) < due:
            if now >= self._next_tick:
                self._next_tick = now + self._tick
                time_now = self._origin + round((now - self._began) * self._rate)
                # Rounding to the clock's nanoseconds is coarse for the recording at a high rate.
                yield min(stamp, max(self._reached, time_now))
            else:
                self._sleep((min(due, self._next_tick) - now) / 1e9)
        self._reached = stamp
