"""The network of BlazeFace, full range, in LiteRT or, where that is missing, in OpenCV."""

from __future__ import annotations

from collections.abc import Callable
import logging
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mer_ros.share import INSTALL

SIDE = 192
"""Side of the network's input, in pixels."""

CELLS = 48
"""Cells a side; each predicts one face relative to its centre."""

SHAPES = [(1, CELLS * CELLS, 16), (1, CELLS * CELLS, 1)]
"""Of the outputs: eight points in pixels from the centre of the cell, and the logit of a face."""

Network = Callable[[NDArray[np.float32]], list[NDArray[np.float32]]]
"""Turns an RGB picture (1, SIDE, SIDE, 3) in [-1, 1] into the outputs of SHAPES, row by row."""

_LOG = logging.getLogger(__name__)


def open_network(path: Path, *, threads: int = 1) -> Network:
    """Open the file; ``threads`` is for LiteRT, as OpenCV has one number for all it does.

    Raises:
        ImportError: neither LiteRT nor an OpenCV that reads such files is there.
        ValueError: the file is no BlazeFace, full range, or not a complete one.
    """
    try:
        try:
            network = in_litert(path, threads=threads)
        except (ImportError, OSError) as error:  # OSError: its library is for another machine
            _LOG.info('OpenCV runs BlazeFace, in about three times the time of LiteRT: %s (%s)',
                      INSTALL, error)
            network = in_opencv(path)
        shapes = [output.shape for output in network(np.zeros((1, SIDE, SIDE, 3), np.float32))]
    except (ValueError, RuntimeError, cv2.error) as error:
        raise ValueError(f'{path} is no BlazeFace, full range, or not a complete one: '
                         f'{error}') from error
    if shapes != SHAPES:
        raise ValueError(f'{path} is no BlazeFace, full range: its outputs have the shapes '
                         f'{shapes}; needed are {SHAPES}')
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
