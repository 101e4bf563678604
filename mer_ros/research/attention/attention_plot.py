"""What the attention fusion attends to, and what it confuses, as one picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mer_ros.colours import text_colour_on
from mer_ros.evaluation.reports.plots import FAINT
from mer_ros.research.attention.attention_report import ATTENTION

_COLOURS = ('#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9')


def plot_attention(report: Mapping[str, Any], path: Path) -> None:
    """Draw histograms of the attention, its mean by true class, and the confusion matrix.

    The report is one of `attention_report`; the ending of the path says in which format.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 4.2), layout='constrained')
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1.1, 1.2))
    colours = dict(zip(report['attention'], _COLOURS, strict=False))
    _histograms(left, report, colours)
    _by_class(middle, report, colours)
    _confusion(right, report)
    for axes in (left, middle):
        axes.spines[['top', 'right']].set_visible(False)
        axes.set_axisbelow(True)
    figure.savefig(path, dpi=120)


def _histograms(axes: Any, report: Mapping[str, Any], colours: Mapping[str, str]) -> None:
    for name, part in report['attention'].items():
        shares = np.array(part['histogram']) / report['n']
        edges = np.linspace(0.0, 1.0, len(shares) + 1)
        axes.stairs(shares, edges, color=colours[name], fill=True, alpha=0.25)
        axes.stairs(shares, edges, color=colours[name], linewidth=1.6, label=name)
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel('attention')
    axes.set_ylabel('share of rows')
    axes.set_title('How the attention is spread')
    axes.grid(axis='y', color=FAINT, linewidth=0.6)
    axes.legend(frameon=False)


def _by_class(axes: Any, report: Mapping[str, Any], colours: Mapping[str, str]) -> None:
    labels = report['labels']
    reached = np.zeros(len(labels))
    for name, part in report['attention'].items():
        means = np.array([part['by_class'].get(label, 0.0) for label in labels])
        axes.barh(range(len(labels)), means, left=reached, color=colours[name], height=0.7)
        for place, (start, width) in enumerate(zip(reached, means, strict=True)):
            if width > 0.08:
                axes.text(start + width / 2, place, f'{width:.2f}', ha='center', va='center',
                          fontsize=9, color=text_colour_on(colours[name]))
        reached += means
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.set_xlim(0.0, 1.0)
    axes.tick_params(axis='y', length=0)
    axes.set_xlabel('mean attention')
    axes.set_title('Attention by true class')


def _confusion(axes: Any, report: Mapping[str, Any]) -> None:
    figures = list(report['methods'][ATTENTION].values())[-1]
    labels, counts = report['labels'], np.array(figures['confusion']['counts'])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap='Blues', vmin=0.0, vmax=1.0)
    for row, column in np.argwhere(counts):
        axes.text(column, row, str(counts[row, column]), ha='center', va='center', fontsize=9,
                  color='white' if shares[row, column] > 0.55 else 'black')
    axes.set_xticks(range(len(labels)), labels, rotation=35, ha='right')
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel('predicted')
    axes.set_ylabel('true')
    axes.set_title(f'Test rows; accuracy {figures["accuracy"]:.3f}')
