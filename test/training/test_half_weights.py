import numpy as np
import pytest

onnx = pytest.importorskip('onnx')
from onnx import helper, numpy_helper, TensorProto  # noqa: E402

from mer_ros.onnx_session import onnx_session  # noqa: E402
from mer_ros.training.half_weights import halve_weights, LARGE  # noqa: E402


def test_large_weights_take_half_of_the_bytes_and_compute_as_before(tmp_path):
    random = np.random.default_rng(0)
    weights = random.normal(size=(20, LARGE // 20)).astype(np.float32)
    small = random.normal(size=20).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node('Add', ['x', 'small'], ['moved']),
         helper.make_node('MatMul', ['moved', 'weights'], ['y'])], 'all',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['n', 20])],
        [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['n', LARGE // 20])],
        [numpy_helper.from_array(weights, 'weights'), numpy_helper.from_array(small, 'small')])
    path = tmp_path / 'model.onnx'
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)],
                                ir_version=8), str(path))
    before, x = path.stat().st_size, random.normal(size=(3, 20)).astype(np.float32)
    halve_weights(path)
    assert path.stat().st_size < 0.52 * before
    found, = onnx_session(str(path)).run(['y'], {'x': x})
    rounded = weights.astype(np.float16).astype(np.float32)
    np.testing.assert_allclose(found, (x + small) @ rounded, rtol=1e-4, atol=1e-4)
