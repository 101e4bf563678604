"""The humans node in a live graph, with the real messages of REP-155."""

from functools import partial
import threading

import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('hri_msgs')

from mer_ros.msg import ActiveSpeaker, EmotionState, ModalityLogits
from rclpy.qos import qos_profile_sensor_data
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image
from std_srvs.srv import SetBool

from mer_ros.data import NANOSECONDS
from mer_ros.emotions import EMOTIONS, EXPRESSIONS
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.humans.humans_node import HumansNode

EVERY_CROP = {'face__every': 1, 'face__selection': 'off'}
RATE = 16000
START = 100 * NANOSECONDS
HAPPY = 'What a wonderful surprise, I am so happy!'


@pytest.fixture
def hri():
    """Return the messages of REP-155."""
    import hri_msgs.msg
    return hri_msgs.msg


@pytest.fixture(scope='session')
def spoken(sentence):
    """Return a spoken sentence between silence, int16 mono at 16 kHz."""
    return np.round(sentence * 32767).astype('<i2')


class Humans:
    """A robot's trackers and recognisers, and the node that listens to them."""

    def __init__(self, graph, hri, **parameters):
        self.graph, self.hri = graph, hri
        self.node = graph.start(HumansNode, **EVERY_CROP, **parameters)
        self._lists = {kind: graph.publisher(hri.IdsList, f'/humans/{kind}s/tracked')
                       for kind in ('face', 'voice')}
        self._matches = graph.publisher(hri.IdsMatch, '/humans/candidate_matches')

    def track(self, kind, *names):
        self._lists[kind].publish(self.hri.IdsList(ids=list(names)))
        self.graph.wait(lambda: self.node._streams[kind].keys() == set(names), f'{kind}s {names}')

    def match(self, one, other, confidence=0.9):
        received = self.node.meter.read(0.0).totals['received']
        (kind, first), (other_kind, second) = one, other
        self._matches.publish(self.hri.IdsMatch(
            id1=first, id1_type=getattr(self.hri.IdsMatch, kind.upper()), id2=second,
            id2_type=getattr(self.hri.IdsMatch, other_kind.upper()), confidence=confidence))
        self.graph.wait(
            lambda: self.node.meter.read(0.0).totals['received'] > received, 'the match')

    def crops(self, name):
        return self.graph.publisher(
            Image, f'/humans/faces/{name}/cropped', qos_profile_sensor_data)

    def expressions(self, name):
        return self.graph.collect(self.hri.Expression, f'/humans/faces/{name}/expression')


@pytest.fixture
def humans(graph, hri):
    """Return the node and all that it hears, with nobody there yet."""
    return Humans(graph, hri)


def crop(pixels, second=100):
    message = Image(height=pixels.shape[0], width=pixels.shape[1], encoding='rgb8',
                    step=3 * pixels.shape[1])
    message.data.frombytes(np.ascontiguousarray(pixels).tobytes())
    message.header.stamp.sec = second
    message.header.frame_id = 'camera_optical'
    return message


def state(label, person, **fields):
    message = EmotionState(label=label, person_id=person, confidence=0.75,
                           valence=0.5, arousal=float('nan'), **fields)
    message.header.stamp.sec = 100
    message.header.frame_id = 'camera_optical'
    return message


def refused(node):
    return {name.removeprefix('refused.') for name in node.meter.read(0.0).totals
            if name.startswith('refused.')}


def test_a_face_that_is_matched_with_nobody_goes_by_its_own_id(graph, humans, face):
    humans.track('face', 'abcde')
    logits = graph.collect(ModalityLogits, 'face/logits')
    message = crop(face)
    humans.crops('abcde').publish(message)
    graph.wait(lambda: logits, 'logits')

    assert logits[0].header == message.header
    assert (logits[0].person_id, logits[0].quality) == ('abcde', 1.0)
    assert list(logits[0].labels) == list(EMOTIONS)
    assert EMOTIONS[int(np.argmax(logits[0].logits))] == 'happiness'


