"""The parameters of the fusion node, and the settings they mean."""

from collections.abc import Mapping, Sequence
import re
from typing import Any

import numpy as np

from mer_ros.data import NANOSECONDS, nanoseconds
from mer_ros.emotions import check_labels, EMOTIONS
from mer_ros.engines.fusion_settings import (
    BUILT_IN_ALONE,
    BUILT_IN_RELIABILITY,
    BUILT_IN_VOICE_WITHIN,
    BUILT_IN_WEAK,
    BUILT_IN_WEAK_RELIABILITY,
    FusionSettings,
)
from mer_ros.engines.temporal import TemporalFilter
from mer_ros.fusion import Affine, PRESETS, Rule, RULES
from mer_ros.fusion.rules import find_rule
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.window import WindowSettings
from mer_ros.window.settings import TRIGGERS

FROM_PRESET = 'preset'
"""The word that leaves a choice to the preset."""

SAME = -1.0
"""The number that means the reliability beside others."""

NONE = ('',)
"""A list of no labels: ROS cannot tell the type of an empty one."""

NO_CALIBRATION: tuple[list[float], list[float]] = ([1.0], [0.0])
"""Weights and bias that leave the logits as they are."""

_TOPIC_TOKEN = re.compile('[A-Za-z_][A-Za-z0-9_]*')

_FUSION, _WINDOW = FusionSettings(), WindowSettings()


def check_modalities(names: Sequence[str]) -> None:
    """Raise ValueError unless there is a name, each once, and each can be part of a topic name."""
    if not names or len(set(names)) < len(names):
        raise ValueError(f'modalities are {list(names)}; name at least one, each exactly once')
    wrong = [name for name in names if not _TOPIC_TOKEN.fullmatch(name)]
    if wrong:
        raise ValueError(f'modalities {wrong} cannot be part of a topic name; use letters, digits '
                         f'and _, and do not begin with a digit')


def _seconds(name: str) -> float:
    return float(getattr(_WINDOW, name) / NANOSECONDS)


PARAMETERS = (
    Parameter(name='modalities', default=['face', 'speech', 'text'], verify=check_modalities,
              description='modalities to fuse; each X is read from X/logits'),
    Parameter(name='labels', default=list(EMOTIONS), verify=check_labels,
              description='the classes, in the order of all published arrays'),
    Parameter(name='fusion.preset', default=_FUSION.preset, choices=tuple(PRESETS), live=True,
              description='calibrated (default), paper (eqs. 1-12), or basic (the baseline of the '
                          'paper)'),
    Parameter(name='fusion.rule', default=FROM_PRESET, choices=(FROM_PRESET, *RULES.names()),
              live=True, description='combination rule; preset uses the rule of the preset'),
    Parameter(name='fusion.rule_file', default='', live=True,
              description='file of the rule attention, as `mer_ros train attention` writes it; '
                          'empty uses the built-in one, for face, speech and text'),
    Parameter(name='fusion.output_temperature', default=_FUSION.output_temperature or 0.0,
              range=(0.0, 100.0), live=True,
              description='temperature of the published probability, softmax(log-score / T); 0 '
                          'publishes the mean of the Dirichlet distribution.  Preset calibrated '
                          'only'),
    Parameter(name='abstain.min_confidence', default=_FUSION.min_confidence, range=(0.0, 1.0),
              live=True,
              description='minimum probability of the best label; below it the label is unknown '
                          '(0 disables).  Preset calibrated only'),
    Parameter(name='abstain.max_uncertainty', default=_FUSION.max_uncertainty, range=(0.0, 1.0),
              live=True,
              description='maximum uncertainty; above it the label is unknown (1 disables).  '
                          'Uncertainty is lack of evidence, not the probability of an error'),
    Parameter(name='prediction_set.coverage', default=_FUSION.set_coverage, range=(0.0, 1.0),
              live=True,
              description='share of cases in which prediction_set holds the true label, as '
                          '`mer_ros calibrate --coverage` fitted its threshold for; 0 publishes '
                          'no sets'),
    Parameter(name='prediction_set.threshold', default=_FUSION.set_threshold, range=(0.0, 1.0),
              live=True,
              description='a label is in the set while the more probable ones have at most this '
                          'probability together; 1 puts in all labels'),
    Parameter(name='discount.quality', default=_FUSION.discount_quality, live=True,
              description='discount evidence by the quality of its message'),
    Parameter(name='discount.age', default=_FUSION.discount_age, live=True,
              description='discount evidence by its age (staleness.half_life)'),
    Parameter(name='trigger', default=_WINDOW.trigger, choices=TRIGGERS,
              description='publish when all modalities have arrived or at the deadline, at a '
                          'fixed rate, or once an utterance: the voice from start to end, the '
                          'best face since its start, its words'),
    Parameter(name='window.voice', default=_WINDOW.voice,
              description='modality whose messages are the utterances of the trigger utterance'),
    Parameter(name='rate', default=NANOSECONDS / _WINDOW.period, range=(0.1, 100.0),
              description='publishing rate (Hz) with the trigger timer'),
    Parameter(name='window.length', default=_seconds('length'), range=(0.01, 60.0),
              description='deadline: how long (s) a window waits for missing modalities'),
    Parameter(name='window.settle', default=_seconds('settle'), range=(0.0, 60.0),
              description='how long (s) to wait for late messages after a window has closed; '
                          'longer than every delay, it makes replays exact'),
    Parameter(name='window.max_lateness', default=_seconds('max_lateness'), range=(0.0, 60.0),
              description='maximum delay (s); later evidence is dropped'),
    Parameter(name='window.max_future', default=_seconds('max_future'), range=(0.0, 60.0),
              description='how far (s) a stamp may be ahead of the clock; others are dropped'),
    Parameter(name='staleness.half_life', default=_seconds('half_life'), range=(0.05, 600.0),
              description='age (s) at which evidence counts half'),
    Parameter(name='staleness.max_age', default=0.0, range=(0.0, 3600.0),
              description='age (s) at which evidence expires; 0 is five half-lives'),
    Parameter(name='temporal.half_life', default=0.0, range=(0.0, 600.0),
              description='half-life (s) of the smoothing of the states over time; 0 disables'),
    Parameter(name='people.max', default=_WINDOW.max_people, range=(1, 1000),
              description='maximum number of people followed at the same time'),
)


