"""An evaluation report as one self-contained HTML page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from io import BytesIO
from string import Template
from typing import Any

from mer_ros.colours import colour_of
from mer_ros.data import Emotion
from mer_ros.evaluation.bag_labels import LabelSpan
from mer_ros.evaluation.reports import plots
from mer_ros.evaluation.reports.paper_tables import fused_figures, METHODS, paper_grids
from mer_ros.evaluation.reports.tables import (
    class_grid,
    decision_grid,
    FIGURES,
    Grid,
    grids,
    main_figures,
    title_of,
)
from mer_ros.evaluation.reports.timeline import plot_timeline

_HEADLINE = ('accuracy', 'uar', 'macro_f1', 'nll', 'ece', 'error_auroc')

_PAGE = Template('''<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { --ink: #222; --quiet: #666; --line: #ddd; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 68rem; color: var(--ink);
  background: #fff; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.7rem; font-weight: 600; margin: 0; }
h2 { font-size: 1.15rem; font-weight: 600; margin: 2.8rem 0 .8rem; padding-top: .9rem;
  border-top: 1px solid var(--line); }
p { margin: .3rem 0; max-width: 48rem; }
.quiet, .notes { color: var(--quiet); font-size: .9rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr));
  gap: 1.2rem; margin: 1.8rem 0 0; }
.card { border-left: 3px solid $accent; padding-left: .8rem; }
.card b { display: block; font-size: 1.6rem; font-weight: 600; line-height: 1.25; }
.card span { display: block; color: var(--quiet); font-size: .82rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th { font-weight: 600; text-align: right; vertical-align: bottom;
  border-bottom: 1.5px solid var(--ink); }
td { text-align: right; border-bottom: 1px solid #eee; }
th, td { padding: .28rem .55rem; }
td { white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td i { color: var(--quiet); font-style: normal; font-size: .92em; }
.swatch { display: inline-block; width: .7em; height: .7em; margin-right: .5em; }
.notes { margin: .6rem 0 0; padding: 0; list-style: none; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem 2rem;
  align-items: start; }
figure { margin: .8rem 0 1.4rem; break-inside: avoid; }
.pair > * { margin-top: 0; }
figure img { max-width: 100%; height: auto; }
figcaption { color: var(--quiet); font-size: .85rem; max-width: 40rem; }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; }
  h2, tr { break-after: avoid; break-inside: avoid; } .scroll { overflow: visible; }
  .pair { grid-template-columns: 1fr 1fr; } table { font-size: .6rem; }
  th, td { padding: .15rem .35rem; } h2 { margin-top: 1.4rem; } }
@page { margin: 14mm; }
</style>
</head>
<body>
<h1>$title</h1>
<p class="quiet">$about</p>
<div class="cards">
$cards
</div>
$sections
</body>
</html>
''')

_EXPLAINED = {
    'confusion': 'Counts; the darker a cell, the larger its share of the true class.',
    'reliability': 'How often the answer is right at each confidence. On the dashed line '
                   'confidence and accuracy agree; points mark the mean confidence of a bin.',
    'risk': 'Errors among the answers that are kept when the least sure are left out.',
    'subsets': 'The same recordings with every choice of modalities; lines are 95 % intervals.',
    'corruptions': 'One modality gets worse while the others stay clean.',
    'timeline': 'What was perceived over time, below the labels of the recording.',
}


def report_page(report: Mapping[str, Any], states: Sequence[Emotion] = ()) -> str:
    """Return a report of `evaluate` as an HTML page that needs no other file.

    Args:
        report: of `evaluate_dataset`, `evaluate_corpus`, `evaluate_manifest` or `evaluate_bag`.
        states: of a bag, for its timeline.
    """
    figures = main_figures(report)
    how = [f'{name} {report[name]}' for name in ('modality', 'model', 'profile', 'preset')
           if name in report]
    return page_of(
        f'Emotion recognition on {title_of(report)}',
        ', '.join([f'{figures["n"]} {"spans" if "bag" in report else "rows"}', *how])
        + '. In brackets: 95 % bootstrap intervals.', _cards(figures), _sections(report, states))


def page_of(title: str, about: str, cards: Iterable[str], sections: Iterable[str]) -> str:
    """Return a page of plain text above, and of cards and sections in HTML."""
    return _PAGE.substitute(title=escape(title), accent=plots.ACCENT, about=escape(about),
                            cards='\n'.join(cards), sections='\n'.join(sections))


def card(heading: str, value: str, below: str = '') -> str:
    """Return a card with one figure; ``below`` is HTML."""
    return (f'<div class="card"><span>{escape(heading)}</span><b>{escape(value)}</b>'
            f'<span>{below or "&nbsp;"}</span></div>')


def _cards(figures: Mapping[str, Any]) -> Iterator[str]:
    for name in _HEADLINE:
        value = figures.get(name)
        if value is not None:
            bounds = figures.get('intervals', {}).get(name)
            between = f'{bounds[0]:.3f} to {bounds[1]:.3f}' if bounds else '&nbsp;'
            yield card(FIGURES[name], f'{value:.3f}', between)


def _sections(report: Mapping[str, Any], states: Sequence[Emotion]) -> Iterator[str]:
    figures = main_figures(report)
    summary, *compared = grids(report)
    yield section('Summary', table(summary))
    labels = tuple(figures['classes'])
    yield section('Classes', '<div class="pair">' + table(class_grid(report), labels)
                   + figure(plots.confusion_plot(figures), 'confusion') + '</div>')
    yield section('Confidence', '<div class="pair">'
                   + figure(plots.reliability_plot(figures), 'reliability')
                   + figure(plots.risk_coverage_plot(figures), 'risk') + '</div>')
    if report.get('subsets'):
        yield section('Choices of modalities', table(compared.pop(0))
                       + figure(plots.subsets_plot(report['subsets']), 'subsets'))
        yield section('Presets', table(compared.pop(0)))
    if report.get('rules'):
        yield section('Rules', table(compared.pop(0)))
    if report.get('corruptions'):
        yield section('Worse and worse input', table(compared[0])
                       + figure(plots.corruption_plot(report['corruptions']), 'corruptions')
                       + table(compared[1]))
    if 'paper' in report:
        yield from _paper_sections(report)
    if 'decisions' in report:
        yield section('Timeline', _timeline(report, states)
                       + table(decision_grid(report), labels))


def _paper_sections(report: Mapping[str, Any]) -> Iterator[str]:
    accuracies, _, *others = paper_grids(report)
    yield section(accuracies.title, table(accuracies))
    yield section('Confusion by method', '<div class="pair">' + ''.join(
        f'<div><p>{escape(method)}</p>'
        + figure(plots.confusion_plot(fused_figures(report, preset)), 'confusion') + '</div>'
        for preset, method in METHODS.items()) + '</div>')
    for grid in others:
        yield section(grid.title, table(grid))


def section(title: str, content: str) -> str:
    """Return a part of a page with its heading."""
    return f'<h2>{escape(title)}</h2>\n{content}'


def table(grid: Grid, labels: tuple[str, ...] = ()) -> str:
    """Return a table; cells that name one of the labels get its colour."""
    def cell(text: str) -> str:
        swatch = (f'<span class="swatch" style="background:{colour_of(text, labels)}"></span>'
                  if text in labels else '')
        value, bracket, bounds = escape(text).partition(' [')
        return f'<td>{swatch}{value}' + (f' <i>[{bounds}</i>' if bracket else '') + '</td>'

    head = ''.join(f'<th>{escape(name)}</th>' for name in grid.columns)
    body = '\n'.join('<tr>' + ''.join(map(cell, row)) + '</tr>' for row in grid.rows)
    below = ''.join(f'<li>{escape(note)}</li>' for note in grid.notes)
    return (f'<div class="scroll"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody>'
            f'</table>' + (f'<ul class="notes">{below}</ul>' if below else '') + '</div>\n')


def figure(svg: str, name: str) -> str:
    """Return an SVG with its caption: that of a figure of this name, or the name itself."""
    return image('svg+xml', svg.encode(), _EXPLAINED.get(name, name))


def _timeline(report: Mapping[str, Any], states: Sequence[Emotion]) -> str:
    stream = BytesIO()
    plot_timeline(states, stream, origin=report['origin'], end=report['end'], truth=[
        LabelSpan(row['start'], row['end'], row['label'], row['person_id'])
        for row in report['decisions']])
    return image('png', stream.getvalue(), _EXPLAINED['timeline'])


def image(kind: str, data: bytes, caption: str) -> str:
    """Return a picture with its caption."""
    return (f'<figure><img alt="{escape(caption)}" src="data:image/{kind};base64,'
            f'{b64encode(data).decode()}"><figcaption>{escape(caption)}</figcaption></figure>\n')
