"""The engine behind attention_node: features of several modalities in, one emotion out."""

from dataclasses import replace
from typing import Any

import numpy as np

from mer_ros.data import Emotion, ModalityOpinion
from mer_ros.emotions import circumplex, UNKNOWN
from mer_ros.research.attention.feature_attention import FeatureAttention
from mer_ros.research.features.feature_engine import FeatureEngine, Rows


class AttentionEngine(FeatureEngine):
    """Judges which emotion each person shows; see `FeatureEngine` for when.

    The weight of a modality in a state is its attention.  A state does not abstain: its label is
    the most probable one, and 'unknown' where none is ahead or nothing is known.

    Args:
        model: what judges.
        options: of `FeatureEngine`.

    Raises:
        ValueError: a value is out of its range.
    """

    def __init__(self, model: FeatureAttention, **options: Any) -> None:
        super().__init__(model, **options)
        self._model = model

    def nothing_known(self, person_id: str, stamp: int) -> Emotion:
        """Return the state of a person about whom there is no evidence: 'unknown', vacuous."""
        count = len(self._model.labels)
        return Emotion(
            stamp=stamp, window_start=stamp, person_id=person_id, label=UNKNOWN,
            confidence=1.0 / count, uncertainty=1.0, conflict=0.0, labels=self._model.labels,
            belief=np.zeros(count), probability=np.full(count, 1.0 / count), alpha=np.ones(count),
            missing=self.modalities)

    def _judged(self, rows: Rows, blank: Emotion) -> Emotion:
        opinion = self._model.judge(rows)
        probability, weights = opinion.probability, opinion.weights or {}
        self._check_finite(probability, opinion.belief, opinion.alpha)
        best = int(probability.argmax())
        tied = (probability == probability[best]).sum() > 1
        valence, arousal = circumplex(blank.labels, probability)
        return replace(
            blank, label=UNKNOWN if tied else blank.labels[best],
            confidence=float(probability[best]), uncertainty=float(opinion.uncertainty),
            conflict=float(opinion.lost_certainty), certain_conflict=float(opinion.disagreement),
            belief=opinion.belief, probability=probability, alpha=opinion.alpha, valence=valence,
            arousal=arousal, modalities=tuple(
                ModalityOpinion(
                    modality=name, model=self._model.models[name], belief=one.belief,
                    uncertainty=float(one.uncertainty), probability=one.probability, age=0,
                    weight=float(weights[name]))
                for name, one in opinion.per_modality.items()))
