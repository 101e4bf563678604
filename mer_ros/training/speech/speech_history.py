"""What was heard of a person before: the mean that adaptation would judge each row against."""

import numpy as np
from numpy.typing import NDArray

LONGEST, SHORTEST = 100, 4
"""Rows for which a person is known in training, at most and at least."""

LIMITS = (0.2, 30.0)
"""The least and the most utterances that the population may count as."""

ENOUGH = 6
"""Persons with fewer rows do not tell how much persons differ."""


def histories(
    standard: NDArray[np.float32], keys: NDArray[np.int64], prior: NDArray[np.float32],
    random: np.random.Generator, *, whole: bool = False, plain: float = 0.0,
) -> NDArray[np.float32]:
    """Return the mean (N, D) of what each row's person said before it, in a random order.

    It is drawn towards 0, which counts as ``prior`` (D,) rows, as `SpeakerAdaptation` does.

    Args:
        standard: standardised statistics (N, D).
        keys: who speaks in which session (N,); nothing is shared between two keys.
        prior: (D,).
        random: what draws the orders.
        whole: every row of a key counts for those after it; else the person is forgotten after
            4 to 100 rows, so that short acquaintances are as frequent as long ones.
        plain: share of the rows that are left at 0, as if nothing had been heard before.
    """
    found = np.zeros_like(standard)
    order = np.lexsort((random.random(len(keys)), keys))
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    for start, end in zip(starts, (*starts[1:], len(keys)), strict=True):
        while start < end:
            count = end - start
            if not whole:
                drawn = random.uniform(np.log(SHORTEST), np.log(LONGEST))
                count = min(count, int(np.exp(drawn)))
            rows = order[start:start + count]
            before = np.cumsum(standard[rows], axis=0) - standard[rows]
            found[rows] = before / (np.arange(count)[:, None] + prior)
            start += count
    found[random.random(len(keys)) < plain] = 0.0
    return found


def fit_prior(standard: NDArray[np.float32], keys: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return as how many utterances the population counts for each statistic (D,).

    The ratio of the variance within persons and sessions to that between them, which makes the
    mean the most probable one (Gauvain and Lee 1994).
    """
    counts = np.bincount(keys)
    means = np.zeros((len(counts), standard.shape[1]))
    np.add.at(means, keys, standard)
    means /= np.maximum(counts, 1)[:, None]
    within = np.mean((standard - means[keys]) ** 2, axis=0)
    often = counts >= ENOUGH
    if often.sum() < 2:
        return np.full(standard.shape[1], LIMITS[0] + 1.0, dtype=np.float32)
    between = means[often].var(axis=0) - within / counts[often].mean()
    return np.clip(within / np.maximum(between, 1e-3), *LIMITS).astype(np.float32)
