"""The parameters of the speech node, and the model and engine they mean."""

from collections.abc import Mapping
from typing import Any

from mer_ros.engines.speaker_adaptation import adaptation_for
from mer_ros.engines.speech import PEOPLE, SpeechEngine
from mer_ros.models import MODELS
from mer_ros.nodes.base.collector_parameters import COLLECT
from mer_ros.nodes.base.hearing import HEARING
from mer_ros.nodes.base.model_parameters import (
    COMPUTING,
    DEVICE,
    DTYPE,
    load_part,
    Loaded,
    path_parameter,
    THREADS,
)
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.perception_node import LOSSLESS, PUBLISH_FEATURES

MODEL_PATH = path_parameter('model_path', 'model')
VARIANT = Parameter(
    name='variant', default='base', choices=('seed', 'base', 'large'),
    description='size of emotion2vec: 93, 93 or 162 million parameters')

PARAMETERS = (
    Parameter(name='model', default='lite', choices=MODELS['speech'].names(),
              description='speech emotion model'),
    MODEL_PATH,
    VARIANT,
    *COMPUTING,
    *HEARING,
    LOSSLESS,
    PUBLISH_FEATURES,
    *COLLECT,
    Parameter(name='mode', default='both', choices=('utterance', 'window', 'both'),
              description='classify complete utterances, sliding windows during speech, or both'),
    Parameter(name='window_length', default=3.0, range=(0.5, 30.0),
              description='length of a sliding window in seconds'),
    Parameter(name='hop', default=1.0, range=(0.1, 10.0),
              description='hop between sliding windows in seconds'),
    Parameter(name='people', default='one', choices=PEOPLE,
              description='whose voice is heard: one = always the one anonymous person; many = '
                          'the active_speaker, if there is one'),
    Parameter(name='adaptation', default=True,
              description='adapt to the average voice of each person: of the one, or with '
                          'people: many of the active speaker, and of nobody while there is none; '
                          'kept in memory only, for ten minutes after the last utterance'),
    Parameter(name='adaptation_prior', default=3.0, range=(0.5, 1000.0),
              description='weight of the population prior, in utterances; lower values adapt '
                          'faster'),
)


def speech_model(values: Mapping[str, Any]) -> Loaded:
    """Load the speech emotion model; raises what `load_part` does."""
    return load_part(MODELS['speech'], 'model', values, {
        'path': MODEL_PATH, 'variant': VARIANT, 'device': DEVICE, 'dtype': DTYPE,
        'threads': THREADS}, fallback='lite')


def speech_engine(model: Any, values: Mapping[str, Any], **options: Any) -> SpeechEngine:
    """Return the engine for a model and these parameters, with further options of its own."""
    return SpeechEngine(
        model, mode=values['mode'], window_length=values['window_length'], hop=values['hop'],
        adaptation=adaptation_for(model, prior=values['adaptation_prior'])
        if values['adaptation'] else None, **options)
