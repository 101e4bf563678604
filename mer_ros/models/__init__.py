"""Classifiers and face detectors, one file a model, chosen by name."""

from __future__ import annotations

from typing import Any

from mer_ros.registry import Registry

MODELS = {
    'text': Registry('text model', 'mer_ros.text_models', {
        'lite': 'mer_ros.models.lite_text:LiteText',
    }),
    'speech': Registry('speech model', 'mer_ros.speech_models', {
        'lite': 'mer_ros.models.lite_speech:LiteSpeech',
    }),
    'face': Registry('face model', 'mer_ros.face_models', {
        'lite': 'mer_ros.models.lite_face:LiteFace',
    }),
}
"""Models by modality."""

DETECTORS = Registry('face detector', 'mer_ros.face_detectors', {
    'haar': 'mer_ros.models.haar:HaarDetector',
})
"""Face detectors."""


def load_model(modality: str, name: str, **options: Any) -> Any:
    """Load a model: modality is text, speech or face; name is a profile or a model name.

    The options go to the model's constructor.  Raises ValueError for an unknown modality or
    name, with the known ones listed.
    """
    if modality not in MODELS:
        raise ValueError(f'no models exist for modality {modality!r}; known: {sorted(MODELS)}')
    return MODELS[modality].get(name)(**options)


def load_detector(name: str, **options: Any) -> Any:
    """Load a face detector by name."""
    return DETECTORS.get(name)(**options)
