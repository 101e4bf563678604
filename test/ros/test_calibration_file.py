"""A written calibration, loaded by the real fusion node."""

import dataclasses
import re

import numpy as np
import pytest

pytest.importorskip('rclpy')

from rclpy.parameter import Parameter

from mer_ros.calibration.calibration_file import parameters_yaml
from mer_ros.calibration.fit_calibration import calibrate
from mer_ros.data import Logits, nanoseconds
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion import FusionEngine
from mer_ros.evaluation.recorded_evidence import Evidence, Scores
from mer_ros.nodes.fusion_node import FusionNode

MODALITIES = ('face', 'speech', 'text')


@pytest.fixture(scope='module')
def fitted():
    draw = np.random.default_rng(0)
    truth = draw.integers(7, size=400)
    present = np.ones(400, dtype=np.bool_)
    return calibrate(Evidence({
        name: Scores(3 * np.eye(7)[truth] + 2 * draw.normal(size=(400, 7)),
                     np.ones(7, dtype=np.bool_), present)
        for name in MODALITIES}, truth), risk=0.1, affine=True)


@pytest.fixture
def node(graph, fitted, tmp_path):
    """Return a fusion node that was started with the written file."""
    path = tmp_path / 'calibration.yaml'
    path.write_text(parameters_yaml(fitted, source='a test'))
    node = FusionNode(context=graph.context,
                      cli_args=['--ros-args', '--params-file', str(path)])
    assert node.autostart()
    yield node
    node.close()
    node.destroy_node()


def test_the_node_reads_back_the_settings_that_were_fitted(node, fitted):
    for field in dataclasses.fields(fitted.settings):
        read, written = (getattr(settings, field.name)
                         for settings in (node.engine.settings, fitted.settings))
        if field.name == 'calibration':
            for name in MODALITIES:
                np.testing.assert_array_equal(read[name].weights, written[name].weights)
                np.testing.assert_array_equal(read[name].bias, written[name].bias)
        elif field.name == 'voice_within':
            assert (node.engine.settings.voice_needed(MODALITIES)
                    == fitted.settings.voice_needed(MODALITIES))
        else:
            assert read == written, field.name


def test_the_node_gives_the_states_that_were_fitted(node, fitted):
    engine = FusionEngine(modalities=MODALITIES, fusion=fitted.settings)
    draw = np.random.default_rng(1)
    now = nanoseconds(10.0)
    for name in MODALITIES:
        message = Logits(now, name, EMOTIONS, draw.normal(size=7) * 3)
        there, here = node.engine.add(message, now), engine.add(message, now)
    np.testing.assert_array_equal(there[0].probability, here[0].probability)
    np.testing.assert_array_equal(there[0].belief, here[0].belief)
    assert there[0].label == here[0].label


def set_parameter(node, name, value):
    (result,) = node.set_parameters([Parameter(name, value=value)])
    return result


@pytest.mark.parametrize(('name', 'value', 'reason'), [
    ('face.calibration.weights', [1.0, 2.0], 'face.calibration.weights has 2 numbers.*needs 49'),
    ('face.calibration.bias', [0.5], 'has 1 numbers.*needs 7, or just'),
    ('face.calibration.bias', [float('nan')] * 7, 'bias'),
    ('face.calibration.weights', [1e9] * 49, '1e\\+06'),
])
def test_a_calibration_that_cannot_be_is_refused_and_the_old_one_kept(graph, name, value, reason):
    node = graph.start(FusionNode)
    before = node.get_parameter(name).value
    result = set_parameter(node, name, value)
    assert not result.successful
    np.testing.assert_array_equal(node.get_parameter(name).value, before)
    assert re.search(reason, result.reason)


def test_without_a_calibration_the_logits_stay_as_they_are(graph):
    assert graph.start(FusionNode).engine.settings.calibration is None


@pytest.mark.parametrize(('preset', 'confidence'), [('calibrated', 0.3), ('paper', 0.0)])
def test_the_least_confidence_is_that_of_the_preset_calibrated(graph, preset, confidence):
    node = graph.start(FusionNode, fusion__preset=preset, abstain__min_confidence=0.3)
    assert node.engine.settings.needed_confidence == confidence
