"""Temperature scaling of a trained classifier."""

import numpy as np
from numpy.typing import NDArray

from mer_ros.evaluation.metrics.classification import negative_log_likelihood
from mer_ros.fusion.logspace import softmax


def fit_temperature(
    logits: NDArray[np.float64], truth: NDArray[np.int64], grid: NDArray[np.float64]
) -> float:
    """Return the temperature of a grid with the least negative log-likelihood.

    Guo et al., ICML 2017, section 4.2.  ``logits`` (N, K), ``truth`` class indices (N,).
    """
    losses = [negative_log_likelihood(truth, softmax(logits, t)) for t in grid]
    return float(grid[int(np.argmin(losses))])
