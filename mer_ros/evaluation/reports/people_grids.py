"""The report on calm people as tables of text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mer_ros.evaluation.reports.tables import Grid

CALM = ('seconds', 'emotion shown', 'anger shown', 'wrong / min', 'changes / min')


def people_grids(report: Mapping[str, Any]) -> list[Grid]:
    """Return the grids of a report of `evaluate_people`."""
    found = []
    if 'calm' in report or 'robot_faces' in report:
        found.append(_calm(report))
    if 'commands' in report:
        found += [_commands('source', report['commands']), _commands('language',
                                                                     report['commands'])]
    if 'strange' in report:
        found.append(Grid('What was not learned', (
            'modality', 'input', 'n', 'AUROC of u', 'mean u', 'labelled'), tuple(
                (row['modality'], row['kind'], str(row['n']),
                 '-' if row['auroc'] is None else f'{row["auroc"]:.3f}',
                 f'{row["uncertainty"]:.2f}', f'{row["labelled"]:.1%}')
                for row in report['strange']), ('AUROC against the first input of the modality, '
                                                'which is of a set that it has learned.',)))
    if report['skipped']:
        found.append(Grid('Left out', ('part', 'reason'), tuple(report['skipped'].items())))
    return found


def by(rows: Sequence[Mapping[str, Any]], column: str) -> list[tuple[str, dict[str, float]]]:
    """Return the figures of commands by language or source, summed up; most alarms first."""
    found = []
    for name in sorted({row[column] for row in rows}):
        some = [row for row in rows if row[column] == name]
        weights = [row['n'] for row in some]
        found.append((name, {'n': float(sum(weights)), **{
            figure: float(np.average([row[figure] for row in some], weights=weights))
            for figure in ('alarms', 'anger', 'unknown')}}))
    return sorted(found, key=lambda pair: -pair[1]['alarms'])


def _calm(report: Mapping[str, Any]) -> Grid:
    rows = [(f'{row["source"]}: {"+".join(row["sensors"])}', *_shown(row))
            for row in report.get('calm', ())]
    people = {row['source']: row['people'] for row in report.get('calm', ())}
    notes = ['Shares of the time; states with an emotion, and changes of the label, a minute.',
             *(f'{source}: {count} {"person" if count == 1 else "people"}.'
               for source, count in people.items())]
    if 'robot_faces' in report:
        rows.append(("robot's camera: face", *_shown(report['robot_faces'])))
        notes.append("Nobody labelled the faces of the robot's camera: the people talk, smile and "
                     'turn.')
    return Grid('Neutral people', ('recording', *CALM), tuple(rows), tuple(notes))


def _shown(row: Mapping[str, Any]) -> Iterable[str]:
    return (f'{row["seconds"]:.0f}', f'{row["emotion_share"]:.1%}',
            f'{row["anger_share"]:.1%}', f'{row["emotions_a_minute"]:.1f}',
            f'{row["changes_a_minute"]:.1f}')


def _commands(column: str, rows: Sequence[Mapping[str, Any]]) -> Grid:
    return Grid(f'Commands by {column}', (column, 'n', 'false alarms', 'anger', 'unknown'), tuple(
        (name, f'{found["n"]:.0f}', *(f'{found[figure]:.1%}'
                                      for figure in ('alarms', 'anger', 'unknown')))
        for name, found in by(rows, column)))
