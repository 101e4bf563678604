"""The tables of the multimodal paper, out of a report of `evaluate_corpus`."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from mer_ros.evaluation.reports.tables import Grid

METHODS = {'basic': 'basic', 'basic_softplus': 'basic, softplus', 'paper': 'advanced',
           'calibrated': 'calibrated'}
"""What the paper calls each preset; it does not have the calibrated one, and does not say how
basic makes evidence of logits: by relu or by softplus."""

_FIGURES = {'accuracy': 'accuracy', 'neutral_tolerant_accuracy': 'neutral tolerant'}
_SYMBOLS = {'uncertainty': 'u', 'entropy': 'entropy', 'conflict': 'conflict'}


def paper_grids(report: Mapping[str, Any]) -> list[Grid]:
    """Return figures 1 to 3 of the paper as tables; none for a report of something else."""
    if 'paper' not in report:
        return []
    return [_accuracies(report['paper']), confusion_grid(report, 'paper'),
            *_vacuous(report['paper']), *_systems(report.get('systems', [])),
            *(grid for label, rows in groupby(report['unseen'], key=lambda row: row['label'])
              for grid in _unseen(label, list(rows)))]


def fused_figures(report: Mapping[str, Any], preset: str) -> Mapping[str, Any]:
    """Return the figures of all modalities together under a preset."""
    figures: Mapping[str, Any] = [
        row for row in report['paper']['figures'] if row['preset'] == preset][-1]
    return figures


def confusion_grid(report: Mapping[str, Any], preset: str) -> Grid:
    """Return the confusion matrix of all modalities under a preset (figure 3)."""
    return _confusion(f'Confusion, {METHODS[preset]} (preset {preset})',
                      fused_figures(report, preset))


def _confusion(title: str, figures: Mapping[str, Any]) -> Grid:
    confusion = figures['confusion']
    return Grid(f'{title}: rows true, columns predicted',
                ('', *confusion['labels']),
                tuple((label, *(str(count) if count else '' for count in counts))
                      for label, counts in zip(
                          confusion['labels'], confusion['counts'], strict=True)))


def _accuracies(paper: Mapping[str, Any]) -> Grid:
    """Return figure 1: accuracy with and without neutral tolerance, by method."""
    rows: dict[str, list[str]] = {}
    for figures in paper['figures']:
        names = figures['modalities']
        rows.setdefault(' + '.join(names), []).extend(
            _with_bounds(figures, name) for name in _FIGURES)
    gain, methods = paper['gain'], _methods(paper)
    return Grid(
        'Basic and advanced mitigation',
        ('modalities', *(f'{METHODS[method]} {figure}' for method in methods
                         for figure in _FIGURES.values())),
        tuple((name, *cells) for name, cells in rows.items()),
        notes=('Advanced minus basic, all modalities, on the same clips: ' + ', '.join(
            f'{figure} {_with_bounds(gain, name, "+.3f")}' for name, figure in _FIGURES.items())
            + '.',
            'The paper does not define basic; here evidence is relu(logits): where none is above '
            '0 there is no evidence, and of equal classes the first counts as the answer.  '
            'Softplus always finds evidence.'),
        main=1 + len(_FIGURES) * methods.index('paper'))


def _methods(paper: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(figures['preset'] for figures in paper['figures']))


def _vacuous(paper: Mapping[str, Any]) -> list[Grid]:
    """Return how often each method has no evidence at all, where that is known."""
    if 'vacuous' not in paper['figures'][0]:
        return []
    rows: dict[str, list[str]] = {}
    for figures in paper['figures']:
        share = figures['vacuous']
        rows.setdefault(' + '.join(figures['modalities']), []).append(
            '-' if share is None else f'{share:.1%}')
    return [Grid('Clips without any evidence',
                 ('modalities', *(METHODS[method] for method in _methods(paper))),
                 tuple((name, *cells) for name, cells in rows.items()))]


def _systems(systems: Sequence[Mapping[str, Any]]) -> list[Grid]:
    """Return the figures of other systems, and their confusion matrices; none without any."""
    if not systems:
        return []
    names = ('accuracy', 'neutral_tolerant_accuracy', 'neutral_rate', 'uar')
    return [Grid(
        'Other systems',
        ('system', 'n', *(_FIGURES.get(name, name.replace('_', ' ')) for name in names),
         'advanced accuracy on the same clips', 'of'),
        tuple((one['system'], str(one['n']), *(_with_bounds(one, name) for name in names),
               _number(one['advanced_accuracy']), str(one['compared'])) for one in systems),
        main=2), *(_confusion(f'Confusion, {one["system"]}', one) for one in systems)]


def _unseen(label: str, rows: list[Mapping[str, Any]]) -> list[Grid]:
    """Return figure 2, what an unseen class is taken for, and whether doubt gives it away."""
    measures = list(rows[0]['mean'])
    return [
        Grid(f'What {label} is taken for ({rows[0]["n"]} clips)',
             ('method', *rows[0]['predicted']),
             tuple((METHODS[row['preset']],
                    *(f'{share:.1%}' for share in row['predicted'].values())) for row in rows)),
        Grid(f'Does doubt tell {label} from what was learned ({rows[0]["seen"]} clips)?',
             ('method', *(f'{_SYMBOLS[name]}{what}' for name in measures
                          for what in ('', ', learned', ', AUROC'))),
             tuple((METHODS[row['preset']],
                    *(_number(row[kind][name]) for name in measures
                      for kind in ('mean', 'mean_seen', 'auroc'))) for row in rows),
             notes=(f'Means over the clips; AUROC: how often the value is larger for {label}.',))]


def _with_bounds(figures: Mapping[str, Any], name: str, form: str = '.3f') -> str:
    if name not in figures:
        return '-'
    bounds = figures.get('intervals', {}).get(name)
    return f'{figures[name]:{form}}' + (
        f' [{bounds[0]:{form}}, {bounds[1]:{form}}]' if bounds else '')


def _number(value: float | None) -> str:
    return '-' if value is None else f'{value:.3f}'
