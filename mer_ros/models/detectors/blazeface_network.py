"""The networks of BlazeFace, in LiteRT or, where that is missing, in OpenCV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import logging
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.share import INSTALL


@dataclass(frozen=True, slots=True)
class Range:
    """One of the networks: what it sees, and how it tells where faces are.

    ``side`` is that of its input in pixels; ``grids`` are the cells a side, and how many faces each
    cell predicts relative to its centre.

    ``growth``, ``reach`` and ``rise`` lead from its boxes to the squares of the Haar cascade: the
    side of these as a multiple of its box's, and of the mean of the distances from eye to eye and
    from eyes to mouth; and how far their centres lie above that of its box, as a share of the side.
    """

    name: str
    file: str
    side: int
    grids: tuple[tuple[int, int], ...]
    growth: float
    reach: float
    rise: float

    @property
    def shapes(self) -> list[tuple[int, int, int]]:
        """Of the outputs: eight points in pixels from the cell's centre, the logit of a face."""
        faces = sum(cells * cells * each for cells, each in self.grids)
        return [(1, faces, 16), (1, faces, 1)]


FULL = Range('full range', 'face_detection_full_range.tflite', 192, ((48, 1),),
             growth=1.05, reach=2.58, rise=0.08)
"""Sees faces of 12 pixels and more.  The last numbers are medians over the portraits of
london_faces (train); the box of a tilted face is up to a quarter too small, the distances stay."""

SHORT = Range('short range', 'face_detection_short_range.tflite', 128, ((16, 2), (8, 6)),
              growth=1.11, reach=2.54, rise=0.14)
"""Sees large faces, in a third of the time.  The last numbers are medians over 261 faces of
london_faces and muxspace_faces (train), beside the squares of the full range."""

Network = Callable[[NDArray[np.float32]], list[NDArray[np.float32]]]
"""Turns an RGB picture (1, side, side, 3) in [-1, 1] into the outputs, cell by cell."""

_LOG = logging.getLogger(__name__)


def open_network(path: Path, kind: Range, *, threads: int = 1) -> Network:
    """Open the file; ``threads`` is for LiteRT, as OpenCV has one number for all it does.

    Raises:
        ImportError: neither LiteRT nor an OpenCV that reads such files is there.
        ValueError: the file is no BlazeFace of this kind, or not a complete one.
    """
    try:
        try:
            network = in_litert(path, threads=threads)
        except (ImportError, OSError) as error:  # OSError: its library is for another machine
            _LOG.info('OpenCV runs BlazeFace, in about three times the time of LiteRT: %s (%s)',
                      INSTALL, error)
            network = in_opencv(path)
        shapes = [output.shape for output in network(
            np.zeros((1, kind.side, kind.side, 3), np.float32))]
    except (ValueError, RuntimeError, cv2.error) as error:
        raise ValueError(f'{path} is no BlazeFace, {kind.name}, or not a complete one: '
                         f'{error}') from error
    if shapes != kind.shapes:
        raise ValueError(f'{path} is no BlazeFace, {kind.name}: its outputs have the shapes '
                         f'{shapes}; needed are {kind.shapes}')
    return network


def in_litert(path: Path, *, threads: int = 1) -> Network:
    """Open the file in LiteRT, which raises ImportError, OSError, ValueError or RuntimeError."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path), num_threads=threads)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]['index']
    targets = [output['index'] for output in sorted(
        interpreter.get_output_details(), key=lambda output: -int(output['shape'][-1]))]

    def run(picture: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        interpreter.set_tensor(source, picture)
        interpreter.invoke()
        return [interpreter.get_tensor(target) for target in targets]

    return run


def in_opencv(path: Path) -> Network:
    """Open the file in OpenCV, which raises ImportError before 4.8, or cv2.error."""
    if not hasattr(cv2.dnn, 'readNetFromTFLite'):
        raise ImportError(f'BlazeFace needs LiteRT, or OpenCV 4.8 or newer instead of '
                          f'{cv2.__version__}: {INSTALL}')
    network = cv2.dnn.readNetFromTFLite(str(path))
    names = network.getUnconnectedOutLayersNames()

    def run(picture: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        network.setInput(picture.transpose(0, 3, 1, 2))
        return sorted(map(np.asarray, network.forward(names)), key=lambda out: -out.shape[-1])

    return run
