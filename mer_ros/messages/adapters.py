"""Sound and words as other packages send them, read as this package's plain data.

One function a message type, chosen by the type's name.  They go by field names alone, so that no
foreign package is needed to load this file, and the two packages that are both called
audio_common_msgs are told apart by their fields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mer_ros.data import BadInput, bytes_of, SAMPLE_RATE, Words
from mer_ros.messages.border import (
    duration_of,
    duration_of_seconds,
    name_of,
    spoken,
    stamp_of,
)


@dataclass(frozen=True, slots=True)
class RawFormat:
    """What the bytes of messages that do not describe themselves mean.

    ``coding`` names their compression, ``wave`` says that there is none, '' that nobody said it.
    """

    sample_rate: int = SAMPLE_RATE
    channels: int = 1
    encoding: str = 'pcm_s16le'
    coding: str = ''


@dataclass(frozen=True, slots=True)
class Pcm:
    """A block of sound before decoding.

    ``time`` is the message's time of its end where ``ends``, else of its start, None where it
    carries none; ``bare`` tells that the message does not say what its bytes are.
    """

    time: Any
    frame_id: str
    encoding: str
    channels: int
    sample_rate: int
    data: bytes
    ends: bool = False
    bare: bool = False


AudioReader = Callable[[Any, RawFormat], Pcm]
"""Reads a message, given the format of bytes that do not describe themselves."""

WordsReader = Callable[[Any, int], Words | None]
"""Reads a message, given the time of arrival; None where nothing final was said."""


def _chunk(message: Any, raw: RawFormat) -> Pcm:
    return Pcm(message.header.stamp, message.header.frame_id, message.encoding,
               int(message.channels), int(message.sample_rate), _bytes(message.data))


def _raw(message: Any, raw: RawFormat) -> Pcm:
    """Read AudioData of ros-drivers: bytes alone, without a stamp."""
    if not hasattr(message, 'data'):
        raise BadInput('fields', (
            f'this audio_common_msgs/AudioData has the fields {_fields(message)} and no data; '
            f'subscribe to the AudioStamped topic of the same driver'))
    return Pcm(None, '', raw.encoding, raw.channels, raw.sample_rate, _bytes(message.data),
               ends=True, bare=True)


def _raw_stamped(message: Any, raw: RawFormat) -> Pcm:
    """Read AudioDataStamped of ros-drivers, which stamps a block when it is complete."""
    return Pcm(message.header.stamp, message.header.frame_id, raw.encoding,
               raw.channels, raw.sample_rate, _bytes(message.audio.data), ends=True, bare=True)


@dataclass(frozen=True, slots=True)
class SampleType:
    """One of PortAudio's sample types: the field that holds the samples, and what they are."""

    field: str
    dtype: str
    encoding: str


PORTAUDIO = {1: SampleType('float32_data', '<f4', 'pcm_f32le'),
             2: SampleType('int32_data', '<i4', 'pcm_s32le'),
             8: SampleType('int16_data', '<i2', 'pcm_s16le'),
             32: SampleType('uint8_data', 'u1', 'pcm_u8')}
"""The sample types of audio_common (mgonzs13), by PortAudio's number."""


def _typed_arrays(message: Any, raw: RawFormat) -> Pcm:
    """Read AudioStamped of audio_common (mgonzs13), stamped when the block is complete."""
    info = message.audio.info
    if info.format not in PORTAUDIO:
        raise BadInput('encoding', (
            f'PortAudio format {info.format} is not understood; known are '
            f'{sorted(PORTAUDIO)} (float32, int32, int16, uint8): set the driver\'s format'))
    kind = PORTAUDIO[info.format]
    samples = getattr(message.audio.audio_data, kind.field)
    data = (_bytes(samples) if kind.dtype == 'u1'
            else np.asarray(samples, dtype=kind.dtype).tobytes())
    return Pcm(message.header.stamp, message.header.frame_id, kind.encoding,
               int(info.channels), int(info.rate), data, ends=True)


_AUDIO_UTILS = {'signed_16': 'pcm_s16le', 'signed_32': 'pcm_s32le', 'float': 'pcm_f32le',
                'unsigned_8': 'pcm_u8'}


def _audio_frame(message: Any, raw: RawFormat) -> Pcm:
    """Read AudioFrame of audio_utils, stamped when the block is complete."""
    if message.format not in _AUDIO_UTILS:
        raise BadInput('encoding', (
            f'the format {message.format!r} is not understood; known are '
            f'{sorted(_AUDIO_UTILS)}: set the capture node\'s format'))
    return Pcm(message.header.stamp, message.header.frame_id,
               _AUDIO_UTILS[message.format], int(message.channel_count),
               int(message.sampling_frequency), _bytes(message.data), ends=True)


