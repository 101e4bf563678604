"""Writing torch networks as ONNX files that say what they are."""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
from typing import Any
import warnings

import numpy as np
import onnx
from onnx import helper, numpy_helper, TensorProto
import torch
from torch import nn, Tensor

OPSET = 17

DTYPES = ('fp32', 'fp16', 'bf16', 'int8')
"""fp16 computes in half precision (for GPUs; a CPU computes in single between the layers), bf16
stores the weights in half the space and computes in single precision, int8 stores and multiplies
the matrices of a transformer in 8 bits with scales per channel, and is fast on CPUs."""

SMALL = 256
"""Tensors of fewer numbers than this keep their precision in bf16."""


def write_onnx(
    net: nn.Module, path: Path, *, inputs: Mapping[str, tuple[Tensor, dict[int, str]]],
    metadata: Mapping[str, Any], dtype: str = 'fp32', outputs: Sequence[str] = ('logits',),
) -> None:
    """Write a network as an ONNX file.

    Inputs and outputs stay in single precision whatever the dtype of the weights.

    Args:
        net: the network; it is put into evaluation mode.
        path: the file to write.
        inputs: in the order of the network's arguments: name, example, and those of its axes
            that may have any length, by position.
        metadata: what the file says about itself; see `mer_ros.models.onnx_file`.
        dtype: one of DTYPES.
        outputs: their names, in the order in which the network returns them; each (B, ...).

    Raises:
        ValueError: the dtype is unknown, or int8 is asked of a network without matrices.
    """
    if dtype not in DTYPES:
        raise ValueError(f'no dtype is called {dtype!r}; known: {list(DTYPES)}')
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix('.draft')
    try:
        _trace(net.eval(), draft, inputs, outputs)
        model = _convert(draft, dtype)
        del model.metadata_props[:]
        helper.set_model_props(model, {key: json.dumps(value) for key, value in metadata.items()})
        onnx.checker.check_model(model)
        onnx.save(model, str(draft))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _trace(net: nn.Module, path: Path, inputs: Mapping[str, tuple[Tensor, dict[int, str]]],
           outputs: Sequence[str]) -> None:
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter('ignore')  # of the exporter, about what tracing makes constant
        # The newer exporter writes the paths of this machine into the file.
        torch.onnx.export(
            net, tuple(example for example, _ in inputs.values()), str(path),
            input_names=list(inputs), output_names=list(outputs),
            dynamic_axes={**{name: free for name, (_, free) in inputs.items()},
                          **{name: {0: 'batch'} for name in outputs}},
            opset_version=OPSET, dynamo=False)


def _convert(path: Path, dtype: str) -> onnx.ModelProto:
    if dtype == 'int8':
        return _quantised(path)
    model = onnx.load(str(path))
    if dtype == 'fp16':
        return _half(model)
    if dtype == 'bf16':
        _store_as_bfloat16(model)
    return model


def _half(model: onnx.ModelProto) -> onnx.ModelProto:
    from onnxruntime.transformers.float16 import convert_float_to_float16
    from onnxruntime.transformers.onnx_model import OnnxModel

    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # numbers beyond half precision become the largest there is
        half: onnx.ModelProto = convert_float_to_float16(model, keep_io_types=True)
    OnnxModel(half).topological_sort()  # the conversion appends what should come first
    return half


def _quantised(path: Path) -> onnx.ModelProto:
    from onnxruntime.quantization import quantize_dynamic, QuantType

    quantize_dynamic(path, path, op_types_to_quantize=['MatMul'], per_channel=True,
                     weight_type=QuantType.QInt8)
    model = onnx.load(str(path))
    numbers = {kind: sum(int(np.prod(tensor.dims)) for tensor in model.graph.initializer
                         if tensor.data_type == kind)
               for kind in (TensorProto.INT8, TensorProto.FLOAT)}
    if numbers[TensorProto.INT8] < numbers[TensorProto.FLOAT] / 4:
        raise ValueError('int8 is for transformers: this network is made of convolutions, which '
                         'would need calibration recordings; choose fp16 or bf16')
    return model


def _store_as_bfloat16(model: onnx.ModelProto) -> None:
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= SMALL:
            bits = numpy_helper.to_array(tensor).view(np.uint32)
            rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16  # to the nearest, ties to even
            name, stored = tensor.name, f'{tensor.name}.bf16'
            tensor.CopyFrom(TensorProto(
                name=stored, dims=tensor.dims, data_type=TensorProto.BFLOAT16,
                raw_data=rounded.astype(np.uint16).tobytes()))
            casts.append(helper.make_node('Cast', [stored], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
