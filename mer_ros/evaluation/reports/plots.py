"""The figures of an evaluation report, each as SVG."""

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import numpy as np

from mer_ros.colours import colour_of, text_colour_on

INK = '#333333'
"""Colour of text and main lines."""

FAINT = '#D9D9D9'
"""Colour of grids and of what is not meant to stand out."""

ACCENT = '#0072B2'
"""Colour of what is measured."""

SECOND = '#C2185B'
"""Colour of a second measure beside it."""

_FEW = 20
"""Thresholds of which each is marked on a curve."""

_LINES = {'accuracy': (ACCENT, '-', 'o'), 'mean_confidence': ('#777777', ':', '^'),
          'mean_uncertainty': (SECOND, '--', 's'), 'mean_conflict': ('#009E73', '-.', 'D')}


def confusion_plot(figures: Mapping[str, Any]) -> str:
    """Return the confusion matrix as SVG: shares of each true class, with the counts."""
    labels, counts = figures['confusion']['labels'], np.array(figures['confusion']['counts'])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = new_axes(5.2, 4.6)
    for row, true in enumerate(labels):
        for column, share in enumerate(shares[row]):
            colour = _tint(ACCENT if row == column else '#8A5A44', float(share))
            axes.add_patch(_square(column, row, colour))
            if counts[row, column]:
                axes.text(column, row, str(counts[row, column]), ha='center', va='center',
                          fontsize=9, color=text_colour_on(colour))
        for x, y in ((-0.72, row), (row, len(labels) - 0.28)):
            axes.add_patch(_square(x, y, colour_of(true, tuple(labels)), side=0.22))
    axes.set_xlim(-0.9, len(labels) - 0.5)
    axes.set_ylim(len(labels) - 0.1, -0.5)
    axes.set_aspect('equal')
    axes.set_xticks(range(len(labels)), labels, rotation=40, ha='right')
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel('predicted')
    axes.set_ylabel('true')
    return svg_of(figure)


def reliability_plot(figures: Mapping[str, Any]) -> str:
    """Return the reliability diagram as SVG: accuracy by confidence, with the counts below."""
    bins = figures['curves']['reliability']
    figure, axes = new_axes(4.6, 4.6, 2, height_ratios=(3, 1), sharex=True)
    above, below = axes
    left, width = [b['low'] for b in bins], [b['high'] - b['low'] for b in bins]
    above.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    above.bar(left, [b['accuracy'] for b in bins], width, align='edge', color=ACCENT,
              edgecolor='white', linewidth=0.8, alpha=0.85)
    above.plot([b['confidence'] for b in bins], [b['accuracy'] for b in bins], 'o', color=INK,
               markersize=3)
    above.set_ylabel('accuracy')
    above.set_ylim(0, 1)
    below.bar(left, [b['count'] for b in bins], width, align='edge', color='#999999',
              edgecolor='white', linewidth=0.8)
    most = max(b['count'] for b in bins)
    for place, step, each in zip(left, width, bins, strict=True):
        below.text(place + step / 2, each['count'] + 0.05 * most, str(each['count']), ha='center',
                   va='bottom', fontsize=6.5, color=INK)
    below.set_ylim(0, 1.3 * most)
    below.set_yticks([])
    below.set_ylabel('count')
    below.set_xlabel('confidence')
    below.set_xlim(0, 1)
    return svg_of(figure)


def risk_coverage_plot(figures: Mapping[str, Any]) -> str:
    """Return the risk-coverage curve as SVG, with the risk of 5 % marked."""
    curve = figures['curves']['risk_coverage']
    figure, axes = new_axes(4.6, 4.6)
    axes.axhline(0.05, color=SECOND, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.text(0.995, 0.05, '5 % risk', ha='right', va='bottom', fontsize=8, color=SECOND)
    axes.plot(curve['coverage'], curve['risk'], color=ACCENT, linewidth=1.8,
              marker='o' if len(curve['risk']) < _FEW else '', markersize=3.5)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, max(0.1, 1.08 * max(curve['risk'])))
    axes.set_xlabel('coverage: share of rows answered, surest first')
    axes.set_ylabel('risk: share of errors among them')
    axes.grid(color=FAINT, linewidth=0.6)
    return svg_of(figure)


