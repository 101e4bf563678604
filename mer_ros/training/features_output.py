"""A second output of an exported model: the features that its last layer classifies."""

from pathlib import Path
import re

import onnx
from onnx import helper, TensorProto

FEATURES = 'features'
"""The name of the output."""


def add_features_output(path: Path, *, before: str, combine: str) -> None:
    """Add the output `FEATURES` to an ONNX file: what goes into its last layers, combined.

    The weights and the other outputs stay as they are, byte for byte; a file that has the output
    already is left alone.

    Args:
        path: the file, which is written anew.
        before: a regular expression of the whole names of the layers whose first inputs are taken.
        combine: ``Mean`` of them, or ``Concat`` of them along the last axis.

    Raises:
        ValueError: no layer has such a name.
    """
    model = onnx.load(str(path))
    graph = model.graph
    if any(output.name == FEATURES for output in graph.output):
        return
    taken = [node.input[0] for node in graph.node if re.fullmatch(before, node.name)]
    if not taken:
        raise ValueError(f'no layer of {path} has a name like {before!r}; its layers are '
                         f'{[node.name for node in graph.node]}')
    axis = {'axis': -1} if combine == 'Concat' else {}
    graph.node.append(helper.make_node(combine, taken, [FEATURES], name=FEATURES, **axis))
    inferred = onnx.shape_inference.infer_shapes(model).graph
    found = {value.name: value.type for value in (*inferred.value_info, *inferred.output)}
    graph.output.append(helper.make_tensor_value_info(
        FEATURES, TensorProto.FLOAT,
        [size.dim_param or size.dim_value for size in found[FEATURES].tensor_type.shape.dim]))
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
