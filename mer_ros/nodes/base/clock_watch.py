"""Seeing the system's time jump back, which ROS does not tell of."""

from collections.abc import Callable
import time

from mer_ros.data import nanoseconds

BACKWARD = nanoseconds(0.5)
"""A correction of the system's time by more than this is a jump; less is slewed by NTP."""


class ClockWatch:
    """Compares the system's time with a clock that is never set, both in nanoseconds."""

    def __init__(
        self, system: Callable[[], int] = time.time_ns,
        steady: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._system, self._steady = system, steady
        self._offset = system() - steady()

    def jumped_back(self) -> bool:
        """Tell whether the system's time was set back since the last call."""
        offset = self._system() - self._steady()
        change, self._offset = offset - self._offset, offset
        return change < -BACKWARD
