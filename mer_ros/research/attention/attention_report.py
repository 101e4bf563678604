"""Attention fusion beside Dempster's rule on the same held-out rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Group
from rich.table import Table

from mer_ros.evaluation.metrics.bootstrap import interval
from mer_ros.evaluation.metrics.classification import log_losses
from mer_ros.evaluation.metrics.summary import MIN_GROUPS, summarise

INTERVALS = ('accuracy', 'macro_f1', 'nll', 'ece')
"""The figures that are bootstrapped."""

ATTENTION = 'attention'
"""The method that the others are compared with."""

Floats = NDArray[np.float64]


def attention_report(
    truth: NDArray[np.intp], methods: Mapping[str, Mapping[str, Floats]],
    attention: Mapping[str, Floats], *, labels: Sequence[str], groups: NDArray[np.str_],
    resamples: int = 1000, seed: int = 0,
) -> dict[str, Any]:
    """Measure several methods on N rows.

    Args:
        truth: class indices (N,).
        methods: probabilities (N, K) by method and modalities (``speech+face``); `ATTENTION` is
            one of the methods.
        attention: what each modality got (N,) in [0, 1], where all that a row has are present.
        labels: names of the K classes.
        groups: names (N,) of what belongs together; intervals resample these where there are at
            least `MIN_GROUPS`.
        resamples: of the bootstrap; 0 leaves intervals out.
        seed: of the bootstrap.

    Returns:
        ``methods``: figures by method and modalities, those of `summarise` with precision,
        recall and F1 by class, macro and weighted (``averages``).  ``gains``: by how much the
        attention's accuracy and NLL exceed each other method's with the same modalities, with
        intervals of the paired difference.  ``attention``: mean, standard deviation and histogram
        (20 bins of [0, 1]) of each modality's share, and its mean by true class.
    """
    units = list(groups) if len(set(groups)) >= MIN_GROUPS else None

    def figures(probability: Floats) -> dict[str, Any]:
        report = summarise(truth, probability, labels=labels, groups=units, resamples=resamples,
                           seed=seed, intervals_of=INTERVALS)
        return {**report, **class_figures(np.array(report['confusion']['counts']), labels)}

    return {
        'n': len(truth), 'groups': len(set(groups)), 'labels': list(labels),
        'methods': {method: {names: figures(probability) for names, probability in parts.items()}
                    for method, parts in methods.items()},
        'gains': {method: {names: _gain(truth, methods[ATTENTION][names], probability, units,
                                        resamples, seed)
                           for names, probability in parts.items()}
                  for method, parts in methods.items() if method != ATTENTION},
        'attention': {name: {
            'mean': float(share.mean()), 'std': float(share.std()),
            'histogram': np.histogram(share, bins=20, range=(0.0, 1.0))[0].tolist(),
            'by_class': {label: float(share[truth == place].mean())
                         for place, label in enumerate(labels) if (truth == place).any()}}
            for name, share in attention.items()},
    }


def class_figures(counts: NDArray[np.intp], labels: Sequence[str]) -> dict[str, Any]:
    """Return precision, recall, F1 and support by class and their averages, of a confusion (K, K).

    What has no prediction has precision 0.  ``macro`` is the mean over the classes that occur,
    ``weighted`` that by support.
    """
    hit, support, predicted = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    table = {'precision': hit / np.maximum(predicted, 1), 'recall': hit / np.maximum(support, 1),
             'f1': 2 * hit / np.maximum(support + predicted, 1)}
    return {
        'classes': {label: {**{name: float(column[place]) for name, column in table.items()},
                            'support': int(support[place])} for place, label in enumerate(labels)},
        'averages': {
            'macro': {name: float(column[support > 0].mean()) for name, column in table.items()},
            'weighted': {name: float(np.average(column, weights=support))
                         for name, column in table.items()}}}


def _gain(truth: NDArray[np.intp], ours: Floats, theirs: Floats, groups: list[str] | None,
          resamples: int, seed: int) -> dict[str, Any]:
    differences = {
        'accuracy': (ours.argmax(axis=1) == truth) * 1.0 - (theirs.argmax(axis=1) == truth),
        'nll': log_losses(truth, ours) - log_losses(truth, theirs)}
    return {name: {'difference': float(values.mean()), 'interval': interval(
                       np.mean, values, groups=groups, resamples=resamples, seed=seed)
                   if resamples else None}
            for name, values in differences.items()}


def attention_table(report: Mapping[str, Any]) -> Group:
    """Return a report of `attention_report` as tables for the terminal."""
    table = Table(title=f'{report["source"]}: {report["n"]} test rows, '
                        f'{report["groups"]} groups of their own')
    for heading in ('', 'modalities'):
        table.add_column(heading)
    for heading in ('accuracy', 'macro F1', 'weighted F1', 'NLL', 'ECE', 'attention more by'):
        table.add_column(heading, justify='right')
    for method, parts in report['methods'].items():
        for place, (names, figures) in enumerate(parts.items()):
            bounds = figures.get('intervals', {})
            gain = report['gains'].get(method, {}).get(names, {}).get('accuracy', {})
            table.add_row(
                '' if place else method, names,
                f'{figures["accuracy"]:.3f}' + _ends(bounds.get('accuracy')),
                *(f'{figures[name]:.3f}' for name in ('macro_f1', 'weighted_f1', 'nll', 'ece')),
                f'{gain["difference"]:+.3f}' + _ends(gain['interval']) if gain else '',
                end_section=place == len(parts) - 1)
    whole = list(report['methods'][ATTENTION].values())[-1]
    classes = Table(title='attention, all modalities, and how much of it goes where')
    for heading in ('', 'precision', 'recall', 'F1', 'support',
                    *(f'on {name}' for name in report['attention'])):
        classes.add_column(heading, justify='right' if heading else 'left')
    for label, row in whole['classes'].items():
        classes.add_row(label, *(f'{row[name]:.3f}' for name in ('precision', 'recall', 'f1')),
                        str(row['support']),
                        *(f'{part["by_class"][label]:.2f}' if label in part['by_class'] else '-'
                          for part in report['attention'].values()))
    for name, row in whole['averages'].items():
        classes.add_row(name, *(f'{row[figure]:.3f}' for figure in ('precision', 'recall', 'f1')),
                        str(report['n']), *(f'{part["mean"]:.2f}' if name == 'weighted' else ''
                                            for part in report['attention'].values()))
    return Group(table, classes)


def _ends(bounds: Sequence[float] | None) -> str:
    return f' [{bounds[0]:.3f}, {bounds[1]:.3f}]' if bounds else ''
