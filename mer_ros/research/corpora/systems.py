"""Other systems on the same clips, such as Emotion-LLaMA in the first paper."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.metrics.summary import summarise
from mer_ros.evaluation.predict import among, named_softmax
from mer_ros.evaluation.recorded_evidence import Evidence

_OF_LABELS = ('n', 'accuracy', 'neutral_tolerant_accuracy', 'neutral_rate', 'uar', 'macro_f1',
              'weighted_f1', 'classes', 'confusion')
"""The figures that answers without scores have."""


def figures_of_systems(
    evidence: Evidence, systems: Sequence[str], hard: Collection[str], given: Sequence[str], *,
    resamples: int, seed: int,
) -> list[dict[str, Any]]:
    """Return the figures of each system, and of the preset paper on the same clips.

    Args:
        evidence: of the clips that count.
        systems: their names.
        hard: names of those that gave labels instead of scores.
        given: modalities that are fused for comparison.
        resamples: of the bootstrap.
        seed: of the bootstrap.

    Returns:
        One dictionary a system with ``system`` and `summarise` of softmax(scores), of labels
        without what needs scores; and ``advanced_accuracy`` of the fusion under the preset paper
        on those clips of the system in which something was perceived, ``compared`` of them.
    """
    found = []
    for name in systems:
        scores = evidence.scores[name]
        rows = np.flatnonzero(scores.present).tolist()
        if not rows:
            continue
        truth = evidence.truth[rows]
        probability = named_softmax(scores.logits[rows], scores.named)
        labels: Sequence[str] = EMOTIONS
        if evidence.within is not None:
            truth, probability = among(truth, probability, evidence.within)
            labels = [EMOTIONS[index] for index in evidence.within]
        figures = summarise(
            truth, probability, labels=labels, resamples=resamples, seed=seed,
            groups=None if evidence.groups is None else [evidence.groups[row] for row in rows],
            intervals_of=('accuracy', 'neutral_tolerant_accuracy', 'uar'))
        figures.pop('curves')
        if name in hard:
            figures = {key: value for key, value in figures.items()
                       if key in (*_OF_LABELS, 'intervals')}
        both = [row for row in rows if given and evidence.having(given)[row]]
        ours = None
        if both:
            opinion = evidence.opinion(given, FusionSettings(preset='paper'), both)
            ours = float((evidence.answers(opinion.probability) == evidence.truth[both]).mean())
        found.append({'system': name, **figures, 'compared': len(both),
                      'advanced_accuracy': ours})
    return found
