"""Gain by speaker adaptation: utterances in random order, each judged before it counts."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.engines.speaker_adaptation import AdaptiveModel, SpeakerAdaptation
from mer_ros.evaluation.datasets.speech_sets import load
from mer_ros.evaluation.metrics.classification import accuracy, balanced_accuracy, calibration_error
from mer_ros.fusion.logspace import softmax

METRICS = {'accuracy': accuracy, 'uar': balanced_accuracy, 'ece': calibration_error}
"""The figures that are compared."""


def evaluate_adapted(
    name: str, root: Path, split: str, *, model: AdaptiveModel, orders: int = 5, seed: int = 0,
    **options: Any,
) -> dict[str, Any]:
    """Measure a speech model on one split of a data set, with and without adaptation.

    Each group of the set is one person, whose clips come in random order; clips of classes that
    the model never learned and silent ones are left out.

    Args:
        name: of the data set, one of `datasets_speech.SPLITS`.
        root: the folder that holds the data sets.
        split: one of the splits of the set.
        model: what is measured.
        orders: how many random orders.
        seed: of the orders.
        options: of `SpeakerAdaptation`.

    Returns:
        ``dataset``, ``split``, ``n``, and for ``plain`` and ``adapted`` the mean over the orders
        of accuracy, uar, ece and mean confidence; ``by_order`` holds the UAR of each order.

    Raises:
        ValueError: the set or the split is unknown, or no clip can be used.
        FileNotFoundError: the data set is not in the folder.
    """
    samples = load(name, root, split)
    heard = [(model.describe(wave), model.labels.index(label), group) for wave, label, group
             in zip(samples.inputs, samples.labels, samples.groups, strict=True)
             if label in model.labels]
    known = [clip for clip in heard if clip[0] is not None]
    if not known:
        raise ValueError(f'{name} {split} has no clip of the classes {list(model.labels)}')
    statistics = np.stack([clip[0] for clip in known if clip[0] is not None])
    return {'dataset': name, 'split': split, **adaptation_gain(
        model, statistics, np.array([clip[1] for clip in known]), [clip[2] for clip in known],
        orders=orders, seed=seed, **options)}


def adaptation_gain(
    model: AdaptiveModel, statistics: NDArray[np.float64], truth: NDArray[np.intp],
    people: list[str], *, orders: int = 5, seed: int = 0, **options: Any,
) -> dict[str, Any]:
    """Measure a model on described utterances (N, D); what is returned is in `evaluate_adapted`.

    ``truth`` (N,) is the index of each label, ``people`` says who speaks.
    """
    random = np.random.default_rng(seed)
    adapted = []
    for _ in range(orders):
        logits = adapt(model, statistics, people, random.permutation(len(truth)), **options)
        adapted.append(_figures(truth, logits))
    plain = _figures(truth, np.asarray(model.classify(statistics), dtype=np.float64))
    return {'n': len(truth), 'orders': orders, 'plain': plain,
            'adapted': {key: round(float(np.mean([figures[key] for figures in adapted])), 4)
                        for key in plain},
            'by_order': [figures['uar'] for figures in adapted]}


def adapt(
    model: AdaptiveModel, statistics: NDArray[np.float64], people: list[str],
    order: NDArray[np.intp], **options: Any,
) -> NDArray[np.float64]:
    """Return the logits (N, K) of utterances (N, D) that come in an order, judged causally."""
    adaptation = SpeakerAdaptation(model, **options)
    logits = np.empty((len(statistics), len(model.labels)))
    for index in order:
        logits[index] = adaptation.logits(people[index], statistics[index])
        adaptation.learn(people[index], statistics[index], logits[index])
    return logits


def _figures(truth: NDArray[np.intp], logits: NDArray[np.float64]) -> dict[str, float]:
    probability = softmax(logits)
    found = {name: metric(truth, probability) for name, metric in METRICS.items()}
    found['confidence'] = float(probability.max(axis=1).mean())
    return {name: round(value, 4) for name, value in found.items()}
