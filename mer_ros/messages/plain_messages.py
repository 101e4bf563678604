"""Plain data to messages, whoever makes them: the rosbags library for a bag, rclpy for a topic."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import (
    AudioBlock,
    CameraImage,
    Circumplex,
    Emotion,
    Features,
    Logits,
    NANOSECONDS,
    Response,
    Speaker,
    VoiceHeard,
    Words,
)

JPEG_QUALITY = 75
"""Quality of the images in a bag, of 100."""

_PCM_16_FULL_SCALE = 32768



class Make(NamedTuple):
    """How messages are made: the class of a type ('std_msgs/msg/Header'), and its arrays.

    ``array`` takes the type of the numbers as the module `array` and numpy both name it ('d' is
    float64), and the numbers or their bytes.
    """

    kind: Callable[[str], Any]
    array: Callable[[str, Any], Any]


def message_of(item: Any, make: Make) -> Any:
    """Return the message of an item of plain data.

    A CameraImage becomes a JPEG sensor_msgs/CompressedImage, an AudioBlock a 16-bit AudioChunk,
    Words a Transcript, a Speaker an ActiveSpeaker, VoiceHeard a VoiceActivity, Logits a
    ModalityLogits, Features a ModalityFeatures, an Emotion an EmotionState, a Response a Response.

    Raises:
        TypeError: the item is none of these.
    """
    write = _WRITERS.get(type(item))
    if write is None:
        raise TypeError(f'there is no message for a {type(item).__name__}; there is for '
                        f'{", ".join(kind.__name__ for kind in _WRITERS)}')
    return write(item, make)


def _image(item: CameraImage, make: Make) -> Any:
    import cv2  # only who writes images needs it

    _, jpeg = cv2.imencode('.jpg', cv2.cvtColor(item.pixels, cv2.COLOR_RGB2BGR),
                           [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1])
    return make.kind('sensor_msgs/msg/CompressedImage')(
        header=_header(item, make), format='jpeg', data=make.array('B', jpeg.tobytes()))


def _sound(item: AudioBlock, make: Make) -> Any:
    samples = np.rint(item.samples * _PCM_16_FULL_SCALE)
    samples = samples.clip(-_PCM_16_FULL_SCALE, _PCM_16_FULL_SCALE - 1).astype('<i2')
    return make.kind('mer_ros/msg/AudioChunk')(
        header=_header(item, make), sample_rate=item.sample_rate, channels=item.samples.shape[1],
        encoding='pcm_s16le',
        data=make.array('B', samples.tobytes()))


def _words(item: Words, make: Make) -> Any:
    return make.kind('mer_ros/msg/Transcript')(
        header=_header(item, make), person_id=item.person_id, text=item.text,
        language=item.language, confidence=float(item.confidence),
        window=_duration(item.duration, make))


def _speaker(item: Speaker, make: Make) -> Any:
    return make.kind('mer_ros/msg/ActiveSpeaker')(
        header=_header(item, make), person_id=item.person_id)


def _voice_activity(item: VoiceHeard, make: Make) -> Any:
    return make.kind('mer_ros/msg/VoiceActivity')(
        header=_header(item, make), window=_duration(item.window, make),
        voiced=_duration(item.voiced, make))


def _logits(item: Logits, make: Make) -> Any:
    return make.kind('mer_ros/msg/ModalityLogits')(
        header=_header(item, make), window=_duration(item.window, make), modality=item.modality,
        person_id=item.person_id, model=item.model, labels=list(item.labels),
        logits=make.array('d', item.logits), quality=float(item.quality), doubts=list(item.doubts),
        saliency=float(item.saliency),
        circumplex=make.array('d', _point(item.circumplex)),
        circumplex_deviation=make.array('d', _errors(item.circumplex)))


def _point(item: Circumplex | None) -> list[float]:
    return [] if item is None else [item.valence, item.arousal]


def _errors(item: Circumplex | None) -> list[float]:
    return [] if item is None else [item.valence_deviation, item.arousal_deviation]


def _features(item: Features, make: Make) -> Any:
    return make.kind('mer_ros/msg/ModalityFeatures')(
        header=_header(item, make), person_id=item.person_id, modality=item.modality,
        model=item.model, shape=make.array('I', item.values.shape),
        data=make.array('f', item.values.astype(np.float32).tobytes()))


def _emotion(item: Emotion, make: Make) -> Any:
    kind, array = make

    def doubles(values: NDArray[np.float64]) -> Any:  # by bytes, since one by one takes longest
        return array('d', values.astype(np.float64, copy=False).tobytes())

    opinion_kind = kind('mer_ros/msg/ModalityOpinion')
    return kind('mer_ros/msg/EmotionState')(
        header=_header(item, make), window_start=_time(item.window_start, make),
        person_id=item.person_id, label=item.label, confidence=item.confidence,
        uncertainty=item.uncertainty, conflict=item.conflict,
        certain_conflict=item.certain_conflict, valence=item.valence,
        arousal=item.arousal, valence_deviation=item.valence_deviation,
        arousal_deviation=item.arousal_deviation, labels=list(item.labels),
        prediction_set=list(item.prediction_set),
        prediction_set_coverage=item.prediction_set_coverage, belief=doubles(item.belief),
        probability=doubles(item.probability), alpha=doubles(item.alpha),
        modalities=[
            opinion_kind(
                modality=opinion.modality, model=opinion.model,
                belief=doubles(opinion.belief), uncertainty=opinion.uncertainty,
                probability=doubles(opinion.probability), age=_duration(opinion.age, make),
                weight=opinion.weight, doubts=list(opinion.doubts))
            for opinion in item.modalities],
        missing=list(item.missing), valid_for=_duration(item.valid_for, make),
        multi_label=item.multi_label, label_uncertainty=doubles(item.label_uncertainty),
        present=list(item.present))


def _response(item: Response, make: Make) -> Any:
    return make.kind('mer_ros/msg/Response')(
        header=_header(item, make), person_id=item.person_id, text=item.text,
        language=item.language, source=item.source, emotion=_emotion(item.emotion, make))


def _time(nanoseconds: int, make: Make) -> Any:
    seconds, rest = divmod(nanoseconds, NANOSECONDS)
    return make.kind('builtin_interfaces/msg/Time')(sec=seconds, nanosec=rest)


def _duration(nanoseconds: int, make: Make) -> Any:
    seconds, rest = divmod(nanoseconds, NANOSECONDS)
    return make.kind('builtin_interfaces/msg/Duration')(sec=seconds, nanosec=rest)


def _header(item: Any, make: Make) -> Any:
    return make.kind('std_msgs/msg/Header')(stamp=_time(item.stamp, make), frame_id=item.frame_id)


_WRITERS: dict[type, Callable[[Any, Make], Any]] = {
    CameraImage: _image, AudioBlock: _sound, Words: _words, Speaker: _speaker,
    VoiceHeard: _voice_activity, Logits: _logits,
    Features: _features, Emotion: _emotion, Response: _response}
