"""Messages of other packages, made here from their published definitions."""

from types import SimpleNamespace as Message

import numpy as np
import pytest

from mer_ros.data import BadInput, NANOSECONDS
from mer_ros.messages.adapters import AUDIO_TYPES, TRANSCRIPT_TYPES, words_from
from mer_ros.messages.sound_reader import SoundReader

START = 20 * NANOSECONDS
RATE = 16000
SOUND = np.round(np.sin(np.arange(RATE // 10) / 5) * 2**14).astype('<i2')  # a tenth of a second
TENTH = NANOSECONDS // 10


def header(stamp: int, frame: str = 'microphone') -> Message:
    return Message(stamp=time(stamp), frame_id=frame)


def time(stamp: int) -> Message:
    return Message(sec=stamp // NANOSECONDS, nanosec=stamp % NANOSECONDS)


def portaudio(number: int, samples: np.ndarray) -> Message:
    names = {1: 'float32_data', 2: 'int32_data', 8: 'int16_data', 16: 'int8_data',
             32: 'uint8_data'}
    data = Message(**{name: samples.tolist() if number == of else [] for of, name in names.items()})
    info = Message(format=number, channels=1, rate=RATE, chunk=len(samples))
    return Message(header=header(START + TENTH), audio=Message(audio_data=data, info=info))


MESSAGES = {
    'mer_ros/msg/AudioChunk': Message(
        header=header(START), sample_rate=RATE, channels=1, encoding='pcm_s16le',
        data=SOUND.tobytes()),
    'audio_common_msgs/msg/AudioStamped': portaudio(8, SOUND),
    'audio_common_msgs/msg/AudioDataStamped': Message(
        header=header(START + TENTH), audio=Message(data=list(SOUND.tobytes()))),
    'audio_common_msgs/msg/AudioData': Message(data=list(SOUND.tobytes())),
    'audio_utils/msg/AudioFrame': Message(
        header=header(START + TENTH), format='signed_16', channel_count=1,
        sampling_frequency=RATE, frame_sample_count=len(SOUND), data=SOUND.tobytes()),
    'foxglove_msgs/msg/RawAudio': Message(
        timestamp=time(START), format='pcm-s16', sample_rate=RATE, number_of_channels=1,
        data=SOUND.tobytes()),
}
MESSAGES['audio_utils_msgs/msg/AudioFrame'] = MESSAGES['audio_utils/msg/AudioFrame']


def test_every_type_of_sound_is_tested_here() -> None:
    assert set(MESSAGES) == set(AUDIO_TYPES)


@pytest.mark.parametrize('kind', AUDIO_TYPES)
def test_the_same_sound_is_the_same_block_in_every_message(kind: str) -> None:
    block = SoundReader().read(MESSAGES[kind], kind=kind, arrival=START + TENTH)
    assert (block.stamp, block.sample_rate) == (START, RATE)
    np.testing.assert_allclose(block.samples[:, 0], SOUND / 2**15, atol=1e-6)
    stamped = hasattr(MESSAGES[kind], 'header')
    assert block.frame_id == ('microphone' if stamped else '')
    assert block.arrived == (kind == 'audio_common_msgs/msg/AudioData')


@pytest.mark.parametrize(('number', 'scale', 'dtype'), [
    (1, 2.0**-15, '<f4'), (2, 2**16, '<i4'), (8, 1, '<i2')])
def test_typed_arrays_are_read_by_their_format(number: int, scale: float, dtype: str) -> None:
    message = portaudio(number, (SOUND.astype(np.float64) * scale).astype(dtype))
    block = SoundReader().read(message, kind='audio_common_msgs/msg/AudioStamped')
    np.testing.assert_allclose(block.samples[:, 0], SOUND / 2**15, atol=1e-6)


@pytest.mark.parametrize(('kind', 'message', 'reason', 'text'), [
    ('audio_common_msgs/msg/AudioData', Message(int16_data=[1]), 'fields', 'AudioStamped'),
    ('audio_common_msgs/msg/AudioStamped', portaudio(16, SOUND), 'encoding', 'uint8'),
    ('audio_utils/msg/AudioFrame', Message(
        header=header(START), format='signed_24', channel_count=1, sampling_frequency=RATE,
        data=b''), 'encoding', 'signed_16'),
    ('foxglove_msgs/msg/RawAudio', Message(
        timestamp=time(START), format='opus', sample_rate=RATE, number_of_channels=1, data=b''),
     'encoding', 'compressed'),
])
def test_sound_that_cannot_be_read_says_what_to_do(
    kind: str, message: Message, reason: str, text: str
) -> None:
    with pytest.raises(BadInput, match=text) as caught:
        SoundReader().read(message, kind=kind, arrival=START)
    assert caught.value.reason == reason


def test_a_message_without_a_stamp_waits_for_the_clock() -> None:
    with pytest.raises(BadInput, match='clock') as caught:
        SoundReader().read(Message(data=b'\0\0'), kind='audio_common_msgs/msg/AudioData')
    assert caught.value.reason == 'no_time'


TRANSCRIPTS = {
    'mer_ros/msg/Transcript': Message(
        header=header(START), person_id='', text='I am glad', language='en-GB', confidence=0.5,
        window=time(2 * NANOSECONDS)),
    'std_msgs/msg/String': Message(data='I am glad'),
    'hri_msgs/msg/LiveSpeech': Message(
        header=header(START), incremental='', final='I am glad', confidence=0.5,
        language='en-GB'),
    'whisper_msgs/msg/Transcription': Message(
        text='I am glad', audio_time=2.0, transcription_time=0.3),
}


def test_every_type_of_transcript_is_tested_here() -> None:
    assert set(TRANSCRIPTS) == set(TRANSCRIPT_TYPES)


@pytest.mark.parametrize('kind', TRANSCRIPT_TYPES)
def test_the_same_words_are_the_same_in_every_message(kind: str) -> None:
    words = words_from(TRANSCRIPTS[kind], kind=kind, arrival=START)
    assert words is not None
    assert (words.text, words.stamp) == ('I am glad', START)
    assert words.language in ('en-GB', '')
    assert words.duration in (2 * NANOSECONDS, 0)


def test_live_speech_that_is_not_final_says_nothing_yet() -> None:
    message = Message(header=header(START), incremental='I am', final='', confidence=0.0,
                      locale='en_GB')
    assert words_from(message, kind='hri_msgs/msg/LiveSpeech') is None
    message.final = 'I am glad'
    words = words_from(message, kind='hri_msgs/msg/LiveSpeech')
    assert words is not None
    assert (words.language, words.confidence) == ('en-GB', 1.0)


@pytest.mark.parametrize('kind', ['mer_ros/msg/Transcript', 'hri_msgs/msg/LiveSpeech'])
@pytest.mark.parametrize('confidence', [87.0, -0.3, float('nan'), float('inf')])
def test_a_confidence_that_is_none_is_told_with_what_is_allowed(
    kind: str, confidence: float
) -> None:
    message = Message(**{**vars(TRANSCRIPTS[kind]), 'confidence': confidence})
    with pytest.raises(BadInput, match=rf'confidence of {confidence:g} .* 0 \(not given\) to 1'
                       ) as caught:
        words_from(message, kind=kind)
    assert caught.value.reason == 'confidence'


@pytest.mark.parametrize('kind', [
    'audio_common_msgs/msg/AudioData', 'audio_common_msgs/msg/AudioStamped'])
def test_sound_that_is_no_sequence_of_bytes_is_refused(kind: str) -> None:
    message = Message(
        data=object(), header=header(START), audio=Message(
            info=Message(format=32, channels=1, rate=16000),
            audio_data=Message(uint8_data=object())))
    with pytest.raises(BadInput, match=r'sound held in .* sequence of bytes') as caught:
        SoundReader().read(message, kind=kind, arrival=START)
    assert caught.value.reason == 'fields'
