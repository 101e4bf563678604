"""Where to look for faces: everywhere once in a while, and in between where they were."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import nanoseconds
from mer_ros.models.protocols import FaceDetector, Faces, LooksNear
from mer_ros.perception.tracking import LEAST_LIKENESS, likeness

MOST = 3
"""With more faces than this a search of the whole image is no dearer than one near each."""

SAME = 0.5
"""Two faces more alike than this may be one, found twice."""


class FaceSearch:
    """Finds the faces in one image after the other without searching all of each.

    The whole image is searched when ``interval`` seconds of event time have passed since the last
    time, and at once where a face is not found near its last place; between, only the surroundings
    of the faces are.  So a face that appears is found within ``interval``, and one that is there is
    found as by the whole search.  ``only_largest`` follows the largest face alone.  A detector
    that cannot look near a place (see `LooksNear`) searches the whole image each time, as any does
    with the interval 0.

    It depends on stamps and images alone, so that a replay finds the same.
    """

    def __init__(self, detector: FaceDetector, *, interval: float = 1.0,
                 only_largest: bool = False) -> None:
        if not 0.0 <= interval <= 60.0:
            raise ValueError(f'the whole image cannot be searched every {interval} s; needed is '
                             f'a number from 0 (each time) to 60')
        self._detector = detector
        self._interval = nanoseconds(interval)
        self._only_largest = only_largest
        self.reset()

    def reset(self) -> None:
        """Forget the faces; the next search is of the whole image."""
        self._searched: int | None = None
        self._shape: tuple[int, ...] = ()
        self._known: NDArray[np.float32] = np.empty((0, 4), dtype=np.float32)

    def find(self, stamp: int, pixels: NDArray[np.uint8]) -> Faces:
        """Return the faces in an image (H, W, 3), uint8 RGB, of this stamp in ns."""
        faces = self._near(stamp, pixels)
        if faces is None:
            faces = self._detector.detect(pixels)
            self._searched, self._shape = stamp, pixels.shape
        largest = faces.largest()
        self._known = (faces.boxes[[largest]] if self._only_largest and largest is not None
                       else faces.boxes)
        return faces

    def _near(self, stamp: int, pixels: NDArray[np.uint8]) -> Faces | None:
        """Return the known faces where all are still there; None to search everywhere."""
        if (self._searched is None or not 0 <= stamp - self._searched < self._interval
                or not isinstance(self._detector, LooksNear) or pixels.shape != self._shape
                or not 0 < len(self._known) <= MOST):
            return None
        found: list[tuple[NDArray[np.float32], float, NDArray[np.float32]]] = []
        for box in self._known:
            faces = self._detector.detect_near(pixels, box)
            alike = [likeness(box, other) for other in faces.boxes]
            best = int(np.argmax(alike)) if alike else -1
            if best < 0 or alike[best] < LEAST_LIKENESS or any(
                    likeness(faces.boxes[best], other) > SAME for other, _, _ in found):
                return None
            found.append((faces.boxes[best], float(faces.scores[best]), faces.landmarks[best]))
        found.sort(key=lambda face: -face[1])
        boxes, scores, landmarks = zip(*found, strict=True)
        return Faces(np.stack(boxes), np.array(scores, dtype=np.float32), np.stack(landmarks))
