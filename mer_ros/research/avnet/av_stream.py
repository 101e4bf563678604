"""The sliding window of an audio-visual stream: segments that are judged once each."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import Media


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment that was judged: ``index`` is its place on the grid of event time.

    ``start`` and ``end`` bound its evidence, in nanoseconds; ``embedding`` (D,) float32 and
    ``logits`` (n,) float64 are the outputs of the network; ``quality`` is in [0, 1].
    """

    index: int
    start: int
    end: int
    embedding: NDArray[np.float32]
    logits: NDArray[np.float64]
    quality: float
    person_id: str
    frame_id: str
    media: Media | None


class SegmentWindow:
    """Keeps what was made of one person's last ``size`` segments: none is judged twice.

    Radoi and Cioroiu (2024), eqs. (1) and (2): the network is the same for all segments, and its
    outputs are averaged.  So a window that moves on by one segment costs one segment.  Segments
    that could not be judged are left out of the mean; those of another person are forgotten.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._segments: deque[Segment] = deque()

    def reset(self) -> None:
        """Forget all segments."""
        self._segments.clear()

    def __len__(self) -> int:
        return len(self._segments)

    @property
    def newest(self) -> Segment:
        """The last segment that was added."""
        return self._segments[-1]

    @property
    def start(self) -> int:
        """When the evidence of the oldest segment begins, in nanoseconds."""
        return self._segments[0].start

    def add(self, segment: Segment) -> None:
        """Take the next segment; forget those that no longer belong to the window."""
        if self._segments and self.newest.person_id != segment.person_id:
            self.reset()
        while self._segments and self._segments[0].index <= segment.index - self._size:
            self._segments.popleft()
        self._segments.append(segment)

    def logits(self) -> NDArray[np.float64]:
        """Return the mean (n,) of the segments' scores."""
        mean: NDArray[np.float64] = np.mean([one.logits for one in self._segments], axis=0)
        return mean

    def quality(self) -> float:
        """Return the mean of the segments' qualities, in [0, 1]."""
        return float(np.mean([one.quality for one in self._segments]))

    def features(self) -> NDArray[np.float32]:
        """Return the segments' embeddings (T, D), the oldest first."""
        return np.stack([one.embedding for one in self._segments])
