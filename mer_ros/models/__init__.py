"""Classifiers and face detectors, one file a model, chosen by name."""

from typing import Any

from mer_ros.registry import Registry

MODELS = {
    'text': Registry('text model', 'mer_ros.text_models', {
        'lite': 'mer_ros.models.text.lite_text:LiteText',
        'paper': 'mer_ros.models.paper.text_transformers:TransformersText',
        'distilroberta': 'mer_ros.models.paper.text_transformers:TransformersText',
        'onnx': 'mer_ros.models.text.onnx_text:OnnxText',
    }),
    'speech': Registry('speech model', 'mer_ros.speech_models', {
        'lite': 'mer_ros.models.speech.auto_speech:lite_speech',
        'lite_statistics': 'mer_ros.models.speech.lite_speech:LiteSpeech',
        'paper': 'mer_ros.models.paper.emotion2vec:Emotion2Vec',
        'emotion2vec': 'mer_ros.models.paper.emotion2vec:Emotion2Vec',
        'onnx': 'mer_ros.models.speech.onnx_speech:OnnxSpeech',
    }),
    'face': Registry('face model', 'mer_ros.face_models', {
        'lite': 'mer_ros.models.face.lite_face:LiteFace',
        'paper': 'mer_ros.models.paper.resemotenet:ResEmoteNetFace',
        'resemotenet': 'mer_ros.models.paper.resemotenet:ResEmoteNetFace',
        'frame_selector': 'mer_ros.models.paper.frame_selector:FrameScorer',
        'onnx': 'mer_ros.models.face.onnx_face:OnnxFace',
    }),
    'av': Registry('audio-visual model', 'mer_ros.av_models', {}),
}
"""Models by modality."""

DETECTORS = Registry('face detector', 'mer_ros.face_detectors', {
    'auto': 'mer_ros.models.detectors.auto:auto_detector',
    'blazeface': 'mer_ros.models.detectors.blazeface:BlazeFaceDetector',
    'haar': 'mer_ros.models.detectors.haar:HaarDetector',
    'mtcnn': 'mer_ros.models.detectors.mtcnn:MtcnnDetector',
    'paper': 'mer_ros.models.detectors.retinaface:RetinaFaceDetector',
    'retinaface': 'mer_ros.models.detectors.retinaface:RetinaFaceDetector',
    'retinaface_resnet34': 'mer_ros.models.detectors.retinaface:RetinaFaceResNet34',
    'yunet': 'mer_ros.models.detectors.yunet:YuNetDetector',
})
"""Face detectors."""


def load_model(modality: str, name: str, **options: Any) -> Any:
    """Load a model: modality is text, speech, face or av; name is a profile or a model name.

    The options go to the model's constructor.  Raises ValueError for an unknown modality or
    name, with the known ones listed, and ImportError, with what to install, where a package is
    missing.
    """
    if modality not in MODELS:
        raise ValueError(f'no models exist for modality {modality!r}; known: {sorted(MODELS)}')
    return find_part(MODELS[modality], name)(**options)


def load_detector(name: str, **options: Any) -> Any:
    """Load a face detector by name; raises what `load_model` does."""
    return find_part(DETECTORS, name)(**options)


def find_part(registry: Registry, name: str) -> Any:
    """Return the model or detector of this name, not yet made; raises what `load_model` does."""
    try:
        return registry.get(name)
    except ImportError as error:
        raise ImportError(f'{error}; {name!r} needs more packages: '
                          f'pip install -r requirements/paper.txt') from error
