import numpy as np
import pytest

from mer_ros.models.onnx_cut import cut
from mer_ros.onnx_session import onnx_session

onnx = pytest.importorskip('onnx')
from onnx import helper, numpy_helper, TensorProto  # noqa: E402

SHIFT = np.arange(6, dtype=np.float32).reshape(3, 2)


@pytest.fixture
def model():
    """Make y = reshape(x + shift, (3, 2)) * 2 and z = -y, for x of three rows alone."""
    nodes = [helper.make_node('Add', ['x', 'shift'], ['moved']),
             helper.make_node('Reshape', ['moved', 'shape'], ['shaped']),
             helper.make_node('Mul', ['shaped', 'two'], ['y']),
             helper.make_node('Neg', ['y'], ['z'])]
    tensors = [numpy_helper.from_array(SHIFT, 'shift'),
               numpy_helper.from_array(np.array([3, 2]), 'shape'),
               numpy_helper.from_array(np.float32(2.0).reshape(1), 'two'),
               numpy_helper.from_array(np.zeros(1000, np.float32), 'unused')]
    graph = helper.make_graph(
        nodes, 'all', [helper.make_tensor_value_info('x', TensorProto.FLOAT, [3, 2])],
        [helper.make_tensor_value_info('z', TensorProto.FLOAT, [3, 2])], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)],
                             ir_version=8).SerializeToString()


def cut_out(model, outputs=('y',), **changes):
    return cut(model, outputs, **{'inputs': {'x': ('n', 'two'), 'shift': ('n', 'two')},
                                  'integers': {'shape': [-1, 2]}} | changes)


def test_the_part_gives_what_the_whole_computes_on_the_way(model):
    part, given = cut_out(model)
    np.testing.assert_array_equal(given['shift'], SHIFT)
    x = np.ones((3, 2), np.float32)
    inner, = onnx_session(part).run(['y'], {'x': x, 'shift': given['shift']})
    whole, = onnx_session(model).run(['z'], {'x': x})
    np.testing.assert_array_equal(inner, -whole)


def test_the_part_takes_other_sizes(model):
    part, given = cut_out(model)
    found, = onnx_session(part).run(
        ['y'], {'x': np.zeros((2, 2), np.float32), 'shift': given['shift'][1:]})
    np.testing.assert_array_equal(found, 2 * SHIFT[1:])


def test_what_the_part_does_not_need_is_left_out(model):
    part, _ = cut_out(model)
    assert len(part) < len(model) - 4000
    graph = onnx.load_from_string(part).graph
    assert [node.op_type for node in graph.node] == ['Add', 'Reshape', 'Mul']
    assert {tensor.name for tensor in graph.initializer} == {'two', 'shape'}


@pytest.mark.parametrize('changes', [
    {'outputs': ('nothing',)}, {'integers': {'nothing': [1]}}, {'inputs': {'nothing': ('n',)}}])
def test_names_that_the_model_lacks_are_refused(model, changes):
    with pytest.raises(ValueError, match='nothing'):
        cut_out(model, **changes)


def test_integers_are_no_input(model):
    with pytest.raises(ValueError, match='not float32'):
        cut_out(model, inputs={'x': ('n', 'two'), 'shape': ('n',)}, integers={})


def test_half_a_file_and_other_bytes_are_refused(model):
    for content in (model[:-7], model[:40], b'', b'\xff' * 64, b'hello world', bytes(100)):
        with pytest.raises(ValueError, match='ONNX file'):
            cut_out(content)
