"""When not to listen: while the robot itself talks."""

from __future__ import annotations

from collections import deque

from mer_ros.data import AudioBlock, NANOSECONDS, nanoseconds

TAIL = NANOSECONDS * 3 // 10
"""How long a room goes on sounding after the robot has stopped, in nanoseconds."""

UNSTAMPED_DELAY = NANOSECONDS // 5
"""Sound without a stamp is heard up to this much before it arrives, in nanoseconds."""

REMEMBERED = 256
"""How many times the robot spoke is remembered."""


class Mute:
    """Says which sound is the robot's own.

    It goes by event time: sound from before the robot began is still listened to, and sound from
    while it spoke is not, also when either is looked at later.  The robot is believed to speak
    for at most ``timeout`` seconds after it last said so, since a speech synthesiser that dies
    says nothing more.
    """

    def __init__(self, *, timeout: float = 30.0) -> None:
        if not timeout > 0.0:
            raise ValueError(f'a timeout of {timeout} s cannot be used; it must be above 0')
        self._timeout = nanoseconds(timeout)
        self._spoken: deque[tuple[int, int]] = deque(maxlen=REMEMBERED)
        self._speaking = False

    def tell(self, now: int, *, speaking: bool) -> None:
        """Take in at this time, in nanoseconds, that the robot speaks, or that it does not."""
        if speaking:
            begin, end = self._spoken.pop() if self._speaking else (now, now)
            if now > end:  # the timeout ran out in between
                self._spoken.append((begin, end))
                begin = now
            self._spoken.append((begin, now + self._timeout))
        elif self._speaking:
            begin, end = self._spoken.pop()
            self._spoken.append((begin, min(end, now + TAIL)))
        self._speaking = speaking

    def covers(self, start: int, end: int) -> bool:
        """Tell whether any of the sound from ``start`` to ``end`` may be the robot's."""
        return any(end > began and start < ended for began, ended in self._spoken.copy())

    def covers_block(self, block: AudioBlock) -> bool:
        """Tell whether any of a block may be the robot's, which may have come late."""
        early = UNSTAMPED_DELAY if block.arrived else 0
        return self.covers(block.stamp - early, block.end)

    def stuck(self, now: int) -> bool:
        """Tell whether the robot said that it speaks, and then nothing for longer than allowed."""
        return self._speaking and now >= self._spoken[-1][1]
