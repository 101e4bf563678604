"""What the learned face detectors have in common."""

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.models.protocols import Faces


def check_search(*, max_side: int, min_face: int, min_score: float) -> None:
    """Raise ValueError if an option of a search is out of range."""
    if max_side < 32 or min_face < 1 or not 0.0 < min_score < 1.0:
        raise ValueError(
            f'the detector needs max_side >= 32, min_face >= 1 and 0 < min_score < 1; '
            f'given {max_side}, {min_face}, {min_score}')


def reduced(
    image: NDArray[np.uint8], max_side: int
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return an image with at most ``max_side`` pixels a side, and its old size by its new.

    The ratio is (width, height), by which positions are multiplied to be those in the image.
    """
    height, width = image.shape[:2]
    reduction = max(height, width) / max_side
    if reduction <= 1.0:
        return image, np.ones(2)
    size = max(1, round(width / reduction)), max(1, round(height / reduction))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return small, np.array([width, height]) / size


def whole_cells(side: int) -> int:
    """Return a side in pixels rounded up to whole cells of the coarsest map, 32 pixels each."""
    return -(-side // 32) * 32


def on_canvas(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return an image (H, W, 3) on a black canvas of this size; what is beyond is cut off."""
    canvas = np.zeros((height, width, 3), dtype=np.uint8)
    canvas[:image.shape[0], :image.shape[1]] = image[:height, :width]
    return canvas


def found_faces(
    boxes: NDArray[np.float64], scores: NDArray[np.float64], landmarks: NDArray[np.float64], *,
    scale: NDArray[np.float64], shape: tuple[int, ...], min_face: int,
) -> Faces:
    """Return what was found in a reduced image as faces of the image of this shape (H, W, ...).

    boxes (N, 4) and landmarks (N, 5, 2) are in pixels of the reduced image, scores (N,) in
    [0, 1]; boxes end at the border; those with a side below ``min_face`` are left out.
    """
    corners = np.clip(boxes.reshape(-1, 2, 2) * scale, 0.0, np.array(shape[1::-1])).reshape(-1, 4)
    large = (corners[:, 2:] - corners[:, :2]).min(axis=1) >= min_face
    kept = np.flatnonzero(large)[np.argsort(-scores[large], kind='stable')]
    return Faces(
        boxes=corners[kept].astype(np.float32),
        scores=np.clip(scores[kept], 0.0, 1.0).astype(np.float32),
        landmarks=(landmarks[kept] * scale).astype(np.float32))
