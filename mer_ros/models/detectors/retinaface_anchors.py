"""RetinaFace graphs whose outputs are boxes, scores and landmarks of all anchors."""

import cv2
import numpy as np
from numpy.typing import NDArray
import onnxruntime

from mer_ros.models.detectors.boxes import on_canvas, whole_cells

STRIDES = {8: (16, 32), 16: (64, 128), 32: (256, 512)}
"""Sides of the two square anchors in each cell of the three maps, in pixels."""

CENTRE_VARIANCE, SIZE_VARIANCE = 0.1, 0.2
"""What the network's answers are multiplied by (SSD, Liu et al., ECCV 2016)."""

MEAN = (104.0, 117.0, 123.0)
"""Mean of the training pictures, BGR."""

OVERLAP = 0.4
"""Boxes that share more than this part of their union are one face."""


class AnchorDecoder:
    """Runs a graph with the outputs boxes (1, A, 4), scores (1, A, 2), landmarks (1, A, 10)."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._input = session.get_inputs()[0]

    def search(
        self, image: NDArray[np.uint8], min_score: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return boxes (N, 4), scores (N,) and landmarks (N, 5, 2) in an RGB image."""
        canvas, scale = self._fit(image)
        planes = canvas[..., ::-1].astype(np.float32) - np.array(MEAN, np.float32)
        outputs = self._session.run(None, {self._input.name: planes.transpose(2, 0, 1)[None]})
        by_size = {output.shape[-1]: output[0].astype(np.float64) for output in outputs}
        places = anchors(canvas.shape[0], canvas.shape[1])
        scores = by_size[2][:, 1]
        likely = np.flatnonzero(scores >= min_score)
        centres, sides = places[likely, :2], places[likely, 2:]
        shift, growth = np.split(by_size[4][likely], 2, axis=1)
        middles = centres + CENTRE_VARIANCE * shift * sides
        extents = sides * np.exp(SIZE_VARIANCE * growth)
        corners = middles - extents / 2
        points = (centres[:, None] + CENTRE_VARIANCE * by_size[10][likely].reshape(-1, 5, 2)
                  * sides[:, None])
        kept = np.array(cv2.dnn.NMSBoxes(
            np.hstack([corners, extents]).tolist(), scores[likely].tolist(), min_score, OVERLAP),
            dtype=np.intp).reshape(-1)
        boxes = np.hstack([corners, corners + extents])
        return boxes[kept] * scale, scores[likely][kept], points[kept] * scale

    def _fit(self, image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
        """Return the image in the size that the graph takes, and its pixels by those of that."""
        height, width = (side if isinstance(side, int) else whole_cells(given)
                         for side, given in zip(self._input.shape[2:], image.shape, strict=False))
        scale = max(1.0, image.shape[0] / height, image.shape[1] / width)
        if scale > 1.0:
            image = np.asarray(cv2.resize(image, None, fx=1 / scale, fy=1 / scale,
                                          interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return on_canvas(image, height, width), scale


def anchors(height: int, width: int) -> NDArray[np.float64]:
    """Return all anchors (A, 4) of an image of this size: centre x, y, width, height in pixels."""
    levels = []
    for stride, sides in STRIDES.items():
        rows, columns = -(-height // stride), -(-width // stride)
        y, x = np.meshgrid(np.arange(rows) + 0.5, np.arange(columns) + 0.5, indexing='ij')
        centres = np.stack([x.ravel(), y.ravel()], axis=1) * stride
        pairs = [np.hstack([centres, np.full_like(centres, side)]) for side in sides]
        levels.append(np.stack(pairs, axis=1).reshape(-1, 4))
    return np.vstack(levels)
