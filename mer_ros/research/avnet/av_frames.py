"""Selection of one image for each audio-visual segment."""

from typing import Generic, TypeVar

from mer_ros.data import nanoseconds
from mer_ros.perception.face_crops import BACKWARD

Item = TypeVar('Item')


class CentreFrame(Generic[Item]):
    """Chooses, of each segment of a stream, the image nearest to the segment's centre.

    Segments of ``length`` seconds lie on a fixed grid of event time, so that the choice does not
    depend on when one started to look.  It is made at the first image past the centre, or when
    the segment is over; the earlier of equals is kept.  A jump back in time starts afresh.
    """

    def __init__(self, length: float) -> None:
        if not length > 0.0:
            raise ValueError(f'a segment of {length} s cannot be used; it must be above 0')
        self._length = nanoseconds(length)
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._held: tuple[int, Item] | None = None
        self._newest = 0
        self._chosen = -1

    def index(self, stamp: int) -> int:
        """Return the place of the segment that a time lies in."""
        return stamp // self._length

    def is_late(self, stamp: int) -> bool:
        """Tell whether an image of a later segment has come already."""
        return self.index(stamp) < self.index(self._newest)

    def push(self, stamp: int, item: Item) -> list[Item]:
        """Take an image of this time; return those that are chosen by now, at most two."""
        if stamp < self._newest - BACKWARD:
            self.reset()
        if self.is_late(stamp):
            return []
        chosen = self.flush() if self.index(stamp) > self.index(self._newest) else []
        self._newest = max(self._newest, stamp)
        if self.index(stamp) == self._chosen:
            return chosen
        if self._held is None or self._distance(stamp) < self._distance(self._held[0]):
            self._held = stamp, item
        return chosen + self.flush() if self._past_centre(stamp) >= 0 else chosen

    def flush(self) -> list[Item]:
        """Choose the image that waits for its segment to end, if any."""
        if self._held is None:
            return []
        stamp, item = self._held
        self._chosen, self._held = self.index(stamp), None
        return [item]

    def _past_centre(self, stamp: int) -> int:
        return 2 * (stamp % self._length) - self._length

    def _distance(self, stamp: int) -> int:
        return abs(self._past_centre(stamp))
