import shutil

import numpy as np
import pytest

onnx = pytest.importorskip('onnx')

from onnx import helper, numpy_helper, TensorProto  # noqa: E402

from mer_ros.models.session import open_session, WEIGHTS  # noqa: E402
from mer_ros.training.features_output import add_features_output  # noqa: E402


@pytest.fixture
def path(tmp_path):
    """Write a network of two layers, each of which doubles, whose outputs are added up."""
    file = tmp_path / 'net.onnx'
    double = numpy_helper.from_array(2 * np.eye(3, dtype=np.float32), 'weight')
    nodes = [helper.make_node('MatMul', ['rows', 'weight'], ['first'], name='/first/MatMul'),
             helper.make_node('MatMul', ['first', 'weight'], ['second'], name='/second/MatMul'),
             helper.make_node('Add', ['first', 'second'], ['logits'], name='/Add')]
    rows, logits = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ['batch', 3])
                    for name in ('rows', 'logits'))
    graph = helper.make_graph(nodes, 'net', [rows], [logits], [double])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8),
              str(file))
    return file


ROWS = {'rows': np.array([[1.0, 2.0, 3.0]], np.float32)}


def test_what_goes_into_the_named_layers_comes_out(path):
    add_features_output(path, before='/(first|second)/MatMul', combine='Concat')
    logits, features = open_session(path).run(None, ROWS)
    assert logits.tolist() == [[6.0, 12.0, 18.0]]
    assert features.tolist() == [[1.0, 2.0, 3.0, 2.0, 4.0, 6.0]]


def test_the_mean_of_several_layers_has_their_width(path):
    add_features_output(path, before='/(first|second)/MatMul', combine='Mean')
    assert open_session(path).run(['features'], ROWS)[0].tolist() == [[1.5, 3.0, 4.5]]


def test_a_second_time_changes_nothing(path):
    add_features_output(path, before='/second/MatMul', combine='Mean')
    once = path.read_bytes()
    add_features_output(path, before='/second/MatMul', combine='Mean')
    assert path.read_bytes() == once


def test_a_name_that_no_layer_has_is_refused_with_those_that_exist(path):
    with pytest.raises(ValueError, match=r"no layer .* like '/third'.*'/first/MatMul'"):
        add_features_output(path, before='/third', combine='Mean')


@pytest.mark.parametrize('name', ['lite_text', 'lite_face'])
def test_the_built_in_networks_have_the_output_beside_the_logits(name, tmp_path):
    session = open_session(WEIGHTS / f'{name}.onnx')
    outputs = [output.name for output in session.get_outputs()]
    assert outputs[0] == 'logits'
    assert 'features' in outputs
    copy = shutil.copy(WEIGHTS / f'{name}.onnx', tmp_path / 'copy.onnx')
    add_features_output(copy, before='no layer', combine='Mean')
