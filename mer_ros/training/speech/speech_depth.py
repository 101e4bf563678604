"""Fitting how the temperature rises with the distance from what was learned."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
import torch

from mer_ros.fusion.logspace import softmax
from mer_ros.training.speech.speech_net import temperature

START = (0.0, 0.5, 0.0)
"""Where the search for the curve begins; also where few data would leave it."""

WORST = 1.0
"""How much more the groups count that fare worst; 0 would be the mean of all groups."""

PULL = 1e-3
"""How strongly the curve is drawn towards START."""


def fit_depth(
    scores: NDArray[np.float64], truth: NDArray[np.int64], distance: NDArray[np.float64],
    group: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the curve (3,) of the temperature that serves even the worst groups well.

    Minimises a soft maximum over the groups of their mean negative log-likelihood (in the spirit
    of group DRO, Sagawa et al. 2020): what is met out there is more like the condition on which
    the model fares worst than like the mean of those that were thought of.

    Args:
        scores: (N, K), before the temperature.
        truth: class indices (N,).
        distance: (N,), see `Depth`.
        group: the condition of each row (N,).
    """
    names, which = np.unique(group, return_inverse=True)
    counts = np.bincount(which)
    rows = np.arange(len(truth))

    def loss(curve: NDArray[np.float64]) -> float:
        probability = softmax(scores / temperatures(distance, curve)[:, None])
        each = -np.log(np.maximum(probability[rows, truth], 1e-9))
        by_group = WORST * np.bincount(which, each, len(names)) / counts
        worst = (np.log(np.mean(np.exp(by_group - by_group.max()))) + by_group.max()) / WORST
        return float(worst + PULL * np.sum((curve - START) ** 2))

    found: NDArray[np.float64] = minimize(
        loss, START, method='Nelder-Mead', options={'maxiter': 300}).x
    return found


def temperatures(
    distance: NDArray[np.float64], curve: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the temperature at each distance (N,)."""
    found: NDArray[np.float64] = temperature(
        torch.from_numpy(distance), torch.from_numpy(curve)).numpy()
    return found
