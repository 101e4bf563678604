"""The models of a pipeline, and what a user sets of them by the names of the nodes' parameters."""

from collections.abc import Mapping, Sequence
from inspect import signature
import json
from typing import Any

from mer_ros.models import DETECTORS, find_part, load_detector, load_model, MODELS
from mer_ros.models.weights.weights_cache import MissingWeights
from mer_ros.profiles import settings_of
from mer_ros.registry import Registry

Settings = Mapping[str, Mapping[str, Any]]
"""Values of parameters by modality and name, such as {'face': {'model_path': 'file.pth'}}."""

SHARED = ('device', 'dtype', 'threads')
"""Parameters of every model; one that has no use for them does without."""

MODEL: dict[str, tuple[str, ...]] = {
    'face': ('model_path', 'detector', 'detector_path', 'selector', 'selector_path', 'max_side',
             'min_face'),
    'speech': ('model_path', 'variant'),
    'text': ('model_path', 'max_length')}
"""Parameters that are for the models alone, by modality; ``min_face`` is for the engine too."""

ENGINE: dict[str, tuple[str, ...]] = {
    'face': ('every', 'look_rate', 'selection', 'selection_window', 'min_face'),
    'speech': ('mode', 'window_length', 'hop'),
    'text': ('max_characters',)}
"""Parameters that are for the engines, by modality."""


def parse_settings(given: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read NAME=VALUE with the names of humans_node's parameters, such as face.model_path.

    A name of SHARED without a modality is for every one.  Raises ValueError, with what is known,
    for any other name.
    """
    found: dict[str, dict[str, Any]] = {name: {} for name in MODEL}
    for one in given:
        name, equals, text = one.partition('=')
        modality, _, key = name.rpartition('.')
        known = [*(f'{owner}.{key}' for owner in MODEL
                   for key in ('model', *MODEL[owner], *SHARED, *ENGINE[owner])), *SHARED]
        if not equals or name not in known:
            raise ValueError(f'{one!r} sets nothing; give NAME=VALUE with a name of '
                             f'{sorted(set(known))}')
        for owner in [modality] if modality else list(MODEL):
            found[owner][key or name] = _value(text)
    return found


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


class Parts:
    """The models, detector and selector of a profile, with what the user set.

    ``engine`` are the arguments of the engine by modality; ``stand_in`` says what stands in for
    the selector, '' where nothing does.

    Args:
        profile: name of the profile, or of a model that there is for every modality.
        settings: values of parameters that differ from the profile's.

    Raises:
        ValueError: no model is called so, or a parameter is not allowed.
        OSError, ImportError: weights or packages are missing; the message says what to do.
    """

    def __init__(self, profile: str, settings: Settings) -> None:
        self._values = {
            name: {'model': 'lite', **settings_of(profile).get(f'{name}_node', {}),
                   **settings.get(name, {})} for name in MODEL}
        self.engine = {name: {key: value for key, value in self._values[name].items()
                              if key in ENGINE[name]} for name in MODEL}
        self.stand_in = ''

    def model(self, modality: str) -> Any:
        """Load the model of a modality."""
        values = self._values[modality]
        options = _options(MODELS[modality], values['model'], values, {
            'path': 'model_path', 'variant': 'variant', 'max_length': 'max_length'})
        return load_model(modality, values['model'], **options)

    def detector(self) -> Any:
        """Load the face detector."""
        values = self._values['face']
        name = values.get('detector', 'auto')
        return load_detector(name, **_options(DETECTORS, name, values, {
            'path': 'detector_path', 'max_side': 'max_side', 'min_face': 'min_face'}))

    def selector(self) -> Any:
        """Load the model that rates moments; None where the expression model does."""
        values = self._values['face']
        name = values.get('selector', '')
        if not name:
            return None
        try:
            return load_model('face', name, **_options(
                MODELS['face'], name, values, {'path': 'selector_path'}))
        except (MissingWeights, ImportError) as error:
            if values.get('selector_path'):
                raise
            self.stand_in = (f'selector {name} is replaced by the maximum of the expression model '
                             f'itself: {error}')
            return None


def _options(registry: Registry, name: str, values: Mapping[str, Any],
             meanings: Mapping[str, str]) -> dict[str, Any]:
    """Return those values that a part takes; raise ValueError for one that it has no use for."""
    wanted = {argument: values[key] for argument, key in {
        **meanings, **{key: key for key in SHARED}}.items() if values.get(key) not in (None, '')}
    if not wanted:
        return {}
    parameters = signature(find_part(registry, name)).parameters
    takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    useless = [argument for argument in wanted if argument not in parameters and not takes_all]
    for argument in useless:
        if argument not in (*SHARED, 'min_face'):
            raise ValueError(f'{name!r} has no use for {meanings[argument]}='
                             f'{wanted[argument]!r}')
    return {argument: value for argument, value in wanted.items() if argument not in useless}
