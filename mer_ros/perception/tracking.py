"""Faces of one image after another, told apart by ids that stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import NANOSECONDS, nanoseconds

Box = NDArray[np.float64]
"""Left, top, right, bottom in pixels, shape (4,)."""

LEAST_LIKENESS = 0.25
"""Two boxes less alike than this are not of one face."""


def likeness(one: Box, other: Box) -> float:
    """Return how alike two boxes are, 0 to 1: 1 where equal, 0 where a face's width apart.

    The product of nearness of the centres, in widths of the larger box, and ratio of the widths.
    Unlike the overlap, it tells near misses of small boxes from far ones, which matters when
    only every fifth image is looked at.
    """
    widths = one[2] - one[0], other[2] - other[0]
    apart = np.hypot(*((one[:2] + one[2:] - other[:2] - other[2:]) / 2))
    nearness = max(0.0, 1.0 - float(apart) / max(widths))
    return float(nearness * min(widths) / max(widths))


@dataclass(slots=True)
class _Track:
    name: str
    box: Box
    velocity: Box  # pixels a second
    stamp: int

    def predicted(self, stamp: int) -> Box:
        return self.box + self.velocity * ((stamp - self.stamp) / NANOSECONDS)

    def move(self, box: Box, stamp: int, smoothing: float) -> None:
        elapsed = (stamp - self.stamp) / NANOSECONDS
        box = smoothing * self.predicted(stamp) + (1.0 - smoothing) * box
        if elapsed > 0.0:
            self.velocity = (self.velocity + (box - self.box) / elapsed) / 2
        self.box, self.stamp = box, stamp


class FaceTracker:
    """Gives each face in a stream of images a name that stays with it: face_1, face_2, ...

    Use it where several people stand before the camera.  A face is where its last two boxes
    lead to (constant velocity); boxes are matched to faces in the order of their likeness, each
    once, as in Bochinski et al. (AVSS 2017), who match by overlap.  A face unseen for
    ``max_gap`` seconds is gone: whoever comes back has a new name, for nobody is recognised.
    Names depend on the boxes and stamps alone, so that a replay repeats them.

    Args:
        max_gap: seconds for which an unseen face keeps its name, above 0.
        smoothing: share in [0, 1) that the predicted box has in the box returned; 0 = as detected.
    """

    def __init__(self, *, max_gap: float = 1.0, smoothing: float = 0.0) -> None:
        if not max_gap > 0.0 or not 0.0 <= smoothing < 1.0:
            raise ValueError(f'max_gap {max_gap} s and smoothing {smoothing} cannot be used; '
                             f'needed is max_gap > 0 and 0 <= smoothing < 1')
        self._max_gap = nanoseconds(max_gap)
        self._smoothing = smoothing
        self.reset()

    def reset(self) -> None:
        """Forget all faces; names start from face_1 again."""
        self._tracks: list[_Track] = []
        self._named = 0

    def update(self, stamp: int, boxes: NDArray[np.floating]) -> dict[str, Box]:
        """Take the boxes (N, 4) of the next image; return the box of each face in it, by name.

        Names come in the order of the boxes.  Stamps must not go back.
        """
        self._tracks = [track for track in self._tracks if stamp - track.stamp <= self._max_gap]
        found = np.asarray(boxes, dtype=np.float64)
        pairs = sorted(
            ((likeness(track.predicted(stamp), box), -which, -index)
             for which, track in enumerate(self._tracks) for index, box in enumerate(found)),
            reverse=True)
        track_of: dict[int, _Track] = {}
        taken: set[int] = set()
        for score, which, index in pairs:
            if score >= LEAST_LIKENESS and -which not in taken and -index not in track_of:
                taken.add(-which)
                track_of[-index] = self._tracks[-which]
        named = {}
        for index, box in enumerate(found):
            track = track_of.get(index)
            if track is None:
                self._named += 1
                track = _Track(f'face_{self._named}', box, np.zeros(4), stamp)
                self._tracks.append(track)
            else:
                track.move(box, stamp, self._smoothing)
            named[track.name] = track.box
        return named


class Foremost:
    """Says which of several people the robot is talking with: the one whose face is largest.

    Robots' microphones hear best who stands nearest, and people come near to talk.  Another
    person takes over when their box is ``margin`` times as wide, so that two people side by
    side do not take turns with every image.
    """

    def __init__(self, *, margin: float = 1.2) -> None:
        self._margin = margin
        self.reset()

    def reset(self) -> None:
        """Forget who it was."""
        self._name = ''

    def update(self, named: dict[str, Box]) -> str:
        """Take the faces of an image, by name; return who is foremost, '' with no face."""
        widths = {name: box[2] - box[0] for name, box in named.items()}
        if not widths:
            self.reset()
            return ''
        widest = max(widths, key=lambda name: widths[name])
        if widths[widest] > self._margin * widths.get(self._name, 0.0):
            self._name = widest
        return self._name
