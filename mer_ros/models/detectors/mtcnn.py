"""The face detector MTCNN, as facenet-pytorch runs it."""

from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.detectors.boxes import check_search, found_faces, reduced
from mer_ros.models.input_checks import check_picture
from mer_ros.models.protocols import Faces

PACKAGE = 'facenet_pytorch'
INSTALL = 'pip install --no-deps -r requirements/mtcnn.txt'
"""What installs it, without its own requirements, which ask for an older torch."""


class MtcnnDetector:
    """Finds faces, with landmarks, by three cascaded networks (Zhang et al., 2016).

    Args:
        max_side: larger images are reduced to this many pixels on the long side.
        min_face: smallest side of a face, in pixels of the image given.
        min_score: faces with a lower score, in [0, 1], are left out.
        device: where torch computes.

    Raises:
        ImportError: facenet-pytorch is not installed.
        ValueError: a number is out of range.

    """

    name = 'mtcnn'

    def __init__(self, *, max_side: int = 640, min_face: int = 48, min_score: float = 0.9,
                 device: str = 'cpu') -> None:
        check_search(max_side=max_side, min_face=min_face, min_score=min_score)
        self._max_side, self._min_face, self._min_score = max_side, min_face, min_score
        try:
            package = import_module(PACKAGE)
        except ImportError as error:
            raise ImportError(f'{error}; the detector mtcnn needs: {INSTALL}') from error
        self._networks = package.MTCNN(keep_all=True, device=device)

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        """Return the faces in an RGB image (H, W, 3), uint8."""
        pixels, scale = reduced(check_picture(image), self._max_side)
        self._networks.min_face_size = max(20.0, self._min_face / float(scale.max()))
        found = self._networks.detect(pixels, landmarks=True)
        if found[0] is None:
            found = np.zeros((0, 4)), np.zeros(0), np.zeros((0, 5, 2))
        boxes, scores, landmarks = (np.asarray(part, dtype=np.float64) for part in found)
        sure = scores >= self._min_score
        return found_faces(boxes[sure], scores[sure], landmarks[sure], scale=scale,
                           shape=image.shape, min_face=self._min_face)
