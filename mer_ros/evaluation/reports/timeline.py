"""A picture of the perceived emotions over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
import io
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from mer_ros.atomic_write import write_atomically
from mer_ros.colours import colour_of, text_colour_on
from mer_ros.data import Emotion
from mer_ros.evaluation.bag_labels import LabelSpan
from mer_ros.evaluation.reports.spans import label_runs, spans_of
from mer_ros.evaluation.reports.timeline_pieces import Piece, pieces_of
from mer_ros.printable import printable

_INK = '#333333'
_LINES = {'uncertainty': (_INK, '-'), 'conflict': ('#C2185B', '--')}
_ROW_HEIGHTS = (0.35, 2.0, 0.9)
_TRUTH_HEIGHT = 0.3
_WIDTH = 11.0
_MARGIN = 1.3
_FAINTEST = 0.15
_SHORTEST = 0.1
"""Seconds that are shown at least."""

_LAST = 0.02
"""The share of the length that is drawn of a state at the very end."""

_CHARACTER = 0.075
"""Width in inches of a character of a label on the strip."""

_EDGE = 10.0
"""Points of the edge of a label for each inch of its width: a narrow one keeps its colour."""


def plot_timeline(states: Sequence[Emotion], path: str | Path | BinaryIO, *, title: str = '',
                  origin: int | None = None, end: int | None = None,
                  truth: Sequence[LabelSpan] = ()) -> None:
    """Draw the states, in any order and of any number of persons, into a PNG file.

    Each person has four rows over time in seconds since the stamp ``origin`` (ns) or the first
    state, below one with what is known to be true, if anything is: the label; the
    probability of each emotion, stacked to 1; uncertainty and conflict; and the modalities that
    were used, each in the colour of the emotion it favoured, the fainter the less it weighed.
    Where states are too many to be told apart, the means of some stand for them, see `pieces_of`.
    A state holds until the next one, but not longer than its ``valid_for``, nor
    beyond the stamp ``end``.

    Raises:
        ValueError: there are no states, or not all have the same labels.
    """
    if not states:
        raise ValueError('there are no states to draw')
    labels = states[0].labels
    if any(state.labels != labels for state in states):
        raise ValueError('the states have different label lists; draw each taxonomy by itself')
    # A program that draws nothing must not pay for matplotlib.
    from matplotlib import rc_context

    # A dollar in the name of a file or a person is no formula.
    with rc_context({'text.parse_math': False}):
        _plot(states, path, title=title, origin=origin, end=end, truth=truth)


def _plot(states: Sequence[Emotion], path: str | Path | BinaryIO, *, title: str,
          origin: int | None, end: int | None, truth: Sequence[LabelSpan]) -> None:
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    labels = states[0].labels
    people = spans_of(states, origin=origin, end=end)
    modalities = sorted({name for state in states
                         for name in (*(used.modality for used in state.modalities),
                                      *state.missing)})
    heights = [*([_TRUTH_HEIGHT] if truth else []), *_ROW_HEIGHTS,
               0.15 + 0.2 * max(1, len(modalities))]
    figure = Figure(figsize=(_WIDTH, _MARGIN + sum(heights) * len(people)), layout='constrained')
    grid = figure.subplots(len(heights) * len(people), 1, sharex=True, squeeze=False,
                           height_ratios=heights * len(people))[:, 0]
    length = max(*(span.end for spans in people.values() for span in spans),
                 *(span.end for span in truth), _SHORTEST)
    # What was said last would have no width.
    shown = {person: [
        piece if piece.end > piece.begin else replace(piece, end=piece.begin + _LAST * length)
        for piece in pieces_of(spans, length)] for person, spans in people.items()}
    length *= 1.0 + _LAST
    for row, (person, pieces) in enumerate(shown.items()):
        rows = grid[len(heights) * row:len(heights) * (row + 1)]
        strip, stack, lines, marks = rows[-4:]
        if truth:
            _draw_labels(rows[0], [(span.label, span.start, span.end) for span in truth
                                   if span.person_id in ('', person)], labels, length)
            rows[0].set_ylabel('truth', fontsize=9, rotation=0, ha='right', va='center')
            strip.set_ylabel('perceived', fontsize=9, rotation=0, ha='right', va='center')
        _draw_labels(strip, label_runs(pieces), labels, length)
        rows[0].set_title(printable(person) or ('(anonymous)' if len(people) > 1 else ''),
                        loc='left', fontsize=11, fontweight='bold', color=_INK)
        _draw_probabilities(stack, pieces, labels)
        _draw_doubt(lines, pieces)
        _draw_modalities(marks, pieces, modalities, labels)
        for axes in rows:
            axes.spines[['top', 'right']].set_visible(False)
            axes.tick_params(bottom=axes is marks, labelsize=9)
    grid[-1].set_xlabel('time in s', fontsize=10)
    grid[-1].set_xlim(0, length)
    figure.suptitle(printable(title), fontsize=13)
    figure.legend(
        handles=[Patch(facecolor=colour_of(label, labels), label=label) for label in labels],
        loc='outside lower center', ncols=len(labels), frameon=False, fontsize=10)
    figure.align_ylabels(grid)
    if not isinstance(path, str | Path):
        figure.savefig(path, dpi=120)
        return
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=120, format=Path(path).suffix.removeprefix('.') or 'png')
    write_atomically(path, drawn.getvalue())


def _steps(
    pieces: Sequence[Piece], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times (m,) and values (m, ...) that hold over each piece and are NaN in between."""
    times = np.array([[piece.begin, piece.end, piece.end] for piece in pieces]).reshape(-1)
    gap = np.full_like(values, np.nan)
    held = np.stack([values, values, gap], axis=1).reshape(-1, *values.shape[1:])
    joined = [3 * i + 2 for i, (piece, following) in enumerate(pairwise(pieces))
              if piece.end == following.begin]
    return np.delete(times, joined), np.delete(held, joined, axis=0)


