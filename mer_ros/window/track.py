"""The messages about one person."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from operator import attrgetter

from mer_ros.data import Logits, NO_VOICE

_stamp = attrgetter('stamp')


def _content(item: Logits) -> tuple[object, ...]:
    return (item.model, item.labels, item.logits.tobytes(), item.quality, item.window,
            item.frame_id)


def _tells(item: Logits) -> bool:
    return NO_VOICE not in item.doubts


def _one_of(first: Logits, second: Logits) -> Logits:
    # Which of two messages with the same stamp is kept must not depend on which came first.
    return max(first, second, key=_content)


class Track:
    """The messages about one person: those that wait for a window, and the newest one used.

    ``waiting`` holds, a modality, messages newer than the last ``close`` in the order of their
    stamps, at most ``max_messages``; ``used`` the newest message up to it, of words the newest
    that count (see NO_VOICE) where there are any.
    """

    def __init__(self, modalities: Sequence[str], *, max_messages: int) -> None:
        self.waiting: dict[str, list[Logits]] = {modality: [] for modality in modalities}
        self.used: dict[str, Logits] = {}
        self.close: int | None = None
        self._max_messages = max_messages

    @property
    def first(self) -> int | None:
        """Smallest stamp that waits, or None."""
        first = None
        for queue in self.waiting.values():
            if queue and (first is None or queue[0].stamp < first):
                first = queue[0].stamp
        return first

    @property
    def newest_waiting(self) -> int:
        """Newest stamp that waits; 0 when none does."""
        return max([queue[-1].stamp for queue in self.waiting.values() if queue], default=0)

    @property
    def newest(self) -> int:
        """Newest stamp of all; 0 when there is no message."""
        return self.newest_waiting or self.newest_used

    @property
    def newest_used(self) -> int:
        """Newest stamp that was used; 0 when there is none."""
        return max(map(_stamp, self.used.values()), default=0)

    def is_late(self, stamp: int) -> bool:
        """Say whether the window of this stamp has closed."""
        return self.close is not None and stamp <= self.close

    def put(self, item: Logits) -> str | None:
        """Keep a message; return 'late', 'duplicate' or 'overflow' when it is one, else None."""
        if self.is_late(item.stamp):
            return self._put_late(item)
        queue = self.waiting[item.modality]
        place = bisect_left(queue, item.stamp, key=_stamp)
        if place < len(queue) and queue[place].stamp == item.stamp:
            queue[place] = _one_of(queue[place], item)
            return 'duplicate'
        insort(queue, item, key=_stamp)
        if len(queue) > self._max_messages:
            del queue[0]
            return 'overflow'
        return None

    def _put_late(self, item: Logits) -> str:
        used = self.used.get(item.modality)
        if used is not None and used.stamp == item.stamp:
            self.used[item.modality] = _one_of(used, item)
            return 'duplicate'
        if used is None or (item.stamp > used.stamp and (_tells(item) or not _tells(used))):
            self.used[item.modality] = item
        return 'late'

    def use(self, close: int) -> None:
        """Close a window: use up every message up to its close."""
        for modality, queue in self.waiting.items():
            count = bisect_right(queue, close, key=_stamp)
            if count:
                candidates = [self.used[modality]] if modality in self.used else []
                candidates += queue[:count]
                self.used[modality] = next(
                    (item for item in reversed(candidates) if _tells(item)), candidates[-1])
                del queue[:count]
        self.close = close

    def forget_waiting(self, modality: str, stamp: int) -> None:
        """Forget what waits of a modality up to a stamp."""
        queue = self.waiting[modality]
        del queue[:bisect_right(queue, stamp, key=_stamp)]

    def forget_used(self) -> None:
        """Forget what was used, as if the person were new."""
        self.used.clear()
        self.close = None
