"""Who was being talked with at a given moment."""

from bisect import bisect_right, insort
from collections import deque
from operator import itemgetter

from mer_ros.data import BadInput, NANOSECONDS, Speaker

TIMEOUT = 2 * NANOSECONDS
"""How long somebody is still taken for the speaker after the last sighting, in nanoseconds."""

MAX_FUTURE = NANOSECONDS // 2
"""How far ahead of the clock a sighting may be stamped, in nanoseconds."""

KEPT = 512
"""Sightings that are remembered: the last that arrived."""

_stamp = itemgetter(0)


class ActiveSpeaker:
    """Remembers, in event time, whom the robot was talking with.

    Sound and words often carry no person.  They are about whoever was the active speaker at
    the time, not at the time of arrival, so that a replay attributes them in the same way.  Of
    sightings with the same stamp one counts, the same in any order of arrival.

    Args:
        max_future: how far ahead of the clock a sighting may be stamped, in nanoseconds.
    """

    def __init__(self, *, max_future: int = MAX_FUTURE) -> None:
        self._max_future = max_future
        self._sightings: list[tuple[int, str]] = []  # in the order of their stamps
        self._arrived: deque[tuple[int, str]] = deque()

    def reset(self) -> None:
        """Forget everybody."""
        self._sightings.clear()
        self._arrived.clear()

    def note(self, speaker: Speaker, now: int | None = None) -> None:
        """Take in who it was at its time.

        Args:
            speaker: the sighting.
            now: the clock in nanoseconds; None or 0 as long as there is no time.

        Raises:
            BadInput: ``future``, the stamp is too far ahead of the clock; nothing has changed.
        """
        if now and speaker.stamp > now + self._max_future:
            raise BadInput('future', (
                f'the active speaker is stamped {(speaker.stamp - now) / NANOSECONDS:.3f} s ahead '
                f'of the clock; allowed are {self._max_future / NANOSECONDS:g} s: synchronise the '
                f'clocks, check use_sim_time'))
        sighting = speaker.stamp, speaker.person_id
        insort(self._sightings, sighting)
        self._arrived.append(sighting)
        # The bound goes by arrival: stamps from before a jump of the clock must not stay for good.
        if len(self._arrived) > KEPT:
            self._sightings.remove(self._arrived.popleft())

    def at(self, stamp: int) -> str:
        """Return who it was at a time: as last noted before, '' if that is long ago or never."""
        place = bisect_right(self._sightings, stamp, key=_stamp)
        if not place:
            return ''
        seen, person_id = self._sightings[place - 1]
        return person_id if stamp - seen <= TIMEOUT else ''