def subsets_plot(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return accuracy with interval, mean uncertainty and conflict of the subsets as SVG."""
    figure, axes = new_axes(9.6, 0.9 + 0.34 * len(rows), 1, 3, sharey=True)
    names = [' + '.join(row['modalities']) for row in rows]
    for panel, name, colour in zip(
            axes, ('accuracy', 'mean_uncertainty', 'mean_conflict'),
            (ACCENT, SECOND, '#009E73'), strict=True):
        known = [(place, row) for place, row in enumerate(rows) if row.get(name) is not None]
        panel.barh([place for place, _ in known], [row[name] for _, row in known], height=0.62,
                   color=colour, alpha=0.85)
        for place, row in known:
            bounds = row.get('intervals', {}).get(name)
            if bounds:
                panel.plot(bounds, (place, place), color=INK, linewidth=1.1)
        panel.set_xlim(0, 1)
        panel.set_xticks([0, 0.5, 1])
        panel.set_xlabel(name.replace('_', ' '))
        panel.tick_params(axis='y', length=0)
        panel.grid(axis='x', color=FAINT, linewidth=0.6)
    axes[0].set_yticks(range(len(rows)), names)
    axes[0].invert_yaxis()
    return svg_of(figure)


def corruption_plot(corruptions: Sequence[Mapping[str, Any]]) -> str:
    """Return accuracy, mean confidence, uncertainty and conflict over the severity as SVG."""
    columns = min(3, len(corruptions))
    lines = -(-len(corruptions) // columns)
    figure, axes = new_axes(3.25 * columns + 0.4, 2.7 * lines + 0.4, lines, columns, sharey=True,
                         squeeze=False)
    for panel, corruption in zip(axes.flat, corruptions, strict=False):
        levels = corruption['levels']
        for name, (colour, style, marker) in _LINES.items():
            if name in levels[0]:
                panel.plot(range(len(levels)), [level[name] for level in levels], style,
                           marker=marker, markersize=3.5, linewidth=1.5, color=colour,
                           label=name.replace('_', ' '))
        panel.set_xticks(range(len(levels)), [
            'clean' if level['level'] is None else f'{level["level"]:g}' for level in levels])
        panel.set_title(f'{corruption["corruption"]} ({corruption["modality"]})', fontsize=10)
        panel.set_xlabel(corruption['unit'])
        panel.set_ylim(-0.02, 1.02)
        panel.grid(axis='y', color=FAINT, linewidth=0.6)
    for panel in axes.flat[len(corruptions):]:
        panel.set_visible(False)
    figure.legend(*axes.flat[0].get_legend_handles_labels(), loc='outside lower center',
                  ncols=len(_LINES), frameon=False, fontsize=9)
    return svg_of(figure)


def new_axes(width: float, height: float, *shape: int, **options: Any) -> tuple[Any, Any]:
    """Return a figure of this size in inches, and its axes, in the style of the reports."""
    # A program that draws nothing must not pay for matplotlib.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout='constrained')
    axes = figure.subplots(*shape, **options)
    for panel in np.atleast_1d(axes).flat:
        panel.spines[['top', 'right']].set_visible(False)
        panel.spines[['left', 'bottom']].set_color('#999999')
        panel.tick_params(labelsize=8.5, color='#999999', labelcolor=INK)
        panel.xaxis.label.set(fontsize=9, color=INK)
        panel.yaxis.label.set(fontsize=9, color=INK)
        panel.set_axisbelow(True)
    return figure, axes


def _square(x: float, y: float, colour: str, *, side: float = 0.96) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - side / 2, y - side / 2), side, side, facecolor=colour, linewidth=0)


def _tint(colour: str, share: float) -> str:
    """Return a colour mixed with near white, as '#RRGGBB': none of it at 0, all of it at 1."""
    mixed = [round(245 + (int(colour[i:i + 2], 16) - 245) * share) for i in (1, 3, 5)]
    return '#' + ''.join(f'{part:02X}' for part in mixed)


def svg_of(figure: Any) -> str:
    """Return a figure as SVG."""
    from matplotlib import rc_context

    stream = StringIO()
    # Without a salt and a date the same report gives the same page.
    with rc_context({'svg.hashsalt': 'mer_ros'}):
        figure.savefig(stream, format='svg', metadata={'Date': None}, transparent=True)
    return stream.getvalue()