def _raw_audio(message: Any, raw: RawFormat) -> Pcm:
    """Read RawAudio of foxglove_msgs, whose timestamp is the start of the block."""
    return Pcm(message.timestamp, '', message.format, int(message.number_of_channels),
               int(message.sample_rate), _bytes(message.data))


AUDIO_INFO = 'audio_common_msgs/msg/AudioInfo'
"""The type of the latched topic audio_info, on which drivers say what their AudioData is."""

AUDIO_TYPES: dict[str, AudioReader] = {
    'mer_ros/msg/AudioChunk': _chunk,
    'audio_common_msgs/msg/AudioStamped': _typed_arrays,
    'audio_common_msgs/msg/AudioDataStamped': _raw_stamped,
    'audio_common_msgs/msg/AudioData': _raw,
    'audio_utils/msg/AudioFrame': _audio_frame,
    'audio_utils_msgs/msg/AudioFrame': _audio_frame,
    'foxglove_msgs/msg/RawAudio': _raw_audio,
}
"""How each type of sound message is read; the first is preferred."""


def words_from(message: Any, *, kind: str = 'mer_ros/msg/Transcript', arrival: int = 0
               ) -> Words | None:
    """Read a transcript of the type ``kind`` (a key of TRANSCRIPT_TYPES).

    ``arrival`` stamps those that carry no time.  Returns None where nothing final was said.
    Raises BadInput: ``unstamped``, ``no_time``, ``time``, ``confidence``, ``duration``, ``text``.
    """
    words = TRANSCRIPT_TYPES[kind](message, arrival)
    return None if words is None else replace(
        words, text=spoken(words.text), person_id=name_of(words.person_id, 'person_id'),
        language=name_of(words.language, 'language'), frame_id=name_of(words.frame_id, 'frame_id'))


def _confidence(message: Any) -> float:
    """Return how sure the recogniser was, in [0, 1]; a field that was never set means 1."""
    confidence = float(message.confidence)
    if not 0.0 <= confidence <= 1.0:
        raise BadInput('confidence', (
            f'a confidence of {confidence:g} cannot be used; allowed is 0 (not given) to 1: '
            f'divide percentages by 100, and take the exponential of log-probabilities'))
    return confidence or 1.0


def _transcript(message: Any, arrival: int) -> Words:
    return Words(
        stamp=stamp_of(message), text=message.text, frame_id=message.header.frame_id,
        person_id=message.person_id, language=message.language,
        confidence=_confidence(message), duration=duration_of(message.window, 'the window'))


def _string(message: Any, arrival: int) -> Words:
    return Words(stamp=arrived(arrival), text=message.data)


def _live_speech(message: Any, arrival: int) -> Words | None:
    """Read LiveSpeech of ROS4HRI: final results; some releases call the language locale."""
    if not message.final:
        return None
    language = getattr(message, 'language', '') or getattr(message, 'locale', '')
    return Words(
        stamp=stamp_of(message), text=message.final, frame_id=message.header.frame_id,
        language=language.replace('_', '-'), confidence=_confidence(message))


def _transcription(message: Any, arrival: int) -> Words:
    """Read Transcription of whisper_ros, which says how long the words took but not when."""
    return Words(stamp=arrived(arrival), text=message.text,
                 duration=duration_of_seconds(message.audio_time, 'audio_time'))


TRANSCRIPT_TYPES: dict[str, WordsReader] = {
    'mer_ros/msg/Transcript': _transcript,
    'std_msgs/msg/String': _string,
    'hri_msgs/msg/LiveSpeech': _live_speech,
    'whisper_msgs/msg/Transcription': _transcription,
}
"""How each type of transcript is read; the first is preferred."""

MODALITY_OF_TYPE = {
    'sensor_msgs/msg/Image': 'face',
    'sensor_msgs/msg/CompressedImage': 'face',
    **dict.fromkeys(AUDIO_TYPES, 'speech'),
    **dict.fromkeys(TRANSCRIPT_TYPES, 'text'),
}
"""The modality that a message of each type is input of; of several topics the first type wins."""


def arrived(arrival: int) -> int:
    """Return the time of arrival; raise BadInput (``no_time``) where the clock has not started."""
    if arrival <= 0:
        raise BadInput('no_time', (
            'a message without a stamp came before the clock started; publish /clock, or use a '
            'message that carries its own time'))
    return arrival


def _bytes(data: Any) -> bytes:
    return bytes_of(data, 'sound').tobytes()


def _fields(message: Any) -> list[str]:
    described = getattr(message, 'get_fields_and_field_types', lambda: vars(message))()
    return sorted(described)
