"""The figures of the report on calm people, each as SVG."""

from collections.abc import Mapping, Sequence
from typing import Any

from mer_ros.colours import colour_of
from mer_ros.evaluation.reports.people_grids import by
from mer_ros.evaluation.reports.plots import ACCENT, FAINT, INK, new_axes, SECOND, svg_of

MOST_LANGUAGES, FEW = 30, 20
"""Languages that are drawn, those with most alarms first, and the sentences that each needs."""


def calm_plot(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the share of the time with an emotion, and with anger, by recordings and sensors."""
    sources = list(dict.fromkeys(row['source'] for row in rows))
    heights = [sum(row['source'] == source for row in rows) for source in sources]
    figure, axes = new_axes(8.4, 1.0 + 0.3 * sum(heights), len(sources), 1, sharex=True,
                            squeeze=False, height_ratios=heights)
    anger = colour_of('anger')
    for panel, source in zip(axes.flat, sources, strict=True):
        some = [row for row in rows if row['source'] == source]
        shares = [row['emotion_share'] for row in some]
        panel.barh(range(len(some)), shares, height=0.62, color=ACCENT, alpha=0.85,
                   label='any emotion')
        panel.barh(range(len(some)), [row['anger_share'] for row in some], height=0.62,
                   color=anger, label='anger')
        for place, share in enumerate(shares):
            panel.text(share + 0.01, place, f'{share:.0%}', va='center', fontsize=8, color=INK)
        panel.set_yticks(range(len(some)), [' + '.join(row['sensors']) for row in some])
        panel.invert_yaxis()
        panel.set_title(source, fontsize=9.5, loc='left', color=INK)
        panel.tick_params(axis='y', length=0)
        panel.grid(axis='x', color=FAINT, linewidth=0.6)
    axes.flat[-1].set_xlim(0, 1)
    axes.flat[-1].xaxis.set_major_formatter(lambda share, _: f'{share:.0%}')
    axes.flat[-1].set_xlabel('share of the time in which an emotion is shown')
    figure.legend(*axes.flat[0].get_legend_handles_labels(), loc='outside upper right', ncols=2,
                  frameon=False, fontsize=8.5)
    return svg_of(figure)


def commands_plot(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the false alarms on commands by language."""
    every = by(rows, 'language')
    found = ([pair for pair in every if pair[1]['n'] >= FEW] or every)[:MOST_LANGUAGES]
    figure, axes = new_axes(8.4, 1.0 + 0.19 * len(found))
    shares = [figures['alarms'] for _, figures in found]
    axes.barh(range(len(found)), shares, height=0.7, color=ACCENT, alpha=0.85)
    for place, share in enumerate(shares):
        axes.text(share + 0.002, place, f'{share:.1%}', va='center', fontsize=7.5, color=INK)
    axes.set_yticks(range(len(found)), [name for name, _ in found])
    axes.set_ylim(len(found) - 0.4, -0.6)
    axes.set_xlim(0, max(0.1, 1.15 * max(shares)))
    axes.xaxis.set_major_formatter(lambda share, _: f'{share:.0%}')
    axes.tick_params(axis='y', length=0, labelsize=8)
    axes.grid(axis='x', color=FAINT, linewidth=0.6)
    axes.set_xlabel('share of commands shown with an emotion')
    return svg_of(figure)


def strange_plot(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the mean uncertainty and the share that gets a label, of what is known and not."""
    figure, axes = new_axes(8.4, 0.9 + 0.3 * len(rows), 1, 2, sharey=True)
    names = [f'{row["modality"]}: {row["kind"]}' for row in rows]
    for panel, name, title in zip(axes, ('uncertainty', 'labelled'),
                                  ('mean uncertainty', 'share that gets a label'), strict=True):
        values = [row[name] for row in rows]
        panel.barh(range(len(rows)), values, height=0.62, alpha=0.85, color=[
            '#999999' if row['auroc'] is None else SECOND for row in rows])
        for place, value in enumerate(values):
            panel.text(value + 0.015, place, f'{value:.2f}', va='center', fontsize=8, color=INK)
        panel.set_xlim(0, 1.12)
        panel.set_xticks([0, 0.5, 1])
        panel.set_xlabel(title)
        panel.tick_params(axis='y', length=0)
        panel.grid(axis='x', color=FAINT, linewidth=0.6)
    axes[0].set_yticks(range(len(rows)), names)
    axes[0].invert_yaxis()
    return svg_of(figure)
