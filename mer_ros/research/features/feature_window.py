"""The features about one person that belong together."""

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import Features


def _stamp(item: Features) -> int:
    return item.stamp


class FeatureWindow:
    """Keeps what every modality told in the last ``length`` nanoseconds, in order of event time.

    Of each modality it keeps at most ``max_frames`` rows, the newest.
    """

    def __init__(self, *, length: int, max_frames: int) -> None:
        self._length = length
        self._max_frames = max_frames
        self._items: dict[str, list[Features]] = {}

    @property
    def newest(self) -> Features | None:
        """What came last in event time, None while there is nothing."""
        return max((items[-1] for items in self._items.values()), key=_stamp, default=None)

    @property
    def start(self) -> int:
        """Oldest stamp; the window must not be empty."""
        return min(items[0].stamp for items in self._items.values())

    def newest_of(self, modality: str) -> int:
        """Return the newest stamp of a modality, 0 where it told nothing."""
        items = self._items.get(modality)
        return items[-1].stamp if items else 0

    def put(self, item: Features) -> str | None:
        """Keep an item; return 'late' when it lies before the window, 'duplicate' when it replaces.

        One of the same modality and stamp as one that is there takes its place.
        """
        newest = self.newest
        if newest is not None and item.stamp <= newest.stamp - self._length:
            return 'late'
        if len(item.values) > self._max_frames:
            item = replace(item, values=item.values[-self._max_frames:].copy())
        items = self._items.setdefault(item.modality, [])
        place = bisect_left(items, item.stamp, key=_stamp)
        replaces = place < len(items) and items[place].stamp == item.stamp
        if replaces:
            items[place] = item
        else:
            insort(items, item, key=_stamp)
        self._trim()
        return 'duplicate' if replaces else None

    def rows(self) -> Mapping[str, NDArray[np.float32]]:
        """Return the rows (T, D) of each modality that told something, 1 <= T <= max_frames."""
        return {
            modality: np.concatenate([item.values for item in items])[-self._max_frames:]
            for modality, items in self._items.items()}

    def _trim(self) -> None:
        newest = self.newest
        assert newest is not None, 'something was put'
        for modality, items in list(self._items.items()):
            kept: list[Features] = []
            room = self._max_frames
            for item in reversed(items):
                if room <= 0 or item.stamp <= newest.stamp - self._length:
                    break
                kept.append(item)
                room -= len(item.values)
            if kept:
                self._items[modality] = kept[::-1]
            else:
                del self._items[modality]
