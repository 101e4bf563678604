"""How well a text model does in each language, in a few numbers a language."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.text_sets import load, paths_of, rows_of, SETS
from mer_ros.evaluation.metrics.classification import macro_f1, negative_log_likelihood
from mer_ros.fusion.logspace import softmax


class Classifier(Protocol):
    """What gives texts their scores."""

    labels: tuple[str, ...]

    def logits(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B texts."""


SETS_OF_LANGUAGES = ('brighter', 'xed_multi', 'robot_commands')
"""The sets that have a part for each language."""


def parts_of(name: str, root: Path, split: str) -> list[str]:
    """Return the languages of a set that have texts with one emotion, or nothing without it."""
    try:
        paths_of(name, root, split)
    except FileNotFoundError:
        return []
    return sorted({row['language'] for row in rows_of(name, root, split) if row['ekman7']})


def by_language(model: Classifier, root: Path, split: str = 'test'
                ) -> dict[str, dict[str, dict[str, Any]]]:
    """Return for each set and language in the folder n, macro-F1, accuracy and log-loss.

    Only texts with exactly one emotion count; answers are restricted to the classes that occur,
    except in robot_commands, where ``accuracy`` is the share of commands called neutral.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in SETS_OF_LANGUAGES:
        if split in SETS[name].splits:
            found[name] = {part: figures(model, f'{name}:{part}', root, split)
                           for part in parts_of(name, root, split)}
    return {name: parts for name, parts in found.items() if parts}


def figures(model: Classifier, name: str, root: Path, split: str) -> dict[str, Any]:
    """Return the figures of one part of a set, see `by_language`."""
    samples = load(name, root, split)
    truth = np.array([EMOTIONS.index(label) for label in samples.labels])
    chance = softmax(model.logits(samples.inputs).astype(np.float64))
    occurring = np.unique(truth) if len(np.unique(truth)) > 1 else np.arange(len(EMOTIONS))
    within = chance[:, occurring] / chance[:, occurring].sum(axis=1, keepdims=True)
    place = np.searchsorted(occurring, truth)
    return {'n': len(truth), 'macro_f1': round(macro_f1(place, within), 4),
            'accuracy': round(float((within.argmax(axis=1) == place).mean()), 4),
            'log_loss': round(negative_log_likelihood(place, within), 4)}