def test_matches_name_the_person_of_the_crops_that_follow(graph, humans, face):
    humans.track('face', 'abcde')
    logits = graph.collect(ModalityLogits, 'face/logits')
    topic = humans.crops('abcde')
    for number, confidence in enumerate((0.9, 0.0)):
        humans.match(('person', 'ana'), ('face', 'abcde'), confidence)
        topic.publish(crop(face, second=100 + number))
        graph.wait(lambda number=number: len(logits) > number, 'logits')
    assert [message.person_id for message in logits] == ['ana', 'abcde']


def test_the_emotion_of_a_person_is_the_expression_of_all_faces_of_that_person(graph, humans):
    humans.track('face', 'abcde', 'fghij', 'klmno')
    humans.match(('face', 'abcde'), ('person', 'ana'))
    humans.match(('face', 'fghij'), ('person', 'ana'))
    found = {name: humans.expressions(name) for name in ('abcde', 'fghij', 'klmno')}
    topic = graph.publisher(EmotionState, 'emotion')

    for label in EMOTIONS:
        topic.publish(state(label, 'ana'))
        graph.wait(lambda label=label: all(
            found[name] and found[name][-1].expression == EXPRESSIONS[label]
            for name in ('abcde', 'fghij')), f'the expression of {label}')
    message = found['abcde'][-1]
    assert message.header == state('anger', 'ana').header
    assert (message.valence, message.arousal, message.confidence) == (0.5, 0.0, 0.75)
    assert found['klmno'] == []

    topic.publish(state('sadness', 'klmno'))
    graph.wait(lambda: found['klmno'], 'the expression of a face without a person')


def test_what_is_unknown_or_about_nobody_or_has_no_name_is_not_expressed(graph, humans):
    humans.track('face', 'abcde')
    found = humans.expressions('abcde')
    topic = graph.publisher(EmotionState, 'emotion')
    topic.publish(state('unknown', 'abcde'))
    topic.publish(state('anger', ''))
    topic.publish(state('boredom', 'abcde'))
    topic.publish(state('neutral', 'abcde'))
    graph.wait(lambda: found, 'the one expression')
    graph.settle()
    assert [message.expression for message in found] == ['neutral']
    assert refused(humans.node) == {'no_expression'}


def test_topics_come_and_go_with_their_ids_and_leave_nothing_behind(graph, humans):
    node = humans.node
    before = {'subscriptions': len(list(node.subscriptions)),
              'publishers': len(list(node.publishers)), 'timers': len(list(node.timers)),
              'parameters': len(node._parameters)}
    for number in range(5):
        humans.track('face', f'face{number}')
        humans.track('voice', f'voice{number}')
    assert len(list(node.subscriptions)) == before['subscriptions'] + 3
    humans.track('face')
    humans.track('voice')
    assert before == {'subscriptions': len(list(node.subscriptions)),
                      'publishers': len(list(node.publishers)),
                      'timers': len(list(node.timers)), 'parameters': len(node._parameters)}


def test_a_face_that_stays_keeps_its_topics(graph, humans):
    humans.track('face', 'abcde')
    topics = humans.node._streams['face']['abcde']
    humans.track('face', 'fghij', 'abcde')
    humans.track('face', 'abcde')
    assert humans.node._streams['face']['abcde'] is topics


def test_no_more_people_than_allowed_are_followed_and_diagnostics_say_so(graph, hri):
    humans = Humans(graph, hri, people__max=2)
    humans._lists['face'].publish(hri.IdsList(ids=['a', '1b', 'c', 'd']))
    graph.wait(lambda: humans.node._streams['face'].keys() == {'a', 'c'}, 'two faces')
    level, text, values = humans.node._report()
    assert level == 'warn'
    assert 'ids.crowded: 1' in text
    assert 'ids.bad_id: 1' in text
    assert values['faces'] == 'a: a, c: c'


