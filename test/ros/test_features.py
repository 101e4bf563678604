"""Features in a live graph: only when asked for, with the stamps of the logits."""

import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import ModalityFeatures, ModalityLogits, Transcript

from mer_ros.data import NANOSECONDS, Words
from mer_ros.messages.conversions import features_from, to_ros
from mer_ros.models import load_model, MODELS
from mer_ros.nodes.face_node import FaceNode
from mer_ros.nodes.speech_node import SpeechNode
from mer_ros.nodes.text_node import TextNode

HAPPY = 'I am so happy, this is the best day of my life!'


class Scoring:
    """A model that gives logits and no features."""

    name = 'scoring'
    labels = ('anger', 'happiness')

    def logits(self, batch):
        return np.zeros((len(batch), 2), np.float32)


def test_the_text_node_tells_what_its_model_saw(graph):
    graph.start(TextNode, publish_features=True)
    features = graph.collect(ModalityFeatures, 'text/features')
    logits = graph.collect(ModalityLogits, 'text/logits')
    words = Words(5 * NANOSECONDS, HAPPY, frame_id='microphone', person_id='ana')
    graph.publisher(Transcript, 'transcript').publish(to_ros(words))
    graph.wait(lambda: features and logits, 'features and logits')

    told = features_from(features[0])
    assert (told.modality, told.model) == ('text', logits[0].model) == ('text', 'lite')
    assert (told.stamp, told.person_id, told.frame_id) == (5 * NANOSECONDS, 'ana', 'microphone')
    np.testing.assert_array_equal(told.values, load_model('text', 'lite').features(HAPPY))


@pytest.mark.parametrize('kind', [TextNode, SpeechNode, FaceNode])
def test_nobody_is_told_unless_it_is_asked_for(graph, kind):
    node = graph.start(kind)
    assert not graph.probe.count_publishers(f'{node.modality}/features')
    described = node.describe_parameter('publish_features').description
    assert 'personal data' in described


@pytest.mark.parametrize('kind', [SpeechNode, FaceNode])
def test_speech_and_face_nodes_can_tell_too(graph, kind):
    node = graph.start(kind, publish_features=True)
    graph.wait(lambda: graph.probe.count_publishers(f'{node.modality}/features'), 'the publisher')
    node.trigger_deactivate()
    node.trigger_cleanup()
    graph.wait(lambda: not graph.probe.count_publishers(f'{node.modality}/features'), 'its end')


def test_a_model_without_features_leaves_the_node_unconfigured(graph, monkeypatch):
    monkeypatch.setitem(MODELS['text']._loaded, 'lite', Scoring)
    node = graph.add(TextNode, publish_features=True)
    assert not node.autostart()
    assert "the model 'scoring' gives no features" in node.failure


def test_nothing_is_told_while_switched_off(graph):
    node = graph.start(TextNode, publish_features=True)
    features = graph.collect(ModalityFeatures, 'text/features')
    topic = graph.publisher(Transcript, 'transcript')
    node.switch.set(False)
    topic.publish(to_ros(Words(NANOSECONDS, HAPPY)))
    graph.settle()
    node.switch.set(True)
    topic.publish(to_ros(Words(2 * NANOSECONDS, HAPPY)))
    graph.wait(lambda: features, 'features')
    assert [message.header.stamp.sec for message in features] == [2]
