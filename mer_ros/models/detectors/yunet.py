"""The face detector YuNet, as OpenCV runs it."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.models.detectors.boxes import check_search, found_faces, reduced
from mer_ros.models.input_checks import check_picture
from mer_ros.models.protocols import Faces
from mer_ros.models.weights.weights_cache import locate

OVERLAP = 0.3
"""Boxes that share more than this part of their union are one face."""


class YuNetDetector:
    """Finds faces from all sides, with landmarks, in milliseconds (Wu et al., 2023).

    Args:
        path: the ONNX file; None looks for the downloaded weights.
        max_side: larger images are reduced to this many pixels on the long side.
        min_face: smallest side of a face, in pixels of the image given.
        min_score: faces with a lower score, in [0, 1], are left out.

    Raises:
        FileNotFoundError: weights are missing; the message says how to get them.
        ValueError: a number is out of range, or the file is no such model.

    """

    name = 'yunet'

    def __init__(self, *, path: Path | str | None = None, max_side: int = 320,
                 min_face: int = 48, min_score: float = 0.7) -> None:
        check_search(max_side=max_side, min_face=min_face, min_score=min_score)
        self._max_side = max_side
        self._min_face = min_face
        file = locate('yunet') if path is None else Path(path)
        if not file.is_file():
            raise FileNotFoundError(f'the model file {file} is missing')
        try:
            self._detector = cv2.FaceDetectorYN.create(
                str(file), '', (max_side, max_side), min_score, OVERLAP)
        except cv2.error as error:
            raise ValueError(f'{file} is no YuNet that OpenCV {cv2.__version__} can run, or not a '
                             f'complete one: {error}') from error

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        """Return the faces in an RGB image (H, W, 3), uint8."""
        pixels, scale = reduced(check_picture(image), self._max_side)
        self._detector.setInputSize((pixels.shape[1], pixels.shape[0]))
        found = self._detector.detect(np.ascontiguousarray(pixels[..., ::-1]))[1]
        # A row is left, top, width, height, five landmarks and the score.
        rows = np.zeros((0, 15)) if found is None else np.asarray(found, dtype=np.float64)
        boxes = np.hstack([rows[:, :2], rows[:, :2] + rows[:, 2:4]])
        return found_faces(boxes, rows[:, 14], rows[:, 4:14].reshape(-1, 5, 2), scale=scale,
                           shape=image.shape, min_face=self._min_face)
