"""What the launch files would start, without starting it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('launch_ros')

from ament_index_python.packages import get_package_share_directory
import launch
from launch.launch_description_sources import PythonLaunchDescriptionSource
import launch_ros.actions
from launch_ros.actions import SetParameter

FOLDER = f'{get_package_share_directory("mer_ros")}/launch'

Started = list[dict[str, Any]]
"""The options of each node."""


class Recorded(launch.Action):
    """Stands for a node; keeps what it would be started with."""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.options = options


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Started]:
    """Return what visits a launch file with arguments, below some actions."""
    monkeypatch.setattr(launch_ros.actions, 'Node', Recorded)

    def visit(file: str, *above: Any, **arguments: str) -> Started:
        context = launch.LaunchContext()
        context.launch_configurations.update(arguments)
        waiting = [*above, launch.actions.IncludeLaunchDescription(
            PythonLaunchDescriptionSource(f'{FOLDER}/{file}'))]
        nodes = []
        while waiting:
            entity = waiting.pop(0)
            if isinstance(entity, Recorded):
                nodes.append(entity.options)
            else:
                waiting[:0] = entity.visit(context) or []
        return nodes
    return visit


@pytest.mark.parametrize('option', ['response', 'attention', 'lddu', 'humans'])
def test_what_else_runs_is_told_to_the_one_process(
    start: Callable[..., Started], option: str
) -> None:
    value = 'false' if option == 'response' else 'true'
    (node,) = start('mer.launch.py', single_process='true', **{option: value})
    assert node['executable'] == 'bringup'
    assert f'{option}:={value}' in node['arguments']


def test_a_parameter_that_a_launch_file_above_sets_wins_over_the_profile_not_over_the_user(
    start: Callable[..., Started], tmp_path: Path
) -> None:
    own = tmp_path / 'own.yaml'
    own.write_text('/**:\n  ros__parameters:\n    every: 3\n')
    node, *_ = start('mer.launch.py', SetParameter('min_face', 77), modalities='face',
                     params_file=str(own), people='many')
    profile, above, user, arguments = node['parameters']
    assert not isinstance(profile, (dict, str))
    assert above == {'min_face': 77}
    assert user == str(own)
    assert arguments['people'] == 'many'


@pytest.mark.parametrize(('content', 'message'), [
    ('a: [b\n  c', 'is no YAML: while parsing'), ('- a', 'holds no parameters'),
    ('face_node: 1', 'holds no parameters')])
def test_a_file_of_parameters_that_is_none_is_refused_in_one_line(
    start: Callable[..., Started], tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / 'odd.yaml').write_text(content)
    with pytest.raises(ValueError, match=message) as caught:
        start('mer.launch.py', params_file=str(tmp_path / 'odd.yaml'))
    assert '\n' not in str(caught.value)


def test_two_cameras_are_two_modalities(start: Callable[..., Started]) -> None:
    nodes = start('two_cameras.launch.py', left_image='/a/image', people='many')
    assert sorted(node['executable'] for node in nodes) == [
        'face_node', 'face_node', 'fusion_node', 'response_node', 'speech_node', 'text_node']
    left, right = (node for node in nodes if node['executable'] == 'face_node')
    assert dict(left['remappings'])['image'] == '/a/image'
    assert dict(right['remappings'])['image'] == 'right/image'
    assert left['parameters'][-1]['modality'] == 'face_left'
    assert right['parameters'][-1]['person_prefix'] == 'right_'
    fusion = next(node for node in nodes if node['executable'] == 'fusion_node')
    assert fusion['parameters'][-1]['modalities'] == ['face_left', 'face_right', 'speech', 'text']


@pytest.mark.parametrize(('arguments', 'names'), [
    ({}, ['fusion_node', 'face_node', 'speech_node', 'text_node', 'response_node']),
    ({'modalities': 'face, av', 'response': 'false', 'lddu': 'true'},
     ['fusion_node', 'face_node', 'avnet_node', 'lddu_node']),
    ({'humans': 'true'}, ['fusion_node', 'humans_node', 'response_node'])])
def test_the_manager_of_nav2_is_given_the_nodes_that_are_started(
    start: Callable[..., Started], arguments: dict[str, str], names: list[str]
) -> None:
    *nodes, manager = start('nav2_manager.launch.py', bond_timeout='0.0', **arguments)
    assert manager['executable'] == 'lifecycle_manager'
    (given,) = manager['parameters']
    assert (given['node_names'], given['bond_timeout']) == (names, 0.0)
    assert {node['name'] for node in nodes} == set(names)
    for node in nodes:
        assert {'autostart': False}.items() <= {
            name: value for part in node['parameters'] if isinstance(part, dict)
            for name, value in part.items()}.items()
