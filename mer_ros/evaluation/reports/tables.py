"""Evaluation reports as tables of text, whatever shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FIGURES = {
    'accuracy': 'accuracy',
    'neutral_tolerant_accuracy': 'neutral-tolerant accuracy',
    'neutral_rate': 'neutral rate',
    'uar': 'UAR',
    'macro_f1': 'macro F1',
    'weighted_f1': 'weighted F1',
    'nll': 'NLL',
    'brier': 'Brier score',
    'ece': 'ECE',
    'adaptive_ece': 'adaptive ECE',
    'aurc': 'AURC',
    'augrc': 'AUGRC',
    'coverage_at_5_risk': 'coverage at 5 % risk',
    'error_auroc': 'error AUROC, max p',
    'error_auroc_entropy': 'error AUROC, entropy',
    'error_auroc_uncertainty': 'error AUROC, u',
    'error_auroc_conflict': 'error AUROC, conflict',
    'mean_confidence': 'mean confidence',
    'mean_uncertainty': 'mean u',
    'mean_conflict': 'mean conflict',
}
"""The figures that the table shows, and what it calls them."""

_COMPARED = ('n', 'accuracy', 'neutral_tolerant_accuracy', 'neutral_rate', 'ece', 'error_auroc',
             'mean_uncertainty', 'mean_conflict')
_COMPARISONS = {'modalities': 'Choices of modalities', 'preset': 'Presets', 'rule': 'Rules'}
_MOST_NOTES = 20
_SHORT = {'neutral_tolerant_accuracy': 'neutral tolerant', 'error_auroc': 'error AUROC'}


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text: the first column names the rows, the others hold numbers.

    ``main`` is the column whose intervals are shown even where there is little room.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    main: int = -1


def grids(report: Mapping[str, Any]) -> list[Grid]:
    """Return the grids of a report: its figures, then what it compares, where it does."""
    found = [figures_grid(report)]
    if report.get('subsets'):
        found.append(_comparison('modalities', report['subsets']))
        found.append(_comparison('preset', report['presets']))
    if report.get('rules'):
        found.append(_comparison('rule', report['rules']))
    if report.get('adaptation'):
        found.append(_adaptation(report['adaptation']))
    if report.get('corruptions'):
        found += [_agreement(report['corruptions']), _corruptions(report['corruptions'])]
    return found


def _adaptation(found: Mapping[str, Any]) -> Grid:
    names = ('accuracy', 'uar', 'ece', 'confidence')
    rows = tuple((how, *(f'{found[how][name]:.3f}' for name in names))
                 for how in ('plain', 'adapted'))
    return Grid('adapting to each person', ('', *names), rows, (
        f'{found["n"]} utterances of the classes that the model learned, each judged before it is '
        f'learned from; mean of {found["orders"]} random orders',))


def title_of(report: Mapping[str, Any]) -> str:
    """Return what was evaluated."""
    return str(report.get('manifest') or report.get('bag')
               or f'{report["dataset"]} {report["split"]}')


def main_figures(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the figures that count: those of the fusion, or of the only model."""
    figures: Mapping[str, Any] = report.get('fused', report)
    return figures


def figures_grid(report: Mapping[str, Any]) -> Grid:
    """Return the figures, one column a modality and one for the fusion, with their intervals.

    What was skipped, could not be used or was never learned stands in the notes.
    """
    sections = _sections(report)
    shown = {name: title for name, title in FIGURES.items()
             if any(figures.get(name) is not None for _, figures in sections)}
    rows = [('n', *(str(figures['n']) for _, figures in sections))]
    if any('model' in figures for _, figures in sections):
        rows.insert(0, ('model', *(figures.get('model', '') for _, figures in sections)))
    rows += [(title, *(_cell(figures, name) for _, figures in sections))
             for name, title in shown.items()]
    return Grid(f'{title_of(report)}, {_how(report)}', ('', *(name for name, _ in sections)),
                tuple(rows), tuple(_notes(report)),
                main=next(index for index, (_, figures) in enumerate(sections, start=1)
                          if figures is main_figures(report)))


def class_grid(report: Mapping[str, Any]) -> Grid:
    """Return the per-class figures."""
    return Grid('Classes', ('', 'support', 'predicted', 'recall', 'F1'), tuple(
        (label, str(row['support']), str(row['predicted']),
         f'{row["recall"]:.3f}' if row['support'] else '-',
         f'{row["f1"]:.3f}' if row['support'] else '-')
        for label, row in main_figures(report)['classes'].items()))


