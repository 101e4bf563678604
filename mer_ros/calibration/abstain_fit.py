"""The confidence below which it is better to say nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDING = 1e-9
"""By how much sums of weights may miss a risk that they reach exactly."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Least confidence of a decision, with the coverage and the risk that go with it.

    ``coverage`` is the share of decisions that are made, ``risk`` the share of errors among them.
    """

    confidence: float
    coverage: float
    risk: float


def choose_threshold(
    correct: NDArray[np.bool_], confidence: NDArray[np.float64], *, risk: float,
    kinds: Sequence[object] | None = None,
) -> Threshold:
    """Return the threshold with the largest coverage among those whose risk is at most ``risk``.

    This is selective classification by the risk-coverage curve (Geifman and El-Yaniv 2017).

    Args:
        correct: whether each decision is right, (N,).
        confidence: of each decision, (N,) in [0, 1].
        risk: the share of errors that is acceptable, in [0, 1].
        kinds: what each row is (which modalities it has); every kind counts alike, however many
            rows there are of it.

    Raises:
        ValueError: the risk is not in [0, 1], or no threshold reaches it.

    """
    if not 0.0 <= risk <= 1.0:
        raise ValueError(f'the risk is {risk}; it must be in [0, 1]')
    _, kind, counts = np.unique([str(one) for one in kinds or [''] * len(correct)],
                                return_inverse=True, return_counts=True)
    weight = 1.0 / (counts[kind] * len(counts))
    levels, place = np.unique(-confidence, return_inverse=True)
    coverage = np.cumsum(np.bincount(place, weights=weight))
    risks = np.cumsum(np.bincount(place, weights=weight * ~correct)) / coverage
    reached = np.flatnonzero(risks <= risk + ROUNDING)
    if not len(reached):
        raise ValueError(f'no confidence reaches a risk of {risk:g}; the surest decisions have '
                         f'{risks.min():.3f}')
    last = int(reached[-1])
    # Where every decision is good enough there is nothing to abstain from.
    level = 0.0 if last == len(levels) - 1 else float(-levels[last])
    return Threshold(level, float(min(coverage[last], 1.0)), float(risks[last]))
