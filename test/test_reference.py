"""Configuration, documentation and code agree."""

import importlib.util
from inspect import signature

import pytest

pytest.importorskip('rclpy')

from mer_ros.engines.face import FaceEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.speech import SpeechEngine
from mer_ros.engines.text import TextEngine
from mer_ros.nodes import face_node, fusion_parameters, speech_node, text_node
from mer_ros.profiles import preset_of, PROFILES
from mer_ros.window import WindowSettings


@pytest.fixture
def reference(repository):
    spec = importlib.util.spec_from_file_location(
        'write_reference', repository / 'tools' / 'write_reference.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize('profile', PROFILES)
def test_a_profile_is_what_the_declarations_say(reference, repository, profile):
    assert (repository / 'config' / f'{profile}.yaml').read_text() == reference.yaml(profile)


@pytest.mark.parametrize(('profile', 'node', 'name', 'value'), [
    (profile, node, name, value) for profile, settings in PROFILES.items()
    for node, values in settings.items() for name, value in values.items()])
def test_what_a_profile_sets_is_declared_and_allowed(reference, profile, node, name, value):
    parameter = {one.name: one for one in reference.NODES[node]}[name]
    parameter.check(value)
    assert type(value) is type(parameter.default)


def test_the_file_of_a_profile_says_what_differs_from_the_default(reference):
    differing = [line.split()[:2] for line in reference.yaml('paper').splitlines()
                 if '  # not ' in line]
    assert ['detector:', 'retinaface'] in differing
    assert ['fusion.preset:', 'paper'] in differing
    assert '  # not ' not in reference.yaml('lite')


def test_the_launch_file_offers_every_profile(repository):
    text = (repository / 'launch' / 'mer.launch.py').read_text()
    assert f"'profile', default_value='lite', choices={list(PROFILES)}" in text


def test_the_parameter_reference_is_what_the_declarations_say(reference, repository):
    assert (repository / 'doc' / 'PARAMETERS.md').read_text() == reference.markdown()


@pytest.mark.parametrize(('engine', 'node'), [
    (FaceEngine, face_node), (SpeechEngine, speech_node), (TextEngine, text_node)])
def test_a_node_and_its_engine_have_the_same_defaults(engine, node):
    parameters = {parameter.name: parameter.default for parameter in node.PARAMETERS}
    # Where an engine's default is None, it takes an object that the node makes.
    shared = {name: option.default for name, option in signature(engine).parameters.items()
              if name in parameters and option.default not in (option.empty, None)}
    assert shared, 'the node offers none of its engine\'s options'
    assert shared == {name: parameters[name] for name in shared}


def test_the_fusion_node_fuses_as_the_engine_does_unless_told_otherwise():
    table = (*fusion_parameters.PARAMETERS,
             *fusion_parameters.modality_parameters(('face', 'speech', 'text')))
    values = {parameter.name: parameter.default for parameter in table}
    assert fusion_parameters.window_settings(values) == WindowSettings()
    assert fusion_parameters.temporal_filter(values) is None
    node, engine = fusion_parameters.fusion_settings(values), FusionSettings()
    assert node.options == {**engine.options, 'temperature': node.temperature}
    assert set(node.temperature.values()) == {1.0}
    assert (node.needed_confidence, node.max_uncertainty) == (
        engine.needed_confidence, engine.max_uncertainty)
    assert [node.reliability_of(name) for name in ('face', 'speech', 'text', 'gesture')] == [
        engine.reliability_of(name) for name in ('face', 'speech', 'text', 'gesture')]
    assert [node.alone_of(name) for name in ('face', 'speech', 'text', 'gesture')] == [
        engine.alone_of(name) for name in ('face', 'speech', 'text', 'gesture')]


@pytest.mark.parametrize('profile', PROFILES)
def test_a_profile_is_fused_offline_as_its_node_fuses(profile):
    table = (*fusion_parameters.PARAMETERS,
             *fusion_parameters.modality_parameters(('face', 'speech', 'text')))
    values = {parameter.name: parameter.default for parameter in table}
    node = fusion_parameters.fusion_settings(
        {**values, **PROFILES[profile].get('fusion_node', {})})
    offline = FusionSettings(preset=preset_of(profile))
    assert node.options == {**offline.options, 'temperature': node.temperature}
    assert node.needed_confidence == offline.needed_confidence
    assert [node.reliability_of(name) for name in ('face', 'speech', 'text')] == [
        offline.reliability_of(name) for name in ('face', 'speech', 'text')]
    assert [node.alone_of(name) for name in ('face', 'speech', 'text')] == [
        offline.alone_of(name) for name in ('face', 'speech', 'text')]
