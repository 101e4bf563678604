"""A modality that the package knows nothing of, fused by configuration alone."""

import importlib.util

import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, ModalityLogits
from std_msgs.msg import Float32

from mer_ros.data import Logits
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.fusion_node import FusionNode

EXCITED = ('anger', 'fear', 'surprise')


@pytest.fixture
def heart(graph, repository):
    """Run the node of examples/extra_modality.py; return a publisher of its input."""
    spec = importlib.util.spec_from_file_location(
        'extra_modality', repository / 'examples' / 'extra_modality.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    node = module.HeartRate(context=graph.context)
    graph.executor.add_node(node)
    yield graph.publisher(Float32, 'heart_rate')
    node.destroy_node()


def undecided(graph):
    """Return what a face says that may show surprise as well as neutral."""
    scores = np.isin(EMOTIONS, ('neutral', 'surprise')) * 2.0
    return to_ros(Logits(
        graph.probe.get_clock().now().nanoseconds, 'face', EMOTIONS, scores, model='test'))


@pytest.mark.parametrize(('rate', 'label'), [(120.0, 'surprise'), (50.0, 'neutral')])
def test_the_heart_decides_what_the_face_leaves_open(graph, heart, rate, label):
    graph.start(FusionNode, modalities=['face', 'physio'], window__length=30.0,
                staleness__half_life=60.0)
    states = graph.collect(EmotionState, 'emotion')
    heart.publish(Float32(data=rate))
    graph.publisher(ModalityLogits, 'face/logits').publish(undecided(graph))
    graph.wait(lambda: states, 'a state')

    assert states[0].label == label
    assert [(opinion.modality, opinion.model) for opinion in states[0].modalities] == [
        ('face', 'test'), ('physio', 'heart_rate')]
    assert list(states[0].missing) == []


def test_it_is_trusted_as_far_as_its_parameter_says(graph, heart):
    graph.start(FusionNode, modalities=['physio'], physio__reliability=0.25, window__length=0.05)
    states = graph.collect(EmotionState, 'emotion')
    heart.publish(Float32(data=120.0))
    graph.wait(lambda: states, 'a state')
    assert states[0].modalities[0].weight == pytest.approx(0.25)


def test_what_the_heart_cannot_tell_is_left_open(graph, heart):
    graph.start(FusionNode, modalities=['physio'], window__length=0.05)
    states = graph.collect(EmotionState, 'emotion')
    heart.publish(Float32(data=120.0))
    graph.wait(lambda: states, 'a state')
    probability = dict(zip(states[0].labels, states[0].probability, strict=True))
    assert min(probability[name] for name in EXCITED) > probability['disgust']
    assert probability['disgust'] > probability['sadness']


def test_a_loose_sensor_is_ignored(graph, heart):
    logits = graph.collect(ModalityLogits, 'physio/logits')
    for rate in (0.0, float('nan'), 999.0):
        heart.publish(Float32(data=rate))
    heart.publish(Float32(data=80.0))
    graph.wait(lambda: logits, 'logits')
    graph.settle()
    assert len(logits) == 1
