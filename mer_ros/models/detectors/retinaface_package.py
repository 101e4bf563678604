"""RetinaFace through the package `retina-face`, on onnxruntime alone."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
import onnxruntime

from mer_ros.models.detectors.boxes import on_canvas, whole_cells

_CHOICE = 'DEEPFACE_BACKEND_ENGINE'

# The package chooses its engine at import: TensorFlow or torch, where it finds them.
_before = os.environ.get(_CHOICE)
os.environ[_CHOICE] = 'onnx'
try:
    from retinaface import RetinaFace
    from retinaface.commons import backend_utils
    from retinaface.model.retinaface_onnx_model import RetinaFace as Graph
except ImportError as error:
    raise ImportError(f'{error}; this file needs the package retina-face: '
                      f'pip install -r requirements/paper.txt') from error
finally:
    if _before is None:
        del os.environ[_CHOICE]
    else:
        os.environ[_CHOICE] = _before

POINTS = ('right_eye', 'left_eye', 'nose', 'mouth_right', 'mouth_left')
"""The person's right is on the left of the image."""


def network() -> Any:
    """Return the network of the published graph in torch, with random weights.

    Raises ImportError where torch is missing.
    """
    from retinaface.model.retinaface_pth_model import RetinaFace as Network

    return Network()


class PackageDecoder:
    """Runs the graph with nine outputs that the package publishes."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        if not backend_utils.is_onnx():
            raise ImportError(
                f'the package retina-face runs on {backend_utils.get_backend_engine()} in this '
                f'process, because something else imported it first; set {_CHOICE}=onnx')
        self._graph = Graph(session)

    def search(
        self, image: NDArray[np.uint8], min_score: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return boxes (N, 4), scores (N,) and landmarks (N, 5, 2) in an RGB image."""
        canvas = on_canvas(image, *map(whole_cells, image.shape[:2]))
        found = RetinaFace.detect_faces(
            np.ascontiguousarray(canvas[..., ::-1]), threshold=min_score, model=self._graph,
            allow_upscaling=False).values()
        return (np.array([face['facial_area'] for face in found], dtype=np.float64).reshape(-1, 4),
                np.array([face['score'] for face in found], dtype=np.float64),
                np.array([[face['landmarks'][point] for point in POINTS] for face in found],
                         dtype=np.float64).reshape(-1, 5, 2))
