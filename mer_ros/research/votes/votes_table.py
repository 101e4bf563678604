"""The evaluation on votes as tables and as a figure."""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console, Group
from rich.table import Table

COLUMNS = {'accuracy': 'accuracy', 'neutral_tolerant_accuracy': 'neutral-tolerant',
           'neutral_rate': 'neutral rate', 'nll': 'NLL', 'ece': 'ECE',
           'ece_if_perfect': 'ECE if perfect'}
"""The figures that are shown."""

DOUBTS = {'accuracy': 'accuracy', 'nll': 'NLL', 'ece': 'ECE', 'error_auroc': 'AUROC of p',
          'error_auroc_uncertainty': 'of uncertainty', 'error_auroc_conflict': 'of conflict'}
"""The figures of people beside the text model; AUROC of errors."""

_BOUNDED = ('accuracy', 'nll')
"""The figures whose intervals fit into the table."""

HEIGHTS = {'accuracy': 'accuracy', 'neutral_tolerant_accuracy': 'neutral also accepted'}
_COLOURS = {'people': '#BBBBBB', 'paper': '#56B4E9', 'basic': '#E69F00', 'calibrated': '#CC79A7',
            'fitted': '#009E73', 'fitted once': '#0072B2'}


def votes_table(report: Mapping[str, Any]) -> Group:
    """Return the tables of a report of `evaluate_votes` for the terminal."""
    title = f'{report["dataset"]} {report["split"]}: {report["n"]} clips, {report["actors"]} actors'
    chosen = ', '.join(f'{name} {value:.4g}' for name, value in report['settings'].items())
    return Group(
        _table(title, 'modalities', report['methods'], f'chosen on the other actors: {chosen}'),
        _table('rules on voice+face', 'calibration', report['rules']),
        _table('without the sentence whose classes are unbalanced', 'modalities',
               {'fitted': report['without_unbalanced']}),
        _table('people beside the text model, as the node fuses them', 'modalities',
               {'': report['graph']}, columns=DOUBTS))


def _table(title: str, second: str, rows: Mapping[str, Mapping[str, Mapping[str, Any]]],
           caption: str = '', columns: Mapping[str, str] = COLUMNS) -> Table:
    table = Table(title=title, caption=caption, caption_justify='left')
    for heading in ('', second):
        table.add_column(heading)
    for heading in columns.values():
        table.add_column(heading, justify='right')
    for first, parts in rows.items():
        for index, (name, figures) in enumerate(parts.items()):
            table.add_row('' if index else first, name,
                          *(_cell(figures, column) for column in columns),
                          end_section=index == len(parts) - 1)
    return table


def _cell(figures: Mapping[str, Any], name: str) -> str:
    if name not in figures:
        return '-'
    bounds = figures.get('intervals', {}).get(name) if name in _BOUNDED else None
    return f'{figures[name]:.3f}' + (f' [{bounds[0]:.3f}, {bounds[1]:.3f}]' if bounds else '')


def votes_page(report: Mapping[str, Any]) -> str:
    """Return the tables and the figure as an HTML page that needs no other file."""
    console = Console(record=True, width=130, file=StringIO())
    console.print(votes_table(report))
    picture = StringIO()
    plot_votes(report, picture)
    page = console.export_html(inline_styles=True)
    return page.replace('</body>', f'{picture.getvalue().partition("?>")[2]}</body>')


def plot_votes(report: Mapping[str, Any], path: Path | TextIO) -> None:
    """Draw the accuracies of a report of `evaluate_votes`, with and without neutral tolerance.

    The bars are those of figure 1 of the first paper; whiskers are 95 % intervals over actors.
    The ending of the path says in which format; a stream is written as SVG.
    """
    from matplotlib.figure import Figure

    methods = report['methods']
    sets = list(methods['fitted'])
    figure = Figure(figsize=(11, 4.2), layout='constrained')
    for axes, (name, title) in zip(
            figure.subplots(1, 2, sharey=True), HEIGHTS.items(), strict=True):
        for index, (method, parts) in enumerate(methods.items()):
            places = [sets.index(one) + (index - (len(methods) - 1) / 2) / (len(methods) + 1)
                      for one in parts]
            heights = [part[name] for part in parts.values()]
            ends = [part['intervals'][name] for part in parts.values() if 'intervals' in part]
            whiskers = [[height - low for height, (low, _) in zip(heights, ends, strict=False)],
                        [high - height for height, (_, high) in zip(heights, ends, strict=False)]]
            axes.bar(places, heights, width=1 / (len(methods) + 1), label=method,
                     color=_COLOURS[method], yerr=whiskers if ends else None,
                     error_kw={'linewidth': 0.8, 'capsize': 2})
        axes.set_xticks(range(len(sets)), [one.replace('+', '\n+ ') for one in sets])
        axes.set_ylim(0.0, 1.0)
        axes.set_title(title)
        axes.grid(axis='y', linewidth=0.4)
        axes.set_axisbelow(True)
        axes.spines[['top', 'right']].set_visible(False)
    figure.axes[0].set_ylabel('share of clips')
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc='outside lower center',
                  ncols=len(methods), frameon=False)
    figure.savefig(path, dpi=120, format=None if isinstance(path, Path) else 'svg')
