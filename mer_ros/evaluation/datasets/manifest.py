"""Manifests: CSV files that name labelled recordings of one or more modalities."""

from collections.abc import Sequence
import csv
from dataclasses import dataclass
from pathlib import Path

from mer_ros.emotions import emotion_of, EMOTIONS

MODALITIES = ('face', 'speech', 'text')
"""The columns that may hold input: paths of an image or a sound, and words."""

ALLOWED = ('label', *MODALITIES, 'person', 'id')
"""Every column that a manifest may have."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled recording; a modality that it lacks is None.

    ``line`` is the line of the file at which the row ends, ``id`` is the line where none is given.
    """

    line: int
    id: str
    label: str
    person: str
    face: Path | None
    speech: Path | None
    text: str | None


def read_manifest(path: Path) -> list[Row]:
    """Read a manifest: a CSV with `label`, one or more of `MODALITIES`, and maybe `person`, `id`.

    Paths are relative to the folder of the file; an empty cell means that the modality is
    missing.  Labels may use any alias of `mer_ros.emotions`.

    Raises:
        ValueError: a column or a label is wrong, or no row is left; the line is named.
        FileNotFoundError: the manifest, or a file that it names, does not exist.
    """
    if not path.is_file():
        raise FileNotFoundError(f'the manifest {path} does not exist')
    with path.open(encoding='utf-8-sig', newline='') as stream:
        reader = csv.DictReader(stream)
        columns = reader.fieldnames or []
        _check_columns(path, columns)
        rows = [_row(path, reader.line_num, cells) for cells in reader]
    if not rows:
        raise ValueError(f'{path} has a header and no rows')
    return rows


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    unknown = [name for name in columns if name not in ALLOWED]
    if unknown:
        raise ValueError(f'{path} line 1: columns {unknown} are unknown; '
                         f'allowed: {list(ALLOWED)}')
    if 'label' not in columns:
        raise ValueError(f'{path} line 1: the column label is missing; given {list(columns)}')
    if not set(MODALITIES) & set(columns):
        raise ValueError(f'{path} line 1: none of the columns {list(MODALITIES)} is there; '
                         f'given {list(columns)}')


def _row(path: Path, line: int, cells: dict[str, str]) -> Row:
    if None in cells or None in cells.values():
        raise ValueError(f'{path} line {line}: the number of cells differs from the header; '
                         f'quote words that hold a comma')
    label = emotion_of(cells['label'])
    if label is None:
        raise ValueError(f'{path} line {line}: the label {cells["label"]!r} is unknown; '
                         f'allowed: {list(EMOTIONS)}')
    return Row(line=line, id=cells.get('id') or str(line), label=label,
               person=cells.get('person', ''), face=_file(path, line, cells.get('face')),
               speech=_file(path, line, cells.get('speech')), text=cells.get('text') or None)


def _file(path: Path, line: int, name: str | None) -> Path | None:
    if not name:
        return None
    file = path.parent / name
    if not file.is_file():
        raise FileNotFoundError(f'{path} line {line}: the file {name} does not exist '
                                f'in {path.parent}')
    return file
