"""Writing the text model as one self-contained ONNX file."""

from pathlib import Path
import warnings

import numpy as np
from numpy.typing import NDArray
import onnx
from onnx import helper, numpy_helper, TensorProto
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.models.text.text_features import PARTS
from mer_ros.training.features_output import add_features_output
from mer_ros.training.text.text_model import TextModel

OPSET = 17


def export(model: TextModel, keys: NDArray[np.uint32], word_keys: NDArray[np.uint32],
           path: Path) -> None:
    """Write a graph with inputs ids (B, L) and places (B, W, PARTS) and output logits (B, 7).

    The output features (B, W, D) are the embeddings of the words before they are pooled.
    Constant outputs keys (V,) and word_keys (U,) hold the sorted hashes of the features: the
    position of a hash is its index.
    """
    model.eval()
    inputs = (torch.zeros((2, 3), dtype=torch.int64),
              torch.zeros((2, 4, PARTS), dtype=torch.int64))
    with warnings.catch_warnings():
        # That the blend becomes a constant is intended.
        warnings.simplefilter('ignore', torch.jit.TracerWarning)
        warnings.simplefilter('ignore', DeprecationWarning)
        torch.onnx.export(model, inputs, str(path), input_names=['ids', 'places'],
                          output_names=['logits'], opset_version=OPSET, dynamo=False,
                          dynamic_axes={'ids': {0: 'batch', 1: 'features'},
                                        'places': {0: 'batch', 1: 'words'},
                                        'logits': {0: 'batch'}})
    graph = onnx.load(str(path))
    for name, hashes in (('keys', keys), ('word_keys', word_keys)):
        graph.graph.initializer.append(numpy_helper.from_array(hashes, f'{name}_hashes'))
        graph.graph.node.append(helper.make_node('Identity', [f'{name}_hashes'], [name]))
        graph.graph.output.append(
            helper.make_tensor_value_info(name, TensorProto.UINT32, [len(hashes)]))
    helper.set_model_props(graph, {'labels': ' '.join(EMOTIONS)})
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))
    add_features_output(path, before=r'/nets\.\d+/encoder/attention/MatMul', combine='Concat')
