"""How large prediction sets must be to hold the true label often enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from mer_ros.engines.prediction_set import surpassed
from mer_ros.evaluation.recorded_evidence import Outcomes

ROUNDING = 1e-9
"""By how much a sum of weights may miss a coverage that it reaches exactly."""


@dataclass(frozen=True, slots=True)
class SetThreshold:
    """Threshold of `prediction_set` for a coverage, and what it gave on the kept-aside groups.

    ``reached`` is the share of their rows whose set holds the truth, ``size`` the mean number of
    labels of a set; groups count alike in both.
    """

    coverage: float
    threshold: float
    groups: int
    reached: float
    size: float


def halves(groups: Sequence[str], seed: int = 0) -> NDArray[np.bool_]:
    """Return which rows (N,) are to be kept aside: those of a random half of the groups.

    Raises ValueError where there are fewer than two groups.
    """
    names = np.unique(list(groups))
    if len(names) < 2:
        raise ValueError(f'the recordings are of {len(names)} group; prediction sets need people '
                         f'(or labelled spans of one) that nothing else is fitted on')
    kept = np.random.default_rng(seed).permutation(names)[:ceil(len(names) / 2)]
    return np.isin(list(groups), kept)


def fit_sets(outcomes: Outcomes, coverage: float) -> SetThreshold:
    """Return the smallest threshold whose sets hold the truth of a new person often enough.

    Split conformal prediction where the people, not the rows, are exchangeable (Lee, Barber and
    Willett 2023, hierarchical conformal prediction): of G people each weighs 1 / (G + 1), shared
    by the rows of that person, and the rest stands for a person who is worse than all.  For a row
    drawn from a new person the set holds the truth with probability >= ``coverage``, whatever the
    model, if nothing else was fitted on these people.

    Raises:
        ValueError: the coverage is not in (0, 1), or there are too few people for it.

    """
    if not 0.0 < coverage < 1.0:
        raise ValueError(f'the coverage is {coverage}; it must be between 0 and 1')
    names, place, counts = np.unique(list(outcomes.groups), return_inverse=True,
                                     return_counts=True)
    needed = ceil(coverage / (1.0 - coverage) - ROUNDING)
    if len(names) < needed:
        raise ValueError(
            f'{len(names)} people (or labelled spans) are kept aside for the prediction sets; a '
            f'coverage of {coverage:g} needs {needed}, twice as many in all: label more, or ask '
            f'for less')
    share = surpassed(outcomes.probability)
    score = share[np.arange(len(share)), outcomes.truth]
    weight = 1.0 / counts[place]
    order = np.argsort(score, kind='stable')
    reached = np.cumsum(weight[order]) / (len(names) + 1)
    threshold = float(score[order][np.argmax(reached >= coverage - ROUNDING)])
    weight /= len(names)
    return SetThreshold(coverage, threshold, len(names), float(weight[score <= threshold].sum()),
                        float(((share <= threshold).sum(axis=1) * weight).sum()))
