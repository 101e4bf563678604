"""One look of a network of BlazeFace at a picture, and what its boxes and points mean."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.models.detectors.blazeface_network import Network, Range

FEW = 50
"""Rows or columns of a picture of which none is left out."""

OVERLAP = 0.3
"""Boxes that share more than this part of their union are one face."""


class Look:
    """Looks at pictures of any size with one network; faces below ``min_score`` are left out."""

    def __init__(self, network: Network, kind: Range, *, min_score: float) -> None:
        self.kind = kind
        self._network, self._min_score = network, min_score

    def find(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return scores (N,) and points (N, 8, 2) in pixels of what is seen in a picture (H, W, 3).

        The first two points are the corners of the box, the others the eyes, nose, mouth and ears.
        """
        side, centres = self.kind.side, centres_of(self.kind)
        height, width = pixels.shape[:2]
        scale = max(height, width) / side
        size = max(1, round(width / scale)), max(1, round(height / scale))
        canvas = np.zeros((1, side, side, 3), dtype=np.uint8)
        left, top = (side - size[0]) // 2, (side - size[1]) // 2
        canvas[0, top:top + size[1], left:left + size[0]] = shrunk(pixels, size)
        offsets, logits = self._network(canvas.astype(np.float32) / 127.5 - 1.0)
        logits = np.clip(logits.ravel().astype(np.float64), -100.0, 100.0)
        scores = 1.0 / (1.0 + np.exp(-logits))
        sure = np.flatnonzero(scores >= self._min_score)
        raw = offsets.reshape(len(logits), 8, 2)[sure].astype(np.float64)
        centre = raw[:, 0] + centres[sure]
        half = raw[:, 1] / 2
        points = np.concatenate([(centre - half)[:, None], (centre + half)[:, None],
                                 raw[:, 2:] + centres[sure][:, None]], axis=1)
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
def centres_of(kind: Range) -> NDArray[np.float64]:
    """Return the centres (N, 2) of what a network predicts, in pixels of its input."""
    centres = []
    for cells, each in kind.grids:
        ticks = (np.arange(cells) + 0.5) * kind.side / cells
        x, y = np.meshgrid(ticks, ticks)
        centres.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), each, axis=0))
    return np.concatenate(centres)


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


def as_cascade(points: NDArray[np.float64], kind: Range) -> NDArray[np.float64]:
    """Return boxes (N, 4) as the Haar cascade draws them: squares, in line with a tilted head."""
    centre = points[:, :2].mean(axis=1)
    across = points[:, 3] - points[:, 2]
    down = points[:, 5] - points[:, 2:4].mean(axis=1)
    eyes, mouth = (np.linalg.norm(way, axis=1, keepdims=True) for way in (across, down))
    side = np.maximum(kind.growth * (points[:, 1] - points[:, 0]).max(axis=1, keepdims=True),
                      kind.reach * (eyes + mouth) / 2)
    across = np.where(eyes > 0.0, across / np.maximum(eyes, 1e-9), np.array([1.0, 0.0]))
    centre = centre + kind.rise * side * np.stack([across[:, 1], -across[:, 0]], axis=1)
    return np.concatenate([centre - side / 2, centre + side / 2], axis=1)


def landmarks_of(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the five landmarks (N, 5, 2) of `Faces`; the network gives no mouth corners."""
    corners = np.full((len(points), 2, 2), np.nan)
    return np.concatenate([points[:, 2:5], corners], axis=1)
