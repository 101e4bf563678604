"""The speech node in a live graph, on real and on broken sound."""

import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import ActiveSpeaker, AudioChunk, ModalityLogits, VoiceActivity
from std_msgs.msg import Bool

from mer_ros.data import AudioBlock, NANOSECONDS, Speaker
from mer_ros.engines.speech import SpeechEngine
from mer_ros.messages.conversions import to_nanoseconds, to_ros
from mer_ros.models import load_model
from mer_ros.nodes.speech_node import SpeechNode

RATE = 16000
START = 100 * NANOSECONDS


def chunks(samples, rate=RATE, start=START, seconds=0.1):
    """Cut samples (n,) or (n, channels) into messages as a microphone driver would."""
    samples = samples.reshape(len(samples), -1)
    size = round(rate * seconds)
    return [to_ros(AudioBlock(start + first * NANOSECONDS // rate,
                                     samples[first:first + size], rate, 'microphone'))
            for first in range(0, len(samples), size)]


def send(graph, node, topic, messages):
    """Publish messages one by one as the node takes them in; sound is best effort."""
    for message in messages:
        before = node.meter.read(0.0).totals['received']
        topic.publish(message)
        graph.wait(lambda before=before: node.meter.read(0.0).totals['received'] > before,
                   'the chunk')


