"""The labels that cannot be ruled out: prediction sets of a known coverage."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def surpassed(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each class (..., K) the total probability of the more probable ones, in [0, 1).

    Of the true class it is the score of adaptive prediction sets (Romano, Sesia and Candes 2020)
    without the class's own share: 0 where the best class is right.
    """
    mine, others = probability[..., :, np.newaxis], probability[..., np.newaxis, :]
    total: NDArray[np.float64] = np.where(others > mine, others, 0.0).sum(axis=-1)
    return total


def prediction_set(
    labels: Sequence[str], probability: NDArray[np.float64], threshold: float
) -> tuple[str, ...]:
    """Return the labels that the more probable ones do not surpass by more than ``threshold``.

    The best label always is among them, and all are where all are equally probable.  A larger
    threshold never gives fewer labels, and 1 gives all.

    Args:
        labels: names of the K classes.
        probability: (K,).
        threshold: in [0, 1], see `mer_ros.calibration.prediction_set_fit`.

    """
    return tuple(label for label, share in zip(labels, surpassed(probability), strict=True)
                 if share <= threshold)
