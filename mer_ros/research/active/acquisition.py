"""How much a label is wanted: scores of samples that nobody has labelled yet.

Each takes logits (n, K) and a random generator, and gives scores (n,), larger = wanted more.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mer_ros.fusion import fuse
from mer_ros.fusion.logspace import entropy_bits, softmax

Scores = NDArray[np.float64]
"""Numbers (n,), or logits (n, K)."""

Acquisition = Callable[[Scores, np.random.Generator], Scores]
"""Logits (n, K) to scores (n,)."""


def entropy(logits: Scores, random: np.random.Generator) -> Scores:
    """Return the entropy of the softmax in bits, in [0, log2 K] (Radoi and Cioroiu, eq. 4)."""
    return entropy_bits(logits)


def margin(logits: Scores, random: np.random.Generator) -> Scores:
    """Return the second best probability minus the best, in [-1, 0] (Scheffer et al. 2001)."""
    second, best = np.sort(softmax(logits), axis=1)[:, -2:].T
    return np.asarray(second - best)


def vacuity(logits: Scores, random: np.random.Generator) -> Scores:
    """Return the uncertainty u of the Dirichlet opinion, in [0, 1].

    It is that of the preset ``paper``: evidence is what lies above the smallest logit, and
    u = K / (K + all evidence).  A sample is wanted where there is little evidence for any class,
    while one with much evidence for two of them is not.
    """
    return fuse({'logits': logits}, preset='paper').uncertainty


def chance(logits: Scores, random: np.random.Generator) -> Scores:
    """Return random numbers: what every other score must beat."""
    return random.random(len(logits))


ACQUISITIONS: dict[str, Acquisition] = {
    'entropy': entropy, 'margin': margin, 'vacuity': vacuity, 'random': chance}
"""The scores by name."""


def most_wanted(name: str, logits: ArrayLike, count: int, random: np.random.Generator
                ) -> NDArray[np.intp]:
    """Return the positions (count,) of the samples wanted most, first the most; the first of a tie.

    Raises:
        ValueError: the name is unknown, the logits are not finite (n, K) with K >= 2, or fewer
            than ``count`` samples are left.
    """
    if name not in ACQUISITIONS:
        raise ValueError(f'no acquisition is called {name!r}; known: {sorted(ACQUISITIONS)}')
    values = np.asarray(logits, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] < 2 or not np.isfinite(values).all():
        raise ValueError(f'logits must be finite and (n, K) with K >= 2; given {values.shape}'
                         f'{"" if np.isfinite(values).all() else " with NaN or infinity"}')
    if count > len(values):
        raise ValueError(f'{count} samples are wanted of {len(values)}; take fewer a round')
    return np.argsort(-ACQUISITIONS[name](values, random), kind='stable')[:count]