def end_of(samples):
    """Return when an engine alone says that the utterance ends, in ns."""
    engine = SpeechEngine(load_model('speech', 'lite'), mode='utterance')
    found = [logits for first in range(0, len(samples), 1600) for logits in engine.process(
        AudioBlock(START + first * NANOSECONDS // RATE, samples[first:first + 1600, None], RATE))]
    return found[0].stamp


def refused(node):
    return {name.removeprefix('refused.') for name in node.meter.read(0.0).totals
            if name.startswith('refused.')}


def test_an_utterance_becomes_logits_stamped_with_its_end(graph, sentence):
    node = graph.start(SpeechNode, mode='utterance')
    logits = graph.collect(ModalityLogits, 'speech/logits')
    send(graph, node, graph.publisher(AudioChunk, 'audio'), chunks(sentence))
    graph.wait(lambda: logits, 'logits')

    message, expected = logits[0], end_of(sentence)
    assert to_nanoseconds(message.header.stamp) == expected
    loud = START + int(np.flatnonzero(np.abs(sentence) > 0.02)[-1]) * NANOSECONDS // RATE
    assert abs(expected - loud) < 0.15 * NANOSECONDS
    assert message.header.frame_id == 'microphone'
    assert 'surprise' not in message.labels
    assert np.isfinite(message.logits).all()


def test_it_tells_in_silence_and_while_the_robot_speaks_that_it_hears_no_voice(graph, sentence):
    node = graph.start(SpeechNode)
    reports = graph.collect(VoiceActivity, 'speech/voice_activity', 50)
    audio = graph.publisher(AudioChunk, 'audio')
    send(graph, node, audio, chunks(np.zeros(16000, np.float32)))
    graph.wait(lambda: len(reports) == 3, 'reports')
    assert [to_nanoseconds(report.voiced) for report in reports] == [0, 0, 0]
    assert reports[0].header.frame_id == 'microphone'
    send(graph, node, audio, chunks(sentence, start=START + NANOSECONDS))
    graph.wait(lambda: any(report.voiced.nanosec > 2 * 10**8 for report in reports), 'a voice')


@pytest.mark.parametrize('rate', [8000, 44100, 48000])
def test_any_rate_and_two_channels_are_heard(graph, sentence, rate):
    import soxr

    node = graph.start(SpeechNode, mode='utterance')
    logits = graph.collect(ModalityLogits, 'speech/logits')
    sound = soxr.resample(np.stack([sentence, sentence], axis=1), RATE, rate)
    send(graph, node, graph.publisher(AudioChunk, 'audio'), chunks(np.clip(sound, -1, 1), rate))
    graph.wait(lambda: logits, 'logits')


def test_silence_gives_nothing_and_no_complaint(graph):
    node = graph.start(SpeechNode)
    logits = graph.collect(ModalityLogits, 'speech/logits')
    send(graph, node, graph.publisher(AudioChunk, 'audio'),
         chunks(np.zeros(2 * RATE, dtype=np.float32)))
    graph.settle()
    assert logits == []
    assert refused(node) == set()


def mp3(message):
    message.encoding = 'mp3'


def no_channels(message):
    message.channels = 0


def absurd_rate(message):
    message.sample_rate = 3


def not_a_number(message):
    message.encoding = AudioChunk.PCM_F32LE
    message.data = np.full(1600, np.nan, dtype='<f4').tobytes()


def unstamped(message):
    message.header.stamp.sec = message.header.stamp.nanosec = 0


@pytest.mark.parametrize('spoil', [mp3, no_channels, absurd_rate, not_a_number, unstamped])
def test_broken_sound_is_counted_and_the_node_still_hears(graph, sentence, spoil):
    node = graph.start(SpeechNode, mode='utterance')
    logits = graph.collect(ModalityLogits, 'speech/logits')
    topic = graph.publisher(AudioChunk, 'audio')
    bad = chunks(sentence)[0]
    spoil(bad)

    send(graph, node, topic, [bad])
    graph.wait(lambda: refused(node), 'the refusal')
    send(graph, node, topic, chunks(sentence))
    graph.wait(lambda: logits, 'logits of the good sound')


def test_odd_byte_counts_are_carried_over_to_the_next_chunk(graph, sentence):
    node = graph.start(SpeechNode, mode='utterance')
    logits = graph.collect(ModalityLogits, 'speech/logits')
    whole = b''.join(bytes(message.data) for message in chunks(sentence))
    size = 6401
    messages = []
    for first in range(0, len(whole), size):
        message = chunks(sentence[:1], start=START + first // 2 * NANOSECONDS // RATE)[0]
        message.data = whole[first:first + size]
        messages.append(message)
    send(graph, node, graph.publisher(AudioChunk, 'audio'), messages)
    graph.wait(lambda: logits, 'logits')
    assert refused(node) == set()


def test_sound_that_goes_back_in_time_is_a_new_stream(graph, sentence):
    node = graph.start(SpeechNode, mode='utterance', adaptation=False)
    logits = graph.collect(ModalityLogits, 'speech/logits')
    topic = graph.publisher(AudioChunk, 'audio')
    send(graph, node, topic, chunks(sentence))
    graph.wait(lambda: len(logits) == 1, 'the first pass')
    send(graph, node, topic, chunks(sentence))
    graph.wait(lambda: len(logits) == 2, 'the second pass')
    assert node.engine.counts['backward'] == 1
    assert logits[0] == logits[1]


def people_known(node):
    return node.describe(node.meter.read(0.0))['people adapted to']


def test_how_people_sound_is_forgotten_on_request_and_when_deactivated(graph, sentence):
    from std_srvs.srv import Trigger

    node = graph.start(SpeechNode, mode='utterance')
    logits = graph.collect(ModalityLogits, 'speech/logits')
    topic = graph.publisher(AudioChunk, 'audio')
    client = graph.probe.create_client(Trigger, 'speech_node/reset_adaptation')
    graph.wait(client.service_is_ready, 'the service')

    def say(times):
        length = len(sentence) * NANOSECONDS // RATE
        send(graph, node, topic, chunks(sentence, start=START + times * length))
        graph.wait(lambda: len(logits) > times, 'logits')

    say(0)
    assert people_known(node) == 1
    answer = client.call_async(Trigger.Request())
    graph.wait(answer.done, 'the answer')
    assert answer.result().success
    graph.wait(lambda: people_known(node) == 0, 'it to be forgotten')
    say(1)
    assert people_known(node) == 1
    node.trigger_deactivate()
    graph.wait(lambda: people_known(node) == 0, 'it to be forgotten')


def test_without_adaptation_nobody_is_remembered(graph, sentence):
    node = graph.start(SpeechNode, mode='utterance', adaptation=False)
    logits = graph.collect(ModalityLogits, 'speech/logits')
    send(graph, node, graph.publisher(AudioChunk, 'audio'), chunks(sentence))
    graph.wait(lambda: logits, 'logits')
    assert people_known(node) == 0


def test_what_the_robot_says_itself_is_not_judged(graph, sentence):
    node = graph.start(SpeechNode, mode='utterance')
    logits = graph.collect(ModalityLogits, 'speech/logits')
    audio = graph.publisher(AudioChunk, 'audio')
    robot = graph.publisher(Bool, 'robot_speaking')

    robot.publish(Bool(data=True))
    graph.wait(lambda: node._hearing.mute.covers(0, 2**62), 'the node to know')
    send(graph, node, audio, chunks(sentence, start=node.now))
    graph.wait(lambda: node.meter.read(0.0).totals['muted'] == len(chunks(sentence)), 'silence')
    assert logits == []

    robot.publish(Bool(data=False))
    graph.wait(lambda: not node._hearing.mute.covers(2**62, 2**62), 'the node to know')
    send(graph, node, audio, chunks(sentence, start=node.now + NANOSECONDS))
    graph.wait(lambda: logits, 'logits')
    assert 'engine.gap' not in node._report()[2]


def test_a_robot_that_never_says_it_stopped_is_warned_of_and_no_longer_believed(graph):
    node = graph.start(SpeechNode, robot_speaking_timeout=0.2)
    robot = graph.publisher(Bool, 'robot_speaking')
    robot.publish(Bool(data=True))
    graph.wait(lambda: any('robot_speaking_timeout' in warning for warning in node.warnings(
        node.meter.read(0.0))), 'the warning')
    assert not node._hearing.mute.covers(node.now, node.now + NANOSECONDS)
    robot.publish(Bool(data=False))
    graph.wait(lambda: not node._hearing.warnings(), 'it to be settled')


def test_switching_off_drops_half_a_sample(graph, sentence):
    node = graph.start(SpeechNode)
    chunk = chunks(sentence)[10]
    whole = bytes(chunk.data)

    def read(data):
        chunk.data = data
        return node._hearing.read((chunk, 'mer_ros/msg/AudioChunk', node.now)).samples

    expected = read(whole)
    read(whole[:-1])
    node.forget()
    done = []
    node.control(lambda: done.append(1))
    graph.wait(lambda: done, 'the worker to forget')
    np.testing.assert_array_equal(read(whole), expected)


def test_among_many_a_voice_is_adapted_to_who_speaks_and_else_to_nobody(graph, sentence):
    node = graph.start(SpeechNode, mode='utterance', people='many')
    logits = graph.collect(ModalityLogits, 'speech/logits')
    audio = graph.publisher(AudioChunk, 'audio')
    send(graph, node, audio, chunks(sentence))
    graph.wait(lambda: logits, 'logits')
    assert people_known(node) == 0

    later = START + 60 * NANOSECONDS
    speaker = graph.publisher(ActiveSpeaker, 'active_speaker')
    seconds = len(sentence) // RATE + 1
    send(graph, node, speaker, [to_ros(Speaker(later + second * NANOSECONDS, 'face_1'))
                                for second in range(seconds)])
    send(graph, node, audio, chunks(sentence, start=later))
    graph.wait(lambda: len(logits) > 1, 'logits')
    assert node.engine.people == ('face_1',)
    assert logits[1].person_id == ''


def test_what_audio_info_says_is_how_bytes_are_read(graph):
    audio = pytest.importorskip('audio_common_msgs.msg')
    from mer_ros.nodes.base.hearing import INFO_QOS

    stranger = graph.stranger()
    info = audio.AudioInfo()
    if not hasattr(info, 'coding_format'):
        pytest.skip('this is the other audio_common_msgs')
    info.channels, info.sample_rate, info.sample_format = 2, 48000, 'S16LE'
    stranger.create_publisher(audio.AudioInfo, 'audio_info', INFO_QOS).publish(info)
    node = graph.start(SpeechNode)
    graph.wait(lambda: node._hearing._reader.raw.channels == 2, 'the format')
    assert node._hearing._reader.raw.sample_rate == 48000


@pytest.mark.parametrize('rate', [1, 3999])
def test_a_sample_rate_that_is_none_is_refused_with_what_is_allowed(graph, rate):
    node = graph.add(SpeechNode, **{'audio.sample_rate': rate})
    assert not node.autostart()
    assert '4000 to 384000' in node._report()[1]


def test_sound_in_another_packages_message_is_heard_when_it_is_published(graph, sentence):
    foxglove = pytest.importorskip('foxglove_msgs.msg')
    node = graph.start(SpeechNode, mode='utterance')
    logits = graph.collect(ModalityLogits, 'speech/logits')
    own = chunks(sentence)
    audio = graph.stranger().create_publisher(foxglove.RawAudio, 'audio', 10)
    graph.wait(lambda: audio.get_subscription_count() > 0, 'the node to follow')
    send(graph, node, audio, [foxglove.RawAudio(
        timestamp=chunk.header.stamp, format='pcm-s16', sample_rate=chunk.sample_rate,
        number_of_channels=chunk.channels, data=chunk.data) for chunk in own])
    graph.wait(lambda: logits, 'logits')


def test_a_type_that_is_not_installed_is_named(graph):
    node = graph.add(SpeechNode, message_type='audio_utils/msg/AudioFrame')
    assert not node.autostart()
    level, message, values = node._report()
    assert (level, values['lifecycle state']) == ('error', 'unconfigured')
    assert 'audio_utils' in message
