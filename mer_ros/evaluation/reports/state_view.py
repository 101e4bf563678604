"""What perceived emotions look like in a terminal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
import math

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mer_ros.colours import colour_of
from mer_ros.data import Emotion, ModalityOpinion, NANOSECONDS
from mer_ros.emotions import UNKNOWN
from mer_ros.engines.remarks import doubts_in_words
from mer_ros.evaluation.reports.spans import label_runs, spans_of
from mer_ros.printable import printable

_WIDTH = 80
_BAR = 44
_FIXED_LINES = 9
"""Frame, headline, uncertainty, conflict, messages received and three empty lines."""

_PERSON_LINES = 7
"""Frame, headline, uncertainty, conflict and two empty lines."""

_MOST_ROWS = 200

_MOST_AT_ONCE = 3
"""Emotions of a state of several at once that a line of text names."""

_SEVERAL = 'several at once'

_DOUBT_COLOURS = {'uncertainty': 'white', 'conflict': '#E377A2'}


def state_panel(
    states: Mapping[str, Emotion],
    *,
    counts: Mapping[str, int] | None = None,
    now: int | None = None,
    height: int = 24,
) -> Panel:
    """Return a panel, 80 columns wide and at most ``height`` lines high, of the latest states.

    The first person, by person_id, is shown in full: for each emotion a bar whose solid part is
    belief and whose light part is the share of ignorance, together the probability; the other
    persons get a line each.  Where several emotions may be present at once, each bar stands
    alone, and its light part is the share that the emotion's own uncertainty has.

    Args:
        states: the latest state of each person, by person_id; may be empty.
        counts: messages received so far, by topic or modality.
        now: present time in ns, to tell how old a state is and whether it still holds.
        height: lines of the terminal, >= 24.
    """
    persons = sorted(states)
    content: list[RenderableType] = []
    if persons:
        first = states[persons[0]]
        used = len(first.modalities) + len(first.missing)
        room = height - _FIXED_LINES - used
        lines = [_headline(states[person], now) for person in persons[1:]]
        most = max(1, room - len(first.labels))
        if len(lines) > most:
            lines[most - 1:] = [Text(f'and {len(lines) - most + 1} more', style='dim')]
        content += [*_person(first, now, max(1, room - len(lines))), Text(), *lines]
    else:
        content.append(Text('nobody is perceived yet', style='dim'))
    if counts:
        content.append(Text('received  ' + '  '.join(
            f'{name} {count}' for name, count in counts.items()), style='dim', no_wrap=True,
            overflow='ellipsis'))
    return Panel(Group(*content), title='perceived emotion', title_align='left', width=_WIDTH)


def people_view(
    states: Mapping[str, Emotion], *, now: int, width: int = 80, height: int = 24
) -> Group:
    """Return everybody in full, side by side and below each other, as far as there is room.

    Those for whom there is none get a line each, and those for whom there is none either are
    counted.

    Args:
        states: the latest state of each person, by person_id; may be empty.
        now: present time in ns, to tell how old a state is and whether it still holds.
        width: columns of the terminal; a person takes 80.
        height: lines of the terminal, >= 12.
    """
    if not states:
        return Group(Text('nobody is perceived', style='dim'))
    persons = [states[person] for person in sorted(states)]
    bars = max(len(state.labels) for state in persons)
    frame = _PERSON_LINES + max(len(state.modalities) + len(state.missing) for state in persons)
    across = max(1, width // _WIDTH)
    down = max(1, height // (frame + bars))
    if across * down < len(persons) and height == down * (frame + bars):
        down = max(1, down - 1)  # a line is needed for the rest
    full, rest = persons[:across * down], persons[across * down:]
    most = max(1, min(bars, height // down - frame - bool(rest)))
    grid = Table.grid()
    for begin in range(0, len(full), across):
        grid.add_row(*(
            Panel(Group(*_person(state, now, most)), width=_WIDTH, height=frame + most)
            for state in full[begin:begin + across]))
    lines = [_headline(state, now) for state in rest]
    room = max(1, height - down * (frame + most))
    if len(lines) > room:
        lines[room - 1:] = [Text(f'and {len(lines) - room + 1} more', style='dim')]
    return Group(grid, *lines)


def state_line(state: Emotion) -> str:
    """Return a state as one line of text without colours, for logs and scripts."""
    sources = [
        f'{opinion.modality} {state.labels[int(np.argmax(opinion.probability))]} '
        f'{opinion.probability.max():.2f} (weight {opinion.weight:.2f}, '
        f'{opinion.age / NANOSECONDS:.1f} s older'
        + ''.join(f', {doubt}' for doubt in doubts_in_words(opinion.doubts)) + ')'
        for opinion in state.modalities]
    if state.missing:
        sources.append(f'missing {", ".join(state.missing)}')
    if state.multi_label:
        likely = np.argsort(-state.probability, kind='stable')[:_MOST_AT_ONCE]
        sources.insert(0, f'{_SEVERAL}: ' + ', '.join(
            f'{state.labels[row]} {state.probability[row]:.2f}' for row in likely))
    if state.prediction_set_coverage:
        sources.insert(0, f'not ruled out at {state.prediction_set_coverage:.0%}: '
                          f'{", ".join(state.prediction_set)}')
    return '  '.join([
        f'{state.stamp / NANOSECONDS:.3f}', _name(state), f'{state.label} {state.confidence:.2f}',
        f'uncertainty {state.uncertainty:.2f}', f'conflict {state.conflict:.2f}', *sources])


def states_table(states: Sequence[Emotion], *, origin: int | None = None,
                 end: int | None = None) -> Group:
    """Return a table with a row a state, by time and person: when it holds, and what it says.

    Times are in seconds since the stamp ``origin`` in nanoseconds, or since the first state; no
    state holds beyond the stamp ``end``.
    Of very many states the first ones are shown, and the others counted.
    """
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ('start', 'end', 'person', 'label', 'conf.', 'u', 'conflict', 'modalities'):
        text = heading in ('person', 'label', 'modalities')
        table.add_column(heading, justify='left' if text else 'right', no_wrap=True)
    spans = sorted(((span.begin, person, span)
                    for person, spans in spans_of(states, origin=origin, end=end).items()
                    for span in spans), key=lambda row: row[:2])
    for *_, span in spans[:_MOST_ROWS]:
        state = span.state
        table.add_row(
            f'{span.begin:.2f}', f'{span.end:.2f}', _name(state),
            _swatch(state.label, state.labels),
            f'{state.confidence:.2f}', f'{state.uncertainty:.2f}', f'{state.conflict:.2f}',
            '+'.join(opinion.modality for opinion in state.modalities) or '-')
    more = len(spans) - _MOST_ROWS
    return Group(table, *([Text(f'and {more} more', style='dim')] if more > 0 else []))


def summary_table(states: Sequence[Emotion], *, counts: Mapping[str, int] | None = None,
                  end: int | None = None) -> Group:
    """Return two tables that sum up all states: the modalities, and the labels.

    A modality: messages received (``counts``, by modality), and in how many states it was used.
    A label: for how many seconds it held (summed over persons), and the means of confidence,
    uncertainty and conflict over its states.  None holds beyond the stamp ``end``.
    """
    counts = counts or {}
    used: Counter[str] = Counter()
    missing: set[str] = set()
    sums: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(4))
    for state in states:  # once: they may have to be read
        used.update(opinion.modality for opinion in state.modalities)
        missing.update(state.missing)
        sums[state.label] += (1.0, state.confidence, state.uncertainty, state.conflict)
    modalities = _table('modality', 'messages', 'used in states', 'share')
    for name in sorted({*used, *missing, *counts}):
        modalities.add_row(
            name, str(counts[name]) if name in counts else '-',
            f'{used[name]} of {len(states)}',
            f'{used[name] / len(states):.0%}' if states else '-')
    labels = _table('label', 'seconds', 'states', 'confidence', 'uncertainty', 'conflict')
    seconds: dict[str, float] = defaultdict(float)
    for spans in spans_of(states, end=end).values():
        for label, begin, until in label_runs(spans):
            seconds[label] += until - begin
    names = sorted(sums, key=lambda label: (-seconds[label], label))
    for name in names:
        _add_means(labels, _swatch(name, states[0].labels), seconds[name], sums[name])
    if len(names) > 1:
        labels.add_section()
        _add_means(labels, Text('all'), sum(seconds.values()), np.sum(list(sums.values()), axis=0))
    return Group(modalities, labels)


def _add_means(table: Table, name: Text, seconds: float, sums: NDArray[np.float64]) -> None:
    count, *others = sums.tolist()
    table.add_row(name, f'{seconds:.1f}', f'{count:.0f}', *(f'{one / count:.2f}' for one in others))


def _swatch(label: str, labels: tuple[str, ...]) -> Text:
    return Text.assemble(('■ ', colour_of(label, labels)), label)


def _name(state: Emotion) -> str:
    return printable(state.person_id) or '(anonymous)'


def _person(state: Emotion, now: int | None, most: int) -> list[RenderableType]:
    return [_headline(state, now), Text(), _bars(state, most), Text(), _sources(state, now)]


def _headline(state: Emotion, now: int | None) -> Text:
    line = Text(no_wrap=True, overflow='ellipsis')
    line.append(f'{_name(state):<14} ', style='bold')
    line.append(f'{state.label:<10}', style=f'bold {colour_of(state.label, state.labels)}')
    line.append(f' {state.confidence:4.0%} sure' if state.label != UNKNOWN else '  not sure')
    if now is not None:
        line.append(f'   {(now - state.stamp) / NANOSECONDS:.1f} s ago', style='dim')
        if now > state.stamp + state.valid_for:
            line.append('  expired', style='bold red')
    if math.isfinite(state.valence) and math.isfinite(state.arousal):
        line.append(f'   valence {state.valence:+.1f}  arousal {state.arousal:+.1f}')
    if state.multi_label:
        line.append(f'   {_SEVERAL}', style='dim')
    return line


def _bars(state: Emotion, most: int) -> Table:
    rows = sorted(np.argsort(-state.probability, kind='stable')[:most])
    solid = state.probability * (1 - state.label_uncertainty) if state.multi_label else state.belief
    table = _grid()
    for row in rows:
        label = state.labels[row]
        probability = float(state.probability[row])
        table.add_row(
            Text(label, style='bold' if label == state.label else ''),
            _bar(float(solid[row]), probability, colour_of(label, state.labels)),
            f'{probability:.2f}')
    for name, colour in _DOUBT_COLOURS.items():
        value = float(getattr(state, name))
        table.add_row(Text(name, style='dim'), _bar(value, value, colour), f'{value:.2f}')
    return table


def _bar(solid: float, total: float, colour: str) -> Text:
    total = min(max(total, 0.0), 1.0) if math.isfinite(total) else 0.0
    # Belief may exceed what a calibrated p leaves of it.
    filled = round(min(max(solid, 0.0), total) * _BAR) if math.isfinite(solid) else 0
    light = round(total * _BAR) - filled
    return Text.assemble(
        ('█' * filled, colour), ('░' * light, colour), ('·' * (_BAR - filled - light), 'dim'))


def _sources(state: Emotion, now: int | None) -> Table:
    table = _grid()
    since = 0 if now is None else max(0, now - state.stamp)
    for opinion in state.modalities:
        best = int(np.argmax(opinion.probability))
        table.add_row(Text(opinion.modality), _source(opinion, state.labels, best, since), '')
    for name in state.missing:
        table.add_row(Text(name, style='dim'), Text('no evidence', style='dim'), '')
    return table


def _source(
    opinion: ModalityOpinion, labels: tuple[str, ...], best: int, since: int
) -> Text:
    return Text.assemble(
        (f'{labels[best]:<10}', colour_of(labels[best], labels)),
        f'{opinion.probability[best]:5.0%}   weight {opinion.weight:.2f}   '
        f'{(opinion.age + since) / NANOSECONDS:.1f} s old   ',
        *(f'{doubt}   ' for doubt in doubts_in_words(opinion.doubts)), (opinion.model, 'dim'),
        no_wrap=True, overflow='ellipsis')


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(first)
    for heading in numbers:
        table.add_column(heading, justify='right')
    return table


def _grid() -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=14, no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify='right')
    return table
