"""Plain data to messages, whoever makes them: the rosbags library for a bag, rclpy for a topic."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

import cv2
import numpy as np

from mer_ros.data import (
    AudioBlock,
    CameraImage,
    Emotion,
    Features,
    Logits,
    NANOSECONDS,
    Response,
    Speaker,
    Words,
)

JPEG_QUALITY = 75
"""Quality of the images in a bag, of 100."""

_PCM_16_FULL_SCALE = 32768

Make = Callable[..., Any]
"""Makes a message: takes the name of its type ('std_msgs/msg/Header') and its fields."""


@singledispatch
def message_of(item: Any, make: Make) -> Any:
    """Return the message of an item of plain data.

    A CameraImage becomes a JPEG sensor_msgs/CompressedImage, an AudioBlock a 16-bit AudioChunk,
    Words a Transcript, a Speaker an ActiveSpeaker, Logits a ModalityLogits, Features a
    ModalityFeatures, an Emotion an EmotionState, a Response a Response.

    Raises:
        TypeError: the item is none of these.
    """
    raise TypeError(f'there is no message for a {type(item).__name__}; there is for CameraImage, '
                    f'AudioBlock, Words, Speaker, Logits, Features, Emotion and '
                    f'Response')


@message_of.register
def _image(item: CameraImage, make: Make) -> Any:
    _, jpeg = cv2.imencode('.jpg', cv2.cvtColor(item.pixels, cv2.COLOR_RGB2BGR),
                           [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1])
    return make('sensor_msgs/msg/CompressedImage', header=_header(item, make), format='jpeg',
                data=jpeg.ravel())


@message_of.register
def _sound(item: AudioBlock, make: Make) -> Any:
    samples = np.rint(item.samples * _PCM_16_FULL_SCALE)
    samples = samples.clip(-_PCM_16_FULL_SCALE, _PCM_16_FULL_SCALE - 1).astype('<i2')
    return make('mer_ros/msg/AudioChunk', header=_header(item, make),
                sample_rate=item.sample_rate, channels=item.samples.shape[1],
                encoding='pcm_s16le', data=np.frombuffer(samples.tobytes(), dtype=np.uint8))


@message_of.register
def _words(item: Words, make: Make) -> Any:
    return make('mer_ros/msg/Transcript', header=_header(item, make), person_id=item.person_id,
                text=item.text, language=item.language, confidence=float(item.confidence),
                window=_duration(item.duration, make))


@message_of.register
def _speaker(item: Speaker, make: Make) -> Any:
    return make('mer_ros/msg/ActiveSpeaker', header=_header(item, make), person_id=item.person_id)


@message_of.register
def _logits(item: Logits, make: Make) -> Any:
    return make('mer_ros/msg/ModalityLogits', header=_header(item, make),
                window=_duration(item.window, make), modality=item.modality,
                person_id=item.person_id, model=item.model, labels=list(item.labels),
                logits=item.logits, quality=float(item.quality))


@message_of.register
def _features(item: Features, make: Make) -> Any:
    return make('mer_ros/msg/ModalityFeatures', header=_header(item, make),
                person_id=item.person_id, modality=item.modality, model=item.model,
                shape=np.array(item.values.shape, dtype=np.uint32), data=item.values.ravel())


@message_of.register
def _emotion(item: Emotion, make: Make) -> Any:
    opinions = [
        make('mer_ros/msg/ModalityOpinion', modality=opinion.modality, model=opinion.model,
             belief=opinion.belief, uncertainty=opinion.uncertainty,
             probability=opinion.probability, age=_duration(opinion.age, make),
             weight=opinion.weight)
        for opinion in item.modalities]
    return make('mer_ros/msg/EmotionState', header=_header(item, make),
                window_start=_time(item.window_start, make), person_id=item.person_id,
                label=item.label, confidence=item.confidence, uncertainty=item.uncertainty,
                conflict=item.conflict, valence=item.valence, arousal=item.arousal,
                labels=list(item.labels), belief=item.belief, probability=item.probability,
                alpha=item.alpha, modalities=opinions, missing=list(item.missing),
                valid_for=_duration(item.valid_for, make), multi_label=item.multi_label,
                label_uncertainty=item.label_uncertainty)


@message_of.register
def _response(item: Response, make: Make) -> Any:
    return make('mer_ros/msg/Response', header=_header(item, make), person_id=item.person_id,
                text=item.text, language=item.language, source=item.source,
                emotion=message_of(item.emotion, make))


def _time(nanoseconds: int, make: Make, kind: str = 'Time') -> Any:
    seconds, rest = divmod(nanoseconds, NANOSECONDS)
    return make(f'builtin_interfaces/msg/{kind}', sec=seconds, nanosec=rest)


def _duration(nanoseconds: int, make: Make) -> Any:
    return _time(nanoseconds, make, 'Duration')


def _header(item: Any, make: Make) -> Any:
    return make('std_msgs/msg/Header', stamp=_time(item.stamp, make), frame_id=item.frame_id)
