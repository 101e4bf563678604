"""Who was being talked with at a given moment."""

from __future__ import annotations

from bisect import insort_right
from operator import attrgetter

from mer_ros.data import NANOSECONDS, Speaker

TIMEOUT = 2 * NANOSECONDS
"""How long somebody is still taken for the speaker after the last sighting, in nanoseconds."""

KEPT = 512
"""Sightings that are remembered."""

_stamp = attrgetter('stamp')


class ActiveSpeaker:
    """Remembers, in event time, whom the robot was talking with.

    Sound and words often carry no person.  They are about whoever was the active speaker at
    the time, not at the time of arrival, so that a replay attributes them in the same way.
    """

    def __init__(self) -> None:
        self._sightings: list[Speaker] = []

    def reset(self) -> None:
        """Forget everybody."""
        self._sightings.clear()

    def note(self, speaker: Speaker) -> None:
        """Take in who it was at its time."""
        insort_right(self._sightings, speaker, key=_stamp)
        del self._sightings[:-KEPT]

    def at(self, stamp: int) -> str:
        """Return who it was at a time: as last noted before, '' if that is long ago or never."""
        for sighting in reversed(self._sightings):
            if sighting.stamp <= stamp:
                return sighting.person_id if stamp - sighting.stamp <= TIMEOUT else ''
        return ''
