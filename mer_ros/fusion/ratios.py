"""Opinions of one window as ratios m = e / K of evidence to prior weight, in plain floats.

Belief is m u with u = 1 / (1 + sum m), and the log-score log(1 + m).  In ratios combination and
discounts are sums and products of positive numbers: nothing is lost to cancellation, and no
logarithm is needed.  The arrays of any size are in `logspace`, `discount` and `conflict`.
"""

from collections.abc import Sequence
from math import expm1, log1p

from mer_ros.fusion.conflict import LEAST_CERTAINTY

Ratios = list[float]
"""The ratios (K,) of an opinion, >= 0."""

Places = Sequence[int] | None
"""The classes that a modality names, in order; None for all."""


def dempster(opinions: Sequence[Ratios]) -> Ratios:
    """Return Dempster's combination, eqs. (6)-(8): log-scores add, so 1 + m multiply."""
    fused = opinions[0]
    for more in opinions[1:]:
        fused = [a + b + a * b for a, b in zip(fused, more, strict=True)]
    return fused


def shafer(ratios: Ratios, trust: float) -> Ratios:
    """Return the opinion of belief r b and uncertainty 1 - r + r u, as `discount.shafer` does."""
    if trust == 1.0:
        return ratios
    factor = trust / ((1.0 - trust) * (1.0 + sum(ratios)) + trust)
    return [ratio * factor for ratio in ratios]


def mixture(ratios: Ratios, trust: float) -> Ratios:
    """Return the opinion of plausibility r p + (1 - r) / K, as `discount.mixture` does."""
    if trust == 1.0:
        return ratios
    low = min(ratios)
    factor = trust / (trust * (1.0 + low) + (1.0 - trust) * (1.0 + sum(ratios) / len(ratios)))
    return [(ratio - low) * factor for ratio in ratios]


def filled(ratios: Ratios, places: Places) -> Ratios:
    """Return the ratios with the mean log-score of the named classes for the others."""
    if places is None:
        return ratios
    return spread([ratios[place] for place in places], places, len(ratios))


def spread(named: Ratios, places: Sequence[int], classes: int) -> Ratios:
    """Return the ratios (K,) of which those of the named classes are given."""
    level = max(expm1(sum(map(log1p, named)) / len(named)), min(named))
    ratios = [level] * classes
    for place, ratio in zip(places, named, strict=True):
        ratios[place] = ratio
    return ratios


def sharpness(ratios: Ratios, places: Places = None) -> float:
    """Return how far an opinion commits itself, in [0, 1], as `discount.sharpness` does."""
    named = ratios if places is None else [ratios[place] for place in places]
    count, best = len(named), max(named)
    if count < 2:
        return 0.0
    ahead = sum([best - ratio for ratio in named])
    return min(ahead / ((count - 1) * (count + sum(named))), 1.0)


def lost_certainty(opinions: Sequence[Ratios], fused: Ratios) -> float:
    """Return the share of certainty lost to disagreement, as `conflict.lost_certainty` does."""
    if len(opinions) < 2:
        return 0.0
    possible = sharpness(dempster(list(map(sorted, opinions))))
    return max(1.0 - sharpness(fused) / possible, 0.0) if possible > LEAST_CERTAINTY else 0.0


def projected(ratios: Ratios) -> list[float]:
    """Return the projected probability (e + 1) / S, eq. (12)."""
    classes = len(ratios)
    strength = classes * (1.0 + sum(ratios))
    return [(classes * ratio + 1.0) / strength for ratio in ratios]


def plausible(ratios: Ratios) -> list[float]:
    """Return softmax(L) of the log-scores L."""
    total = len(ratios) + sum(ratios)
    return [(1.0 + ratio) / total for ratio in ratios]