def modality_parameters(modalities: Sequence[str]) -> list[Parameter]:
    """Return the parameters that every modality has."""
    return [parameter for name in modalities for parameter in (
        Parameter(name=f'{name}.reliability', default=BUILT_IN_RELIABILITY.get(name, 1.0),
                  range=(0.0, 1.0), live=True,
                  description=f'reliability of {name} beside other modalities; discounts its '
                              f'evidence'),
        Parameter(name=f'{name}.reliability_alone', default=BUILT_IN_ALONE.get(name, SAME),
                  range=(SAME, 1.0), live=True,
                  description=f'reliability of {name} where no other modality is present; -1 is '
                              f'that beside others'),
        Parameter(name=f'{name}.weak_labels', default=list(BUILT_IN_WEAK.get(name, NONE)),
                  live=True,
                  description=f'labels about which {name} is trusted less beside other '
                              f"modalities; [''] is none"),
        Parameter(name=f'{name}.weak_reliability', range=(0.0, 1.0), live=True,
                  default=BUILT_IN_WEAK_RELIABILITY.get(name, 1.0),
                  description=f'reliability of {name} beside others about these labels'),
        Parameter(name=f'{name}.voice_within', default=BUILT_IN_VOICE_WITHIN.get(name, 0.0),
                  range=(0.0, 60.0), live=True,
                  description=f'{name} counts only if a voice was heard in so many seconds before '
                              f'it, where <window.voice>/voice_activity says that the microphone '
                              f'listened; 0 = needs no voice'),
        Parameter(name=f'{name}.temperature', default=1.0, range=(0.01, 100.0), live=True,
                  description=f'temperature that the logits of {name} are divided by'),
        Parameter(name=f'{name}.calibration.weights', default=NO_CALIBRATION[0], live=True,
                  description=f'calibration matrix of {name}, K x K numbers row by row, for the '
                              f'centred logits, before the temperature; [1.0] is the identity'),
        Parameter(name=f'{name}.calibration.bias', default=NO_CALIBRATION[1], live=True,
                  description=f'calibration bias of {name}, K numbers; [0.0] is none'),
    )]


