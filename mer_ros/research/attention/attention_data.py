"""Labelled rows for the attention fusion, of evidence and of votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.recorded_evidence import Evidence
from mer_ros.research.attention.attention_model import centred
from mer_ros.research.votes.votes import CLASSES, Votes

SHARES = (0.7, 0.15)
"""Shares of the groups in train and dev; the rest is test."""

PERCEIVED = {'speech': 'voice', 'face': 'face'}
"""Which votes stand for which modality of the robot."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """N labelled rows of several modalities.

    ``inputs`` by modality (N, D), logits less their mean or features, of which only the rows of
    ``present`` (N,) mean something, a mask or how far each is trusted, in [0, 1]; ``truth`` indices
    (N,) of ``labels``; ``groups`` (N,) names what belongs together (an actor, a person) and must
    not be torn apart by a split.
    """

    inputs: Mapping[str, Floats]
    present: Mapping[str, Bools | Floats]
    truth: NDArray[np.intp]
    groups: NDArray[np.str_]
    labels: tuple[str, ...]

    def of(self, kept: Bools) -> Rows:
        """Return the rows where a mask (N,) is True."""
        return Rows({name: values[kept] for name, values in self.inputs.items()},
                    {name: there[kept] for name, there in self.present.items()},
                    self.truth[kept], self.groups[kept], self.labels)

    def split(self, seed: int) -> tuple[Rows, ...]:
        """Return train, dev and test, each with groups of its own; see `split_groups`."""
        return tuple(self.of(part) for part in split_groups(self.groups, seed))


def split_groups(groups: NDArray[np.str_], seed: int) -> tuple[Bools, ...]:
    """Return masks (N,) of train, dev and test, that share no group.

    Raises ValueError where there are fewer than three groups.
    """
    names = np.unique(groups)
    if len(names) < 3:
        raise ValueError(f'{len(names)} persons, recordings or bags cannot be split into train, '
                         f'dev and test; at least 3 are needed')
    ends = np.clip(np.round(np.cumsum(SHARES) * len(names)), [1, 2],
                   [len(names) - 2, len(names) - 1]).astype(int)
    parts = np.split(np.random.default_rng(seed).permutation(names), ends)
    return tuple(np.isin(groups, part) for part in parts)


def rows_of_votes(votes: Votes, smoothing: float) -> Rows:
    """Return what raters heard as speech and what they saw as face; a group is an actor."""
    logits = votes.logits(smoothing)
    everywhere = np.ones(len(votes.truth), dtype=np.bool_)
    return Rows({name: logits[source] for name, source in PERCEIVED.items()},
                dict.fromkeys(PERCEIVED, everywhere), votes.truth, votes.actors, CLASSES)


def rows_of_evidence(evidence: Evidence) -> Rows:
    """Return the rows of labelled logits that have any modality; without groups each is its own.

    A class that a model never learned is at the mean of the others, as in `fuse`.
    """
    count = len(evidence.truth)
    groups = range(count) if evidence.groups is None else evidence.groups
    rows = Rows({name: centred(scores.logits) for name, scores in evidence.scores.items()},
                {name: scores.present for name, scores in evidence.scores.items()},
                evidence.truth, np.array([str(group) for group in groups]), EMOTIONS)
    return rows.of(evidence.having(list(evidence.scores)))


def learned_rows(rows: Rows) -> Rows:
    """Return rows of logits in a frame of those classes alone that occur in them.

    A class that never occurs cannot be learned: a rule in a larger frame leaves it to the evidence.
    """
    kept = np.unique(rows.truth)
    if len(kept) == len(rows.labels):
        return rows
    return Rows({name: centred(values[:, kept]) for name, values in rows.inputs.items()},
                rows.present, np.searchsorted(kept, rows.truth), rows.groups,
                tuple(rows.labels[place] for place in kept))
