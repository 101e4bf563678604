"""The engine behind lddu_node: features of several modalities in, several emotions at once out."""

from dataclasses import replace
from typing import Any

import numpy as np

from mer_ros.data import Emotion
from mer_ros.emotions import UNKNOWN
from mer_ros.research.features.feature_engine import FeatureEngine, Rows
from mer_ros.research.lddu import Lddu


class LdduEngine(FeatureEngine):
    """Judges which emotions each person shows; see `FeatureEngine` for when.

    ``present`` are the labels whose probability reaches the threshold.  The label of a state is
    the most probable one if it is present, else 'unknown': that no emotion is sure does not mean
    that the person is calm.  Confidence and uncertainty are those of the most probable label;
    conflict is 0, and valence and arousal are unknown, since the model says nothing of them.  Of
    somebody about whom nothing is known each probability is 1/2, as of a coin.

    Args:
        model: what judges.
        threshold: probability from which on an emotion is present, in (0, 1]; None = the model's.
        options: of `FeatureEngine`.

    Raises:
        ValueError: a value is out of its range.
    """

    def __init__(self, model: Lddu, *, threshold: float | None = None, **options: Any) -> None:
        if threshold is not None and not 0.0 < threshold <= 1.0:
            raise ValueError(f'threshold is {threshold}; it must be above 0 and at most 1')
        super().__init__(model, **options)
        self._model = model
        self._threshold = model.threshold if threshold is None else threshold

    def nothing_known(self, person_id: str, stamp: int) -> Emotion:
        """Return the state of a person about whom there is no evidence: all is unsure."""
        labels = tuple(self._model.labels)
        return Emotion(
            stamp=stamp, window_start=stamp, person_id=person_id, label=UNKNOWN, confidence=0.5,
            uncertainty=1.0, conflict=0.0, labels=labels, belief=np.empty(0),
            probability=np.full(len(labels), 0.5), alpha=np.empty(0), missing=self.modalities,
            multi_label=True, label_uncertainty=np.ones(len(labels)))

    def _judged(self, rows: Rows, blank: Emotion) -> Emotion:
        judgement = self._model.judge(rows)
        probability = np.asarray(judgement.probability, dtype=np.float64)
        uncertainty = np.asarray(judgement.uncertainty, dtype=np.float64)
        self._check_finite(probability, uncertainty)
        best = int(np.argmax(probability))
        present = tuple([label for label, one in zip(blank.labels, probability, strict=True)
                         if one >= self._threshold])
        return replace(
            blank, label=blank.labels[best] if present else UNKNOWN, present=present,
            confidence=float(probability[best]), uncertainty=float(uncertainty[best]),
            probability=probability, label_uncertainty=uncertainty)
