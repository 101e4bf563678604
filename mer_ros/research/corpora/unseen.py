"""What is said about clips of a class that the models never learned, such as contempt."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.metrics.classification import CLIP
from mer_ros.evaluation.metrics.selective import error_auroc
from mer_ros.evaluation.recorded_evidence import Evidence
from mer_ros.fusion import Opinion, PRESETS

MEASURES = ('uncertainty', 'entropy', 'conflict')
"""The scalars that might tell an unseen class from the others."""


def unseen_classes(evidence: Evidence, labels: Sequence[str | None], names: Sequence[str]
                   ) -> list[dict[str, Any]]:
    """Compare the clips of each unseen class with all clips of the seven emotions.

    Args:
        evidence: of N clips.
        labels: N names of an unseen class, None where a clip shows one of the seven emotions.
        names: the modalities that are fused.

    Returns:
        One dictionary a class and preset, with ``label``, ``preset``, ``n``, ``seen`` (the number
        of clips it is compared with), ``predicted`` (the share of each emotion among the
        decisions), and by measure (see `MEASURES`; conflict only of several modalities) the
        ``mean``, the ``mean_seen`` of the others, and ``auroc``, how often it is larger for an
        unseen clip than for a seen one.  ``auroc`` is None where there are no seen clips.
    """
    perceived = np.flatnonzero(evidence.having(names)).tolist()
    known = [row for row in perceived if labels[row] is None]
    classes = sorted({label for row in perceived if (label := labels[row]) is not None})
    found = []
    for label in classes:
        rows = [row for row in perceived if labels[row] == label]
        for preset in PRESETS:
            opinion = evidence.opinion(names, FusionSettings(preset=preset), [*rows, *known])
            is_seen = np.arange(len(rows) + len(known)) >= len(rows)
            measures = _measures(opinion, several=len(names) > 1)
            found.append({
                'label': label, 'preset': preset, 'n': len(rows), 'seen': len(known),
                'predicted': _shares(opinion.probability[~is_seen]),
                'mean': {name: float(values[~is_seen].mean())
                         for name, values in measures.items()},
                'mean_seen': {name: float(values[is_seen].mean()) if known else None
                              for name, values in measures.items()},
                'auroc': {name: error_auroc(is_seen, -values)
                          for name, values in measures.items()}})
    return found


def _measures(opinion: Opinion, *, several: bool) -> dict[str, NDArray[np.float64]]:
    p = opinion.probability
    values = {'uncertainty': opinion.uncertainty,
              'entropy': -np.sum(p * np.log(np.maximum(p, CLIP)), axis=-1),
              'conflict': opinion.lost_certainty}
    return {name: values[name] for name in MEASURES if several or name != 'conflict'}


def _shares(probability: NDArray[np.float64]) -> dict[str, float]:
    counts = np.bincount(probability.argmax(axis=-1), minlength=len(EMOTIONS))
    return {label: float(count / len(probability))
            for label, count in zip(EMOTIONS, counts, strict=True)}
