"""What the browser is told, as JSON."""

from collections.abc import Iterable
import json
import math
from typing import Any

from mer_ros.colours import colour_of
from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.engines.remarks import doubts_in_words

_DIGITS = 4


def state_text(state: Emotion) -> str:
    """Return a state as JSON: times in seconds, numbers that are not finite as null."""
    return _text('state', {
        'person': state.person_id,
        'stamp': state.stamp / NANOSECONDS,
        'valid_for': state.valid_for / NANOSECONDS,
        'label': state.label,
        'labels': state.labels,
        'colours': [colour_of(label, state.labels) for label in state.labels],
        'confidence': _number(state.confidence),
        'uncertainty': _number(state.uncertainty),
        'conflict': _number(state.conflict),
        'certain_conflict': _number(state.certain_conflict),
        'prediction_set': state.prediction_set,
        'prediction_set_coverage': _number(state.prediction_set_coverage),
        'valence': _number(state.valence),
        'arousal': _number(state.arousal),
        'belief': _numbers(state.belief),
        'probability': _numbers(state.probability),
        'multi_label': state.multi_label,
        'label_uncertainty': _numbers(state.label_uncertainty),
        'present': state.present,
        'modalities': [{
            'name': opinion.modality,
            'model': opinion.model,
            'belief': _numbers(opinion.belief),
            'uncertainty': _number(opinion.uncertainty),
            'probability': _numbers(opinion.probability),
            'age': opinion.age / NANOSECONDS,
            'weight': _number(opinion.weight),
            'doubts': doubts_in_words(opinion.doubts),
        } for opinion in state.modalities],
        'missing': state.missing,
    })


def time_text(now: int, people: Iterable[str]) -> str:
    """Return the present time (ns) and who is present, as JSON."""
    return _text('time', {'now': now / NANOSECONDS, 'people': list(people)})


def hello_text(topic: str) -> str:
    """Return what a browser is told first: the topic that it watches."""
    return _text('hello', {'topic': topic})


def _text(kind: str, fields: dict[str, Any]) -> str:
    return json.dumps({'type': kind, **fields}, allow_nan=False, separators=(',', ':'))


def _number(value: float) -> float | None:
    return round(float(value), _DIGITS) if math.isfinite(value) else None


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(value) for value in values]
