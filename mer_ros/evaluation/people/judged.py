"""What the fusion node would show of single pieces of evidence, each on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import Logits
from mer_ros.emotions import align, EMOTIONS, UNKNOWN
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.recorded_evidence import Evidence, Scores


@dataclass(frozen=True, slots=True)
class Judged:
    """Labels (N) and uncertainties (N,): 'unknown' and 1 where there was no evidence."""

    labels: Sequence[str]
    uncertainty: NDArray[np.float64]

    def share(self, *calm: str) -> float:
        """Return the share of labels that are none of these."""
        return float(np.mean([label not in calm for label in self.labels]))


def judged(evidence: Sequence[Logits | None], settings: FusionSettings) -> Judged:
    """Return what is shown of pieces of evidence of one modality; None is none at all."""
    given = [(row, one) for row, one in enumerate(evidence) if one is not None and one.quality > 0]
    labels, uncertainty = [UNKNOWN] * len(evidence), np.ones(len(evidence))
    if given:
        rows, known = [row for row, _ in given], [one for _, one in given]
        logits, named = align(known[0].labels, np.array([one.logits for one in known]))
        modality = known[0].modality
        opinion = Evidence(
            {modality: Scores(logits, named, np.ones(len(known), dtype=np.bool_),
                              np.array([one.quality for one in known]))},
            np.zeros(len(known), dtype=np.intp)).opinion(
                [modality], settings, range(len(known)))
        uncertainty[rows] = opinion.uncertainty
        for row, probability, doubt in zip(
                rows, opinion.probability, opinion.uncertainty, strict=True):
            if (probability.max() >= settings.needed_confidence
                    and doubt <= settings.max_uncertainty):
                labels[row] = EMOTIONS[int(probability.argmax())]
    return Judged(labels, uncertainty)