def _draw_labels(axes: Any, runs: Sequence[tuple[str, float, float]], labels: tuple[str, ...],
                 length: float) -> None:
    for label, begin, end in runs:
        colour = colour_of(label, labels)
        width = (end - begin) / length * _WIDTH
        axes.barh(0, end - begin, left=begin, height=1, color=colour, edgecolor='white',
                  linewidth=min(1.0, width * _EDGE))
        if width > _CHARACTER * (len(label) + 2):
            axes.text((begin + end) / 2, 0, label, ha='center', va='center', fontsize=9,
                      color=text_colour_on(colour))
    axes.set_ylim(-0.5, 0.5)
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def _draw_probabilities(axes: Any, pieces: Sequence[Piece], labels: tuple[str, ...]) -> None:
    times, tops = _steps(pieces, np.array([np.cumsum(piece.probability) for piece in pieces]))
    bottom = np.zeros_like(times)
    for label, top in zip(labels, tops.T, strict=True):
        axes.fill_between(times, bottom, top, color=colour_of(label, labels), linewidth=0)
        bottom = top
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1])
    axes.set_ylabel('probability', fontsize=9)


def _draw_doubt(axes: Any, pieces: Sequence[Piece]) -> None:
    for name, (colour, style) in _LINES.items():
        times, values = _steps(pieces, np.array([getattr(piece, name) for piece in pieces]))
        axes.plot(times, values, style, color=colour, linewidth=1.6, label=name)
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.5, 1])
    axes.grid(axis='y', color='#DDDDDD', linewidth=0.6)
    axes.legend(loc='center left', bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=9)


def _draw_modalities(axes: Any, pieces: Sequence[Piece], modalities: Sequence[str],
                     labels: tuple[str, ...]) -> None:
    for row, modality in enumerate(modalities):
        used = [(piece, *piece.used[modality]) for piece in pieces if modality in piece.used]
        axes.broken_barh(
            [(piece.begin, piece.end - piece.begin) for piece, _, _ in used], (row - 0.35, 0.7),
            linewidth=0, facecolors=[
                (colour_of(favoured, labels), float(np.clip(weight, _FAINTEST, 1.0)))
                for _, favoured, weight in used])
    axes.set_ylim(max(1, len(modalities)) - 0.5, -0.5)
    axes.set_yticks(range(len(modalities)), modalities)
