"""Evaluation reports as tables for the terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

FIGURES = ('accuracy', 'uar', 'macro_f1', 'weighted_f1', 'nll', 'brier', 'ece', 'error_auroc',
           'neutral_rate')
"""The figures that the table shows."""


def report_table(report: dict[str, Any]) -> Table:
    """Return the table of a report of `evaluate_manifest` or `evaluate_dataset`.

    One column a modality and one for the fusion, one row a figure, with its bootstrap interval
    where there is one.  What was skipped, could not be used or was never learned stands in the
    caption.
    """
    title = report.get('manifest') or f'{report["dataset"]} {report["split"]}'
    table = Table(title=title, caption=_caption(report), caption_justify='left')
    sections = _sections(report)
    table.add_column('')
    for name, _ in sections:
        table.add_column(name, justify='right')
    table.add_row('model', *(figures.get('model', '') for _, figures in sections))
    table.add_row('n', *(str(figures['n']) for _, figures in sections))
    for figure in FIGURES:
        table.add_row(figure.replace('_', ' '),
                      *(_cell(figures, figure) for _, figures in sections))
    return table


def _sections(report: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    if 'modalities' in report:
        return [*report['modalities'].items(), ('fused', report['fused'])]
    sections = [(report['modality'], report)]
    if 'within_classes' in report:
        sections.append(('within its classes', report['within_classes']))
    return sections


def _cell(figures: dict[str, Any], name: str) -> str:
    value = figures.get(name)
    if value is None:
        return '-'
    bounds = figures.get('intervals', {}).get(name)
    return f'{value:.3f}' + (f' [{bounds[0]:.3f}, {bounds[1]:.3f}]' if bounds else '')


def _caption(report: dict[str, Any]) -> str:
    notes = []
    for name, figures in _sections(report):
        notes += [f'{name}: the model never learned {label}; {count} rows have it'
                  for label, count in figures.get('never_learned', {}).items()]
    notes += [f'line {s["line"]}, {s["modality"]}: {s["reason"]}'
              for s in report.get('skipped', [])]
    notes += [f'line {row["line"]}: nothing usable' for row in report.get('unusable', [])]
    if 'face_crops' in report:
        crops = report['face_crops']
        notes.append(f'faces found in {crops.get("detected", 0)} images; '
                     f'{crops.get("whole_image", 0)} images taken whole')
    return '\n'.join(notes)
