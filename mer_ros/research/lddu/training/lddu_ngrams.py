"""What the n-grams of a language say about each emotion: a second modality of texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import LinearSVC

from mer_ros.training.text.languages_fit import COST, LEAST, weighted

FOLDS = 3
"""Parts of the training texts, each scored by machines that have learned from the others."""

EXAMPLES = 5
"""Texts with an emotion, and without it, that are needed to learn it."""

Grams = Sequence[NDArray[np.uint32]]
"""Of n texts, see `mer_ros.models.text.ngrams`."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The n-grams of n texts, the part (n,) of the data set that each is of, its labels (n, q)."""

    grams: Grams
    parts: NDArray[np.str_]
    truth: NDArray[np.float32]


def scores_of_ngrams(train: Texts, others: Mapping[str, Texts], *, seed: int = 0
                     ) -> dict[str, list[NDArray[np.float32]]]:
    """Return one frame (1, q) a text, or none (0, q) where its part has no training texts.

    A frame holds the distances from q linear support vector machines, one an emotion, that learned
    from the training texts of the same part.  Training texts are scored by machines that have
    not seen them: those of their own would be surer than on new texts.

    Args:
        train: the training texts.
        others: further texts by split.
        seed: of the folds and of the machines.

    Returns:
        The frames by split, those of the training texts under ``train``.
    """
    labels = train.truth.shape[1]
    splits = {'train': train, **others}
    found = {name: [np.empty((0, labels), np.float32)] * len(texts.grams)
             for name, texts in splits.items()}
    for part in np.unique(train.parts):
        rows = np.flatnonzero(train.parts == part)
        fold = np.random.default_rng(seed).permutation(len(rows)) % FOLDS
        for one in range(FOLDS):
            _score(train, rows[fold != one], {'train': (train, rows[fold == one])}, found, seed)
        _score(train, rows, {name: (texts, np.flatnonzero(texts.parts == part))
                             for name, texts in others.items()}, found, seed)
    return found


def _score(train: Texts, learned: NDArray[np.intp],
           asked: Mapping[str, tuple[Texts, NDArray[np.intp]]],
           found: Mapping[str, list[NDArray[np.float32]]], seed: int) -> None:
    """Learn from some training texts, and write the frames of others."""
    grams = [train.grams[row] for row in learned]
    keys, counts = np.unique(np.concatenate([*grams, np.empty(0, np.uint32)]), return_counts=True)
    keys, counts = keys[counts >= LEAST], counts[counts >= LEAST]
    idf = np.log((1 + len(learned)) / (1 + counts)) + 1
    x = weighted(grams, keys, idf) if len(keys) else None
    machines = {}
    for emotion, truth in enumerate(train.truth[learned].T > 0):
        if x is not None and EXAMPLES <= truth.sum() <= len(learned) - EXAMPLES:
            machines[emotion] = LinearSVC(
                C=COST, class_weight='balanced', random_state=seed).fit(x, truth)
    for name, (texts, rows) in asked.items():
        scores = np.full((len(rows), train.truth.shape[1]), -1.0, np.float32)
        if machines and len(rows):
            asked_x = weighted([texts.grams[row] for row in rows], keys, idf)
            for emotion, machine in machines.items():
                scores[:, emotion] = machine.decision_function(asked_x)
        for place, row in zip(rows, scores, strict=True):
            found[name][place] = row[np.newaxis]
