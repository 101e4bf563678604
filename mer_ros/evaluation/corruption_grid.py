"""Figures at every level of every corruption: does doubt grow as the input gets worse?"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.evaluation.corruption import CORRUPTIONS

GRID_FIGURES = ('accuracy', 'mean_confidence', 'ece', 'mean_uncertainty', 'mean_conflict')
"""What is measured at each level."""

TOGETHER = -0.8
"""Rank correlation of accuracy and uncertainty up to which the two are said to move together."""

Measure = Callable[[str, list[Any]], dict[str, Any]]
"""Returns the figures when the inputs of one modality are replaced by others."""


def corruption_grid(inputs: Mapping[str, Sequence[Any]], clean: dict[str, Any],
                    measure: Measure, *, seed: int = 0) -> list[dict[str, Any]]:
    """Measure each corruption of each modality at all its levels, the others left clean.

    Args:
        inputs: N inputs by modality; None where one is missing.
        clean: the figures of the inputs as they are.
        measure: see `Measure`.
        seed: of what chance decides in a corruption.

    Returns:
        One dictionary a corruption: ``corruption``, ``modality``, ``unit``, ``levels`` (the clean
        one first, with ``level`` None) and what `agreement` says of them.
    """
    grid = []
    for corruption in CORRUPTIONS:
        if corruption.modality not in inputs:
            continue
        levels = [_point(None, clean)]
        for level in corruption.levels:
            worse = corruption.worsen(inputs[corruption.modality], level, seed=seed)
            levels.append(_point(level, measure(corruption.modality, worse)))
        grid.append({'corruption': corruption.name, 'modality': corruption.modality,
                     'unit': corruption.unit, 'levels': levels, **agreement(levels)})
    return grid


def agreement(levels: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how steadily each figure moves with severity, and whether doubt follows accuracy.

    ``trends`` holds for each figure its rank correlation (Spearman) with severity in [-1, 1], -1
    when every step lowers it, or None where it never changes.  ``rank_correlation`` is that of
    accuracy and mean uncertainty; ``together`` tells whether it is at most `TOGETHER`.
    """
    ranks = {name: _ranks([level[name] for level in levels])
             for name in levels[0] if name != 'level'}
    severity = np.arange(len(levels), dtype=np.float64)
    doubt = _correlation(ranks['accuracy'], ranks['mean_uncertainty'])
    return {'trends': {name: _correlation(severity, values) for name, values in ranks.items()},
            'rank_correlation': doubt, 'together': doubt is not None and doubt <= TOGETHER}


def _point(level: float | None, figures: dict[str, Any]) -> dict[str, Any]:
    return {'level': level, **{name: figures[name] for name in GRID_FIGURES if name in figures}}


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    """Return ranks (N,); equal values share the mean of theirs."""
    _, group, size = np.unique(values, return_inverse=True, return_counts=True)
    means: NDArray[np.float64] = np.cumsum(size) - (size + 1) / 2
    return means[group]


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float | None:
    if not (np.ptp(a) and np.ptp(b)):
        return None
    return float(np.clip(np.corrcoef(a, b)[0, 1], -1.0, 1.0))
