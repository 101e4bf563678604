"""Accuracy, balance and calibration of predicted probabilities.

Everywhere ``truth`` is an integer array (N,) of class indices and ``probability`` a float array
(N, K) whose rows sum to 1; the predicted class is the argmax, the first one of a tie.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

CLIP = 1e-12
"""Lower bound of probabilities in the log-loss."""

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


def confusion(truth: ArrayLike, probability: ArrayLike) -> NDArray[np.intp]:
    """Return counts (K, K): rows are true classes, columns predicted ones."""
    y, p = checked(truth, probability)
    k = p.shape[1]
    return np.bincount(y * k + p.argmax(axis=1), minlength=k * k).reshape(k, k)


def recall_by_class(counts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the recall (K,) in [0, 1] of a confusion matrix; 0 for a class that never occurs."""
    recall: NDArray[np.float64] = np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
    return recall


def f1_by_class(counts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the F1 (K,) in [0, 1] of a confusion matrix; 0 for one neither true nor predicted."""
    total = counts.sum(axis=0) + counts.sum(axis=1)
    f1: NDArray[np.float64] = 2 * np.diag(counts) / np.maximum(total, 1)
    return f1


def uar_of(counts: NDArray[np.intp]) -> float:
    """Return the unweighted average recall of a confusion matrix, see `balanced_accuracy`."""
    return float(recall_by_class(counts)[counts.sum(axis=1) > 0].mean())


def macro_f1_of(counts: NDArray[np.intp]) -> float:
    """Return the mean F1 of a confusion matrix, see `macro_f1`."""
    return float(f1_by_class(counts)[counts.sum(axis=1) > 0].mean())


def weighted_f1_of(counts: NDArray[np.intp]) -> float:
    """Return the mean F1 of a confusion matrix, weighted by how often each class occurs."""
    return float(np.average(f1_by_class(counts), weights=counts.sum(axis=1)))


def balanced_accuracy(truth: ArrayLike, probability: ArrayLike) -> float:
    """Return the unweighted average recall (UAR) over the classes that occur, in [0, 1]."""
    return uar_of(confusion(truth, probability))


def macro_f1(truth: ArrayLike, probability: ArrayLike) -> float:
    """Return the mean F1 over the classes that occur, in [0, 1].

    A class that is predicted but never occurs has no F1 of its own; its predictions still count
    as misses of the classes that they took.
    """
    return macro_f1_of(confusion(truth, probability))


def log_losses(truth: ArrayLike, probability: ArrayLike) -> NDArray[np.float64]:
    """Return -log p(true class) of each row in nats (N,), p clipped below at `CLIP`."""
    y, p = checked(truth, probability)
    losses: NDArray[np.float64] = -np.log(np.maximum(p[np.arange(len(y)), y], CLIP))
    return losses


def negative_log_likelihood(truth: ArrayLike, probability: ArrayLike) -> float:
    """Return the mean of `log_losses`."""
    return float(np.mean(log_losses(truth, probability)))


def squared_distances(truth: ArrayLike, probability: ArrayLike) -> NDArray[np.float64]:
    """Return the squared distance of each row to the one-hot truth (N,), in [0, 2] (Brier 1950)."""
    y, p = checked(truth, probability)
    distances: NDArray[np.float64] = np.sum((p - np.eye(p.shape[1])[y]) ** 2, axis=1)
    return distances


def calibration_error(truth: ArrayLike, probability: ArrayLike, *, bins: int = BINS,
                      adaptive: bool = False) -> float:
    """Return the expected calibration error of the top class, in [0, 1] (Guo et al. 2017, eq. 5).

    Bins are of equal width, right edge included; with ``adaptive`` they are of equal mass.  It is
    biased upwards for small N: give its bootstrap interval too.
    """
    y, p = checked(truth, probability)
    return binned_gap(p.argmax(axis=1) == y, p.max(axis=1), bins=bins, adaptive=adaptive)


def binned_gap(correct: NDArray[np.bool_], confidence: NDArray[np.float64], *, bins: int = BINS,
               adaptive: bool = False) -> float:
    """Return the calibration error of N outcomes (N,) and their confidence (N,)."""
    gap = correct - confidence
    if adaptive:
        # Ties are ordered by outcome, so that the order of the rows never matters.
        order = np.lexsort((gap, confidence))
        gaps = np.array([gap[part].sum() for part in np.array_split(order, bins)])
    else:
        gaps = np.bincount(_slots(confidence, bins), weights=gap, minlength=bins)
    return float(np.abs(gaps).sum() / len(gap))


def reliability(truth: ArrayLike, probability: ArrayLike, *, bins: int = BINS
                ) -> list[dict[str, float]]:
    """Return the filled bins of the reliability diagram that `calibration_error` sums up.

    Each has its edges ``low`` (excluded) and ``high``, its ``count``, and the means of
    ``confidence`` and ``accuracy`` in it.
    """
    y, p = checked(truth, probability)
    confidence = p.max(axis=1)
    correct = p.argmax(axis=1) == y
    slot = _slots(confidence, bins)
    return [{'low': float(index / bins), 'high': float((index + 1) / bins),
             'count': int(np.sum(slot == index)),
             'confidence': float(np.mean(confidence[slot == index])),
             'accuracy': float(np.mean(correct[slot == index]))}
            for index in np.unique(slot)]


def _slots(confidence: NDArray[np.float64], bins: int) -> NDArray[np.intp]:
    return np.clip(np.ceil(confidence * bins).astype(np.intp) - 1, 0, bins - 1)