def hear(graph, node, topics, samples, *, make, size=RATE // 10):
    """Let a node hear samples, on a clock that goes with them."""
    sound, clock = topics
    for first in range(0, len(samples), size):
        part = samples[first:first + size]
        now = START + (first + len(part)) * NANOSECONDS // RATE
        message = Clock()
        message.clock.sec, message.clock.nanosec = divmod(now, NANOSECONDS)
        clock.publish(message)
        graph.wait(lambda now=now: node.now == now, 'the clock')
        received = node.meter.read(0.0).totals['received']
        sound.publish(make(part, message.clock))
        graph.wait(lambda received=received: node.meter.read(0.0).totals['received'] > received,
                   'the sound')


def raw(audio, part, time):
    return audio.AudioData(data=part.tobytes())


def raw_stamped(audio, part, time):
    message = audio.AudioDataStamped(audio=raw(audio, part, time))
    message.header.stamp = time
    return message


def typed_arrays(audio, part, time):
    message = audio.AudioStamped()
    message.header.stamp = time
    message.audio.audio_data.int16_data = part.tolist()
    message.audio.info = audio.AudioInfo(format=8, channels=1, rate=RATE, chunk=len(part))
    return message


@pytest.mark.parametrize(('kind', 'make'), [
    ('AudioData', raw), ('AudioDataStamped', raw_stamped), ('AudioStamped', typed_arrays)])
def test_sound_of_any_type_becomes_logits_of_the_person_whose_voice_it_is(
    graph, hri, spoken, kind, make
):
    audio = pytest.importorskip('audio_common_msgs.msg')
    if hasattr(audio, 'AudioStamped') != (kind == 'AudioStamped'):
        pytest.skip(f'{kind} with sound is of the other audio_common_msgs')
    humans = Humans(graph, hri, use_sim_time=True, speech__mode='utterance')
    humans.track('voice', 'vabcd')
    humans.track('face', 'abcde')
    humans.match(('voice', 'vabcd'), ('face', 'abcde'))
    logits = graph.collect(ModalityLogits, 'speech/logits')
    # Another process: types of one topic may differ only between participants.
    sound = graph.publisher(getattr(audio, kind), '/humans/voices/vabcd/audio',
                            by=graph.stranger())
    clock = graph.publisher(Clock, '/clock', qos_profile_sensor_data)
    hear(graph, humans.node, (sound, clock), spoken, make=partial(make, audio))
    graph.wait(lambda: logits, 'logits')

    assert logits[0].person_id == 'abcde'
    end = logits[0].header.stamp.sec + logits[0].header.stamp.nanosec / NANOSECONDS
    loud = np.flatnonzero(np.abs(spoken) > 0.02 * 32767)[-1] / RATE
    # The stamp of a block of 0.1 s is that of its end, where others say its beginning.
    assert end == pytest.approx(START / NANOSECONDS + loud, abs=0.25)
    assert humans.node.engine.counts['speech.gap'] == 0


def test_raw_sound_that_holds_no_bytes_says_what_to_subscribe_to(graph, hri):
    audio = pytest.importorskip('audio_common_msgs.msg')
    if not hasattr(audio, 'AudioStamped'):
        pytest.skip('this audio_common_msgs is the one whose AudioData holds bytes')
    humans = Humans(graph, hri)
    humans.track('voice', 'vabcd')
    graph.publisher(audio.AudioData, '/humans/voices/vabcd/audio').publish(
        audio.AudioData(int16_data=[1, 2]))
    graph.wait(lambda: refused(humans.node) == {'fields'}, 'the refusal')


def test_a_voice_that_falls_silent_for_good_is_heard_to_its_end(graph, hri, spoken):
    audio = pytest.importorskip('audio_common_msgs.msg')
    if hasattr(audio, 'AudioStamped'):
        pytest.skip('this audio_common_msgs is the one whose AudioData holds no bytes')
    humans = Humans(graph, hri, use_sim_time=True, speech__mode='utterance')
    humans.track('voice', 'vabcd')
    logits = graph.collect(ModalityLogits, 'speech/logits')
    sound = graph.publisher(audio.AudioData, '/humans/voices/vabcd/audio')
    clock = graph.publisher(Clock, '/clock', qos_profile_sensor_data)
    hear(graph, humans.node, (sound, clock), spoken[:-RATE], make=partial(raw, audio))
    assert logits == []
    humans.track('voice')
    graph.wait(lambda: logits, 'logits')
    assert logits[0].person_id == ''


def test_final_words_become_logits_of_the_person_and_incremental_ones_wait(graph, humans):
    humans.track('voice', 'vabcd')
    humans.match(('voice', 'vabcd'), ('person', 'ana'))
    logits = graph.collect(ModalityLogits, 'text/logits')
    topic = graph.publisher(humans.hri.LiveSpeech, '/humans/voices/vabcd/speech')
    message = humans.hri.LiveSpeech(incremental=HAPPY[:20])
    message.header.stamp.sec = 100
    message.header.frame_id = 'microphone'
    topic.publish(message)
    message.incremental, message.final, message.confidence = '', HAPPY, 0.8
    topic.publish(message)
    graph.wait(lambda: logits, 'logits')
    assert logits[0].header == message.header
    assert (logits[0].person_id, logits[0].quality) == ('ana', pytest.approx(0.8))
    assert EMOTIONS[int(np.argmax(logits[0].logits))] == 'happiness'
    assert len(logits) == 1


def test_the_only_face_is_the_active_speaker_and_of_several_none_is(graph, humans, face):
    speakers = graph.collect(ActiveSpeaker, 'active_speaker')
    humans.track('face', 'abcde')
    humans.match(('face', 'abcde'), ('person', 'ana'))
    topic = humans.crops('abcde')
    topic.publish(crop(face))
    graph.wait(lambda: len(speakers) == 1, 'the speaker')
    humans.track('face', 'abcde', 'fghij')
    topic.publish(crop(face, second=101))
    graph.wait(lambda: len(speakers) == 2, 'nobody')
    assert [speaker.person_id for speaker in speakers] == ['ana', '']
    assert speakers[0].header == crop(face).header


@pytest.mark.parametrize('is_matched', [True, False])
def test_from_a_crop_and_words_to_the_expression_of_the_only_face(graph, hri, face, is_matched):
    graph.start(FusionNode, modalities=['face', 'text'], window__length=5.0)
    humans = Humans(graph, hri, modalities=['face', 'text'])
    humans.track('face', 'abcde')
    humans.track('voice', 'vabcd')
    humans.match(('face', 'abcde'), ('person', 'ana'))
    if is_matched:
        humans.match(('voice', 'vabcd'), ('face', 'abcde'))
    speakers = graph.collect(ActiveSpeaker, 'active_speaker')
    states = graph.collect(EmotionState, 'emotion')
    expressions = humans.expressions('abcde')
    words = graph.publisher(hri.LiveSpeech, '/humans/voices/vabcd/speech')
    message = crop(face)
    message.header.stamp = graph.probe.get_clock().now().to_msg()
    humans.crops('abcde').publish(message)
    graph.wait(lambda: speakers, 'the speaker')
    words.publish(hri.LiveSpeech(header=message.header, final=HAPPY))
    graph.wait(lambda: expressions, 'the expression')

    assert expressions[0].expression == 'happy'
    assert expressions[0].header == message.header
    assert (states[0].person_id, list(states[0].missing)) == ('ana', [])
    assert expressions[0].valence == states[0].valence > 0.3


def test_what_is_broken_is_counted_and_the_next_good_crop_is_seen(graph, humans, face):
    node = humans.node
    humans.track('face', 'abcde')
    logits = graph.collect(ModalityLogits, 'face/logits')
    humans.match(('face', 'abcde'), ('unset', 'ana'))
    humans.match(('face', 'abcde'), ('person', 'ana'), confidence=7.0)
    topic = humans.crops('abcde')
    topic.publish(crop(face, second=0))
    torn = crop(face)
    torn.data = torn.data[:100]
    topic.publish(torn)
    graph.wait(lambda: len(refused(node)) == 4, 'the refusals')
    assert {'match', 'confidence', 'unstamped'} < refused(node)
    topic.publish(crop(face))
    graph.wait(lambda: logits, 'logits')
    assert logits[0].person_id == 'abcde'
    assert node.meter.read(0.0).totals['errors'] == 0


def test_a_slow_model_sees_the_newest_crop_of_each_face(graph, humans, face):
    node = humans.node
    humans.track('face', 'abcde', 'fghij')
    logits = graph.collect(ModalityLogits, 'face/logits')
    topics = {name: humans.crops(name) for name in ('abcde', 'fghij')}
    free = threading.Event()
    node._workers['face'].put(free.wait)
    for second in range(100, 105):
        for name, topic in topics.items():
            received = node.meter.read(0.0).totals['received']
            topic.publish(crop(face, second=second))
            graph.wait(lambda received=received: node.meter.read(0.0).totals['received']
                       > received, name)
    free.set()
    graph.wait(lambda: len(logits) == 2, 'logits')
    graph.settle()
    assert sorted((message.person_id, message.header.stamp.sec) for message in logits) == [
        ('abcde', 104), ('fghij', 104)]
    assert node.meter.read(0.0).totals['dropped'] == 8


def test_switched_off_nothing_is_perceived_but_who_is_who_is_still_followed(graph, humans, face):
    humans.track('face', 'abcde')
    logits = graph.collect(ModalityLogits, 'face/logits')
    expressions = humans.expressions('abcde')
    crops = humans.crops('abcde')
    emotion = graph.publisher(EmotionState, 'emotion')
    client = graph.probe.create_client(SetBool, 'humans_node/enable')

    def switch(on):
        answer = client.call_async(SetBool.Request(data=on))
        graph.wait(answer.done, 'the switch')

    graph.wait(client.service_is_ready, 'the service')
    free = threading.Event()
    humans.node._workers['face'].put(free.wait)
    received = humans.node.meter.read(0.0).totals['received']
    crops.publish(crop(face))
    graph.wait(lambda: humans.node.meter.read(0.0).totals['received'] > received, 'the crop')
    switch(False)
    free.set()
    crops.publish(crop(face))
    emotion.publish(state('anger', 'abcde'))
    graph.settle()
    assert logits == expressions == []
    humans.match(('face', 'abcde'), ('person', 'ana'))
    switch(True)
    crops.publish(crop(face))
    emotion.publish(state('anger', 'ana'))
    graph.wait(lambda: logits and expressions, 'logits and an expression')
    assert logits[0].person_id == 'ana'


def test_only_the_modalities_that_are_fused_are_perceived(graph, hri):
    humans = Humans(graph, hri, modalities=['face', 'gesture'])
    humans.track('voice', 'vabcd')
    humans.track('face', 'abcde')
    topics = {subscription.topic_name for subscription in humans.node.subscriptions}
    assert '/humans/faces/abcde/cropped' in topics
    assert not any('/humans/voices/vabcd' in topic for topic in topics)


def test_twice_around_the_lifecycle_leaves_nothing_behind(graph, hri, face):
    node = graph.add(HumansNode, **EVERY_CROP)
    threads = threading.active_count()
    for _ in range(2):
        assert node.autostart()
        tracked = graph.publisher(hri.IdsList, '/humans/faces/tracked')
        tracked.publish(hri.IdsList(ids=['abcde']))
        graph.wait(lambda: node._streams['face'], 'the face')
        logits = graph.collect(ModalityLogits, 'face/logits')
        graph.publisher(Image, '/humans/faces/abcde/cropped').publish(crop(face))
        graph.wait(lambda logits=logits: logits, 'logits')
        node.trigger_deactivate()
        node.trigger_cleanup()
        assert threading.active_count() == threads
        assert node.engine is None
        graph.told(node.get_subscriptions_info_by_topic, '/humans/faces/abcde/cropped', 0)
        graph.told(node.get_publishers_info_by_topic, '/humans/faces/abcde/expression', 0)
