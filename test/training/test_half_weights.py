import numpy as np
import onnx
from onnx import helper, numpy_helper, TensorProto
import onnxruntime
import pytest

from mer_ros.training.half_weights import halve_weights


def product(path, weights):
    """Write a network that multiplies rows (B, n) with weights (n, m)."""
    graph = helper.make_graph(
        [helper.make_node('MatMul', ['x', 'w'], ['y'])], 'product',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['b', weights.shape[0]])],
        [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['b', weights.shape[1]])],
        [numpy_helper.from_array(weights, 'w')])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)],
                                ir_version=8), str(path))


def answer(path, rows):
    return onnxruntime.InferenceSession(
        str(path), providers=['CPUExecutionProvider']).run(None, {'x': rows})[0]


def test_a_file_takes_half_the_room_and_answers_the_same(tmp_path):
    path = tmp_path / 'a.onnx'
    random = np.random.default_rng(0)
    product(path, random.standard_normal((64, 64)).astype(np.float32))
    rows = random.standard_normal((3, 64)).astype(np.float32)
    before, size = answer(path, rows), path.stat().st_size
    halve_weights(path)
    assert path.stat().st_size < 0.6 * size
    np.testing.assert_allclose(answer(path, rows), before, atol=0.02)
    assert answer(path, rows).dtype == np.float32


def test_few_weights_stay_as_they_are(tmp_path):
    path = tmp_path / 'a.onnx'
    product(path, np.full((4, 4), 1 / 3, np.float32))
    halve_weights(path)
    [weights] = onnx.load(str(path)).graph.initializer
    assert numpy_helper.to_array(weights)[0, 0] == np.float32(1 / 3)


def test_a_weight_that_two_bytes_cannot_hold_is_refused(tmp_path):
    path = tmp_path / 'a.onnx'
    product(path, np.full((64, 64), 1e6, np.float32))
    with pytest.raises(ValueError, match='65504'):
        halve_weights(path)
