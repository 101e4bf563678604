"""Accuracy, balance and calibration of predicted probabilities.

Everywhere ``truth`` is an integer array (N,) of class indices and ``probability`` a float array
(N, K) whose rows sum to 1; the predicted class is the argmax, the first one of a tie.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

CLIP = 1e-12
"""Smallest probability that the log-loss looks at."""

BINS = 15
"""Confidence bins of the calibration error, the customary number."""


def checked(truth: ArrayLike, probability: ArrayLike) -> tuple[NDArray[np.intp],
                                                               NDArray[np.float64]]:
    """Return both as arrays; raise ValueError unless they are N >= 1 classes and (N, K) rows."""
    y = np.asarray(truth)
    p = np.asarray(probability, dtype=np.float64)
    if y.ndim != 1 or p.ndim != 2 or len(y) != len(p) or len(y) == 0:
        raise ValueError(f'truth must be (N,) and probability (N, K) with N >= 1; '
                         f'given {y.shape} and {p.shape}')
    if not np.issubdtype(y.dtype, np.integer) or y.min() < 0 or y.max() >= p.shape[1]:
        raise ValueError(f'truth must hold class indices 0..{p.shape[1] - 1}; '
                         f'given {y.dtype} in {y.min()}..{y.max()}')
    if not np.allclose(p.sum(axis=1), 1.0, atol=1e-4) or p.min() < 0:
        raise ValueError('every row of probability must be >= 0 and sum to 1; apply a softmax')
    return y.astype(np.intp), p


def accuracy(truth: ArrayLike, probability: ArrayLike) -> float:
    """Return the share of rows whose best class is the true one, in [0, 1]."""
    y, p = checked(truth, probability)
    return float(np.mean(p.argmax(axis=1) == y))


def neutral_tolerant_accuracy(truth: ArrayLike, probability: ArrayLike, *, neutral: int) -> float:
    """Return the accuracy that also accepts a prediction of neutral, in [0, 1].

    A model that always says neutral reaches 1: read it beside `prediction_rate` of neutral.
    """
    y, p = checked(truth, probability)
    predicted = p.argmax(axis=1)
    return float(np.mean((predicted == y) | (predicted == neutral)))


def prediction_rate(truth: ArrayLike, probability: ArrayLike, *, index: int) -> float:
    """Return the share of rows predicted as one class, in [0, 1]."""
    _, p = checked(truth, probability)
    return float(np.mean(p.argmax(axis=1) == index))


def confusion(truth: ArrayLike, probability: ArrayLike) -> NDArray[np.intp]:
    """Return counts (K, K): rows are true classes, columns predicted ones."""
    y, p = checked(truth, probability)
    k = p.shape[1]
    return np.bincount(y * k + p.argmax(axis=1), minlength=k * k).reshape(k, k)


def recall_by_class(truth: ArrayLike, probability: ArrayLike) -> NDArray[np.float64]:
    """Return the recall (K,) of each class in [0, 1]; 0 for a class that never occurs."""
    counts = confusion(truth, probability)
    recall: NDArray[np.float64] = np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
    return recall


def f1_by_class(truth: ArrayLike, probability: ArrayLike) -> NDArray[np.float64]:
    """Return the F1 score (K,) of each class in [0, 1]; 0 for one neither true nor predicted."""
    counts = confusion(truth, probability)
    total = counts.sum(axis=0) + counts.sum(axis=1)
    f1: NDArray[np.float64] = 2 * np.diag(counts) / np.maximum(total, 1)
    return f1


def balanced_accuracy(truth: ArrayLike, probability: ArrayLike) -> float:
    """Return the unweighted average recall (UAR) over the classes that occur, in [0, 1]."""
    occurring = np.unique(checked(truth, probability)[0])
    return float(recall_by_class(truth, probability)[occurring].mean())


def macro_f1(truth: ArrayLike, probability: ArrayLike) -> float:
    """Return the mean F1 over the classes that occur, in [0, 1].

    A class that is predicted but never occurs has no F1 of its own; its predictions still count
    as misses of the classes that they took.
    """
    occurring = np.unique(checked(truth, probability)[0])
    return float(f1_by_class(truth, probability)[occurring].mean())


def weighted_f1(truth: ArrayLike, probability: ArrayLike) -> float:
    """Return the mean F1 weighted by how often each class occurs, in [0, 1]."""
    support = confusion(truth, probability).sum(axis=1)
    return float(np.average(f1_by_class(truth, probability), weights=support))


def negative_log_likelihood(truth: ArrayLike, probability: ArrayLike) -> float:
    """Return the mean of -log p(true class) in nats, p clipped below at `CLIP`."""
    y, p = checked(truth, probability)
    return float(-np.mean(np.log(np.maximum(p[np.arange(len(y)), y], CLIP))))


def brier(truth: ArrayLike, probability: ArrayLike) -> float:
    """Return the mean squared distance to the one-hot truth, in [0, 2] (Brier 1950)."""
    y, p = checked(truth, probability)
    return float(np.mean(np.sum((p - np.eye(p.shape[1])[y]) ** 2, axis=1)))


def calibration_error(truth: ArrayLike, probability: ArrayLike, *, bins: int = BINS,
                      adaptive: bool = False) -> float:
    """Return the expected calibration error of the top class, in [0, 1] (Guo et al. 2017, eq. 5).

    Bins are of equal width, right edge included; with ``adaptive`` they are of equal mass.  It is
    biased upwards for small N: give its bootstrap interval too.
    """
    y, p = checked(truth, probability)
    confidence = p.max(axis=1)
    gap = (p.argmax(axis=1) == y) - confidence
    if adaptive:
        # Ties are ordered by outcome, so that the order of the rows never matters.
        order = np.lexsort((gap, confidence))
        members = [part for part in np.array_split(order, bins) if len(part)]
    else:
        slot = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
        members = [np.flatnonzero(slot == index) for index in np.unique(slot)]
    return float(sum(abs(gap[part].sum()) for part in members) / len(y))
