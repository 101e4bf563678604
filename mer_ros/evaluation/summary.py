"""All figures of one set of predictions as one plain dictionary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mer_ros.evaluation import metrics
from mer_ros.evaluation.bootstrap import interval
from mer_ros.evaluation.selective import augrc, aurc, error_auroc

HEADLINE: dict[str, Callable[..., float]] = {
    'accuracy': metrics.accuracy,
    'uar': metrics.balanced_accuracy,
    'macro_f1': metrics.macro_f1,
    'weighted_f1': metrics.weighted_f1,
    'nll': metrics.negative_log_likelihood,
    'brier': metrics.brier,
    'ece': metrics.calibration_error,
    'adaptive_ece': partial(metrics.calibration_error, adaptive=True),
}
"""The figures that come with a bootstrap interval."""


MIN_GROUPS = 10
"""Fewer speakers or dialogues than this cannot be drawn from in a bootstrap."""


def summarise(truth: ArrayLike, probability: ArrayLike, *, labels: Sequence[str],
              groups: Sequence[str] | None = None, resamples: int = 1000,
              seed: int = 0) -> dict[str, Any]:
    """Return every figure of N predictions over K named classes.

    Args:
        truth: class indices (N,).
        probability: (N, K), rows sum to 1.
        labels: names of the K classes.
        groups: N names; intervals resample whole groups instead of rows where there are at
            least MIN_GROUPS: fewer do not show how groups differ.
        resamples: of the bootstrap; 0 leaves the intervals out.
        seed: of the bootstrap.

    Returns:
        ``n``, each headline figure, ``intervals`` of them (95 %, [low, high]), selective and
        neutral figures, and per class support, recall and F1, with the confusion matrix.
    """
    y, p = metrics.checked(truth, probability)
    correct = p.argmax(axis=1) == y
    confidence = p.max(axis=1)
    counts = metrics.confusion(y, p)
    recall, f1 = metrics.recall_by_class(y, p), metrics.f1_by_class(y, p)
    report: dict[str, Any] = {'n': len(y)}
    report.update({name: metric(y, p) for name, metric in HEADLINE.items()})
    if resamples:
        units = groups if groups is not None and len(set(groups)) >= MIN_GROUPS else None
        report['intervals'] = {
            name: interval(metric, y, p, groups=units, resamples=resamples, seed=seed)
            for name, metric in HEADLINE.items()}
    report['aurc'] = aurc(correct, confidence)
    report['augrc'] = augrc(correct, confidence)
    report['error_auroc'] = error_auroc(correct, confidence)
    if 'neutral' in labels:
        neutral = list(labels).index('neutral')
        report['neutral_tolerant_accuracy'] = metrics.neutral_tolerant_accuracy(
            y, p, neutral=neutral)
        report['neutral_rate'] = metrics.prediction_rate(y, p, index=neutral)
    report['classes'] = {
        label: {'support': int(counts[i].sum()), 'predicted': int(counts[:, i].sum()),
                'recall': float(recall[i]), 'f1': float(f1[i])}
        for i, label in enumerate(labels)}
    report['confusion'] = {'labels': list(labels), 'counts': np.asarray(counts).tolist()}
    return report
