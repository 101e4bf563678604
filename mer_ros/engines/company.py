"""How far a modality is trusted alone, and beside others."""

import numpy as np
from numpy.typing import NDArray

from mer_ros.fusion.logspace import softmax

Floats = NDArray[np.float64]


def beside(reliability: float, weak: float, scores: Floats, named: NDArray[np.bool_],
           is_weak: NDArray[np.bool_]) -> Floats:
    """Return the reliability (...) beside others of a modality that is weak about some classes.

    It goes from ``weak`` to ``reliability`` with the square of the probability that the modality
    gives the other classes: a contextual discount (Mercier, Quost and Denoeux 2008), whose context
    is what the modality itself finds probable.  Squared, since what a modality half believes
    beside a weak class is mostly its error.

    Args:
        reliability: in [0, 1], about the other classes.
        weak: in [0, 1], about the weak ones.
        scores: log-likelihoods (..., K), divided by their temperature.
        named: (..., K) or (K,), the classes that the modality knows.
        is_weak: (K,).

    """
    strong = softmax(np.where(named, scores, -np.inf))[..., ~is_weak].sum(axis=-1)
    mixed: Floats = weak + (reliability - weak) * strong ** 2
    return mixed


def trusted(together: Floats, alone: Floats, presence: Floats) -> Floats:
    """Return the reliability (N, ...) in [0, 1] of N modalities, given how present each is.

    A modality that nothing else is present beside has the reliability ``alone``, one beside fully
    present others ``together``; in between it is a mixture, so that nothing jumps while the
    evidence of the others fades.  Both are multiplied by the presence of the modality itself.

    Args:
        together: (N, ...) or (N,).
        alone: (N,).
        presence: (N, ...), quality x freshness; 0 where a modality is missing.

    """
    shape = (-1, *[1] * (presence.ndim - 1))
    near = together if together.ndim == presence.ndim else together.reshape(shape)
    lone = alone.reshape(shape)
    if (near == lone).all():
        return near * presence
    company = np.array([np.delete(presence, row, axis=0).max(axis=0, initial=0.0)
                        for row in range(len(presence))])
    mixed: Floats = presence * (lone + (near - lone) * company)
    return mixed
