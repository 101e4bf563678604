"""What the models say about labelled recordings, and what its fusion reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import align, EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.metrics.summary import summarise
from mer_ros.evaluation.predict import among, predict_logits
from mer_ros.fusion import fuse, Opinion


@dataclass(frozen=True, slots=True)
class Scores:
    """The logits (N, 7) of one modality, which classes are learned (7,), which rows exist (N,).

    ``quality`` (N,) in [0, 1] is that of the evidence; None is full quality.
    """

    logits: NDArray[np.float64]
    named: NDArray[np.bool_]
    present: NDArray[np.bool_]
    quality: NDArray[np.float64] | None = None

    @property
    def presence(self) -> NDArray[np.float64]:
        """How present the modality is in each row, (N,): its quality, 0 where it is missing."""
        given: NDArray[np.float64] = self.present.astype(np.float64)
        return given if self.quality is None else given * self.quality

    @classmethod
    def of(cls, model: Any, inputs: Sequence[Any]) -> Scores:
        """Run a model over N inputs, of which those that are None are missing."""
        present = np.array([item is not None for item in inputs], dtype=np.bool_)
        logits = np.zeros((len(inputs), len(EMOTIONS)))
        logits[present], named = align(model.labels, predict_logits(
            model, [item for item in inputs if item is not None]))
        return cls(logits, named, present)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What was published and what was true: probability (N, K), truth (N,), groups (N)."""

    probability: NDArray[np.float64]
    truth: NDArray[np.intp]
    groups: Sequence[str]

    def rows(self, kept: NDArray[np.bool_]) -> Outcomes:
        """Return those of the rows (N,) that are kept."""
        return Outcomes(self.probability[kept], self.truth[kept],
                        [self.groups[row] for row in np.flatnonzero(kept).tolist()])


@dataclass(frozen=True, slots=True)
class Evidence:
    """Scores by modality, truth (N,) as class indices, and names of what belongs together (N).

    ``within`` are the classes that may be answered, None for all.
    """

    scores: Mapping[str, Scores]
    truth: NDArray[np.intp]
    groups: Sequence[str] | None = None
    within: NDArray[np.intp] | None = None

    def having(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Return which rows (N,) have at least one of the modalities."""
        present: NDArray[np.bool_] = np.any(
            [self.scores[name].present for name in names], axis=0)
        return present

    def replacing(self, name: str, scores: Scores) -> Evidence:
        """Return the same evidence with other scores of one modality."""
        return replace(self, scores={**self.scores, name: scores})

    def rows(self, kept: Sequence[bool]) -> Evidence:
        """Return the evidence of the rows (N,) that are kept."""
        index = np.flatnonzero(kept).tolist()
        return Evidence(
            {name: Scores(scores.logits[index], scores.named, scores.present[index],
                          None if scores.quality is None else scores.quality[index])
             for name, scores in self.scores.items()}, self.truth[index],
            None if self.groups is None else [self.groups[row] for row in index], self.within)

    def answers(self, probability: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the class (n,) of each row of probabilities (n, 7) among those allowed."""
        if self.within is None:
            return np.asarray(probability.argmax(axis=-1), dtype=np.intp)
        chosen = probability[:, self.within].argmax(axis=-1)
        return np.asarray(self.within[chosen], dtype=np.intp)

    def figures(self, names: Sequence[str], settings: FusionSettings,
                **options: Any) -> dict[str, Any]:
        """Return `summarise` of the rows that have some of the modalities, fused as on the robot.

        The options are those of `summarise`: resamples, seed, intervals_of.
        """
        rows = np.flatnonzero(self.having(names)).tolist()
        if not rows:
            return {'n': 0}
        opinion = self.opinion(names, settings, rows)
        truth, probability = self.truth[rows], opinion.probability
        labels: Sequence[str] = EMOTIONS
        if self.within is not None:
            truth, probability = among(truth, probability, self.within)
            labels = [EMOTIONS[index] for index in self.within]
        return summarise(
            truth, probability, labels=labels,
            uncertainty=opinion.uncertainty,
            conflict=opinion.lost_certainty if len(names) > 1 else None,
            groups=None if self.groups is None else [self.groups[row] for row in rows], **options)

    def outcomes(self, settings: FusionSettings) -> Outcomes:
        """Return the fused outcomes of the rows that have any modality.

        Rows without a group are a group each.
        """
        names = list(self.scores)
        rows = np.flatnonzero(self.having(names)).tolist()
        groups = [str(row) for row in rows] if self.groups is None else [
            self.groups[row] for row in rows]
        return Outcomes(self.opinion(names, settings, rows).probability, self.truth[rows], groups)

    def opinion(self, names: Sequence[str], settings: FusionSettings, rows: Sequence[int]
                ) -> Opinion:
        """Return the fused opinion on some rows, as a batch in their order."""
        chosen = {name: self.scores[name] for name in names}
        return fuse(
            {name: scores.logits[rows] for name, scores in chosen.items()},
            named={name: scores.named for name, scores in chosen.items()},
            reliability=settings.trust(
                {name: scores.presence[rows] for name, scores in chosen.items()},
                {name: settings.beside(name, scores.logits[rows], scores.named)
                 for name, scores in chosen.items()}),
            **settings.options)
