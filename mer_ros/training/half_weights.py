"""Storing the large weights of an ONNX file in half of the bytes."""

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper, TensorProto

LARGE = 10_000
"""Numbers from which on a tensor is stored in half precision."""


def halve_weights(path: Path) -> None:
    """Store the large float32 tensors of an ONNX file in half precision.

    The graph computes in single precision as before: onnxruntime turns them back once, when it
    opens the file.
    """
    model = onnx.load(str(path))
    graph, casts = model.graph, []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < LARGE:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f'{name}_half'))
        casts.append(helper.make_node('Cast', [f'{name}_half'], [name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
