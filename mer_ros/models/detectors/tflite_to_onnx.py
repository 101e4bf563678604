"""A network of TensorFlow Lite as one that onnxruntime runs.

onnxruntime needs less than half of the time that OpenCV takes for BlazeFace.  Both compute the
same: outputs differ by rounding alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.detectors.onnx_message import constant, model, node, port
from mer_ros.models.detectors.tflite_file import Operator, read_tflite, Table, TfliteFile

SAME, RELU = 0, 1
"""Padding to the size of the input, and the activation that may follow an operator."""


def tflite_to_onnx(path: Path) -> bytes:
    """Return the ONNX model; its inputs are float32 (1, channels, H, W), named input_0, ...

    Outputs are named output_0, ... in the order of the file, float32 (1, cells, n).  The network
    sees as many pixels as it is given, not just those of the file: H and W are multiples of its
    coarsest map's cells.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no complete network, or has operators that are not known here.
    """
    return _Conversion(read_tflite(path)).bytes()


class _Conversion:
    """Pictures are (1, H, W, channels) in the file and (1, channels, H, W) in the result."""

    def __init__(self, network: TfliteFile) -> None:
        self._network = network
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._known: dict[int, NDArray[np.float32]] = {}
        self._names = {index: f'input_{number}' for number, index in enumerate(network.inputs)}

    def bytes(self) -> bytes:
        """Return the model."""
        steps: dict[int, Callable[[Operator], None]] = {
            0: self._add, 3: self._convolve, 4: self._convolve_each, 6: self._widen,
            17: self._largest, 19: self._relu, 22: self._reshape, 23: self._resize,
            34: self._pad}
        for operator in self._network.operators:
            if operator.code not in steps:
                raise ValueError(f'the network has an operator of kind {operator.code} of '
                                 f'TensorFlow Lite; known are {sorted(steps)}')
            steps[operator.code](operator)
        tensors = self._network.tensors
        outputs = []
        for number, index in enumerate(self._network.outputs):
            self._nodes.append(node('Identity', [self._names[index]], [f'output_{number}']))
            outputs.append(port(f'output_{number}', (1, None, tensors[index].shape[-1])))
        inputs = [port(self._names[index], (1, tensors[index].shape[-1], None, None))
                  for index in self._network.inputs]
        return model(self._nodes, self._constants, inputs, outputs)

    def _emit(self, kind: str, operator: Operator, inputs: list[str], *, activation: int = 0,
              **attributes: object) -> None:
        target = operator.outputs[0]
        name = self._names[target] = f'tensor_{target}'
        if activation not in (0, RELU):
            raise ValueError(f'the network has an activation of kind {activation} of TensorFlow '
                             f'Lite; known are 0 (none) and {RELU} (ReLU)')
        self._nodes.append(node(kind, inputs, [f'{name}_raw' if activation else name],
                                **attributes))
        if activation:
            self._nodes.append(node('Relu', [f'{name}_raw'], [name]))

    def _values(self, index: int) -> NDArray[np.float32]:
        values = self._known.get(index, self._network.tensors[index].values)
        if values is None:
            raise ValueError(f'tensor {index} of the network is computed; needed is a constant')
        return np.asarray(values)

    def _constant(self, name: str, values: NDArray[np.floating] | NDArray[np.integer]) -> str:
        kind = np.float32 if np.issubdtype(values.dtype, np.floating) else np.int64
        self._constants.append(constant(name, values.astype(kind)))
        return name

    def _widen(self, operator: Operator) -> None:
        # Weights are stored in half precision.
        self._known[operator.outputs[0]] = self._values(operator.inputs[0]).astype(np.float32)

    def _convolve(self, operator: Operator) -> None:
        weights = self._values(operator.inputs[1]).transpose(0, 3, 1, 2)
        self._weigh(operator, weights, groups=1, activation=3)

    def _convolve_each(self, operator: Operator) -> None:
        weights = self._values(operator.inputs[1]).transpose(3, 0, 1, 2)
        channels = self._network.tensors[operator.inputs[0]].shape[3]
        self._weigh(operator, weights, groups=channels, activation=4)

    def _weigh(self, operator: Operator, weights: NDArray[np.float32], *, groups: int,
               activation: int) -> None:
        source, _, bias = operator.inputs
        target, options = operator.outputs[0], _options(operator)
        self._emit('Conv', operator, [
            self._names[source], self._constant(f'weights_{target}', weights),
            self._constant(f'bias_{target}', self._values(bias))],
            activation=options.number(activation, 'b'), group=groups, auto_pad=_padding(options),
            strides=[options.number(2), options.number(1)], kernel_shape=weights.shape[2:])

    def _add(self, operator: Operator) -> None:
        self._emit('Add', operator, [self._names[index] for index in operator.inputs],
                   activation=_options(operator).number(0, 'b'))

    def _relu(self, operator: Operator) -> None:
        self._emit('Relu', operator, [self._names[operator.inputs[0]]])

    def _largest(self, operator: Operator) -> None:
        options = _options(operator)
        self._emit('MaxPool', operator, [self._names[operator.inputs[0]]],
                   activation=options.number(5, 'b'), auto_pad=_padding(options),
                   strides=[options.number(2), options.number(1)],
                   kernel_shape=[options.number(4), options.number(3)])

    def _pad(self, operator: Operator) -> None:
        widths = self._values(operator.inputs[1])[[0, 3, 1, 2]].T.ravel()
        self._emit('Pad', operator, [
            self._names[operator.inputs[0]],
            self._constant(f'widths_{operator.outputs[0]}', widths)])

    def _resize(self, operator: Operator) -> None:
        options, target = _options(operator), operator.outputs[0]
        where = ('align_corners' if options.number(2, 'b') else
                 'half_pixel' if options.number(3, 'b') else 'asymmetric')
        before, after = (np.array(_planes(self._network.tensors[index].shape), dtype=np.float32)
                         for index in (operator.inputs[0], target))
        self._emit('Resize', operator, [
            self._names[operator.inputs[0]], '',
            self._constant(f'growth_{target}', after / before)],
            mode='linear', coordinate_transformation_mode=where)

    def _reshape(self, operator: Operator) -> None:
        source, target = operator.inputs[0], operator.outputs[0]
        turned = f'turned_{target}'
        self._nodes.append(node('Transpose', [self._names[source]], [turned], perm=[0, 2, 3, 1]))
        shape = np.array([1, -1, self._network.tensors[target].shape[-1]])
        self._emit('Reshape', operator, [turned, self._constant(f'shape_{target}', shape)])


def _planes(shape: tuple[int, ...]) -> tuple[int, ...]:
    if len(shape) != 4:
        raise ValueError(f'the network has a picture of shape {shape}; needed is (1, H, W, n)')
    return shape[0], shape[3], shape[1], shape[2]


def _padding(options: Table) -> str:
    return 'SAME_UPPER' if options.number(0, 'b') == SAME else 'VALID'


def _options(operator: Operator) -> Table:
    if operator.options is None:
        raise ValueError(f'an operator of kind {operator.code} has no options')
    return operator.options
