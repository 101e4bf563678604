"""A folder of segments that people are to label: an index, and a few small files a segment.

``index.csv`` has a row a segment, see `Item`.  It and every file are written aside and renamed,
a new segment's files before its row, a row's removal before that of its files: whenever the
power goes, the index is whole and what it names is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
import csv
from dataclasses import astuple, dataclass, fields
import fcntl
import io
import os
from pathlib import Path
import re
import secrets

INDEX = 'index.csv'
LOCK = '.lock'
DRAFT = '.draft'

_OURS = re.compile(r'[0-9a-f]{8}\.(npz|wav|jpg|txt)|.*\.draft')


@dataclass(frozen=True, slots=True)
class Item:
    """A segment: whose and when (ns of event time), and what the model made of it.

    ``label`` is what a person said, '' before; ``predicted`` the model's best label, ``entropy``
    in bits and ``uncertainty`` in [0, 1] how unsure it was.  ``features`` names its file, '' is
    none; ``media`` names its files, with spaces between them.
    """

    id: str
    stamp: int
    modality: str
    person_id: str
    model: str
    label: str
    predicted: str
    entropy: float
    uncertainty: float
    features: str
    media: str

    @property
    def files(self) -> list[str]:
        """The names of all its files."""
        return [*self.features.split(), *self.media.split()]


COLUMNS = tuple(field.name for field in fields(Item))
"""The columns of the index, in order."""


class Collection:
    """The segments in a folder; safe to use from several processes at a time.

    The folder is readable by its owner alone (0700, files 0600).

    Args:
        folder: where they lie.
        create: make the folder where it is missing.

    Raises:
        ValueError: the folder holds other things and is no collection, or it is missing and not
            to be made.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        self._index = folder / INDEX
        if create:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._index.is_file():
            strangers = [path.name for path in folder.iterdir()
                         if path.name != LOCK and not _OURS.fullmatch(path.name)
                         ] if folder.is_dir() else []
            if not create or strangers:
                raise ValueError(f'{folder} is no collection of segments: it has no {INDEX}'
                                 + (', but other files; give an empty folder' if create else ''))
        folder.chmod(0o700)
        with self._locked():
            if not self._index.is_file():
                self._write_index(())

    def items(self) -> list[Item]:
        """Return the segments, in the order in which they were added."""
        with self._index.open(encoding='utf-8', newline='') as file:
            rows = csv.reader(file)
            header = tuple(next(rows, ()))
            if header != COLUMNS:
                raise ValueError(f'{self._index} has the columns {list(header)}; needed are '
                                 f'{list(COLUMNS)}')
            return [self._item(row, rows.line_num) for row in rows]

    def _item(self, row: list[str], line: int) -> Item:
        try:
            values = dict(zip(COLUMNS, row, strict=True))
            return Item(**{**values, 'stamp': int(values['stamp']),  # type: ignore[arg-type]
                           'entropy': float(values['entropy']),
                           'uncertainty': float(values['uncertainty'])})
        except ValueError as error:
            raise ValueError(f'{self._index} line {line} is no segment: {error}') from error

    @contextmanager
    def edit(self) -> Iterator[dict[str, Item]]:
        """Lend the segments by id; what was changed in the dictionary is then so on disk.

        The files of a segment that is added must have been written with `write` before the end
        of the block; those of a segment that is removed are deleted after it.
        """
        with self._locked():
            found = {item.id: item for item in self.items()}
            lent = dict(found)
            yield lent
            if lent != found:
                self._write_index(lent.values())
            kept = {name for item in lent.values() for name in item.files}
            for item in found.values():
                for name in set(item.files) - kept:
                    (self.folder / name).unlink(missing_ok=True)

    def new_id(self, taken: Iterable[str]) -> str:
        """Return an id, 8 hexadecimal digits, that no segment has."""
        ids = set(taken)
        while (fresh := secrets.token_hex(4)) in ids:
            pass
        return fresh

    def write(self, name: str, content: bytes) -> str:
        """Write a file of a segment whole or not at all, and return its name."""
        draft = self.folder / f'{name}{DRAFT}'
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'wb') as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / name)
        return name

    def stored_at(self, item: Item) -> float:
        """Return when a segment was stored, in seconds since 1970; 0 where its files are gone."""
        files = [self.folder / name for name in item.files]
        return min((file.stat().st_mtime for file in files if file.is_file()), default=0.0)

    def sweep(self) -> None:
        """Delete files that no segment names: what was left where the power went."""
        with self._locked():
            named = {name for item in self.items() for name in item.files}
            for path in self.folder.iterdir():
                if _OURS.fullmatch(path.name) and path.name not in named:
                    path.unlink()

    def _write_index(self, items: Iterable[Item]) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator='\n')
        writer.writerow(COLUMNS)
        writer.writerows(astuple(item) for item in items)
        self.write(INDEX, text.getvalue().encode())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with open(os.open(self.folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600), 'wb') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
