"""The text node in a live graph."""

import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, ModalityLogits, Transcript
from std_msgs.msg import String

from mer_ros.data import NANOSECONDS, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.text_node import TextNode

HAPPY = 'I am so happy, this is the best day of my life!'


def refused(node):
    return {name.removeprefix('refused.') for name in node.meter.read(0.0).totals
            if name.startswith('refused.')}


def best(message):
    return message.labels[int(np.argmax(message.logits))]


def test_a_transcript_becomes_logits_with_its_own_time_and_person(graph):
    graph.start(TextNode)
    logits = graph.collect(ModalityLogits, 'text/logits')
    words = Words(5 * NANOSECONDS, HAPPY, frame_id='microphone', person_id='ana', confidence=0.75,
                  duration=2 * NANOSECONDS)
    graph.publisher(Transcript, 'transcript').publish(to_ros(words))
    graph.wait(lambda: logits, 'logits')

    message = logits[0]
    assert best(message) == 'happiness'
    assert (message.header.stamp.sec, message.header.frame_id) == (5, 'microphone')
    assert (message.person_id, message.quality, message.window.sec) == ('ana', 0.75, 2)
    assert list(message.labels) == list(EMOTIONS)


def test_a_quiet_person_is_no_trouble_and_a_missing_recogniser_is(graph):
    node = graph.start(TextNode)
    assert node._report()[:2] == ('warn', 'nobody publishes transcript')
    graph.publisher(Transcript, 'transcript')
    graph.wait(lambda: node.count_publishers('transcript'), 'the recogniser')
    assert node._report()[:2] == ('ok', 'perceiving')


def test_a_plain_string_is_understood_and_stamped_on_receipt(graph):
    graph.start(TextNode)
    logits = graph.collect(ModalityLogits, 'text/logits')
    before = graph.probe.get_clock().now().nanoseconds
    graph.publisher(String, 'transcript', by=graph.stranger()).publish(String(data=HAPPY))
    graph.wait(lambda: logits, 'logits')
    stamp = logits[0].header.stamp
    assert stamp.sec * NANOSECONDS + stamp.nanosec >= before
    assert best(logits[0]) == 'happiness'


@pytest.mark.parametrize(('text', 'reason'), [('', 'empty'), ('   \n\t ', 'empty')])
def test_empty_words_are_refused_and_counted(graph, text, reason):
    node = graph.start(TextNode)
    topic = graph.publisher(Transcript, 'transcript')
    topic.publish(to_ros(Words(NANOSECONDS, text)))
    graph.wait(lambda: refused(node) == {reason}, 'the refusal')


def test_a_megabyte_of_text_is_cut_and_judged(graph):
    node = graph.start(TextNode)
    logits = graph.collect(ModalityLogits, 'text/logits')
    topic = graph.publisher(Transcript, 'transcript')
    topic.publish(to_ros(Words(NANOSECONDS, HAPPY * (1_000_000 // len(HAPPY)))))
    graph.wait(lambda: logits, 'logits')
    assert node.engine.counts['truncated'] == 1


def test_bytes_that_are_no_utf8_do_not_end_the_node(graph):
    from rclpy.serialization import serialize_message

    node = graph.start(TextNode)
    logits = graph.collect(ModalityLogits, 'text/logits')
    topic = graph.publisher(Transcript, 'transcript')
    raw = serialize_message(to_ros(Words(NANOSECONDS, HAPPY)))
    topic.publish(raw.replace(b'best', b'b\xff\xfet'))
    topic.publish(to_ros(Words(2 * NANOSECONDS, HAPPY)))
    graph.wait(lambda: any(message.header.stamp.sec == 2 for message in logits), 'logits')
    assert node.meter.read(0.0).totals['errors'] == 0


def test_a_confidence_that_cannot_be_is_refused(graph):
    node = graph.start(TextNode)
    message = to_ros(Words(NANOSECONDS, HAPPY))
    message.confidence = float('nan')
    graph.publisher(Transcript, 'transcript').publish(message)
    graph.wait(lambda: refused(node) == {'confidence'}, 'the refusal')


def test_nothing_that_was_said_is_logged(graph, capfd):
    node = graph.start(TextNode)
    logits = graph.collect(ModalityLogits, 'text/logits')
    topic = graph.publisher(Transcript, 'transcript')
    secret = 'my password is swordfish'
    topic.publish(to_ros(Words(NANOSECONDS, secret)))
    message = to_ros(Words(2 * NANOSECONDS, secret))
    message.confidence = 7.0
    topic.publish(message)
    graph.wait(lambda: logits and refused(node), 'both')
    captured = capfd.readouterr()
    assert 'swordfish' not in captured.out + captured.err


def test_why_words_are_trusted_less_reaches_the_state_and_is_counted(graph):
    node = graph.start(TextNode)
    graph.start(FusionNode, modalities=['text'])
    logits = graph.collect(ModalityLogits, 'text/logits')
    states = graph.collect(EmotionState, 'emotion')
    stamp = graph.probe.get_clock().now().nanoseconds
    graph.publisher(Transcript, 'transcript').publish(to_ros(
        Words(stamp, 'Minulla ei ole siihen kerrassaan mielipidetta.', language='xx')))
    graph.wait(lambda: logits and states, 'evidence and a state')

    assert list(logits[0].doubts) == ['language']
    assert list(states[0].modalities[0].doubts) == ['language']
    assert node.meter.read(0.0).totals['doubt.language'] == 1
