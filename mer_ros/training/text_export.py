"""Writing the text model as one self-contained ONNX file."""

from __future__ import annotations

from pathlib import Path
import warnings

import numpy as np
from numpy.typing import NDArray
import onnx
from onnx import helper, numpy_helper, TensorProto
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.training.text_net import TextNet

OPSET = 17


def export(net: TextNet, keys: NDArray[np.uint32], path: Path) -> None:
    """Write a graph with input ids (B, L), output logits (B, 7), and constant output keys (V,).

    The keys are the sorted hashes of the features: the position of a hash is its index.
    """
    net.eval()
    ids = torch.zeros((2, 3), dtype=torch.int64)
    with warnings.catch_warnings():
        # That the blend becomes a constant is intended.
        warnings.simplefilter('ignore', torch.jit.TracerWarning)
        warnings.simplefilter('ignore', DeprecationWarning)
        torch.onnx.export(net, (ids,), str(path), input_names=['ids'], output_names=['logits'],
                          dynamic_axes={'ids': {0: 'batch', 1: 'length'}, 'logits': {0: 'batch'}},
                          opset_version=OPSET, dynamo=False)
    model = onnx.load(str(path))
    model.graph.initializer.append(numpy_helper.from_array(keys, 'feature_hashes'))
    model.graph.node.append(helper.make_node('Identity', ['feature_hashes'], ['keys']))
    model.graph.output.append(
        helper.make_tensor_value_info('keys', TensorProto.UINT32, [len(keys)]))
    helper.set_model_props(model, {'labels': ' '.join(EMOTIONS)})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
