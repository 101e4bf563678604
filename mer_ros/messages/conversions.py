"""Messages to plain data and back; no other file knows both.

Reading goes by field names alone, so that messages of rclpy and of the rosbags library both
work.  Writing needs the generated messages and imports them when they are first used.
"""

from array import array
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import (
    BadInput,
    CameraImage,
    Circumplex,
    Emotion,
    Features,
    Logits,
    ModalityOpinion,
    Response,
    Speaker,
    VoiceHeard,
)
from mer_ros.messages.border import (
    checked,
    doubts_of,
    duration_of,
    name_of,
    names_of,
    spoken,
    stamp_of,
    to_nanoseconds,
)
from mer_ros.messages.plain_messages import Make, message_of

COMPLAIN_PERIOD = 5.0
"""Seconds in which it is logged once that a reader refuses messages."""

Item = TypeVar('Item')


def image_from(message: Any) -> CameraImage:
    """Read a sensor_msgs Image or CompressedImage."""
    from mer_ros.perception.images import to_rgb  # brings OpenCV, which only images need

    stamp = stamp_of(message)
    return CameraImage(stamp=stamp, pixels=to_rgb(message), frame_id=_frame_of(message))


def speaker_from(message: Any) -> Speaker:
    """Read an ActiveSpeaker message."""
    return Speaker(stamp=stamp_of(message), person_id=_person_of(message),
                   frame_id=_frame_of(message))


def voice_activity_from(message: Any) -> VoiceHeard:
    """Read a VoiceActivity message."""
    return VoiceHeard(
        stamp=stamp_of(message), window=duration_of(message.window, 'the window'),
        voiced=duration_of(message.voiced, 'the voice'), frame_id=_frame_of(message))


def logits_from(message: Any) -> Logits:
    """Read a ModalityLogits message."""
    return Logits(
        stamp=stamp_of(message), modality=name_of(message.modality, 'modality'),
        labels=names_of(message.labels, 'label'),
        logits=np.array(message.logits, dtype=np.float64), person_id=_person_of(message),
        model=name_of(message.model, 'model'), window=duration_of(message.window, 'the window'),
        quality=float(message.quality), frame_id=_frame_of(message),
        doubts=_doubts_of(message), saliency=getattr(message, 'saliency', 0.0),
        circumplex=_circumplex_of(message))


def features_from(message: Any) -> Features:
    """Read a ModalityFeatures message; raise BadInput (``shape``) where shape and data disagree."""
    shape = [int(size) for size in message.shape]
    if len(shape) != 2 or min(shape) < 1 or shape[0] * shape[1] != len(message.data):
        raise BadInput('shape', (
            f'features of modality {message.modality!r} have shape {shape} and '
            f'{len(message.data)} values; needed is [frames, values of a frame], both at least 1, '
            f'and as many values as their product'))
    return Features(
        stamp=stamp_of(message), modality=name_of(message.modality, 'modality'),
        model=name_of(message.model, 'model'),
        values=np.array(message.data, dtype=np.float32).reshape(shape),
        person_id=_person_of(message), frame_id=_frame_of(message))


def emotion_from(message: Any) -> Emotion:
    """Read an EmotionState message; raises BadInput as `border.checked` does.

    What bags of older versions do not hold is as if nobody had said it.
    """
    return checked(Emotion(
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
                age=to_nanoseconds(opinion.age), weight=opinion.weight,
                doubts=_doubts_of(opinion))
            for opinion in message.modalities),
        missing=tuple(message.missing), valid_for=to_nanoseconds(message.valid_for),
        frame_id=message.header.frame_id, multi_label=message.multi_label,
        label_uncertainty=np.array(message.label_uncertainty),
        certain_conflict=getattr(message, 'certain_conflict', 0.0),
        prediction_set=tuple(getattr(message, 'prediction_set', ())),
        prediction_set_coverage=getattr(message, 'prediction_set_coverage', 0.0),
        present=tuple(getattr(message, 'present', ())),
        valence_deviation=getattr(message, 'valence_deviation', 0.0) or float('nan'),
        arousal_deviation=getattr(message, 'arousal_deviation', 0.0) or float('nan')))


def read_or_none(read: Callable[[Any], Item], message: Any, logger: Any) -> Item | None:
    """Return what ``read`` makes of a message; None where it is refused, and why in the log."""
    try:
        return read(message)
    except BadInput as error:
        logger.warning(f'[{error.reason}] a message is not used: {error}',
                       throttle_duration_sec=COMPLAIN_PERIOD)
        return None


def response_from(message: Any) -> Response:
    """Read a Response message."""
    return Response(emotion=emotion_from(message.emotion), text=spoken(message.text),
                    language=name_of(message.language, 'language'),
                    source=name_of(message.source, 'source'))


def _circumplex_of(message: Any) -> Circumplex | None:
    point = list(map(float, getattr(message, 'circumplex', ())))  # older bags have none
    errors = list(map(float, getattr(message, 'circumplex_deviation', ())))
    if not point and not errors:
        return None
    if len(point) != 2 or len(errors) != 2:
        raise BadInput('circumplex', (
            f'logits of modality {message.modality!r} have {len(point)} values of circumplex and '
            f'{len(errors)} of their deviations; needed are two of each, or none'))
    return Circumplex(*point, *errors)


def _doubts_of(message: Any) -> tuple[str, ...]:
    return doubts_of(getattr(message, 'doubts', ()))  # older bags have none


def _person_of(message: Any) -> str:
    return name_of(message.person_id, 'person_id')


def _frame_of(message: Any) -> str:
    return name_of(message.header.frame_id, 'frame_id')


def to_ros(item: Any) -> Any:
    """Return the rclpy message of any item that `message_of` knows."""
    return message_of(item, _MAKE)


@cache
def _kind(msgtype: str) -> Any:
    package, _, name = msgtype.split('/')
    return getattr(import_module(f'{package}.msg'), name)


_MAKE = Make(_kind, array)


def image_message(header: Any, pixels: NDArray[np.uint8]) -> Any:
    """Return an rgb8 Image of RGB pixels (H, W, 3) with this header."""
    height, width, _ = pixels.shape
    return _kind('sensor_msgs/msg/Image')(
        header=header, height=height, width=width, encoding='rgb8', step=3 * width,
        data=array('B', pixels.tobytes()))


def array_message(states: list[Any]) -> Any:
    """Return an EmotionStateArray of EmotionState messages, ordered by person."""
    ordered = sorted(states, key=lambda state: state.person_id)
    message = _kind('mer_ros/msg/EmotionStateArray')(states=ordered)
    if ordered:
        message.header.stamp = max(
            (state.header.stamp for state in ordered), key=to_nanoseconds)
    return message
