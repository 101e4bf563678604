"""The parameters of the humans node: those of the perception nodes, and who is who."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from mer_ros.engines.face import FaceEngine
from mer_ros.engines.humans import HumansEngine, WholeImage
from mer_ros.engines.humans_ids import HumanIds
from mer_ros.engines.speech import SpeechEngine
from mer_ros.engines.text import TextEngine
from mer_ros.nodes import face_parameters, fusion_parameters, speech_parameters, text_parameters
from mer_ros.nodes.base.parameters import Parameter


def _of(table: Sequence[Parameter], *names: str, prefix: str = '') -> tuple[Parameter, ...]:
    """Return the parameters of these names out of another node's table."""
    by_name = {parameter.name: parameter for parameter in table}
    return tuple(replace(by_name[name], name=prefix + name) for name in names)


_FUSION = {parameter.name: parameter for parameter in fusion_parameters.PARAMETERS}

PARAMETERS = (
    replace(_FUSION['modalities'],
            description='modalities perceived by this node: face, speech and/or text; the '
                        'logits of others come from other nodes'),
    replace(_FUSION['people.max'],
            description='maximum number of faces, and of voices, tracked at the same time'),
    Parameter(name='match_threshold', default=0.5, range=(0.0, 1.0),
              description='minimum likelihood for matching a face or voice to a person, as in '
                          'hri_person_manager'),
    *_of(face_parameters.PARAMETERS, 'model', 'model_path', 'device', 'dtype', 'threads', 'every',
         'look_rate', 'selection', 'selection_window', 'min_face', prefix='face.'),
    *_of(speech_parameters.PARAMETERS, 'model', 'model_path', 'variant', 'device', 'dtype',
         'threads', 'mode', 'window_length', 'hop', 'adaptation', 'adaptation_prior',
         prefix='speech.'),
    *_of(text_parameters.PARAMETERS, 'model', 'model_path', 'device', 'dtype', 'threads',
         'max_length', 'max_characters', prefix='text.'),
    *_of(speech_parameters.PARAMETERS, 'audio.sample_rate', 'audio.channels', 'audio.encoding'),
)


def make_engine(values: Mapping[str, Any]) -> HumansEngine:
    """Load a model for each modality and return the engine for these parameters.

    Raises what `mer_ros.nodes.base.model_parameters.load_part` does.
    """
    parts: dict[str, Any] = {
        modality: make(_without_prefix(f'{modality}.', values))
        for modality, make in (('face', _face), ('speech', _voice), ('text', _text))
        if modality in values['modalities']}
    return HumansEngine(
        ids=HumanIds(threshold=values['match_threshold'], limit=values['people.max']),
        make_face=parts.get('face'), make_voice=parts.get('speech'), text=parts.get('text'))


def _without_prefix(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    own = {name.removeprefix(prefix): value for name, value in values.items()
           if name.startswith(prefix)}
    return {**own, 'fallback': False}


def _face(values: Mapping[str, Any]) -> Callable[[], FaceEngine]:
    return partial(
        FaceEngine, face_parameters.face_model(values).part, WholeImage(), every=values['every'],
        look_rate=values['look_rate'], selection=values['selection'],
        selection_window=values['selection_window'], min_face=values['min_face'])


def _voice(values: Mapping[str, Any]) -> Callable[[], SpeechEngine]:
    model = speech_parameters.speech_model(values).part
    # Each voice has an adaptation of its own, since voices that nobody is matched with share ''.
    return lambda: speech_parameters.speech_engine(model, values)


def _text(values: Mapping[str, Any]) -> TextEngine:
    return TextEngine(
        text_parameters.text_model(values).part, max_characters=values['max_characters'])
