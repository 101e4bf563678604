"""Learning how a person sounds, so that the voice is judged against it."""

from collections import OrderedDict
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import nanoseconds
from mer_ros.engines.scores import check_scores
from mer_ros.fusion.logspace import softmax
from mer_ros.models.protocols import SpeechModel

Array = NDArray[np.float64]
"""An array of numbers."""


@runtime_checkable
class AdaptiveModel(SpeechModel, Protocol):
    """A speech model that judges statistics of an utterance against a mean that may be given.

    ``mean`` (D,) is that of the people it learned from; ``departures`` (K, D) is by how much
    each emotion departs from it, one row a label; ``inertia`` (D,) is by how much a statistic
    varies within persons against between them, relative to the others.
    """

    mean: Array
    departures: Array
    inertia: Array

    def describe(self, waveform: NDArray[np.float32]) -> Array | None:
        """Return the statistics (D,) of a waveform, or None when it is silent."""
        ...

    def classify(self, statistics: Array, *, mean: Array | None = None) -> NDArray[np.float32]:
        """Return raw scores (B, K) of statistics (B, D)."""
        ...


@runtime_checkable
class KnowsStrangers(Protocol):
    """A model that knows what is none of the voices that it learned from."""

    def strangeness(self, statistics: Array) -> Array:
        """Return how surely statistics (B, D) are of something else, (B,) in [0, 1]."""
        ...


class SpeakerAdaptation:
    """The mean of the statistics of each person's speech; nothing is stored on disk.

    A person starts at the population's mean, which counts as ``prior`` utterances times the
    ``inertia`` of each statistic, and is moved towards the mean of the own ones (maximum a
    posteriori, Gauvain and Lee 1994): what tells people apart is learned fast, what hardly does
    slowly.  Every
    utterance is judged before it is learned from.  What an utterance owes to its emotion, by the
    probabilities that the model gave it, is taken off before it counts, the more the closer
    ``explained`` is to 1; so somebody who is always neutral, or always angry, does not become
    the measure of that.  Utterances fade: the last ``memory`` of them count most.

    Nobody is remembered for longer than ``expiry`` seconds after the last utterance (`expire`).
    At most ``people`` persons are remembered; the one that was silent for longest is forgotten
    first.

    Raises:
        ValueError: ``prior`` or ``expiry`` is not positive, ``explained`` not in [0, 1], or
            ``memory`` or ``people`` below 1.
    """

    def __init__(
        self, model: AdaptiveModel, *, prior: float = 3.0, explained: float = 0.5,
        memory: float = 60.0, people: int = 32, expiry: float = 600.0,
    ) -> None:
        if (prior <= 0.0 or not 0.0 <= explained <= 1.0 or memory < 1.0 or people < 1
                or not expiry > 0.0):
            raise ValueError(
                f'prior {prior}, explained {explained}, memory {memory}, people {people} and '
                f'expiry {expiry} cannot be used; needed is prior > 0, 0 <= explained <= 1, '
                f'memory >= 1, people >= 1, expiry > 0')
        self._model = model
        self._prior = prior
        self._explained = explained
        self._keep = 1.0 - 1.0 / memory
        self._limit = people
        self._expiry = nanoseconds(expiry)
        self._known: OrderedDict[str, tuple[float, Array]] = OrderedDict()
        self._heard: dict[str, int] = {}

    @property
    def people(self) -> tuple[str, ...]:
        """The persons that are remembered, the one heard last at the end."""
        return tuple(self._known)

    def mean_of(self, person: str) -> Array:
        """Return the mean (D,) to judge a person against."""
        count, total = self._known.get(person, (0.0, np.zeros(len(self._model.mean))))
        mean: Array = self._model.mean + total / (count + self._prior * self._model.inertia)
        return mean

    def hear(
        self, person: str, waveform: NDArray[np.float32], *, learn: bool, now: int = 0
    ) -> Array:
        """Return the scores (K,) of a waveform, all 0 where it is silent; then learn from it.

        Raises BadInput (``model_output``) where the model answers with NaN or infinity; nothing
        is learned then.
        """
        statistics = self._model.describe(waveform)
        if statistics is None:
            return np.zeros(len(self._model.labels))
        return self.judge(person, statistics, learn=learn, now=now)

    def judge(self, person: str, statistics: Array, *, learn: bool, now: int = 0) -> Array:
        """Return the scores (K,) of the statistics (D,) of an utterance; then learn from it."""
        logits = self.logits(person, statistics)
        if learn:
            self.learn(person, statistics, logits, now=now)
        return logits

    def logits(self, person: str, statistics: Array) -> Array:
        """Return the scores (K,) of the statistics (D,) of an utterance, learning nothing."""
        return check_scores(
            self._model, self._model.classify(statistics[None], mean=self.mean_of(person)))

    def learn(self, person: str, statistics: Array, logits: Array, *, now: int = 0) -> None:
        """Remember the statistics (D,) of a whole utterance that was judged with these scores.

        ``now`` is the time of its end in nanoseconds.
        """
        owed = softmax(logits) @ self._model.departures
        departure = statistics - self._model.mean - self._explained * owed
        count, total = self._known.pop(person, (0.0, np.zeros(len(departure))))
        self._known[person] = self._keep * count + 1.0, self._keep * total + departure
        self._heard[person] = now
        while len(self._known) > self._limit:
            self.forget(next(iter(self._known)))

    def expire(self, now: int) -> None:
        """Forget who was last heard too long before this time, in nanoseconds."""
        for person in [person for person, heard in self._heard.items()
                       if now - heard > self._expiry]:
            self.forget(person)

    def forget(self, person: str | None = None) -> None:
        """Forget a person; everybody where None is given."""
        for one in list(self._known) if person is None else [person]:
            self._known.pop(one, None)
            self._heard.pop(one, None)


def adaptation_for(model: SpeechModel, **options: Any) -> SpeakerAdaptation | None:
    """Return the adaptation of a model, or None for one that cannot be adapted."""
    return SpeakerAdaptation(model, **options) if isinstance(model, AdaptiveModel) else None
