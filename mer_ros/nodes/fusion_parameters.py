"""The parameters of the fusion node, and the settings they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mer_ros.data import nanoseconds
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import (
    BUILT_IN_RELIABILITY,
    FusionSettings,
    MIN_CONFIDENCE,
)
from mer_ros.engines.temporal import TemporalFilter
from mer_ros.fusion import Affine, PRESETS, Rule, RULES
from mer_ros.fusion.rules import find_rule
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.window import WindowSettings
from mer_ros.window.settings import TRIGGERS

FROM_PRESET = 'preset'
"""The word that leaves a choice to the preset."""

NO_CALIBRATION: tuple[list[float], list[float]] = ([1.0], [0.0])
"""Weights and bias that leave the logits as they are."""

PARAMETERS = (
    Parameter(name='modalities', default=['face', 'speech', 'text'],
              description='modalities to fuse; each X is expected on X/logits'),
    Parameter(name='labels', default=list(EMOTIONS),
              description='the classes, in the order of every array that is published'),
    Parameter(name='fusion.preset', default='calibrated', choices=tuple(PRESETS), live=True,
              description='calibrated (default), paper (eqs. 1-12), or basic (the method it is '
                          'compared with)'),
    Parameter(name='fusion.rule', default=FROM_PRESET, choices=(FROM_PRESET, *RULES.names()),
              live=True, description='rule of combination; preset leaves it to the preset'),
    Parameter(name='fusion.rule_file', default='', live=True,
              description='file of the rule attention, as `mer_ros train attention` writes it; '
                          'empty means the built-in one, which knows speech and face'),
    Parameter(name='fusion.evidence', default=FROM_PRESET, live=True,
              choices=(FROM_PRESET, 'shift_min', 'relu', 'softplus', 'exp', 'expm1'),
              description='map from logits to evidence; preset leaves it to the preset'),
    Parameter(name='fusion.reference', default=FROM_PRESET, live=True,
              choices=(FROM_PRESET, 'global', 'own'),
              description='minimum that is subtracted from the logits: over all modalities or '
                          'of each its own; preset leaves it to the preset'),
    Parameter(name='fusion.output_temperature', default=1.0, range=(0.0, 100.0), live=True,
              description='with the preset calibrated, probability = softmax(log-score / this); '
                          '0 publishes the mean of the Dirichlet distribution instead, as the '
                          'other presets do'),
    Parameter(name='abstain.min_confidence', default=MIN_CONFIDENCE, range=(0.0, 1.0), live=True,
              description='with the preset calibrated, whose probability means what it says: below '
                          'this probability of the best label, the label is unknown; 0 always '
                          'names one'),
    Parameter(name='abstain.max_uncertainty', default=1.0, range=(0.0, 1.0), live=True,
              description='above this uncertainty, the label is unknown; it tells how little '
                          'evidence there is, not how likely an error is'),
    Parameter(name='trigger', default='complete_or_deadline', choices=TRIGGERS,
              description='publish when every modality is in or at the deadline, or at a fixed '
                          'rate'),
    Parameter(name='rate', default=5.0, range=(0.1, 100.0),
              description='states a second with the trigger timer, in Hz'),
    Parameter(name='window.length', default=0.25, range=(0.01, 60.0),
              description='longest time in seconds that a window waits for a modality'),
    Parameter(name='window.settle', default=0.0, range=(0.0, 60.0),
              description='time in seconds to wait for late messages after a window has closed; '
                          'longer than every delay, it makes replays exact'),
    Parameter(name='window.max_lateness', default=5.0, range=(0.0, 60.0),
              description='evidence that comes later than this, in seconds, is dropped'),
    Parameter(name='window.max_future', default=0.5, range=(0.0, 60.0),
              description='stamps further ahead of the clock than this, in seconds, are refused'),
    Parameter(name='window.max_messages', default=128, range=(1, 10_000),
              description='messages kept for each person and modality'),
    Parameter(name='staleness.half_life', default=3.0, range=(0.05, 600.0),
              description='age in seconds at which evidence counts half'),
    Parameter(name='staleness.max_age', default=0.0, range=(0.0, 3600.0),
              description='age in seconds at which evidence is forgotten; 0 means five half-lives'),
    Parameter(name='temporal.half_life', default=0.0, range=(0.0, 600.0),
              description='time in seconds in which a state gives way to the next one by half; '
                          '0 = each state on its own'),
    Parameter(name='temporal.hysteresis', default=0.0, range=(0.0, 0.99),
              description='the label changes when another one is ahead by this probability'),
    Parameter(name='people.max', default=32, range=(1, 1000),
              description='people followed at the same time'),
)


def modality_parameters(modalities: Sequence[str]) -> list[Parameter]:
    """Return the parameters that every modality has."""
    return [parameter for name in modalities for parameter in (
        Parameter(name=f'{name}.reliability', default=BUILT_IN_RELIABILITY.get(name, 1.0),
                  range=(0.0, 1.0), live=True,
                  description=f'how far {name} is trusted, 0 to 1; discounts its evidence'),
        Parameter(name=f'{name}.temperature', default=1.0, range=(0.01, 100.0), live=True,
                  description=f'the logits of {name} are divided by this'),
        Parameter(name=f'{name}.calibration.weights', default=NO_CALIBRATION[0], live=True,
                  description=f'K x K numbers, row by row, that the logits of {name} less their '
                              f'mean are multiplied by, before the temperature; 1.0 alone leaves '
                              f'them as they are'),
        Parameter(name=f'{name}.calibration.bias', default=NO_CALIBRATION[1], live=True,
                  description=f'K numbers that are added to the weighted logits of {name}; 0.0 '
                              f'alone adds nothing'),
    )]


def fusion_settings(values: Mapping[str, Any]) -> FusionSettings:
    """Return what the parameters say about fusing; raise ValueError if it is not allowed."""
    def choice(name: str) -> Any:
        return None if values[name] == FROM_PRESET else values[name]

    modalities = values['modalities']
    return FusionSettings(
        preset=values['fusion.preset'], rule=_rule(choice('fusion.rule'), values),
        evidence=choice('fusion.evidence'), reference=choice('fusion.reference'),
        output_temperature=values['fusion.output_temperature'] or None,
        reliability={name: values[f'{name}.reliability'] for name in modalities},
        temperature={name: values[f'{name}.temperature'] for name in modalities},
        calibration={name: affine for name in modalities
                     if (affine := _calibration(values, name)) is not None} or None,
        min_confidence=values['abstain.min_confidence'],
        max_uncertainty=values['abstain.max_uncertainty'])


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
    half_life, hysteresis = values['temporal.half_life'], values['temporal.hysteresis']
    if not half_life and not hysteresis:
        return None
    return TemporalFilter(half_life=half_life, hysteresis=hysteresis)


def window_settings(values: Mapping[str, Any]) -> WindowSettings:
    """Return what the parameters say about windows; raise ValueError if it is not allowed."""
    return WindowSettings(
        trigger=values['trigger'], period=nanoseconds(1.0 / values['rate']),
        length=nanoseconds(values['window.length']), settle=nanoseconds(values['window.settle']),
        max_lateness=nanoseconds(values['window.max_lateness']),
        max_future=nanoseconds(values['window.max_future']),
        max_messages=values['window.max_messages'],
        half_life=nanoseconds(values['staleness.half_life']),
        max_age=nanoseconds(values['staleness.max_age']), max_people=values['people.max'])
