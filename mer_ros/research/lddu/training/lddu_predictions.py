"""What other systems predict for a test split, to stand in the same tables."""

from collections.abc import Sequence
import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 0.5
"""Probability from which on a label of another system counts: nothing is chosen for it here."""


def read_predictions(path: Path, ids: Sequence[str], labels: Sequence[str]
                     ) -> NDArray[np.float32]:
    """Return what a system predicts, probabilities or 0 and 1 (N, q) in the order of the ids.

    Args:
        path: a CSV with the column ``id`` and one of each label.
        ids: of the N samples of the test split; the file may have more.
        labels: the q labels.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: a column or an id is missing, an id comes twice, or a number is none in [0, 1].
    """
    with path.open(newline='', encoding='utf-8') as file:
        table = csv.DictReader(file)
        missing = [name for name in ('id', *labels) if name not in (table.fieldnames or ())]
        if missing:
            raise ValueError(
                f'{path} lacks the columns {missing}; needed are id and {list(labels)}')
        rows: dict[str, NDArray[np.float32]] = {}
        for row in table:
            where = f'{path}, line {table.line_num}'
            try:
                numbers = np.array([float(row[name]) for name in labels], dtype=np.float32)
            except (TypeError, ValueError) as error:
                raise ValueError(f'{where}: {error}; give a probability of each label') from error
            if row['id'] in rows or not ((numbers >= 0) & (numbers <= 1)).all():
                raise ValueError(f'{where}: {row["id"]!r} comes twice, or {numbers.tolist()} are '
                                 f'not all in [0, 1]')
            rows[row['id']] = numbers
    absent = [name for name in ids if name not in rows]
    if absent:
        raise ValueError(f'{path} says nothing of {len(absent)} of {len(ids)} test samples (first: '
                         f'{absent[:3]}); a system must be judged on all of them')
    return np.array([rows[name] for name in ids])
