"""The LDDU node in a live graph: features of perception nodes in, several emotions at once out."""

from threading import Event

import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, ModalityFeatures, Transcript
from rclpy.exceptions import ParameterException
from std_srvs.srv import SetBool

from mer_ros.data import Features, NANOSECONDS, nanoseconds, Words
from mer_ros.messages.conversions import to_ros
from mer_ros.nodes import lddu_node
from mer_ros.nodes.base.features_node import DEPTH
from mer_ros.nodes.base.qos import STATE_QOS
from mer_ros.nodes.lddu_node import LdduNode
from mer_ros.nodes.text_node import TextNode
from mer_ros.research.lddu import Judgement, Lddu

HAPPY = 'I am so happy, this is the best day of my life!'
WIDTH = 288


class FakeLddu:
    """Is sure of joy and pride, and counts the rows that it is given."""

    name = 'fake'
    labels = ('joy', 'grief', 'pride')
    modalities = ('text', 'face')
    dims = {'text': WIDTH, 'face': 192}
    models = {'text': 'lite', 'face': 'lite'}
    threshold = 0.5

    def __init__(self, **options):
        self.options = options
        self.rows = []

    def judge(self, features):
        self.rows.append({name: len(rows) for name, rows in features.items()})
        return Judgement(np.array([0.9, 0.2, 0.6]), np.array([0.1, 0.2, 0.3]), {})


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    """Put the fake in the place of the network."""
    monkeypatch.setattr(lddu_node, 'Lddu', FakeLddu)


def text(seconds, person='', **changes):
    item = Features(nanoseconds(seconds), 'text', 'lite', np.ones((2, WIDTH), np.float32), person)
    message = to_ros(item)
    for name, value in changes.items():
        setattr(message, name, value)
    return message


def refused(node):
    return {name.removeprefix('refused.') for name in node.meter.read(0.0).totals
            if name.startswith('refused.')}


def test_words_become_several_emotions_at_once(graph):
    graph.start(TextNode, publish_features=True)
    graph.start(LdduNode)
    states = graph.collect(EmotionState, 'lddu/emotion')
    graph.wait(lambda: graph.probe.count_subscribers('text/features'), 'the LDDU node')
    topic = graph.publisher(Transcript, 'transcript')
    graph.settle()
    topic.publish(to_ros(Words(5 * NANOSECONDS, HAPPY, 'microphone', 'ana')))
    graph.wait(lambda: states, 'a state')

    state = states[0]
    assert (state.header.stamp.sec, state.header.frame_id) == (5, 'microphone')
    assert (state.person_id, state.label, state.multi_label) == ('ana', 'joy', True)
    assert list(state.probability) == [0.9, 0.2, 0.6]
    assert list(state.present) == ['joy', 'pride']
    assert list(state.label_uncertainty) == [0.1, 0.2, 0.3]
    assert (len(state.belief), len(state.alpha), state.missing) == (0, 0, ['face'])
    assert state.valid_for.sec == 10


def test_whoever_joins_late_still_gets_the_last_state(graph):
    graph.start(LdduNode)
    topic = graph.publisher(ModalityFeatures, 'text/features')
    early = graph.collect(EmotionState, 'lddu/emotion')
    topic.publish(text(5))
    graph.wait(lambda: early, 'a state')
    late = graph.collect(EmotionState, 'lddu/emotion', STATE_QOS)
    graph.wait(lambda: late, 'the same state')
    assert (late[0].header.stamp.sec, late[0].label) == (5, 'joy')


@pytest.mark.parametrize(('message', 'reason'), [
    (text(5, shape=[2, WIDTH + 1]), 'shape'),
    (text(5, shape=[2]), 'shape'),
    (text(5, shape=[]), 'shape'),
    (text(5, shape=[0, WIDTH], data=[]), 'shape'),
    (text(5, shape=[2**32 - 1, 2**32 - 1]), 'shape'),
    (text(5, shape=[WIDTH, 2]), 'shape'),
    (text(5, shape=[1, WIDTH], data=[float('nan')] * WIDTH), 'not_finite'),
    (text(5, model='paper'), 'model'),
    (text(5, modality='speech'), 'unknown_modality'),
    (text(0), 'unstamped'),
])
def test_what_cannot_be_used_is_refused_and_the_node_goes_on(graph, message, reason):
    node = graph.start(LdduNode)
    states = graph.collect(EmotionState, 'lddu/emotion')
    topic = graph.publisher(ModalityFeatures, 'text/features')
    topic.publish(message)
    topic.publish(text(6))
    graph.wait(lambda: states, 'a state')
    assert refused(node) == {reason}
    assert states[0].header.stamp.sec == 6


def test_evidence_that_waited_is_judged_when_the_period_is_over(graph):
    node = graph.start(LdduNode, period=0.3)
    states = graph.collect(EmotionState, 'lddu/emotion')
    topic = graph.publisher(ModalityFeatures, 'text/features')
    for seconds in (5.0, 5.1, 5.2):
        topic.publish(text(seconds))
    graph.wait(lambda: len(states) == 2, 'the second state')
    assert states[1].header.stamp.nanosec == 200_000_000
    assert node.engine._model.rows == [{'text': 2}, {'text': 6}]


def test_a_person_of_whom_nothing_came_for_long_is_unknown(graph):
    graph.start(LdduNode, window_length=0.2, period=0.1)
    states = graph.collect(EmotionState, 'lddu/emotion')
    graph.publisher(ModalityFeatures, 'text/features').publish(text(5, 'ana'))
    graph.wait(lambda: len(states) == 2, 'the end')
    assert (states[1].label, states[1].person_id) == ('unknown', 'ana')
    assert states[1].valid_for.sec == states[1].valid_for.nanosec == 0


