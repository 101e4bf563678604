"""The fusion node in a live graph."""

import subprocess
import sys
import time

import numpy as np
import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from mer_ros.msg import (
    ActiveSpeaker,
    EmotionState,
    EmotionStateArray,
    ModalityLogits,
    VoiceActivity,
)
from rclpy.duration import Duration
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from rosgraph_msgs.msg import Clock
from std_srvs.srv import SetBool

from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.typestore import typestore
from mer_ros.data import Logits, NANOSECONDS, VoiceHeard
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion import FusionEngine
from mer_ros.messages.conversions import emotion_from, to_ros
from mer_ros.nodes.base.qos import STATE_QOS
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.fusion_parameters import fusion_settings, window_settings

MODALITIES = ('face', 'speech', 'text')

WATCHING = QoSProfile(
    depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL, liveliness=LivelinessPolicy.AUTOMATIC,
    liveliness_lease_duration=Duration(seconds=3.0))
"""What a subscriber asks for that wants to know whether the node is alive."""


def happy(graph, modality='face', *, ahead=0.0, person='', strength=3.0):
    """Return a message that says happiness, stamped now."""
    stamp = graph.probe.get_clock().now().nanoseconds + round(ahead * 1e9)
    scores = np.where(np.array(EMOTIONS) == 'happiness', strength, 0.0)
    return to_ros(Logits(stamp, modality, EMOTIONS, scores, person_id=person, model='test'))


def publishers(graph):
    return {name: graph.publisher(ModalityLogits, f'{name}/logits') for name in MODALITIES}


def test_publishes_at_once_when_every_modality_is_in(graph):
    graph.start(FusionNode, window__length=30.0, staleness__half_life=60.0)
    states = graph.collect(EmotionState, 'emotion')
    topics = publishers(graph)

    for name, topic in topics.items():
        topic.publish(happy(graph, name))
    graph.wait(lambda: states, 'a state')

    state = states[0]
    assert state.label == 'happiness'
    assert [opinion.modality for opinion in state.modalities] == list(MODALITIES)
    assert list(state.missing) == []
    assert sum(state.belief) + state.uncertainty == pytest.approx(1.0)
    assert sum(state.probability) == pytest.approx(1.0)


def test_publishes_at_the_deadline_with_what_is_there(graph):
    graph.start(FusionNode, window__length=0.2)
    states = graph.collect(EmotionState, 'emotion')
    message = happy(graph, 'face')

    publishers(graph)['face'].publish(message)
    graph.wait(lambda: states, 'a state')

    assert states[0].header.stamp == message.header.stamp
    assert list(states[0].missing) == ['speech', 'text']


def test_says_unknown_once_when_the_evidence_has_expired(graph):
    graph.start(FusionNode, window__length=0.05, staleness__half_life=0.05)
    states = graph.collect(EmotionState, 'emotion')

    publishers(graph)['face'].publish(happy(graph))
    graph.wait(lambda: len(states) == 2, 'the expiry')
    graph.settle()

    assert [state.label for state in states] == ['happiness', 'unknown']
    assert states[1].uncertainty == 1.0


def test_a_late_subscriber_gets_the_last_state(graph):
    node = graph.start(FusionNode, window__length=0.05)
    publishers(graph)['face'].publish(happy(graph))
    graph.wait(lambda: node.meter.read(0.0).totals['published'], 'a state')

    late = graph.collect(EmotionState, 'emotion', QoSProfile(
        depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))
    graph.wait(lambda: late, 'the latched state')


def test_keeps_people_apart_and_lists_them_all(graph):
    graph.start(FusionNode, window__length=0.05)
    arrays = graph.collect(EmotionStateArray, 'emotion_array')
    face = publishers(graph)['face']

    face.publish(happy(graph, person='bob'))
    face.publish(happy(graph, person='alice'))
    graph.wait(lambda: arrays and len(arrays[-1].states) == 2, 'both people')

    assert [state.person_id for state in arrays[-1].states] == ['alice', 'bob']


def test_the_array_is_made_only_for_those_who_listen_and_whoever_comes_later_gets_it(
        graph, monkeypatch):
    node = graph.start(FusionNode, modalities=['face'])
    sent = []
    monkeypatch.setattr(node, '_publish_array', lambda publish=node._publish_array: (
        sent.append(True), publish()))
    states = graph.collect(EmotionState, 'emotion', 100)
    graph.publisher(ModalityLogits, 'face/logits').publish(happy(graph, person='alice'))
    graph.wait(lambda: states, 'a state')
    assert not sent

    arrays = graph.collect(EmotionStateArray, 'emotion_array')
    graph.wait(lambda: arrays, 'the array of before')
    assert [state.person_id for state in arrays[-1].states] == ['alice']


