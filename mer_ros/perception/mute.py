"""When not to listen: while the robot itself talks."""

from __future__ import annotations

from mer_ros.data import NANOSECONDS

TAIL = NANOSECONDS * 3 // 10
"""How long a room goes on sounding after the robot has stopped, in nanoseconds."""


class Mute:
    """Says which sound is the robot's own.

    It goes by event time: sound from before the robot began is still listened to, also when it
    is looked at later.
    """

    def __init__(self) -> None:
        self._begin: int | None = None
        self._end: int | None = None

    def tell(self, now: int, *, speaking: bool) -> None:
        """Take in at this time, in nanoseconds, that the robot speaks, or that it does not."""
        if speaking:
            if self._begin is None or self._end is not None:
                self._begin, self._end = now, None
        elif self._begin is not None and self._end is None:
            self._end = now + TAIL

    def covers(self, start: int, end: int) -> bool:
        """Tell whether any of the sound from ``start`` to ``end`` may be the robot's."""
        began = self._begin is not None and end > self._begin
        return began and (self._end is None or start < self._end)
