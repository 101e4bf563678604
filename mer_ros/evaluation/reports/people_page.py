"""The report on calm people in the terminal and as a page."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from rich.console import Group

from mer_ros.evaluation.reports.people_grids import people_grids
from mer_ros.evaluation.reports.people_plots import calm_plot, commands_plot, strange_plot
from mer_ros.evaluation.reports.report_page import card, figure, page_of, section, table
from mer_ros.evaluation.reports.report_terminal import below_each_other

PLOTS = {
    'Neutral people': ('calm', calm_plot, 'Every second with an emotion is wrong.'),
    'Commands by language': ('commands', commands_plot, 'Every emotion is a false alarm.'),
    'What was not learned': ('strange', strange_plot, (
        'Grey: a set that the models have learned; red: what is no face, no voice, no language '
        'of theirs. The uncertainty should be near 1, and no label be given.')),
}


def people_table(report: Mapping[str, Any]) -> Group:
    """Return what the terminal shows of a report of `evaluate_people`."""
    return below_each_other(people_grids(report))


def people_page(report: Mapping[str, Any]) -> str:
    """Return a report of `evaluate_people` as an HTML page that needs no other file."""
    return page_of(
        'What the robot shows of calm people',
        f'Profile {report["profile"]}, preset {report["preset"]}. People who feel nothing in '
        f'particular, commands, and what is no person at all.',
        _cards(report), _sections(report))


def _cards(report: Mapping[str, Any]) -> Iterator[str]:
    for row in report.get('calm', ()):
        if len(row['sensors']) == 3:
            yield card(f'{row["source"]}: emotion shown', f'{row["emotion_share"]:.0%}',
                       f'anger {row["anger_share"]:.0%}')
    rows = report.get('commands', ())
    for title, some in (('commands, English: alarms', [r for r in rows if r['language'] == 'en']),
                        ('commands, others: alarms', [r for r in rows if r['language'] != 'en'])):
        if some:
            weights = [row['n'] for row in some]
            alarms = np.average([row['alarms'] for row in some], weights=weights)
            yield card(title, f'{alarms:.1%}', f'{sum(weights)} sentences')
    aurocs = [row['auroc'] for row in report.get('strange', ()) if row['auroc'] is not None]
    if aurocs:
        yield card('AUROC of u, not learned', f'{min(aurocs):.2f}', 'the worst of all inputs')


def _sections(report: Mapping[str, Any]) -> Iterator[str]:
    for grid in people_grids(report):
        name, plot, caption = PLOTS.get(grid.title, ('', None, ''))
        drawn = '' if plot is None or not report.get(name) else figure(plot(report[name]), caption)
        yield section(grid.title, drawn + table(grid))
