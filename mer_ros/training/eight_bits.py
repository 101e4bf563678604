"""Faster networks: convolutions that compute with whole numbers of eight bits."""

from collections.abc import Iterator
from pathlib import Path
import re
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, quantize_static, QuantType

from mer_ros.onnx_session import CPU

BATCH = 64
"""Inputs of a run while the ranges are measured."""

KINDS = ('Conv', 'Add', 'AveragePool')
"""The kinds of layers that compute in eight bits."""


class _Inputs(CalibrationDataReader):
    def __init__(self, name: str, inputs: NDArray[Any]) -> None:
        self._batches: Iterator[dict[str, NDArray[Any]]] = (
            {name: inputs[start:start + BATCH]} for start in range(0, len(inputs), BATCH))

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        return next(self._batches, None)


def quantise(path: Path, inputs: NDArray[Any], *, layers: str) -> None:
    """Let layers of an ONNX file compute in eight bits (Jacob et al. 2018); it is written anew.

    Weights have seven bits, a scale for each channel: with eight, the instructions of processors
    without VNNI overflow.

    Args:
        path: the file, with one input.
        inputs: (N, ...) for it; on them the range of what each layer gives is measured.  What goes
            beyond it is cut off, so that they should hold the strangest too.
        layers: a regular expression of the whole names of the layers; those of KINDS are taken.

    Raises:
        ValueError: no layer of KINDS has such a name.
    """
    with TemporaryDirectory() as folder:
        whole = str(Path(folder) / 'whole.onnx')
        # Weights that are shared, or cast when the file is opened, become plain ones.
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = whole
        session = onnxruntime.InferenceSession(str(path), options, providers=[CPU])
        taken = [node.name for node in onnx.load(whole).graph.node
                 if node.op_type in KINDS and re.fullmatch(layers, node.name)]
        if not taken:
            raise ValueError(f'no layer of {path} of the kinds {list(KINDS)} has a name like '
                             f'{layers!r}')
        quantize_static(
            whole, str(path), _Inputs(session.get_inputs()[0].name, np.asarray(inputs)),
            nodes_to_quantize=taken, per_channel=True, reduce_range=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
