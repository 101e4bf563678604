"""Configuration, documentation and code agree."""

import importlib.util
from inspect import signature

import pytest

pytest.importorskip('rclpy')

from mer_ros.engines.face import FaceEngine
from mer_ros.engines.speech import SpeechEngine
from mer_ros.engines.text import TextEngine
from mer_ros.nodes import face_node, speech_node, text_node


@pytest.fixture
def reference(repository):
    spec = importlib.util.spec_from_file_location(
        'write_reference', repository / 'tools' / 'write_reference.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_profile_is_what_the_declarations_say(reference, repository):
    assert (repository / 'config' / 'lite.yaml').read_text() == reference.yaml()


def test_the_parameter_reference_is_what_the_declarations_say(reference, repository):
    assert (repository / 'doc' / 'PARAMETERS.md').read_text() == reference.markdown()


@pytest.mark.parametrize(('engine', 'node'), [
    (FaceEngine, face_node), (SpeechEngine, speech_node), (TextEngine, text_node)])
def test_a_node_and_its_engine_have_the_same_defaults(engine, node):
    parameters = {parameter.name: parameter.default for parameter in node.PARAMETERS}
    shared = {name: option.default for name, option in signature(engine).parameters.items()
              if name in parameters and option.default is not option.empty}
    assert shared, 'the node offers none of its engine\'s options'
    assert shared == {name: parameters[name] for name in shared}
