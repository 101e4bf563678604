"""How far a modality can be trusted: its temperature and its reliability, fitted together."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mer_ros.evaluation.metrics.classification import CLIP
from mer_ros.fusion.frames import fill_unnamed
from mer_ros.fusion.logspace import softmax

TEMPERATURES = np.geomspace(0.2, 5.0, 67)
"""Temperatures that are tried, 5 % apart."""

SPREAD = 0.5
"""Prior standard deviation of log T, which holds back what a few rows would claim."""

SECTIONS = 16
"""Golden sections of [0, 1] for a reliability: below 0.001."""

_GOLDEN = (5 ** 0.5 - 1) / 2

Floats = NDArray[np.float64]


def fit_trust(
    logits: Floats, truth: NDArray[np.intp], named: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the temperature T and the reliability r of a modality that make the truth likeliest.

    The model is what the preset calibrated makes of the modality alone: with probability r it
    says softmax(logits / T), else it is noise, r softmax(logits / T) + (1 - r) / K.  T says how
    sharp its logits are; r < 1 that some of its surest answers are wrong, which no T can say.
    The prior is log T ~ N(0, SPREAD^2) and uniform in r.

    Args:
        logits: (N, K).
        truth: class indices (N,), all of named classes.
        named: (K,), True where the model learned the class.

    """
    fits = []
    for temperature in TEMPERATURES:
        loss = mixture_loss(logits / temperature, truth, named)
        reliability = _least(loss)
        prior = (np.log(temperature) / SPREAD) ** 2 / (2 * len(truth))
        fits.append((loss(reliability) + prior, float(temperature), reliability))
    _, temperature, reliability = min(fits)
    return temperature, reliability


def mixture_loss(scores: Floats, truth: NDArray[np.intp], named: NDArray[np.bool_]
                 ) -> Callable[[float], float]:
    """Return the negative log-likelihood in nats among the learned classes, a function of r.

    ``scores`` (N, K) are logits divided by their temperature.  It is that of `fuse` with an output
    temperature of 1, from terms that are computed once.
    """
    probability = softmax(fill_unnamed(scores, named))
    noise = 1.0 / len(named)
    hit = probability[np.arange(len(truth)), truth]
    learned = probability[:, named].sum(axis=1)

    def loss(reliability: float) -> float:
        true = reliability * hit + (1.0 - reliability) * noise
        of = reliability * learned + (1.0 - reliability) * noise * named.sum()
        return float(-np.mean(np.log(np.maximum(true / of, CLIP))))

    return loss


def _least(loss: Callable[[float], float]) -> float:
    """Return where in [0, 1] a unimodal function is least (golden section; its ends included)."""
    low, high = 0.0, 1.0
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(SECTIONS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = loss(right)
    return min((0.0, (low + high) / 2, 1.0), key=loss)
