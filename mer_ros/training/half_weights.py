"""Smaller files of networks: weights that take two bytes each."""

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper, TensorProto

LARGE = 1024
"""Numbers that an array of weights has for it to be worth halving."""


def halve_weights(path: Path) -> None:
    """Store the large float32 weights of an ONNX file as float16, cast when the file is opened.

    What computes is float32 as before; a weight changes by at most 0.05 % (those below 6e-8
    become zero).  The file is written anew.

    Raises:
        ValueError: a weight is too large for float16 (65504).
    """
    model = onnx.load(str(path))
    graph = model.graph
    casts = []
    for weights in graph.initializer:
        if weights.data_type != TensorProto.FLOAT or np.prod(weights.dims) < LARGE:
            continue
        values = numpy_helper.to_array(weights)
        if np.abs(values).max() > np.finfo(np.float16).max:
            raise ValueError(f'{weights.name} of {path} holds {np.abs(values).max()}; float16 '
                             f'ends at {np.finfo(np.float16).max}')
        whole, half = weights.name, f'{weights.name}.half'
        weights.CopyFrom(numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(helper.make_node('Cast', [half], [whole], name=f'{whole}.cast',
                                      to=TensorProto.FLOAT))
    for place, cast in enumerate(casts):
        graph.node.insert(place, cast)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
