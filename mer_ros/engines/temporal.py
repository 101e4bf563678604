"""An optional memory over the fused states of each person: steadier, slower."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import NANOSECONDS
from mer_ros.fusion import Opinion

Array = NDArray[np.float64]


_LEAST = 1e-300  # keeps the parameters of a wholly certain opinion finite


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known about a person: belief, probability, alpha (K,), and the best class."""

    belief: Array
    uncertainty: float
    probability: Array
    alpha: Array
    best: int

    @classmethod
    def of(cls, opinion: Opinion) -> Estimate:
        """Return what a single opinion says."""
        return cls(opinion.belief, float(opinion.uncertainty), opinion.probability, opinion.alpha,
                   int(opinion.probability.argmax()))

    def mixed(self, other: Estimate, weight: float) -> Estimate:
        """Return the mean with another one, which weighs ``weight`` in [0, 1]."""
        belief = (1.0 - weight) * self.belief + weight * other.belief
        uncertainty = (1.0 - weight) * self.uncertainty + weight * other.uncertainty
        probability = (1.0 - weight) * self.probability + weight * other.probability
        alpha = belief * (len(belief) / max(uncertainty, _LEAST)) + 1.0
        return Estimate(belief, uncertainty, probability, alpha, int(probability.argmax()))


class TemporalFilter:
    """Smooths states over event time, and keeps labels from flickering.

    What was known is forgotten with the half-life h while the new state takes its place: after
    a time t, x <- w x + (1 - w) x_new with w = 2^(-t/h), for the masses of the Dirichlet opinion
    and for the probabilities.  Masses are averaged rather than evidence, of which one very sure
    state has more than a hundred others.  The result depends on the stamps, not on how many
    states there were in between.  The best class stays the best until another is ahead by more
    than ``hysteresis``.

    Args:
        half_life: seconds, 0 or more; 0 smooths nothing.
        hysteresis: difference of probability in [0, 1).
    """

    def __init__(self, *, half_life: float = 0.0, hysteresis: float = 0.0) -> None:
        if not half_life >= 0.0 or not 0.0 <= hysteresis < 1.0:
            raise ValueError(f'half_life {half_life} s and hysteresis {hysteresis} cannot be used; '
                             f'needed is half_life >= 0 and 0 <= hysteresis < 1')
        self._half_life = half_life
        self._hysteresis = hysteresis
        self._people: dict[str, tuple[int, Estimate]] = {}

    def reset(self) -> None:
        """Forget everybody."""
        self._people.clear()

    def forget(self, person_id: str) -> None:
        """Forget one person, about whom nothing is known any more."""
        self._people.pop(person_id, None)

    def update(self, person_id: str, stamp: int, estimate: Estimate) -> Estimate:
        """Take in the next estimate about a person, at its stamp; return it smoothed."""
        if person_id in self._people:
            last_stamp, last = self._people[person_id]
            if self._half_life:
                elapsed = max(0, stamp - last_stamp) / NANOSECONDS
                estimate = estimate.mixed(last, 2.0 ** (-elapsed / self._half_life))
            lead = estimate.probability[estimate.best] - estimate.probability[last.best]
            if lead <= self._hysteresis:
                estimate = replace(estimate, best=last.best)
            stamp = max(stamp, last_stamp)
        self._people[person_id] = stamp, estimate
        return estimate
