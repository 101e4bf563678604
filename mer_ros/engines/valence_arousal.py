"""Valence and arousal of a state: what its emotions lead to expect, and what words say of it."""

from collections.abc import Iterable
from math import sqrt

from mer_ros.data import Circumplex, Logits

EXPECTED_VARIANCE = (0.0377, 0.0594)
"""Mean squared error of the expected valence and arousal, measured on EmoBank dev.

These are sentences; what it is for faces and voices is not known.
"""


def joined(expected: tuple[float, float], said: Iterable[tuple[Logits, float]]) -> Circumplex:
    """Join the expected circumplex with what models say themselves, by their precisions.

    The precision of an estimate is its weight over its variance; that of the expected one is the
    largest weight of the evidence that says nothing itself, less the share that the others have
    in the probabilities, so that nothing is counted twice.  Words alone are then what the model
    says of them.  Without any weight the expected one stands, and its error is unknown (NaN).

    Args:
        expected: valence and arousal expected under the fused probabilities.
        said: the evidence of the state, and its weight in [0, 1] each.
    """
    given = list(said)
    total = sum(weight for _, weight in given)
    own = [(item.circumplex, weight) for item, weight in given if item.circumplex is not None]
    rest = max([weight for item, weight in given if item.circumplex is None], default=0.0)
    share = sum(weight for _, weight in own) / total if total else 0.0
    valence = _mean(expected[0], rest * (1.0 - share) / EXPECTED_VARIANCE[0], [
        (point.valence, weight / point.valence_deviation ** 2) for point, weight in own])
    arousal = _mean(expected[1], rest * (1.0 - share) / EXPECTED_VARIANCE[1], [
        (point.arousal, weight / point.arousal_deviation ** 2) for point, weight in own])
    return Circumplex(valence[0], arousal[0], valence[1], arousal[1])


def _mean(expected: float, precision: float, others: list[tuple[float, float]]
          ) -> tuple[float, float]:
    """Return the mean weighed by precision, and the standard deviation of its error."""
    total = precision + sum(weight for _, weight in others)
    if not total:
        return expected, float('nan')
    mean = (expected * precision + sum(value * weight for value, weight in others)) / total
    return mean, 1.0 / sqrt(total)
