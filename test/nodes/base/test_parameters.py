"""Parameters are checked, whole numbers are numbers, and misspelt names are told."""

import re

import pytest

pytest.importorskip('rclpy')

from rclpy.exceptions import InvalidParameterTypeException
from rclpy.parameter import Parameter as RosParameter

from mer_ros.nodes.base.given import NODES, unknown_nodes, unused_parameters
from mer_ros.nodes.base.parameters import Parameter, Parameters
from mer_ros.nodes.fusion_node import FusionNode


def refuse_odd(value):
    if value % 2:
        raise ValueError(f'{value} is odd')


TABLE = (
    Parameter(name='share', default=0.5, range=(0.0, 1.0), description='a float', live=True),
    Parameter(name='weights', default=[1.0], description='floats'),
    Parameter(name='count', default=2, description='a whole number', live=True,
              verify=refuse_odd),
    Parameter(name='names', default=['a'], description='words'))


@pytest.fixture
def make(graph):
    """Return what makes a node with the parameters of the table, given some values."""
    import rclpy
    nodes = []

    def with_values(**given):
        node = rclpy.create_node('tiny', context=graph.context, parameter_overrides=[
            RosParameter(name, value=value) for name, value in given.items()])
        nodes.append(node)
        return node, Parameters(node, TABLE)

    yield with_values
    for node in nodes:
        node.destroy_node()


def outcome(node, name, value):
    (result,) = node.set_parameters([RosParameter(name, value=value)])
    return result.successful


def test_whole_numbers_given_at_the_start_are_floats_where_floats_are_declared(make):
    node, parameters = make(share=1, weights=[1, 0])
    assert parameters.values() == {'share': 1.0, 'weights': [1.0, 0.0], 'count': 2, 'names': ['a']}
    assert type(node.get_parameter('share').value) is float
    assert node.describe_parameter('share').floating_point_range[0].to_value == 1.0
    assert outcome(node, 'share', 0.25)


def test_a_whole_number_is_a_float_when_it_is_set_too(make):
    node, parameters = make()
    assert outcome(node, 'share', 1)
    assert type(parameters.values()['share']) is float
    assert not outcome(node, 'share', 2)
    assert not outcome(node, 'count', 4.0)
    assert not outcome(node, 'share', value=True)


@pytest.mark.parametrize('given', [{'share': 'half'}, {'count': 4.0}, {'share': True}])
def test_another_type_at_the_start_is_refused(make, given):
    with pytest.raises(InvalidParameterTypeException):
        make(**given)


@pytest.mark.parametrize('given', [{'share': 2}, {'count': 3}])
def test_a_value_at_the_start_that_is_not_allowed_is_refused(make, given):
    with pytest.raises(Exception, match=r'odd|range|outside'):
        make(**given)


def test_what_is_fixed_while_configured_may_be_set_to_what_it_is(make):
    node, _ = make()
    assert outcome(node, 'names', ['a'])
    assert outcome(node, 'weights', [1.0])
    assert outcome(node, 'weights', [1])
    assert not outcome(node, 'names', ['b'])
    assert not outcome(node, 'weights', [2.0])


def test_a_value_that_the_parameter_itself_refuses_is_not_set(make):
    node, parameters = make()
    assert not outcome(node, 'count', 3)
    assert parameters.values()['count'] == 2


def test_a_dump_of_the_fusion_node_can_be_loaded_again(graph):
    node = graph.start(FusionNode, modalities=['face'], window__length=0.5)
    dump = list(node.get_parameters_by_prefix('').values())
    fixed = [one for one in dump if node.describe_parameter(one.name).read_only]
    assert any('qos_overrides' in one.name for one in fixed)
    assert [result.reason for result in node.set_parameters(dump) if not result.successful] == []
    assert node.set_parameters_atomically(dump).successful


def test_what_is_read_only_can_still_not_be_changed(graph):
    node = graph.start(FusionNode)
    name = 'qos_overrides./emotion.publisher.depth'
    assert not outcome(node, name, 7)
    assert node.get_parameter(name).value == 1


def test_whole_numbers_in_a_file_do_for_the_fusion_node(graph):
    node = graph.start(FusionNode, speech__reliability=1, window__length=1)
    assert node.get_parameter('speech.reliability').value == 1.0


@pytest.mark.parametrize('wrong', [
    ['face', 'a b'], ['1st'], ['face', 'face'], [''], ['a/b'], ['face', 'speech', 'tëxt']])
def test_modalities_that_are_no_names_of_topics_are_refused_when_they_are_set(graph, wrong):
    node = graph.add(FusionNode)
    (result,) = node.set_parameters([RosParameter('modalities', value=wrong)])
    assert not result.successful
    assert 'modalities' in result.reason
    assert node.get_parameter('modalities').value == ['face', 'speech', 'text']


def test_a_misspelt_parameter_is_told_with_the_nearest_that_there_is(graph):
    node = graph.start(FusionNode, speech__relability=0.5, quatsch=1)
    warnings = unused_parameters([node])
    assert warnings == [
        'the parameter quatsch was given, but fusion_node has none of this name',
        'the parameter speech.relability was given, but fusion_node has none of this name; did '
        'you mean speech.reliability?']


def test_a_qos_override_of_a_topic_that_is_not_there_is_told_once_the_node_is_active(graph):
    given = {'qos_overrides./emotions.publisher.depth': 5}
    assert unused_parameters([graph.add(FusionNode, **given)], active=False) == []
    (warning,) = unused_parameters([graph.start(FusionNode, **given)])
    assert 'did you mean qos_overrides./emotion.publisher.depth?' in warning


def test_what_one_node_of_a_process_has_is_not_misspelt(graph):
    nodes = [graph.start(FusionNode, people__max=3), graph.add(FusionNode)]
    assert unused_parameters(nodes) == []


def test_a_node_of_a_file_that_is_called_nearly_as_one_of_ours_is_told(tmp_path):
    path = tmp_path / 'robot.yaml'
    path.write_text(
        '/**:\n  fusion_nod:\n    ros__parameters: {people.max: 3}\n'
        '  text_node:\n    ros__parameters: {language: en}\n'
        '/robot/face_nodes:\n  ros__parameters: {every: 2}\n'
        'controller_server:\n  ros__parameters: {frequency: 20.0}\n'
        '/*:\n  ros__parameters: {use_sim_time: true}\n')
    warnings = unknown_nodes(['--ros-args', '--params-file', str(path)], ['fusion_node'])
    assert len(warnings) == 2
    assert 'parameters of face_nodes; no node is called so; did you mean face_node?' in warnings[0]
    assert 'did you mean fusion_node?' in warnings[1]


def test_a_file_that_cannot_be_read_is_no_reason_to_fail(tmp_path):
    (tmp_path / 'broken.yaml').write_text('a: [')
    assert unknown_nodes(['--params-file', str(tmp_path / 'broken.yaml')], []) == []
    assert unknown_nodes(['--params-file', str(tmp_path / 'none.yaml'), '--params-file'], []) == []


def test_the_known_nodes_are_those_that_are_built(repository):
    text = (repository / 'CMakeLists.txt').read_text()
    assert set(NODES) == set(re.findall(r'(?<!\.)\b(\w+_node|camera|replay)\b', text))
