"""Messages to plain data and back; no other file knows both.

Reading goes by field names alone, so that messages of rclpy and of the rosbags library both
work.  Writing needs the generated messages and imports them when first used.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mer_ros.data import (
    AudioBlock,
    BadInput,
    CameraImage,
    Emotion,
    Logits,
    ModalityOpinion,
    NANOSECONDS,
    Words,
)
from mer_ros.perception.images import to_rgb
from mer_ros.perception.sound import PcmDecoder


def to_nanoseconds(time: Any) -> int:
    """Return a builtin_interfaces Time or Duration as integer nanoseconds."""
    return int(time.sec) * NANOSECONDS + int(time.nanosec)


def stamp_of(message: Any) -> int:
    """Return the header stamp; raise BadInput if it was never set."""
    stamp = to_nanoseconds(message.header.stamp)
    if stamp <= 0:
        raise BadInput('unstamped', (
            f'the header stamp is {stamp} ns; a publisher must fill it with the time of the '
            'measurement'))
    return stamp


def image_from(message: Any) -> CameraImage:
    """Read a sensor_msgs Image or CompressedImage."""
    stamp = stamp_of(message)
    return CameraImage(
        stamp=stamp, pixels=to_rgb(message), frame_id=message.header.frame_id)


def audio_from(message: Any, decoder: PcmDecoder) -> AudioBlock:
    """Read an AudioChunk; the decoder carries odd bytes from block to block."""
    stamp = stamp_of(message)
    samples = decoder.decode(
        encoding=message.encoding, channels=message.channels,
        sample_rate=message.sample_rate, data=message.data)
    return AudioBlock(
        stamp=stamp, samples=samples, sample_rate=int(message.sample_rate),
        frame_id=message.header.frame_id)


def words_from(message: Any, now: int) -> Words:
    """Read a Transcript, or a std_msgs String, which carries no time and is stamped ``now``."""
    if not hasattr(message, 'header'):
        if now <= 0:
            raise BadInput('no_time', (
                'a String transcript came before the clock started; publish /clock or use '
                'mer_ros/msg/Transcript, which carries its own time'))
        return Words(stamp=now, text=message.data)
    return Words(
        stamp=stamp_of(message), text=message.text, frame_id=message.header.frame_id,
        person_id=message.person_id, language=message.language,
        confidence=message.confidence or 1.0, duration=to_nanoseconds(message.window))


def logits_from(message: Any) -> Logits:
    """Read a ModalityLogits message."""
    return Logits(
        stamp=stamp_of(message), modality=message.modality, labels=tuple(message.labels),
        logits=np.array(message.logits, dtype=np.float64), person_id=message.person_id,
        model=message.model, window=to_nanoseconds(message.window),
        quality=float(message.quality), frame_id=message.header.frame_id)


def emotion_from(message: Any) -> Emotion:
    """Read an EmotionState message."""
    return Emotion(
        stamp=to_nanoseconds(message.header.stamp),
        window_start=to_nanoseconds(message.window_start),
        person_id=message.person_id, label=message.label, confidence=message.confidence,
        uncertainty=message.uncertainty, conflict=message.conflict,
        labels=tuple(message.labels), belief=np.array(message.belief),
        probability=np.array(message.probability), alpha=np.array(message.alpha),
        valence=message.valence, arousal=message.arousal,
        modalities=tuple(
            ModalityOpinion(
                modality=opinion.modality, model=opinion.model, belief=np.array(opinion.belief),
                uncertainty=opinion.uncertainty, probability=np.array(opinion.probability),
                age=to_nanoseconds(opinion.age), weight=opinion.weight)
            for opinion in message.modalities),
        missing=tuple(message.missing), valid_for=to_nanoseconds(message.valid_for),
        frame_id=message.header.frame_id)


def _time(nanoseconds: int) -> Any:
    from builtin_interfaces.msg import Time

    seconds, rest = divmod(nanoseconds, NANOSECONDS)
    return Time(sec=seconds, nanosec=rest)


def _duration(nanoseconds: int) -> Any:
    from builtin_interfaces.msg import Duration

    seconds, rest = divmod(nanoseconds, NANOSECONDS)
    return Duration(sec=seconds, nanosec=rest)


def _header(stamp: int, frame_id: str) -> Any:
    from std_msgs.msg import Header

    return Header(stamp=_time(stamp), frame_id=frame_id)


def logits_message(logits: Logits) -> Any:
    """Write a ModalityLogits message."""
    from mer_ros.msg import ModalityLogits

    return ModalityLogits(
        header=_header(logits.stamp, logits.frame_id), window=_duration(logits.window),
        modality=logits.modality, person_id=logits.person_id, model=logits.model,
        labels=list(logits.labels), logits=logits.logits.tolist(), quality=float(logits.quality))


def emotion_message(emotion: Emotion) -> Any:
    """Write an EmotionState message."""
    from mer_ros.msg import EmotionState

    return EmotionState(
        header=_header(emotion.stamp, emotion.frame_id),
        window_start=_time(emotion.window_start), person_id=emotion.person_id,
        label=emotion.label, confidence=emotion.confidence, uncertainty=emotion.uncertainty,
        conflict=emotion.conflict, valence=emotion.valence, arousal=emotion.arousal,
        labels=list(emotion.labels), belief=emotion.belief.tolist(),
        probability=emotion.probability.tolist(), alpha=emotion.alpha.tolist(),
        modalities=[_opinion_message(opinion) for opinion in emotion.modalities],
        missing=list(emotion.missing), valid_for=_duration(emotion.valid_for))


def _opinion_message(opinion: ModalityOpinion) -> Any:
    from mer_ros.msg import ModalityOpinion as Message

    return Message(
        modality=opinion.modality, model=opinion.model, belief=opinion.belief.tolist(),
        uncertainty=opinion.uncertainty, probability=opinion.probability.tolist(),
        age=_duration(opinion.age), weight=opinion.weight)


def array_message(states: list[Any]) -> Any:
    """Write an EmotionStateArray of EmotionState messages, ordered by person."""
    from mer_ros.msg import EmotionStateArray

    ordered = sorted(states, key=lambda state: state.person_id)
    newest = max((state.header.stamp for state in ordered),
                 key=to_nanoseconds, default=_time(0))
    message = EmotionStateArray(states=ordered)
    message.header.stamp = newest
    return message


def audio_message(block: AudioBlock) -> Any:
    """Write an AudioChunk as 32-bit floats."""
    from mer_ros.msg import AudioChunk

    message = AudioChunk(
        header=_header(block.stamp, block.frame_id), sample_rate=block.sample_rate,
        channels=block.samples.shape[1], encoding=AudioChunk.PCM_F32LE)
    message.data.frombytes(np.ascontiguousarray(block.samples, dtype='<f4').tobytes())
    return message


def words_message(words: Words) -> Any:
    """Write a Transcript."""
    from mer_ros.msg import Transcript

    return Transcript(
        header=_header(words.stamp, words.frame_id), person_id=words.person_id, text=words.text,
        language=words.language, confidence=float(words.confidence),
        window=_duration(words.duration))
