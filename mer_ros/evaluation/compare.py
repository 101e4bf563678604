"""The same recordings with other modalities and with other presets, side by side."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from mer_ros.fusion.presets import PRESETS

COMPARED = ('n', 'accuracy', 'neutral_tolerant_accuracy', 'neutral_rate', 'uar', 'nll', 'ece',
            'error_auroc', 'mean_uncertainty', 'mean_conflict')
"""The figures that are compared; those that are not defined are left out."""

INTERVALS = ('accuracy', 'ece')
"""The compared figures that come with an interval."""

Measure = Callable[[tuple[str, ...], str], dict[str, Any]]
"""Returns the figures of a choice of modalities under a preset."""


def compare(names: Sequence[str], preset: str, measure: Measure) -> dict[str, Any]:
    """Return ``subsets``, all 2^N - 1 choices of N modalities, and ``presets`` with all of them.

    Both are empty for a single modality, whose figures are all there is.
    """
    if len(names) < 2:
        return {'subsets': [], 'presets': []}
    return {
        'subsets': [{'modalities': list(chosen), **compared(measure(chosen, preset))}
                    for chosen in subsets(names)],
        'presets': [{'preset': name, **compared(measure(tuple(names), name))}
                    for name in PRESETS]}


def subsets(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return every choice of one or more of the names, smallest first, in their order."""
    return [chosen for size in range(1, len(names) + 1) for chosen in combinations(names, size)]


def compared(figures: dict[str, Any]) -> dict[str, Any]:
    """Return the figures that are compared, with those intervals of theirs that are there."""
    chosen = {name: figures[name] for name in COMPARED if name in figures}
    bounds = figures.get('intervals', {})
    if bounds:
        chosen['intervals'] = {name: bounds[name] for name in INTERVALS}
    return chosen
