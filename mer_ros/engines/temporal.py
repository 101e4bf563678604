"""An optional memory over the fused states of each person: steadier, slower."""

from dataclasses import replace
from typing import Any

from mer_ros.data import Emotion, NANOSECONDS

_LEAST = 1e-300  # keeps the parameters of a wholly certain opinion finite


def mixed(new: Emotion, old: Emotion, weight: float) -> Emotion:
    """Return ``new`` with the mean of what both say, ``old`` weighing ``weight`` in [0, 1]."""
    def mean(field: str) -> Any:
        return (1.0 - weight) * getattr(new, field) + weight * getattr(old, field)

    belief, uncertainty, probability = mean('belief'), mean('uncertainty'), mean('probability')
    best = int(probability.argmax())
    return replace(
        new, belief=belief, uncertainty=uncertainty, probability=probability,
        alpha=belief * (len(belief) / max(uncertainty, _LEAST)) + 1.0,
        label=new.labels[best], confidence=float(probability[best]),
        valence=mean('valence'), arousal=mean('arousal'))


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
        self._people: dict[str, Emotion] = {}

    def reset(self) -> None:
        """Forget everybody."""
        self._people.clear()

    def forget(self, person_id: str) -> None:
        """Forget one person, about whom nothing is known any more."""
        self._people.pop(person_id, None)

    def update(self, state: Emotion) -> Emotion:
        """Take in the next state of a person, labelled with its best class; return it smoothed."""
        last = self._people.get(state.person_id)
        newest = state.stamp
        if last is not None:
            if self._half_life:
                elapsed = max(0, state.stamp - last.stamp) / NANOSECONDS
                state = mixed(state, last, 2.0 ** (-elapsed / self._half_life))
            kept = state.probability[state.labels.index(last.label)]
            if state.confidence - kept <= self._hysteresis:
                state = replace(state, label=last.label, confidence=float(kept))
            newest = max(newest, last.stamp)
        self._people[state.person_id] = replace(state, stamp=newest)
        return state
