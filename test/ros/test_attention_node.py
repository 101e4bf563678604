"""The attention node in a live graph: features of perception nodes in, one emotion out."""

import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, ModalityFeatures, Transcript

from mer_ros.data import NANOSECONDS, Words
from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.attention_node import AttentionNode
from mer_ros.nodes.text_node import TextNode

HAPPY = 'I am so happy, this is the best day of my life!'


def test_words_become_an_emotion_by_the_features_of_the_text_node(graph):
    graph.start(TextNode, publish_features=True)
    graph.start(AttentionNode)
    states = graph.collect(EmotionState, 'attention/emotion')
    graph.wait(lambda: graph.probe.count_subscribers('text/features'), 'the attention node')
    topic = graph.publisher(Transcript, 'transcript')
    graph.settle()
    topic.publish(to_ros(Words(5 * NANOSECONDS, HAPPY, 'microphone', 'ana')))
    graph.wait(lambda: states, 'a state')

    state = states[0]
    assert (state.header.stamp.sec, state.header.frame_id) == (5, 'microphone')
    assert (state.person_id, state.label, state.multi_label) == ('ana', 'happiness', False)
    assert (sorted(state.missing), state.valid_for.sec) == (['face', 'speech'], 10)
    assert [(one.modality, one.model, one.weight) for one in state.modalities] == [
        ('text', 'lite', 1.0)]
    assert sum(state.belief) + state.uncertainty == pytest.approx(1.0)


def test_features_that_cannot_be_used_are_counted_and_the_node_goes_on(graph):
    node = graph.start(AttentionNode)
    states = graph.collect(EmotionState, 'attention/emotion')
    topic = graph.publisher(ModalityFeatures, 'text/features')
    wrong = ModalityFeatures(modality='text', model='lite', shape=[1, 3], data=[0.0, 1.0, 2.0])
    wrong.header.stamp.sec = 5
    topic.publish(wrong)
    width = node.engine._knows.dims['text']
    right = ModalityFeatures(modality='text', model='lite', shape=[1, width], data=[0.5] * width)
    right.header.stamp.sec = 6
    topic.publish(right)
    graph.wait(lambda: states, 'a state')
    assert node.meter.read(0.0).totals['refused.shape'] == 1
    assert states[0].header.stamp.sec == 6


def test_a_network_that_is_missing_leaves_the_node_unconfigured(graph, tmp_path):
    node = graph.add(AttentionNode, model_path=str(tmp_path / 'none.json'))
    assert not node.autostart()
    assert 'none.json is missing' in node.failure
