import numpy as np
import onnx
from onnx import helper, numpy_helper, TensorProto
import onnxruntime
import pytest

from mer_ros.training.eight_bits import quantise

RANDOM = np.random.default_rng(0)
PICTURES = RANDOM.standard_normal((200, 8, 12, 12)).astype(np.float32)


def convolution(path):
    """Write a network that finds 32 features in pictures (B, 8, 12, 12), and adds them up."""
    weights = RANDOM.standard_normal((32, 8, 3, 3)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node('Cast', ['half'], ['weights'], to=TensorProto.FLOAT),
         helper.make_node('Conv', ['pictures', 'weights'], ['found'], name='/net/conv',
                          pads=[1, 1, 1, 1]),
         helper.make_node('ReduceMean', ['found'], ['means'], axes=[2, 3], keepdims=0)], 'features',
        [helper.make_tensor_value_info('pictures', TensorProto.FLOAT, ['batch', 8, 12, 12])],
        [helper.make_tensor_value_info('found', TensorProto.FLOAT, ['batch', 32, 12, 12]),
         helper.make_tensor_value_info('means', TensorProto.FLOAT, ['batch', 32])],
        [numpy_helper.from_array(weights.astype(np.float16), 'half')])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)],
                                ir_version=8), str(path))


def answers(path):
    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    return session.run(None, {'pictures': PICTURES[100:]})


def test_convolutions_of_eight_bits_answer_nearly_the_same(tmp_path):
    path = tmp_path / 'a.onnx'
    convolution(path)
    before = answers(path)
    quantise(path, PICTURES[:100], layers='/net/.*')
    for old, new in zip(before, answers(path), strict=True):
        assert new.dtype == np.float32
        assert 0.0 < np.abs(new - old).mean() < 0.03 * np.abs(old).mean()


def test_weights_have_seven_bits_and_take_one_byte(tmp_path):
    path = tmp_path / 'a.onnx'
    convolution(path)
    quantise(path, PICTURES[:100], layers='/net/.*')
    weights, = (numpy_helper.to_array(each) for each in onnx.load(str(path)).graph.initializer
                if each.data_type == TensorProto.INT8 and len(each.dims) == 4)
    assert weights.shape == (32, 8, 3, 3)
    assert np.abs(weights).max() == 64


def test_the_same_inputs_make_the_same_file(tmp_path):
    files = [tmp_path / 'a.onnx', tmp_path / 'b.onnx']
    state = RANDOM.bit_generator.state
    for file in files:
        RANDOM.bit_generator.state = state
        convolution(file)
        quantise(file, PICTURES[:100], layers='/net/.*')
    assert files[0].read_bytes() == files[1].read_bytes()


def test_layers_that_are_not_there_are_named(tmp_path):
    path = tmp_path / 'a.onnx'
    convolution(path)
    with pytest.raises(ValueError, match="has a name like '/other'"):
        quantise(path, PICTURES[:100], layers='/other')
