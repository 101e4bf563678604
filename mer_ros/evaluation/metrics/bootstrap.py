"""Seeded percentile bootstrap intervals."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray


def interval(metric: Callable[..., float | None], *arrays: NDArray[np.generic],
             groups: Sequence[str] | None = None, resamples: int = 1000, level: float = 0.95,
             seed: int = 0) -> tuple[float, float] | None:
    """Return the percentile bootstrap interval of a metric (Efron 1979).

    Args:
        metric: takes the resampled arrays; resamples for which it returns None are left out.
        arrays: each of length N, resampled together.
        groups: N names; whole groups (speakers, dialogues) are drawn instead of rows.
        resamples: how many.
        level: coverage in (0, 1).
        seed: of the draws; equal seeds give equal intervals.

    Returns:
        Low and high end, or None where the metric was defined for no resample.
    """
    if not 0 < level < 1:
        raise ValueError(f'level must lie between 0 and 1; given {level}')
    rng = np.random.default_rng(seed)
    count = len(arrays[0])
    units: list[NDArray[np.intp]] = []
    if groups is not None:
        _, unit_of = np.unique(np.asarray(groups), return_inverse=True)
        order = np.argsort(unit_of, kind='stable')
        units = np.split(order, np.cumsum(np.bincount(unit_of))[:-1])
    values = []
    for _ in range(resamples):
        if units:
            drawn = np.concatenate([units[i] for i in rng.integers(len(units), size=len(units))])
        else:
            drawn = rng.integers(count, size=count)
        value = metric(*(array[drawn] for array in arrays))
        if value is not None:
            values.append(value)
    if not values:
        return None
    low, high = np.percentile(values, [50 * (1 - level), 50 * (1 + level)])
    return float(low), float(high)