def test_more_messages_than_can_wait_do_not_stop_the_clock(graph, monkeypatch):
    begun, go_on = Event(), Event()

    class Slow(FakeLddu):
        def judge(self, features):
            begun.set()
            assert go_on.wait(60.0)
            return super().judge(features)

    monkeypatch.setattr(lddu_node, 'Lddu', Slow)
    node = graph.start(LdduNode, window_length=0.2, period=0.1)
    states = graph.collect(EmotionState, 'lddu/emotion')
    topic = graph.publisher(ModalityFeatures, 'text/features')
    topic.publish(text(5, 'ana'))
    graph.wait(begun.is_set, 'the network to begin')
    for number in range(DEPTH + 10):
        topic.publish(text(5 + number / 1000, 'ana'))
        graph.wait(lambda number=number: node.meter.read(0.0).totals['received'] > number + 1,
                   'the message')
        graph.settle(0.02)
    dropped = node.meter.read(0.0).totals['dropped']
    go_on.set()
    graph.wait(lambda: states and states[-1].label == 'unknown', 'the end of what is known')
    assert dropped == 10, 'no look at the clock takes the place of a message'


def test_switched_off_it_forgets_people_and_says_so(graph):
    node = graph.start(LdduNode)
    states = graph.collect(EmotionState, 'lddu/emotion')
    graph.publisher(ModalityFeatures, 'text/features').publish(text(5, 'ana'))
    graph.wait(lambda: states, 'a state')
    client = graph.probe.create_client(SetBool, '/lddu_node/enable')
    assert client.wait_for_service(timeout_sec=5)
    client.call_async(SetBool.Request(data=False))
    graph.wait(lambda: len(states) == 2, 'the farewell')
    assert (states[1].label, states[1].person_id) == ('unknown', 'ana')
    graph.wait(lambda: node.engine.people == (), 'the engine to forget')


def test_parameters_reach_the_network_and_out_of_range_they_are_refused(graph, tmp_path):
    node = graph.start(LdduNode, model_path=str(tmp_path / 'mine.onnx'), device='cpu', threads=2)
    assert node.engine._model.options == {
        'path': tmp_path / 'mine.onnx', 'device': 'cpu', 'threads': 2}
    with pytest.raises(ParameterException, match='window_length'):
        graph.add(LdduNode, window_length=0.0)
    unfit = graph.add(LdduNode, window_length=1.0, period=2.0)
    assert not unfit.autostart()
    assert 'period <= window_length' in unfit.failure


def test_it_warns_of_features_that_nobody_publishes(graph):
    node = graph.start(LdduNode)
    warnings = node.warnings(node.meter.read(0.0))
    assert warnings == [
        'nobody publishes text/features: set publish_features of text_node',
        'nobody publishes face/features: set publish_features of face_node']


def test_it_can_be_stopped_and_started_again(graph):
    node = graph.start(LdduNode)
    states = graph.collect(EmotionState, 'lddu/emotion')
    topic = graph.publisher(ModalityFeatures, 'text/features')
    topic.publish(text(5))
    graph.wait(lambda: states, 'a state')
    node.trigger_deactivate()
    node.trigger_cleanup()
    assert node.engine is None
    assert node.autostart()
    graph.wait(topic.get_subscription_count, 'the subscription')
    states = graph.collect(EmotionState, 'lddu/emotion')
    topic.publish(text(6))
    graph.wait(lambda: states and states[-1].header.stamp.sec == 6, 'a state')


def test_who_had_to_make_room_is_not_kept(graph):
    node = graph.start(LdduNode, people__max=1)
    states = graph.collect(EmotionState, 'lddu/emotion')
    topic = graph.publisher(ModalityFeatures, 'text/features')
    for seconds, person in ((5.0, 'ana'), (5.5, 'ben')):
        topic.publish(text(seconds, person))
    graph.wait(lambda: len(states) == 2, 'both states')
    graph.wait(lambda: node.describe(node.meter.read(0.0)) == {
        'people': 1, 'labels': 'ben: joy'}, 'the place of the first to be free')


def test_a_network_that_is_missing_leaves_the_node_unconfigured(graph, monkeypatch, tmp_path):
    monkeypatch.setattr(lddu_node, 'Lddu', Lddu)
    node = graph.add(LdduNode, model_path=str(tmp_path / 'none.onnx'))
    assert not node.autostart()
    assert 'none.onnx is missing' in node.failure


def test_the_built_in_network_judges_what_the_built_in_text_model_saw(graph, monkeypatch):
    monkeypatch.setattr(lddu_node, 'Lddu', Lddu)
    graph.start(TextNode, publish_features=True)
    graph.start(LdduNode, period=0.0)
    states = graph.collect(EmotionState, 'lddu/emotion')
    graph.wait(lambda: graph.probe.count_subscribers('text/features'), 'the LDDU node')
    topic = graph.publisher(Transcript, 'transcript')
    graph.settle()
    topic.publish(to_ros(Words(5 * NANOSECONDS, HAPPY, person_id='ana')))
    topic.publish(to_ros(Words(6 * NANOSECONDS, 'I am so angry at you!', person_id='ben')))
    graph.wait(lambda: len(states) == 2, 'both states')
    assert [(state.person_id, state.label) for state in states] == [
        ('ana', 'happiness'), ('ben', 'anger')]
    assert all(state.multi_label and min(state.label_uncertainty) >= 0.0 for state in states)
