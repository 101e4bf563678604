"""All figures of one set of predictions as one plain dictionary."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mer_ros.evaluation.metrics import classification as metrics
from mer_ros.evaluation.metrics.bootstrap import interval
from mer_ros.evaluation.metrics.selective import (
    augrc,
    aurc,
    coverage_at_risk,
    error_auroc,
    risk_coverage,
)

MIN_GROUPS = 10
"""Fewer speakers or dialogues than this cannot be drawn from in a bootstrap."""

CURVE_POINTS = 101
"""Most points that are kept of a risk-coverage curve."""

Figure = tuple[Callable[..., float | None], tuple[NDArray[Any], ...]]
"""A metric and the arrays of N rows that it takes."""

_OF_COUNTS: dict[str, Callable[[NDArray[np.intp]], float]] = {
    'uar': metrics.uar_of, 'macro_f1': metrics.macro_f1_of, 'weighted_f1': metrics.weighted_f1_of}
_OF_CONFIDENCE: dict[str, Callable[..., float | None]] = {
    'ece': metrics.binned_gap, 'adaptive_ece': partial(metrics.binned_gap, adaptive=True),
    'aurc': aurc, 'augrc': augrc, 'coverage_at_5_risk': coverage_at_risk,
    'error_auroc': error_auroc}


def summarise(truth: ArrayLike, probability: ArrayLike, *, labels: Sequence[str],
              uncertainty: ArrayLike | None = None, conflict: ArrayLike | None = None,
              groups: Sequence[str] | None = None, resamples: int = 1000, seed: int = 0,
              intervals_of: Collection[str] | None = None) -> dict[str, Any]:
    """Return every figure of N predictions over K named classes.

    Args:
        truth: class indices (N,).
        probability: (N, K), rows sum to 1.
        labels: names of the K classes.
        uncertainty: (N,) of the opinions, if there are any.
        conflict: (N,) of the opinions, if more than one modality was fused.
        groups: N names; intervals resample whole groups instead of rows where there are at
            least MIN_GROUPS: fewer do not show how groups differ.
        resamples: of the bootstrap; 0 leaves the intervals out.
        seed: of the bootstrap.
        intervals_of: names of the figures to bootstrap; all when None.

    Returns:
        ``n``; each figure, None where it is not defined; ``intervals`` of them (95 %, [low,
        high]); ``classes`` with support, recall and F1; ``confusion``; ``curves`` to draw.
        ``neutral_tolerant_accuracy`` also accepts a prediction of neutral: a model that always
        says neutral reaches 1, so that the ``neutral_rate`` of the predictions stands beside it.
        ``error_auroc`` tells right from wrong by the best probability, ``error_auroc_*`` by
        entropy, uncertainty or conflict.
    """
    y, p = metrics.checked(truth, probability)
    doubts = {name: np.asarray(values, dtype=np.float64)
              for name, values in (('uncertainty', uncertainty), ('conflict', conflict))
              if values is not None}
    figures = _figures(y, p, labels, doubts)
    report: dict[str, Any] = {'n': len(y)}
    report.update({name: metric(*arrays) for name, (metric, arrays) in figures.items()})
    if resamples:
        units = groups if groups is not None and len(set(groups)) >= MIN_GROUPS else None
        report['intervals'] = {
            name: interval(metric, *arrays, groups=units, resamples=resamples, seed=seed)
            for name, (metric, arrays) in figures.items()
            if intervals_of is None or name in intervals_of}
    counts = metrics.confusion(y, p)
    recall, f1 = metrics.recall_by_class(counts), metrics.f1_by_class(counts)
    report['classes'] = {
        label: {'support': int(counts[i].sum()), 'predicted': int(counts[:, i].sum()),
                'recall': float(recall[i]), 'f1': float(f1[i])}
        for i, label in enumerate(labels)}
    report['confusion'] = {'labels': list(labels), 'counts': counts.tolist()}
    report['curves'] = {'reliability': metrics.reliability(y, p),
                        'risk_coverage': _curve(p.argmax(axis=1) == y, p.max(axis=1))}
    return report


def _figures(y: NDArray[np.intp], p: NDArray[np.float64], labels: Sequence[str],
             doubts: dict[str, NDArray[np.float64]]) -> dict[str, Figure]:
    """Return each figure as a function of what a resample must draw of each row, and no more."""
    predicted, confidence = p.argmax(axis=1), p.max(axis=1)
    correct = predicted == y
    figures: dict[str, Figure] = {'accuracy': (_mean, (correct,))}
    if 'neutral' in labels:
        neutral = predicted == list(labels).index('neutral')
        figures['neutral_tolerant_accuracy'] = _mean, (correct | neutral,)
        figures['neutral_rate'] = _mean, (neutral,)
    cell = y * len(labels) + predicted
    for name, of_counts in _OF_COUNTS.items():
        figures[name] = partial(_on_counts, of_counts, len(labels)), (cell,)
    figures['nll'] = _mean, (metrics.log_losses(y, p),)
    figures['brier'] = _mean, (metrics.squared_distances(y, p),)
    for name, of_confidence in _OF_CONFIDENCE.items():
        figures[name] = of_confidence, (correct, confidence)
    sureness = {'entropy': np.sum(p * np.log(np.maximum(p, metrics.CLIP)), axis=1),
                **{name: -values for name, values in doubts.items()}}
    for name, values in sureness.items():
        figures[f'error_auroc_{name}'] = error_auroc, (correct, values)
    for name, values in {'confidence': confidence, **doubts}.items():
        figures[f'mean_{name}'] = _mean, (values,)
    return figures


def _on_counts(metric: Callable[[NDArray[np.intp]], float], k: int,
               cell: NDArray[np.intp]) -> float:
    return metric(np.bincount(cell, minlength=k * k).reshape(k, k))


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean())


def _curve(correct: NDArray[np.bool_], confidence: NDArray[np.float64]) -> dict[str, list[float]]:
    coverage, risk = risk_coverage(correct, confidence)
    kept = np.unique(np.linspace(0, len(coverage) - 1, CURVE_POINTS).round().astype(int))
    return {'coverage': coverage[kept].tolist(), 'risk': risk[kept].tolist()}


def rounded(figures: Any) -> Any:
    """Return figures, in mappings and lists of any depth, rounded to four digits."""
    if isinstance(figures, Mapping):
        return {key: rounded(item) for key, item in figures.items()}
    if isinstance(figures, list | tuple):
        return [rounded(item) for item in figures]
    return round(float(figures), 4) if isinstance(figures, float) else figures