def test_who_finds_no_place_waits_and_is_named_in_the_diagnostics(graph):
    node = graph.start(FusionNode, window__length=0.05, people__max=1, staleness__half_life=60.0)
    arrays = graph.collect(EmotionStateArray, 'emotion_array')
    face = publishers(graph)['face']
    face.publish(happy(graph, person='alice'))
    graph.wait(lambda: arrays and arrays[-1].states, 'alice')
    face.publish(happy(graph, person='bob'))
    graph.wait(lambda: node.engine.counts['crowded'], 'the refusal')

    level, message, values = node._report()
    assert (level, values['waiting for a place']) == ('warn', 'bob')
    assert 'crowded: 1' in message
    assert [state.person_id for state in arrays[-1].states] == ['alice']


def test_the_array_comes_at_most_ten_times_a_second_and_ends_with_the_last_state(
        graph, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr('mer_ros.nodes.fusion_node.monotonic', lambda: clock[0])
    node = graph.start(FusionNode, modalities=['face'])
    states = graph.collect(EmotionState, 'emotion', 100)
    arrays = graph.collect(EmotionStateArray, 'emotion_array', 100)
    face = graph.publisher(ModalityLogits, 'face/logits')
    for step in range(20):
        face.publish(happy(graph, person=f'person_{step}'))
        graph.wait(lambda step=step: len(states) == step + 1, 'a state')
    graph.settle()
    assert len(arrays) == 1
    clock[0] += 0.2
    graph.wait(lambda: len(arrays) == 2, 'the array that is due')
    assert len(arrays[-1].states) == 20
    assert node.meter.read(0.0).totals['published'] == 20


def test_any_further_modality_is_fused_from_its_topic(graph):
    graph.start(FusionNode, modalities=['face', 'physio'], window__length=30.0,
                staleness__half_life=60.0)
    states = graph.collect(EmotionState, 'emotion')
    for name in ('face', 'physio'):
        graph.publisher(ModalityLogits, f'{name}/logits').publish(happy(graph, name))
    graph.wait(lambda: states, 'a state')
    assert [opinion.modality for opinion in states[0].modalities] == ['face', 'physio']


def spoil_nan(message):
    message.logits[2] = float('nan')


def spoil_infinity(message):
    message.logits[0] = float('-inf')


def spoil_count(message):
    message.logits = [1.0, 2.0]


def spoil_label(message):
    message.labels[0] = 'boredom'


def spoil_repeat(message):
    message.labels[0] = message.labels[1]


def spoil_quality(message):
    message.quality = 1.5


def spoil_stamp(message):
    message.header.stamp.sec = 0
    message.header.stamp.nanosec = 0


@pytest.mark.parametrize('spoil', [
    spoil_nan, spoil_infinity, spoil_count, spoil_label, spoil_repeat, spoil_quality, spoil_stamp])
def test_refuses_bad_logits_counts_them_and_goes_on(graph, spoil):
    node = graph.start(FusionNode, window__length=0.05)
    states = graph.collect(EmotionState, 'emotion')
    face = publishers(graph)['face']
    bad = happy(graph)
    spoil(bad)

    face.publish(bad)
    graph.wait(lambda: sum(count for name, count in node.meter.read(0.0).totals.items()
                           if name.startswith('refused.')) == 1, 'the refusal')
    graph.settle()
    assert states == []

    face.publish(happy(graph))
    graph.wait(lambda: states, 'a state after the bad message')
    assert np.isfinite(states[0].probability).all()


def test_puts_labels_of_another_order_in_order_by_name(graph):
    graph.start(FusionNode, window__length=0.05)
    states = graph.collect(EmotionState, 'emotion')
    message = happy(graph)
    message.labels = list(reversed(message.labels))
    message.logits = list(reversed(message.logits))

    publishers(graph)['face'].publish(message)
    graph.wait(lambda: states, 'a state')

    assert (states[0].label, list(states[0].labels)) == ('happiness', list(EMOTIONS))


def test_stamps_in_the_future_are_dropped_counted_and_logged(graph, capfd):
    node = graph.start(FusionNode, window__length=0.05)
    states = graph.collect(EmotionState, 'emotion')
    publishers(graph)['face'].publish(happy(graph, ahead=60.0))
    graph.wait(lambda: node.engine.counts['future'], 'the refusal')
    graph.wait(lambda: 'ahead of the clock' in capfd.readouterr().err, 'the log line')
    assert states == []


def test_two_publishers_of_the_same_modality_are_one_stream(graph):
    graph.start(FusionNode, window__length=0.3)
    states = graph.collect(EmotionState, 'emotion')
    first = graph.publisher(ModalityLogits, 'face/logits')
    second = graph.publisher(ModalityLogits, 'face/logits')
    first.publish(happy(graph))
    second.publish(happy(graph))
    graph.wait(lambda: states, 'a state')
    assert [opinion.modality for opinion in states[0].modalities] == ['face']


def test_stops_at_once_when_switched_off_and_withdraws_what_it_said(graph):
    node = graph.start(FusionNode, window__length=0.05, staleness__half_life=60.0)
    states = graph.collect(EmotionState, 'emotion')
    face = publishers(graph)['face']
    face.publish(happy(graph))
    graph.wait(lambda: states, 'a state')

    client = graph.probe.create_client(SetBool, '/fusion_node/enable')
    assert client.wait_for_service(10.0)
    answer = client.call_async(SetBool.Request(data=False))
    graph.wait(answer.done, 'the answer')
    graph.wait(lambda: states[-1].label == 'unknown', 'the withdrawal')
    assert states[-1].uncertainty == 1.0
    seen = len(states)
    face.publish(happy(graph))
    graph.settle()
    assert len(states) == seen

    node.switch.set(True)
    face.publish(happy(graph))
    graph.wait(lambda: states[-1].label == 'happiness', 'a state after it was switched on')


def test_whoever_lists_people_is_told_once_that_there_is_nobody_any_more(graph):
    node = graph.start(FusionNode, window__length=0.05, staleness__half_life=60.0)
    arrays = graph.collect(EmotionStateArray, 'emotion_array', 10)
    publishers(graph)['face'].publish(happy(graph))
    graph.wait(lambda: arrays and arrays[-1].states, 'somebody')
    node._array_published = float('-inf')  # long ago, so that nothing is held back
    count = len(arrays)
    node._begin_afresh(node.forget)
    graph.wait(lambda: len(arrays) > count, 'the empty list')
    graph.settle()
    assert [list(array.states) for array in arrays[count:]] == [[]]


def test_live_parameters_are_checked_and_old_values_kept(graph):
    node = graph.start(FusionNode)
    results = node.set_parameters([
        Parameter('fusion.rule', value='yager'), Parameter('fusion.rule', value='magic'),
        Parameter('face.reliability', value=2.0), Parameter('window.length', value=1.0),
        Parameter('fusion.output_temperature', value='hot')])
    assert [result.successful for result in results] == [True, False, False, False, False]
    assert 'dempster' in results[1].reason
    assert 'clean the node up first' in results[3].reason
    assert node.get_parameter('fusion.rule').value == 'yager'
    assert node.engine.settings.rule == 'yager'
    assert node.get_parameter('face.reliability').value == 1.0


def test_diagnostics_name_the_missing_modality_recover_and_do_not_mind_silence(graph, monkeypatch):
    monkeypatch.setattr('mer_ros.nodes.base.report.STREAM_TIMEOUT', 0.5)
    graph.start(FusionNode, window__length=0.05)
    reports = graph.collect(DiagnosticArray, '/diagnostics')

    def last():
        return reports[-1].status[0]

    graph.wait(lambda: reports, 'a report')
    assert last().level == DiagnosticStatus.WARN
    assert 'nobody publishes face/logits' in last().message

    topics = publishers(graph)

    def feed_until(condition, what):
        def step():
            for name, topic in topics.items():
                topic.publish(happy(graph, name))
            return condition()
        graph.wait(step, what)

    feed_until(lambda: last().level == DiagnosticStatus.OK, 'an OK report')
    count = len(reports)
    graph.wait(lambda: len(reports) >= count + 3, 'reports of a quiet time')
    assert {report.status[0].level for report in reports[-2:]} == {DiagnosticStatus.OK}


def test_nothing_is_processed_or_published_while_inactive(graph):
    node = graph.start(FusionNode, window__length=0.05)
    states = graph.collect(EmotionState, 'emotion')
    publisher = publishers(graph)['face']
    node.trigger_deactivate()
    publisher.publish(happy(graph))
    graph.settle()
    assert states == []
    assert node.meter.read(0.0).totals['received'] == 0


def test_a_configuration_that_cannot_work_leaves_the_node_unconfigured_with_the_reason(graph):
    node = graph.add(FusionNode, staleness__half_life=0.1, window__length=50.0)
    assert not node.autostart()
    level, message, values = node._report()
    assert (level, values['lifecycle state']) == ('error', 'unconfigured')
    assert 'max_age' in message


def test_quality_of_service_is_changed_by_parameters(graph):
    node = graph.start(
        FusionNode, **{'qos_overrides./emotion.publisher.durability': 'volatile',
                       'qos_overrides./face/logits.subscription.reliability': 'best_effort'})
    (emotion,) = graph.told(node.get_publishers_info_by_topic, '/emotion', 1)
    (face,) = graph.told(node.get_subscriptions_info_by_topic, '/face/logits', 1)
    assert emotion.qos_profile.durability == DurabilityPolicy.VOLATILE
    assert face.qos_profile.reliability == ReliabilityPolicy.BEST_EFFORT


def test_quality_of_service_that_one_node_changes_stays_that_nodes(graph):
    graph.start(FusionNode, **{'qos_overrides./emotion.publisher.durability': 'volatile'})
    other = graph.add(FusionNode, namespace='/other')
    assert other.autostart()
    (emotion,) = graph.told(other.get_publishers_info_by_topic, '/other/emotion', 1)
    assert emotion.qos_profile.durability == DurabilityPolicy.TRANSIENT_LOCAL
    assert STATE_QOS.durability == DurabilityPolicy.TRANSIENT_LOCAL


@pytest.mark.parametrize(('modalities', 'counts'), [
    (['speech', 'text'], False), (['face', 'text'], True)])
def test_words_of_a_silent_room_have_no_weight_where_speech_is_expected(
        graph, modalities, counts):
    node = graph.start(FusionNode, modalities=modalities, window__length=0.05)
    states = graph.collect(EmotionState, 'emotion')
    now = graph.probe.get_clock().now().nanoseconds
    reports = graph.publisher(VoiceActivity, 'speech/voice_activity') if not counts else None
    for quarter in range(-24, 1):
        if reports is not None:
            reports.publish(to_ros(VoiceHeard(now + quarter * NANOSECONDS // 4,
                                              NANOSECONDS // 4, 0)))
    if reports is not None:
        graph.wait(lambda: len(node.engine._gate._reports) == 25, 'the reports')

    graph.publisher(ModalityLogits, 'text/logits').publish(happy(graph, 'text', ahead=-0.5))
    graph.wait(lambda: states, 'a state')

    [words] = states[0].modalities
    assert (words.weight, list(words.doubts)) == ((1.0, []) if counts else (0.0, ['no_voice']))
    assert states[0].label == ('happiness' if counts else 'unknown')
    if not counts:
        _, message, values = node._report()
        assert 'no_voice: 1' in message
        assert values['words without a voice'] == 1


def test_words_that_name_nobody_are_those_of_the_active_speaker(graph):
    graph.start(FusionNode, modalities=['text'])
    states = graph.collect(EmotionState, 'emotion')
    speakers = graph.publisher(ActiveSpeaker, 'active_speaker')
    words = graph.publisher(ModalityLogits, 'text/logits')
    message = happy(graph, 'text')

    speakers.publish(ActiveSpeaker(header=message.header, person_id='face_2'))
    graph.settle()
    words.publish(message)
    graph.wait(lambda: states, 'a state')

    assert states[0].person_id == 'face_2'


def test_states_follow_slowly_with_a_memory(graph):
    graph.start(FusionNode, modalities=['face'], temporal__half_life=60.0)
    states = graph.collect(EmotionState, 'emotion', 10)
    faces = graph.publisher(ModalityLogits, 'face/logits')
    glad, sad = happy(graph), happy(graph, ahead=0.01)
    labels = list(sad.labels)
    labels[3], labels[5] = labels[5], labels[3]
    sad.labels = labels

    faces.publish(glad)
    graph.wait(lambda: len(states) == 1, 'the first state')
    faces.publish(sad)
    graph.wait(lambda: len(states) == 2, 'the second state')

    assert [state.label for state in states] == ['happiness', 'happiness']
    assert states[1].probability[3] == pytest.approx(states[0].probability[3], abs=0.01)


def test_the_node_loads_neither_bags_nor_image_processing(tmp_path):
    found = subprocess.run(
        [sys.executable, '-c', 'import sys, mer_ros.nodes.fusion_node; '
         'print([name for name in ("rosbags", "cv2", "mer_ros.bags") if name in sys.modules])'],
        check=True, capture_output=True, text=True, cwd=tmp_path)
    assert found.stdout.strip() == '[]'


def test_a_modality_that_is_not_fused_is_named(graph, capfd):
    node = graph.start(FusionNode)
    graph.publisher(ModalityLogits, 'face/logits').publish(happy(graph, 'face_left'))
    graph.wait(lambda: node.meter.read(0.0).totals['refused.unknown_modality'], 'the refusal')
    assert "names the modality 'face_left', which is not in the parameter" in capfd.readouterr().err


@pytest.mark.parametrize('parameters', [
    {}, {'trigger': 'timer', 'rate': 4.0}, {'fusion__preset': 'paper', 'window__settle': 0.3}])
def test_the_node_publishes_what_the_engine_says_to_the_same_messages(
        graph, monkeypatch, parameters):
    node = graph.start(FusionNode, use_sim_time=True, window__max_future=2.0, **parameters)
    ticks, advance = [], node.engine.advance
    monkeypatch.setattr(node.engine, 'advance', lambda now: advance(ticks.append(now) or now))
    values = node.parameters.values()
    engine = FusionEngine(modalities=MODALITIES, fusion=fusion_settings(values),
                          window=window_settings(values))
    clock = graph.publisher(Clock, '/clock')
    states = graph.collect(EmotionState, 'emotion', 1000)
    topics, draw, expected = publishers(graph), np.random.default_rng(3), []
    start = 1000 * NANOSECONDS
    now = start
    for step in range(120):
        name = MODALITIES[draw.integers(3)]
        logits = Logits(
            now - int(draw.integers(NANOSECONDS)), name, EMOTIONS, draw.normal(scale=2.0, size=7),
            person_id=('', 'ann')[draw.integers(2)], quality=float(np.float32(draw.uniform())))
        now += NANOSECONDS // 20 + int(draw.integers(NANOSECONDS // 2))  # longer than a tick
        clock.publish(Clock(clock=Time(nanoseconds=now).to_msg()))
        graph.wait(lambda now=now: ticks and ticks[-1] == now, 'the tick')
        expected += engine.advance(now)
        due = len(expected)
        graph.wait(lambda due=due: len(states) >= due, 'the states of this moment')
        topics[name].publish(to_ros(logits))
        expected += engine.add(logits, now)
        graph.wait(lambda step=step: node.meter.read(0.0).totals['processed'] > step, 'the logits')
    graph.wait(lambda: len(states) >= len(expected), 'all states')
    assert len(states) == len(expected) > 40

    def as_bytes(state):
        return typestore().serialize_cdr(to_message(state), 'mer_ros/msg/EmotionState')

    assert [as_bytes(emotion_from(state)) for state in states] == list(map(as_bytes, expected))


def test_who_asks_is_told_when_the_node_hangs_ends_and_lives_again(graph):
    node = graph.start(FusionNode, use_sim_time=True)
    watcher, alive = graph.stranger(), []
    watcher.create_subscription(
        EmotionState, 'emotion', lambda _: None, WATCHING, event_callbacks=(
            SubscriptionEventCallbacks(liveliness=lambda event: alive.append(event.alive_count))))
    executor = SingleThreadedExecutor(context=watcher.context)
    executor.add_node(watcher)

    def look():
        executor.spin_once(timeout_sec=0.01)
        return alive

    def hang_until(condition):
        give_up = time.monotonic() + 20.0
        while not condition():
            assert time.monotonic() < give_up, f'alive was {alive}'

    graph.wait(lambda: look() and alive[-1] == 1, 'a sign of life')
    hang_until(lambda: look()[-1] == 0)
    graph.wait(lambda: look()[-1] == 1, 'a sign of life after the node hung')
    node.trigger_deactivate()
    graph.wait(lambda: look()[-1] == 0, 'the end')
    executor.shutdown()


def test_calibrated_prediction_sets_and_doubts_are_published(graph):
    graph.start(FusionNode, modalities=['face'], prediction_set__coverage=0.9,
                prediction_set__threshold=0.0)
    states = graph.collect(EmotionState, 'emotion')
    message = happy(graph)
    message.quality, message.doubts = 0.5, ['blurred', 'made up']
    graph.publisher(ModalityLogits, 'face/logits').publish(message)
    graph.wait(lambda: states, 'a state')

    assert list(states[0].prediction_set) == ['happiness']
    assert states[0].prediction_set_coverage == 0.9
    assert list(states[0].modalities[0].doubts) == ['blurred', 'made up']
    graph.wait(lambda: not states[-1].modalities, 'the state without evidence', patience=120.0)
    assert list(states[-1].prediction_set) == list(EMOTIONS)