def decision_grid(report: Mapping[str, Any]) -> Grid:
    """Return what was decided about each labelled span of a bag."""
    return Grid('Spans', ('seconds', 'truth', 'decision', 'confidence', 'u', 'conflict', 'states'),
                tuple((f'{row["start"]:g} to {row["end"]:g}'
                       + (f', {row["person_id"]}' if row['person_id'] else ''),
                       row['label'], row['decision'] or 'nothing perceived',
                       *(f'{row[name]:.2f}' if name in row else '-'
                         for name in ('confidence', 'uncertainty', 'conflict')),
                       str(row['states'])) for row in report['decisions']))


def _comparison(first: str, rows: Sequence[Mapping[str, Any]]) -> Grid:
    names = [name for name in _COMPARED if any(row.get(name) is not None for row in rows)]
    return Grid(
        _COMPARISONS[first],
        (first, *(_heading(name) for name in names)),
        tuple((' + '.join(row[first]) if first == 'modalities' else row[first],
               *(str(row['n']) if name == 'n' else _cell(row, name) for name in names))
              for row in rows),
        main=1 + names.index('accuracy'))


def _corruptions(corruptions: Sequence[Mapping[str, Any]]) -> Grid:
    names = [name for name in corruptions[0]['levels'][0] if name != 'level']
    rows = [(f'{corruption["corruption"]} ({corruption["modality"]})' if not index else '',
             'clean' if point['level'] is None else f'{point["level"]:g} {corruption["unit"]}',
             # The uncertainty of a calibrated fusion is small; what matters is how it moves.
             *(f'{point[name]:.{4 if name == "mean_uncertainty" else 3}f}' for name in names))
            for corruption in corruptions for index, point in enumerate(corruption['levels'])]
    return Grid('Worse and worse input',
                ('corruption', 'level', *(_heading(name) for name in names)), tuple(rows))


def _agreement(corruptions: Sequence[Mapping[str, Any]]) -> Grid:
    moving = ('accuracy', 'mean_confidence', 'mean_uncertainty')
    return Grid(
        'Does doubt grow as accuracy falls?',
        ('corruption', *(_heading(name) for name in moving), 'accuracy with u', 'together'),
        tuple((corruption['corruption'],
               *(_signed(corruption['trends'][name]) for name in moving),
               _signed(corruption['rank_correlation']), 'yes' if corruption['together'] else 'no')
              for corruption in corruptions),
        notes=('Rank correlations: with severity, and of accuracy with mean u.',))


def _signed(value: float | None) -> str:
    return '-' if value is None else f'{value:+.2f}'


def _sections(report: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    if 'modalities' not in report:
        sections = [(report['modality'], report)]
        if 'within_classes' in report:
            sections.append(('within its classes', report['within_classes']))
        return sections
    sections = [*report['modalities'].items(), ('fused', report['fused'])]
    if 'states' in report:
        sections[-1:] = [('fused, per span', report['fused']),
                         ('fused, per state', report['states'])]
    return sections


def _how(report: Mapping[str, Any]) -> str:
    parts = [f'{name} {report[name]}' for name in ('profile', 'preset') if name in report]
    return ', '.join(parts)


def _heading(name: str) -> str:
    return _SHORT.get(name, FIGURES.get(name, name))


def _cell(figures: Mapping[str, Any], name: str) -> str:
    value = figures.get(name)
    if value is None:
        return '-'
    bounds = figures.get('intervals', {}).get(name)
    return f'{value:.3f}' + (f' [{bounds[0]:.3f}, {bounds[1]:.3f}]' if bounds else '')


def _notes(report: Mapping[str, Any]) -> list[str]:
    notes: list[str] = list(report.get('notes', ()))
    if 'face_crops' in report:
        crops = report['face_crops']
        notes.append(f'faces found in {crops.get("detected", 0)} images; '
                     f'{crops.get("whole_image", 0)} images taken whole')
    for name, figures in _sections(report):
        notes += [f'{name}: the model never learned {label}; {count} rows have it'
                  for label, count in figures.get('never_learned', {}).items()]
    if 'bag' in report:
        notes += report['inputs']
        notes += [f'{row["start"]:g} to {row["end"]:g} s, {row["label"]}: nothing perceived'
                  for row in report['decisions'] if row['decision'] is None]
    elif 'clips' in report:
        notes += [f'{one["id"]}: {one["reason"]}' for one in report['skipped']]
    else:
        notes += [f'line {s["line"]}, {s["modality"]}: {s["reason"]}'
                  for s in report.get('skipped', [])]
        notes += [f'line {row["line"]}: nothing usable' for row in report.get('unusable', [])]
    more = len(notes) - _MOST_NOTES
    return notes if more <= 0 else [*notes[:_MOST_NOTES], f'and {more} more, see the JSON']
