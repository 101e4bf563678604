"""The fusion node with a trained rule."""

import json

import numpy as np
import pytest

pytest.importorskip('rclpy')

from rclpy.parameter import Parameter

from mer_ros.data import Logits, nanoseconds
from mer_ros.emotions import EMOTIONS
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.research.attention.attention_rule import SHIPPED


@pytest.fixture
def node(graph):
    return graph.start(FusionNode, modalities=['face', 'speech'], fusion__rule='attention')


def set_parameters(node, **values):
    return node.set_parameters_atomically([
        Parameter(name.replace('__', '.'), value=value) for name, value in values.items()])


def test_the_rule_attention_runs_from_the_built_in_file(node):
    now = nanoseconds(10.0)
    for name in ('face', 'speech'):
        found = node.engine.add(Logits(now, name, EMOTIONS, np.eye(7)[3] * 3.0), now)
    (state,) = found
    assert state.label == 'happiness'
    assert sum(opinion.weight for opinion in state.modalities) == pytest.approx(1.0)


def test_another_file_is_taken_live_and_one_that_cannot_be_is_refused(node, tmp_path):
    content = json.loads(SHIPPED.read_text())
    content['combination'] = 'concat'
    other = tmp_path / 'other.json'
    other.write_text(json.dumps(content))
    before = node.engine.settings.rule
    assert set_parameters(node, fusion__rule_file=str(other)).successful
    assert node.engine.settings.rule != before

    result = set_parameters(node, fusion__rule_file=str(tmp_path / 'nowhere.json'))
    assert not result.successful
    assert 'nowhere.json is missing' in result.reason
    assert node.get_parameter('fusion.rule_file').value == str(other)


def test_the_default_modalities_configure_out_of_the_box(graph):
    node = graph.start(FusionNode, fusion__rule='attention')
    assert node.engine.modalities == ('face', 'speech', 'text')
    now = nanoseconds(10.0)
    found = [node.engine.add(Logits(now, name, EMOTIONS, np.eye(7)[0] * 3.0), now)
             for name in node.engine.modalities]
    (state,) = found[-1]
    assert (state.label, state.missing) == ('anger', ())
    assert sum(opinion.weight for opinion in state.modalities) == pytest.approx(1.0)


def test_modalities_that_were_not_trained_are_refused_with_those_that_were(graph):
    node = graph.start(FusionNode, modalities=['face', 'touch'])
    result = set_parameters(node, fusion__rule='attention')
    assert not result.successful
    assert "not trained on ['touch']" in result.reason
    assert node.get_parameter('fusion.rule').value == 'preset'
