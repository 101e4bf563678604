"""The clock of event time."""


class EventClock:
    """What time it is where the stamps come from.

    That is the clock of the node, as long as the newest stamp lay less than ``max_lag`` behind
    it when it came.  Otherwise the stamps belong to another time (a bag that is played without
    simulated time, a sensor whose clock was never set), and event time is the newest stamp plus
    whatever time has passed since it came: windows then still wait for each other, and silence
    still expires.

    Args:
        max_lag: nanoseconds; evidence this old is of no use.
    """

    def __init__(self, *, max_lag: int) -> None:
        self._max_lag = max_lag
        self.reset()

    def reset(self) -> None:
        """Forget every stamp."""
        self._newest: int | None = None
        self._came: int | None = None
        self.offset = 0
        """Nanoseconds by which the node's clock is ahead of event time."""

    def observe(self, stamp: int, now: int | None) -> None:
        """Take note of a message with this stamp that came at ``now`` (None or 0: no time yet)."""
        if self._newest is None or stamp > self._newest:
            self._newest = stamp
            self._came = now or None
            lag = now - stamp if now else 0
            self.offset = lag if lag >= self._max_lag else 0

    def time(self, now: int | None) -> int | None:
        """Return event time in nanoseconds, or None as long as the clock has no time."""
        if not now:
            return None
        if self._came is None and self._newest is not None:
            self._came = now
            lag = now - self._newest
            self.offset = lag if lag >= self._max_lag else 0
        return now - self.offset
