"""The parameters of the response node, and the settings they mean."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mer_ros.data import nanoseconds
from mer_ros.messages.adapters import TRANSCRIPT_TYPES
from mer_ros.nodes.base.model_parameters import DEVICE, DTYPE, load_part, THREADS
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.typed_topic import AUTO as AUTO_TYPE
from mer_ros.response.generator import GENERATORS
from mer_ros.response.responder import AUTO
from mer_ros.response.templates import Language, load_languages
from mer_ros.response.turns import TurnSettings
from mer_ros.response.wording import Wording

MODEL_PATH = Parameter(
    name='model_path', default='',
    description='folder of the generator\'s model, as written by save_pretrained (transformers); '
                'nothing is downloaded')
PROMPT = Parameter(
    name='prompt', default='',
    description='prompt of the generator, with the placeholders {emotion}, {feeling} and '
                '{words}; empty = its default prompt')
MAX_NEW_TOKENS = Parameter(
    name='max_new_tokens', default=40, range=(1, 1000),
    description='maximum length of a generated reply in tokens')
TIMEOUT = Parameter(
    name='timeout', default=2.0, range=(0.01, 60.0),
    description='timeout (s) of the generator; after it a template is used instead')
TEMPERATURE = Parameter(
    name='temperature', default=0.7, range=(0.0, 5.0),
    description='sampling temperature of the generator; 0 = greedy decoding')
SEED = Parameter(
    name='seed', default=0, range=(0, 1_000_000),
    description='random seed for the choice of sentences; the same seed gives the same replies '
                'in a replay')

_TURNS, _WORDING = TurnSettings(), Wording()


def _seconds(name: str, longest: float, description: str) -> Parameter:
    return Parameter(name=name, default=getattr(_TURNS, name) / nanoseconds(1.0), live=True,
                     range=(0.0, longest), description=description)


def _share(name: str, description: str) -> Parameter:
    return Parameter(name=f'wording.{name}', default=getattr(_WORDING, name), live=True,
                     range=(0.0, 1.0), description=description)


PARAMETERS = (
    Parameter(name='language', default=AUTO, live=True,
              description='language of the replies, such as en; auto = language of the '
                          'transcript, en if it is unknown or has no file'),
    Parameter(name='templates', default='',
              description='folder with additional files <language>.yaml; they replace those of '
                          'the package for the same language'),
    SEED,
    Parameter(name='message_type', default=AUTO_TYPE, choices=(AUTO_TYPE, *TRANSCRIPT_TYPES),
              description='message type of the transcript topic; auto = type of its publisher'),
    _seconds('max_emotion_age', 60.0,
             'maximum age (s) of an emotional state relative to the transcript that is answered'),
    _seconds('wait_for_emotion', 60.0,
             'how long to wait (s) for a state that already includes the transcript'),
    _seconds('min_interval', 3600.0, 'minimum interval (s) between two replies to the same person'),
    Parameter(name='speak_first', default=_TURNS.speak_first, live=True,
              description='also reply, unprompted, when the emotion of a person changes'),
    _seconds('speak_first_after', 60.0,
             'how long (s) a new emotion must last before speak_first replies to it'),
    Parameter(name='hold_timeout', default=5.0, range=(0.0, 600.0), live=True,
              description='timeout (s) of a reply held back while the robot speaks '
                          '(robot_speaking); after it the reply is dropped'),
    _share('max_uncertainty', 'maximum uncertainty for naming an emotion; above it the reply is '
                              'a question'),
    _share('sure_uncertainty', 'maximum uncertainty for confident wording'),
    _share('sure_probability', 'minimum probability for confident wording'),
    _share('medium', 'intensity = probability x (1 - uncertainty); at or above this value it is '
                     'medium'),
    _share('high', 'intensity = probability x (1 - uncertainty); at or above this value it is '
                   'high'),
    _share('mixed_conflict', 'conflict at or above which the reply mentions mixed signals'),
    Parameter(name='people.max', default=_TURNS.people, range=(1, 1000),
              description='maximum number of people tracked at the same time'),
    Parameter(name='generator', default='', choices=('', *GENERATORS.names()),
              description='language model that writes the replies; empty = template sentences'),
    MODEL_PATH,
    PROMPT,
    Parameter(name='generator_languages', default=['en'],
              description='languages of the generator; other languages use the templates'),
    MAX_NEW_TOKENS,
    TIMEOUT,
    TEMPERATURE,
    Parameter(name='max_characters', default=300, range=(10, 10_000),
              description='maximum length of a generated reply in characters; a longer one is '
                          'replaced by a template'),
    Parameter(name='history', default=3, range=(0, 20),
              description='number of previous exchanges with a person given to the generator; '
                          'kept in memory only'),
    DEVICE,
    DTYPE,
    replace(THREADS, description='number of CPU threads of the generator, for the whole process; '
                                 '0 = default of torch'),
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


def reply_generator(values: Mapping[str, Any]) -> Any:
    """Load what writes replies, None for the sentences of the files; raises as `load_part`."""
    return load_part(GENERATORS, 'generator', values, {
        'path': MODEL_PATH, 'prompt': PROMPT, 'device': DEVICE, 'dtype': DTYPE,
        'threads': THREADS, 'max_new_tokens': MAX_NEW_TOKENS, 'timeout': TIMEOUT,
        'temperature': TEMPERATURE, 'seed': SEED}, shared=('seed',)).part
