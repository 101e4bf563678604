"""Figures of predictions of several labels at once.

Everywhere ``truth`` and ``predicted`` are arrays (N, q) of 0 and 1, ``probability`` (N, q) in
[0, 1].

The published figures of TAILOR, CARAT and LDDU come from one function whose arguments are given
the wrong way round: what they print as precision is the recall, and their recall is the
precision.  F1 and accuracy do not change.  Here precision is precision; `as_published` gives
figures that can be held against their tables.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

THRESHOLDS = np.round(np.arange(0.05, 0.951, 0.005), 3)
"""Thresholds that `best_threshold` tries."""


def checked(truth: ArrayLike, predicted: ArrayLike) -> tuple[NDArray[np.bool_],
                                                             NDArray[np.bool_]]:
    """Return both as booleans (N, q); raise ValueError unless they are that, N and q >= 1."""
    y, p = np.asarray(truth), np.asarray(predicted)
    if y.ndim != 2 or y.shape != p.shape or not y.size:
        raise ValueError(f'truth and predicted must both be (N, q) with N, q >= 1; '
                         f'given {y.shape} and {p.shape}')
    for name, array in (('truth', y), ('predicted', p)):
        if not np.isin(array, (0, 1)).all():
            raise ValueError(f'{name} must hold 0 and 1 only; put probabilities to a threshold')
    return y.astype(bool), p.astype(bool)


def label_correlation(labels: ArrayLike) -> NDArray[np.float64]:
    """Return the correlation (q, q) between the labels of N samples, (N, q) numbers.

    A label that is the same in all samples correlates with itself alone.
    """
    values = np.asarray(labels, dtype=np.float64)
    centred = values - values.mean(axis=0)
    norms = np.sqrt((centred ** 2).sum(axis=0))
    scaled = centred / np.where(norms > 0, norms, 1.0)
    found: NDArray[np.float64] = scaled.T @ scaled
    np.fill_diagonal(found, 1.0)
    return found


def correlation_cosine(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Return the cosine in [-1, 1] between the label correlations of truth and prediction.

    The figure of LDDU (section 4.3): how far a method keeps which emotions come together.
    """
    one, other = (label_correlation(labels).ravel() for labels in (truth, predicted))
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def mean_jaccard(truth: ArrayLike, predicted: ArrayLike, *, of_nothing: float = 0.0) -> float:
    """Return the mean over samples of |both| / |either|, the "Acc" of the papers, in [0, 1].

    A sample that has no label and gets none scores ``of_nothing``; in the papers' code that is 0.
    """
    y, p = checked(truth, predicted)
    either = (y | p).sum(1)
    return float(np.mean(np.where(either > 0, (y & p).sum(1) / np.maximum(either, 1), of_nothing)))


def precision(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Return the share of predicted labels that are true (micro), 0 where none is predicted."""
    y, p = checked(truth, predicted)
    return float((y & p).sum() / max(p.sum(), 1))


def recall(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Return the share of true labels that are predicted (micro), 0 where none is true."""
    y, p = checked(truth, predicted)
    return float((y & p).sum() / max(y.sum(), 1))


def f1_by_label(truth: ArrayLike, predicted: ArrayLike) -> NDArray[np.float64]:
    """Return the F1 (q,) in [0, 1] of each label; 0 for one neither true nor predicted."""
    y, p = checked(truth, predicted)
    scores: NDArray[np.float64] = 2 * (y & p).sum(0) / np.maximum(y.sum(0) + p.sum(0), 1)
    return scores


def micro_f1(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Return the F1 of all labels of all samples together, in [0, 1]; 0 where there is none."""
    y, p = checked(truth, predicted)
    return float(2 * (y & p).sum() / max(y.sum() + p.sum(), 1))


def figures(truth: ArrayLike, predicted: ArrayLike) -> dict[str, float]:
    """Return accuracy (`mean_jaccard`), precision, recall, micro_f1 and macro_f1."""
    return {'accuracy': mean_jaccard(truth, predicted), 'precision': precision(truth, predicted),
            'recall': recall(truth, predicted), 'micro_f1': micro_f1(truth, predicted),
            'macro_f1': float(f1_by_label(truth, predicted).mean())}


def as_published(found: Mapping[str, float]) -> dict[str, float]:
    """Return `figures` under the papers' column names, P and R the wrong way round as theirs."""
    return {'Acc': found['accuracy'], 'P': found['recall'], 'R': found['precision'],
            'miF1': found['micro_f1']}


def best_threshold(truth: ArrayLike, probability: ArrayLike) -> tuple[float, float]:
    """Return the threshold with the best micro-F1, and that F1; of equals the one nearest 0.5.

    A label counts as present where its probability is at least the threshold.  Choose it on
    validation data only.
    """
    p = np.asarray(probability)
    if not np.isfinite(p).all() or p.min() < 0 or p.max() > 1:
        raise ValueError('probability must lie between 0 and 1')
    scores = [micro_f1(truth, p >= threshold) for threshold in THRESHOLDS]
    best = max(range(len(scores)), key=lambda i: (scores[i], -abs(THRESHOLDS[i] - 0.5)))
    return float(THRESHOLDS[best]), scores[best]
