"""The parameters of the response node, and the settings they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mer_ros.data import nanoseconds
from mer_ros.messages.adapters import TRANSCRIPT_TYPES
from mer_ros.nodes.base.model_parameters import DEVICE, DTYPE, Part, THREADS
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.typed_topic import AUTO as AUTO_TYPE
from mer_ros.response.generator import GENERATORS
from mer_ros.response.responder import AUTO
from mer_ros.response.templates import Language, load_languages
from mer_ros.response.turns import TurnSettings
from mer_ros.response.wording import Wording

MODEL_PATH = Parameter(
    name='model_path', default='',
    description='folder of the generator\'s model, as save_pretrained of transformers writes it; '
                'nothing is downloaded')
PROMPT = Parameter(
    name='prompt', default='',
    description='what the generator is told; may hold {emotion}, {feeling} and {words}; empty is '
                'the generator\'s own')
MAX_NEW_TOKENS = Parameter(
    name='max_new_tokens', default=40, range=(1, 1000),
    description='longest generated reply in tokens')
TIMEOUT = Parameter(
    name='timeout', default=2.0, range=(0.01, 60.0),
    description='time in seconds after which a template is said instead of a generated reply')
TEMPERATURE = Parameter(
    name='temperature', default=0.7, range=(0.0, 5.0),
    description='how freely a reply is generated; 0 takes the likeliest words')
SEED = Parameter(
    name='seed', default=0, range=(0, 1_000_000),
    description='other seeds choose other sentences; the same one repeats them in a replay')

GENERATOR = Part(
    parameter='generator', registry=GENERATORS,
    options={'path': MODEL_PATH, 'prompt': PROMPT, 'device': DEVICE, 'dtype': DTYPE,
             'threads': THREADS, 'max_new_tokens': MAX_NEW_TOKENS, 'timeout': TIMEOUT,
             'temperature': TEMPERATURE, 'seed': SEED},
    shared=('seed',))

_TURNS, _WORDING = TurnSettings(), Wording()


def _seconds(name: str, longest: float, description: str) -> Parameter:
    return Parameter(name=name, default=getattr(_TURNS, name) / nanoseconds(1.0), live=True,
                     range=(0.0, longest), description=description)


def _share(name: str, description: str) -> Parameter:
    return Parameter(name=f'wording.{name}', default=getattr(_WORDING, name), live=True,
                     range=(0.0, 1.0), description=description)


PARAMETERS = (
    Parameter(name='language', default=AUTO, live=True,
              description='language to speak, such as en; auto is that of the transcript, en '
                          'where it is unknown or has no file'),
    Parameter(name='templates', default='',
              description='folder of further files <language>.yaml; one of a language that the '
                          'package has replaces it'),
    SEED,
    Parameter(name='message_type', default=AUTO_TYPE, choices=(AUTO_TYPE, *TRANSCRIPT_TYPES),
              description='type of the transcript topic; auto takes that of its publisher'),
    _seconds('max_emotion_age', 60.0,
             'longest time in seconds between the words and the emotion that is answered'),
    _seconds('wait_for_emotion', 60.0,
             'longest time in seconds to wait for an emotion that has taken the words in'),
    _seconds('min_interval', 3600.0, 'least time in seconds between two answers to a person'),
    Parameter(name='speak_first', default=_TURNS.speak_first, live=True,
              description='speak without having been spoken to when a person\'s emotion changes'),
    _seconds('speak_first_after', 60.0,
             'time in seconds that an emotion lasts before it counts as a change'),
    Parameter(name='hold_timeout', default=5.0, range=(0.0, 600.0), live=True,
              description='time in seconds after which a reply that is held because the robot '
                          'speaks (robot_speaking) is dropped'),
    _share('max_uncertainty', 'above this uncertainty nothing is claimed, only asked'),
    _share('sure_uncertainty', 'highest uncertainty at which the wording is sure'),
    _share('sure_probability', 'least probability at which the wording is sure'),
    _share('medium', 'probability x (1 - uncertainty) from which on an emotion is medium'),
    _share('high', 'probability x (1 - uncertainty) from which on an emotion is strong'),
    _share('mixed_conflict', 'conflict from which on the signals are called mixed'),
    Parameter(name='people.max', default=_TURNS.people, range=(1, 1000),
              description='people followed at the same time'),
    Parameter(name='generator', default='', choices=('', *GENERATORS.names()),
              description='what writes replies of its own; empty says the sentences of the files'),
    MODEL_PATH,
    PROMPT,
    Parameter(name='generator_languages', default=['en'],
              description='languages that the generator writes; in others the files are used'),
    MAX_NEW_TOKENS,
    TIMEOUT,
    TEMPERATURE,
    Parameter(name='max_characters', default=300, range=(10, 10_000),
              description='longest generated reply in characters; a longer one is not said'),
    Parameter(name='history', default=3, range=(0, 20),
              description='exchanges with a person that the generator is given; they are kept in '
                          'memory only'),
    DEVICE,
    DTYPE,
    replace(THREADS, description='cores that the generator uses, for the whole process; 0 leaves '
                                 'it to torch'),
)


def turn_settings(values: Mapping[str, Any]) -> TurnSettings:
    """Return when to answer."""
    times = ('max_emotion_age', 'wait_for_emotion', 'min_interval', 'speak_first_after')
    return TurnSettings(
        **{name: nanoseconds(values[name]) for name in times},
        speak_first=values['speak_first'], people=values['people.max'])


def wording(values: Mapping[str, Any]) -> Wording:
    """Return how to speak; raise ValueError where the numbers do not fit together."""
    return Wording(**{name: values[f'wording.{name}'] for name in Wording.__slots__})


def languages(values: Mapping[str, Any]) -> dict[str, Language]:
    """Return the languages by tag; raises what `load_languages` does."""
    folder = values['templates']
    return load_languages(*([Path(folder).expanduser()] if folder else []))
