"""The face detector of the first paper: RetinaFace (Deng et al., CVPR 2020)."""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
import onnxruntime

from mer_ros.models.detectors.boxes import check_search, found_faces, reduced
from mer_ros.models.input_checks import check_picture
from mer_ros.models.protocols import Faces
from mer_ros.models.session import open_session
from mer_ros.models.weights.weights_cache import locate

Found = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Boxes (N, 4), scores (N,) and landmarks (N, 5, 2) in pixels of the searched image."""


class Decoder(Protocol):
    """Runs one kind of published graph."""

    def search(self, image: NDArray[np.uint8], min_score: float) -> Found:
        """Return the faces in an RGB image."""


class RetinaFaceDetector:
    """Finds faces from all sides with RetinaFace in ONNX, with landmarks.

    Takes both kinds of published graphs: that of the package `retina-face` (ResNet-50, nine
    outputs, the default; the package decodes it, without TensorFlow or torch) and those with the
    three outputs of the usual implementations in torch (boxes, scores, landmarks of all anchors).

    Args:
        path: the ONNX file; None looks for the downloaded ``weights``.
        weights: the name of downloaded weights.
        max_side: larger images are reduced to this many pixels on the long side.
        min_face: smallest side of a face, in pixels of the image given.
        min_score: faces with a lower score, in [0, 1], are left out.
        device: auto, cpu or cuda.
        threads: cores to use.

    Raises:
        FileNotFoundError: weights are missing; the message says how to get them.
        ImportError: the graph is that of `retina-face`, and the package is not installed.
        ValueError: a number is out of range, or the file is no such model.

    """

    name = 'retinaface'

    def __init__(self, *, path: Path | str | None = None, weights: str = 'retinaface_resnet50',
                 max_side: int = 640, min_face: int = 48, min_score: float = 0.7,
                 device: str = 'cpu', threads: int = 1) -> None:
        check_search(max_side=max_side, min_face=min_face, min_score=min_score)
        self._max_side = max_side
        self._min_face = min_face
        self._min_score = min_score
        file = locate(weights) if path is None else Path(path)
        self._decoder = _decoder(open_session(file, threads=threads, device=device), file)

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        """Return the faces in an RGB image (H, W, 3), uint8."""
        pixels, scale = reduced(check_picture(image), self._max_side)
        boxes, scores, landmarks = self._decoder.search(pixels, self._min_score)
        return found_faces(boxes, scores, landmarks, scale=scale, shape=image.shape,
                           min_face=self._min_face)


class RetinaFaceResNet34(RetinaFaceDetector):
    """RetinaFace on ResNet-34 as uniface publishes it; see `RetinaFaceDetector`."""

    name = 'retinaface_resnet34'

    def __init__(self, *, path: Path | str | None = None, weights: str = 'retinaface_resnet34',
                 max_side: int = 640, min_face: int = 48, min_score: float = 0.7,
                 device: str = 'cpu', threads: int = 1) -> None:
        super().__init__(path=path, weights=weights, max_side=max_side, min_face=min_face,
                         min_score=min_score, device=device, threads=threads)


def _decoder(session: onnxruntime.InferenceSession, file: Path) -> Decoder:
    outputs = len(session.get_outputs())
    if outputs == 9:
        from mer_ros.models.detectors.retinaface_package import PackageDecoder
        return PackageDecoder(session)
    if outputs == 3:
        from mer_ros.models.detectors.retinaface_anchors import AnchorDecoder
        return AnchorDecoder(session)
    raise ValueError(f'{file} is no RetinaFace: it has {outputs} outputs; needed are 9 (of the '
                     f'package retina-face) or 3 (boxes, scores, landmarks)')
