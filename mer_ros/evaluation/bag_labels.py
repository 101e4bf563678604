"""The truth about a bag: a table beside it that says who felt what, and when."""

import csv
from dataclasses import dataclass
from itertools import combinations
import math
from pathlib import Path

from mer_ros.emotions import emotion_of, EMOTIONS

LABELS = 'labels.csv'
"""Name of the file: in the folder of the bag, or beside a bare .mcap or .db3 file."""

REQUIRED = ('start', 'end', 'label')
"""Columns that the file must have."""

ALLOWED = (*REQUIRED, 'person_id')
"""Every column that it may have."""


@dataclass(frozen=True, slots=True)
class LabelSpan:
    """A stretch of a bag in which a person shows one emotion.

    ``start`` and ``end`` are seconds since the earliest stamp of what is perceived in the bag;
    ``person_id`` '' means whoever is perceived.
    """

    start: float
    end: float
    label: str
    person_id: str = ''

    def holds(self, time: float, person_id: str) -> bool:
        """Return whether evidence of this time (s) about this person belongs to the span.

        The end belongs to it, since a state is stamped with the end of its evidence.
        """
        return self.start <= time <= self.end and self.person_id in ('', person_id)


def read_labels(bag: Path) -> list[LabelSpan]:
    """Read the labels of a bag, in order of time.

    The file is a CSV with the columns start, end, label and maybe person_id, see `LabelSpan`;
    labels may use any alias of `mer_ros.emotions`.

    Raises:
        FileNotFoundError: the bag has no labels.
        ValueError: a column, a time or a label is wrong, or spans overlap; the line is named.
    """
    path = (bag if bag.is_dir() else bag.parent) / LABELS
    if not path.is_file():
        raise FileNotFoundError(
            f'the bag {bag} has no {path}; write one with the columns {",".join(ALLOWED)} '
            f'(seconds since the first input of the bag; person_id may be left out)')
    with path.open(encoding='utf-8-sig', newline='') as stream:
        reader = csv.DictReader(stream)
        columns = list(reader.fieldnames or [])
        if not set(REQUIRED) <= set(columns) <= set(ALLOWED):
            raise ValueError(f'{path} line 1: the columns are {columns}; needed are '
                             f'{list(REQUIRED)}, allowed {list(ALLOWED)}')
        spans = [(_span(path, reader.line_num, cells), reader.line_num) for cells in reader]
    if not spans:
        raise ValueError(f'{path} has a header and no rows')
    for (span, line), (other, other_line) in combinations(spans, 2):
        same = span.person_id == other.person_id or not (span.person_id and other.person_id)
        if same and span.start < other.end and other.start < span.end:
            raise ValueError(f'{path}: the spans of lines {line} and {other_line} overlap; a '
                             f'person can have one label at a time')
    return sorted((span for span, _ in spans), key=lambda span: span.start)


def _span(path: Path, line: int, cells: dict[str, str]) -> LabelSpan:
    if None in cells or None in cells.values():
        raise ValueError(f'{path} line {line}: the number of cells differs from the header')
    try:
        start, end = float(cells['start']), float(cells['end'])
    except ValueError:
        start = end = math.nan
    if not 0.0 <= start < end < math.inf:
        raise ValueError(f'{path} line {line}: start {cells["start"]!r} and end {cells["end"]!r} '
                         f'must be seconds with 0 <= start < end')
    label = emotion_of(cells['label'])
    if label is None:
        raise ValueError(f'{path} line {line}: the label {cells["label"]!r} is unknown; '
                         f'allowed: {list(EMOTIONS)}')
    return LabelSpan(start, end, label, cells.get('person_id', ''))
