"""Discounts: trust an opinion only as far as its source is reliable."""

from collections.abc import Callable

import numpy as np

from mer_ros.fusion.logspace import Bools, Floats, from_masses, masses, softmax

Discount = Callable[[Floats, Floats], Floats]
"""Takes log-scores (..., K) and reliability (...), returns discounted log-scores."""


def shafer(log_scores: Floats, reliability: Floats) -> Floats:
    """Return the log-scores (..., K) of opinions discounted by reliability (...) in [0, 1].

    Belief becomes r b and uncertainty 1 - r + r u (Shafer 1976).  Reliability 1 returns the
    opinion itself and 0 exact ignorance; neither is rounded.
    """
    trust = reliability[..., np.newaxis]
    belief, uncertainty = masses(log_scores)
    discounted = from_masses(trust * belief, 1.0 - reliability + reliability * uncertainty)
    return np.where(trust == 1.0, log_scores, discounted)


def mixture(log_scores: Floats, reliability: Floats) -> Floats:
    """Return the log-scores (..., K) of sources that say something with probability r only.

    Where log-scores count as log-likelihoods, p = softmax(L), the discounted p is exactly
    r p + (1 - r) / K: with probability 1 - r the source is noise.  Reliability 1 returns the
    opinion itself and 0 exact ignorance; neither is rounded.
    """
    trust = reliability[..., np.newaxis]
    weights = np.exp(log_scores - np.maximum.reduce(log_scores, axis=-1, keepdims=True))
    share = trust / np.add.reduce(weights, axis=-1, keepdims=True)
    with np.errstate(divide='ignore', invalid='ignore'):
        mixed = np.log(share * weights + (1.0 - trust) / log_scores.shape[-1])
        mixed -= np.minimum.reduce(mixed, axis=-1, keepdims=True)
    return np.where(trust == 1.0, log_scores, mixed)


def sharpness(scores: Floats, mask: Bools | None) -> Floats:
    """Return how far sources commit themselves, (...) in [0, 1], by their log-likelihoods (..., K).

    (p - 1/n) / (1 - 1/n) for the probability p of the best of the n classes that the source
    names (``mask``; all where None): 0 where it could as well guess, 1 where it is certain.  One
    minus this is the chance that the best class is wrong, relative to that of a guess.
    """
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    count = scores.shape[-1] if mask is None else mask.sum(axis=-1)
    best = np.maximum.reduce(softmax(scores), axis=-1)
    with np.errstate(invalid='ignore'):  # a source of one class commits itself to nothing
        committed = (best - 1.0 / count) / (1.0 - 1.0 / count)
    return np.where(np.asarray(count) > 1, np.minimum(np.maximum(committed, 0.0), 1.0), 0.0)