def fusion_settings(values: Mapping[str, Any]) -> FusionSettings:
    """Return what the parameters say about fusing; raise ValueError if it is not allowed."""
    modalities, rule = values['modalities'], values['fusion.rule']
    return FusionSettings(
        preset=values['fusion.preset'], rule=_rule(None if rule == FROM_PRESET else rule, values),
        output_temperature=values['fusion.output_temperature'] or None,
        reliability={name: values[f'{name}.reliability'] for name in modalities},
        reliability_alone={name: alone for name in modalities
                           if (alone := values[f'{name}.reliability_alone']) >= 0.0},
        weak_labels={name: labels for name in modalities
                     if (labels := [one for one in values[f'{name}.weak_labels'] if one])},
        weak_reliability={name: values[f'{name}.weak_reliability'] for name in modalities},
        temperature={name: values[f'{name}.temperature'] for name in modalities},
        calibration={name: affine for name in modalities
                     if (affine := _calibration(values, name)) is not None} or None,
        min_confidence=values['abstain.min_confidence'],
        max_uncertainty=values['abstain.max_uncertainty'],
        set_coverage=values['prediction_set.coverage'],
        set_threshold=values['prediction_set.threshold'],
        voice_within={name: values[f'{name}.voice_within'] for name in modalities},
        discount_quality=values['discount.quality'], discount_age=values['discount.age'])


def _rule(name: str | None, values: Mapping[str, Any]) -> str | Rule | None:
    """Return the rule of this name, a trained one from its file and for the node's labels."""
    load = None if name is None else find_rule(name).load
    if load is None:
        return name
    try:
        return load(values['fusion.rule_file'], values['labels'])
    except OSError as error:
        raise ValueError(f'fusion.rule_file: {error}') from error


def _calibration(values: Mapping[str, Any], name: str) -> Affine | None:
    """Return the affine calibration of a modality; raise ValueError for another count than K."""
    weights, bias = (list(values[f'{name}.calibration.{part}']) for part in ('weights', 'bias'))
    if (weights, bias) == NO_CALIBRATION:
        return None
    classes = len(values['labels'])
    for part, given, few, full in (('weights', weights, NO_CALIBRATION[0], classes ** 2),
                                   ('bias', bias, NO_CALIBRATION[1], classes)):
        if given != few and len(given) != full:
            raise ValueError(
                f'{name}.calibration.{part} has {len(given)} numbers; with {classes} labels it '
                f'needs {full}, or just {few} to have no effect')
    return Affine(np.eye(classes) if weights == NO_CALIBRATION[0]
                  else np.reshape(weights, (classes, classes)),
                  np.zeros(classes) if bias == NO_CALIBRATION[1] else np.array(bias))


def temporal_filter(values: Mapping[str, Any]) -> TemporalFilter | None:
    """Return the memory over states that the parameters ask for; None where they ask for none."""
    half_life = values['temporal.half_life']
    return TemporalFilter(half_life=half_life) if half_life else None


def no_utterances(values: Mapping[str, Any]) -> str:
    """Say why the trigger utterance cannot be followed; '' where it can, or is not asked for."""
    if values['trigger'] != 'utterance' or values['window.voice'] in values['modalities']:
        return ''
    return (f"without the modality {values['window.voice']} (window.voice) there are no "
            f'utterances: the trigger {_WINDOW.trigger} takes the place of utterance')


def window_settings(values: Mapping[str, Any]) -> WindowSettings:
    """Return what the parameters say about windows; raise ValueError if it is not allowed.

    Without its voice the trigger utterance is replaced by the default, see `no_utterances`.
    """
    return WindowSettings(
        trigger=_WINDOW.trigger if no_utterances(values) else values['trigger'],
        voice=values['window.voice'],
        period=nanoseconds(1.0 / values['rate']),
        length=nanoseconds(values['window.length']), settle=nanoseconds(values['window.settle']),
        max_lateness=nanoseconds(values['window.max_lateness']),
        max_future=nanoseconds(values['window.max_future']),
        half_life=nanoseconds(values['staleness.half_life']),
        max_age=nanoseconds(values['staleness.max_age']), max_people=values['people.max'])
