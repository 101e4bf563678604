"""Uncertainty-based learning: a classifier asks for the labels of what it is least sure of.

Algorithm 1 of Radoi and Cioroiu, "Uncertainty-Based Learning of a Lightweight Model for Multimodal
Emotion Recognition" (IEEE Access 2024), for any classifier.  The paper has no dev set and reports
the best epoch of its test curve; here an epoch may be chosen on dev alone, see `chosen`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mer_ros.research.active.acquisition import most_wanted

Indices = NDArray[np.intp]
"""Positions of training samples."""

CHOSEN_BY = 'uar'
"""The figure on dev by which a round is chosen."""

START_SHARE = 1 / 3
"""Share of the groups whose samples have labels from the start, as in the paper."""


class Learner(Protocol):
    """A classifier that can learn a little more at any time."""

    def fit_epoch(self, indices: Indices, *, seed: int) -> None:
        """Learn once from each of these training samples and their true labels."""

    def logits(self, indices: Indices) -> NDArray[np.float64]:
        """Return raw scores (n, K) of these training samples, whose labels it may not look at."""

    def evaluate(self, split: str) -> Mapping[str, float]:
        """Return figures on ``dev`` or ``test``, `CHOSEN_BY` among them; larger is better."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to learn: ``warm_up`` epochs of the first samples, then ``rounds`` of one each.

    ``moved`` samples get a label before each round (the N_u of the paper).  The paper does not
    say how long the first model is trained.
    """

    rounds: int
    moved: int
    warm_up: int = 1

    def check(self, known: int, unknown: int) -> None:
        """Raise ValueError unless so many samples with and without labels are enough."""
        if not known or min(self.rounds, self.moved, self.warm_up) < 1:
            raise ValueError(f'{self} with {known} first samples was given; all must be >= 1')
        if self.rounds * self.moved > unknown:
            raise ValueError(
                f'{self.rounds} rounds of {self.moved} samples were asked for and {unknown} have '
                f'no label; plan for fewer rounds or samples')


@dataclass(frozen=True, slots=True)
class Task:
    """A data set with a classifier.

    ``groups`` names the person of each training sample; ``learner`` makes an untrained learner of
    a seed; ``numbers`` is what else defines the runs, as JSON.
    """

    name: str
    groups: Sequence[str]
    plan: Plan
    learner: Callable[[int], Learner]
    numbers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Round:
    """A point of a learning curve.

    ``labelled`` is the number of samples whose labels are used, ``seen`` that of samples learned
    from so far, counted as often as they were shown: the gradient steps times the batch.
    """

    labelled: int
    seen: int
    dev: Mapping[str, float]
    test: Mapping[str, float]


def split_start(groups: Sequence[str], *, seed: int) -> tuple[Indices, Indices]:
    """Return the samples with labels (those of a third of the groups) and those without.

    Raises ValueError for fewer than two groups: either side needs one.
    """
    names = sorted(set(groups))
    if len(names) < 2:
        raise ValueError(f'the groups {names} were given; learning needs two people or more')
    count = min(max(1, round(START_SHARE * len(names))), len(names) - 1)
    first = np.random.default_rng(seed).choice(names, count, replace=False)
    known = np.isin(np.asarray(groups), first)
    return np.flatnonzero(known), np.flatnonzero(~known)


def learn_actively(
    learner: Learner, known: Indices, unknown: Indices, *, plan: Plan, acquisition: str, seed: int,
) -> list[Round]:
    """Run algorithm 1 and return the curve: one point before the first round, one after each.

    The labels of the samples that are moved are those of the data set, the paper's oracle.  Each
    round learns from all samples that have labels by then.

    Args:
        learner: a new one; it is trained.
        known: samples with labels at the start (D_train of round 0).
        unknown: samples that may be asked for (U).
        plan: number and size of the rounds.
        acquisition: one of `acquisition.ACQUISITIONS`.
        seed: of the order of the samples, and of a random acquisition.

    Raises:
        ValueError: the acquisition is unknown, or there are too few samples for the plan.
    """
    plan.check(len(known), len(unknown))
    return _curve(learner, plan, _asking(learner, known, unknown, plan, acquisition, seed), seed)


def learn_fully(
    learner: Learner, known: Indices, unknown: Indices, *, plan: Plan, seed: int,
) -> list[Round]:
    """Return the curve of a classifier that has all labels from the start, by equal gradient steps.

    An epoch shows as many samples as the same one of `learn_actively`, so that it differs in
    what is learned from, and not in how long.
    """
    plan.check(len(known), len(unknown))
    sizes = [len(known)] * plan.warm_up + [
        len(known) + number * plan.moved for number in range(1, plan.rounds + 1)]
    return _curve(learner, plan, _having_all(np.concatenate([known, unknown]), sizes, seed), seed)


def learn_always(
    learner: Learner, known: Indices, unknown: Indices, *, plan: Plan, seed: int,
) -> list[Round]:
    """Return the curve of a classifier that sees all samples with their labels in every epoch.

    It is what the paper compares algorithm 1 with: as many epochs, not as many gradient steps.
    """
    plan.check(len(known), len(unknown))
    everything = np.sort(np.concatenate([known, unknown]))
    epochs = ((everything, len(everything)) for _ in range(plan.warm_up + plan.rounds))
    return _curve(learner, plan, epochs, seed)


def chosen(curve: Sequence[Round]) -> Round:
    """Return the round that is best on dev, the earliest of equals."""
    return max(curve, key=lambda point: point.dev[CHOSEN_BY])


def _curve(learner: Learner, plan: Plan, epochs: Iterator[tuple[Indices, int]], seed: int
           ) -> list[Round]:
    """Learn through epochs: the samples that each shows, and how many have labels by then."""
    curve: list[Round] = []
    seen = 0
    for epoch, (indices, labelled) in enumerate(epochs):
        learner.fit_epoch(indices, seed=1000 * seed + epoch)
        seen += len(indices)
        if epoch >= plan.warm_up - 1:
            curve.append(Round(labelled, seen, learner.evaluate('dev'), learner.evaluate('test')))
    return curve


def _asking(learner: Learner, labelled: Indices, waiting: Indices, plan: Plan, acquisition: str,
            seed: int) -> Iterator[tuple[Indices, int]]:
    random = np.random.default_rng(seed)
    for _ in range(plan.warm_up):
        yield labelled, len(labelled)
    for _ in range(plan.rounds):
        wanted = most_wanted(acquisition, learner.logits(waiting), plan.moved, random)
        labelled = np.concatenate([labelled, waiting[wanted]])
        waiting = np.delete(waiting, wanted)
        yield labelled, len(labelled)


def _having_all(everything: Indices, sizes: Sequence[int], seed: int
                ) -> Iterator[tuple[Indices, int]]:
    random = np.random.default_rng(seed)
    # All of them in random order, again and again.
    times = -(-sum(sizes) // len(everything))
    shown = np.concatenate([random.permutation(everything) for _ in range(times)])
    for indices in np.split(shown[:sum(sizes)], np.cumsum(sizes)[:-1]):
        yield indices, len(everything)
