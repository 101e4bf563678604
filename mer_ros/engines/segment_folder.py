"""A folder of segments that people are to label: an index, and a few small files a segment.

``index.jsonl`` has a line of JSON a segment, see `Item`.  It and every file are written aside and
renamed, a new segment's files before its line, a line's removal before that of its files: whenever
the power goes, the index is whole and what it names is there.

The folder may have come from somebody else.  Only names that this file gives are read, written and
deleted, links are never followed, and to delete everything nothing needs to be understood.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
import csv
from dataclasses import asdict, dataclass, fields
import fcntl
import json
from math import isfinite
import os
from pathlib import Path
import re
import secrets
from typing import Any

from mer_ros.atomic_write import write_atomically
from mer_ros.printable import printable

INDEX = 'index.jsonl'
OLD_INDEX = 'index.csv'
LOCK = '.lock'
HEADER = {'mer_ros_segments': 1}
"""The first line of the index: what it is, and the version of its format."""

LARGEST = 1 << 26
"""The most bytes of a file that is read."""

_ID = re.compile(r'[0-9a-f]{8}')
_FILE = re.compile(r'[0-9a-f]{8}\.(npz|wav|jpg|txt)')
_DRAFT = re.compile(
    r'\.?([0-9a-f]{8}\.(npz|wav|jpg|txt)|index\.(csv|jsonl))(\.[0-9a-f]+)?\.draft')
_LAST_STAMP = 2**63


@dataclass(frozen=True, slots=True)
class Item:
    """A segment: whose and when (ns of event time), and what the model made of it.

    ``label`` is what a person said, '' before; ``predicted`` the model's best label, ``entropy``
    in bits and ``uncertainty`` in [0, 1] how unsure it was.  ``features`` names its file, '' is
    none; ``media`` names its files, with spaces between them.  ``stored`` is when it was kept, in
    seconds since 1970.
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
    stored: float = 0.0

    @property
    def files(self) -> list[str]:
        """The names of all its files."""
        return [*self.features.split(), *self.media.split()]


class Collection:
    """The segments in a folder; safe to use from several threads and processes at a time.

    The folder is readable by its owner alone (0700, files 0600).  ``broken`` is how many lines
    of the index were no segments when it was last read; they are left out, and gone with the next
    change.

    Args:
        folder: where they lie.
        create: make the folder where it is missing.

    Raises:
        ValueError: the folder holds other things and is no collection, it is a link or belongs to
            somebody else, or it is missing and not to be made.
        OSError: it cannot be written.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        self.broken = 0
        if create:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._opened() as inside:
            names = set(os.listdir(inside))
            if not names & {INDEX, OLD_INDEX}:
                strangers = [name for name in names
                             if name != LOCK and not _FILE.fullmatch(name)
                             and not _DRAFT.fullmatch(name)]
                if not create or strangers:
                    raise ValueError(
                        f'{folder} is no collection of segments: it has no {INDEX}'
                        + (', but other files; give an empty folder' if create else ''))
            if os.fstat(inside).st_uid == os.geteuid():
                os.fchmod(inside, 0o700)
            with self._locked(inside):
                if INDEX not in os.listdir(inside):
                    self._write_index(inside, self._old_items(inside))
                    self._unlink(inside, [OLD_INDEX])

    def items(self) -> list[Item]:
        """Return the segments, in the order in which they were added.

        Raises ValueError where the index is none of this version; `delete_all` still works.
        """
        with self._opened() as inside:
            return self._items(inside)

    @contextmanager
    def edit(self) -> Iterator[dict[str, Item]]:
        """Lend the segments by id; what was changed in the dictionary is then so on disk.

        The files of a segment that is added must have been written with `write` before the end
        of the block; those of a segment that is removed are deleted after it.
        """
        with self._opened() as inside, self._locked(inside):
            found = {item.id: item for item in self._items(inside)}
            lent = dict(found)
            yield lent
            kept = {name for item in lent.values() for name in item.files}
            gone = [name for item in found.values() for name in item.files if name not in kept]
            if lent != found or self.broken:
                try:
                    self._write_index(inside, lent.values())
                except OSError:  # on a full disk only what is deleted first makes room
                    if not gone:
                        raise
                    self._unlink(inside, gone)
                    self._write_index(inside, lent.values())
            self._unlink(inside, gone)

    def new_id(self, taken: Iterable[str]) -> str:
        """Return an id, 8 hexadecimal digits, that no segment has."""
        ids = set(taken)
        while (fresh := secrets.token_hex(4)) in ids:
            pass
        return fresh

    def write(self, name: str, content: bytes) -> str:
        """Write a file of a segment whole or not at all, and return its name."""
        with self._opened() as inside:
            write_atomically(_own(name), content, mode=0o600, folder=inside)
        return name

    def read(self, name: str) -> bytes:
        """Return the content of a file of a segment; OSError where it is not there or a link."""
        with self._opened() as inside:
            return _read(inside, _own(name))

    def files(self) -> set[str]:
        """Return the names of all files of segments, whether or not the index knows them."""
        with self._opened() as inside:
            return set(_ours(inside))

    def delete_all(self) -> int:
        """Delete every segment and file, whatever the index says; return how many there were."""
        with self._opened() as inside, self._locked(inside):
            ours = _ours(inside)
            self._unlink(inside, [*ours, INDEX, OLD_INDEX])
            self._write_index(inside, ())
        return len({name[:8] for name in ours if _FILE.fullmatch(name)})

    def sweep(self) -> None:
        """Delete files that no segment names: what was left where the power went."""
        with self._opened() as inside, self._locked(inside):
            named = {name for item in self._items(inside) for name in item.files}
            self._unlink(inside, [name for name in _ours(inside) if name not in named])

    def delete_older(self, time: float) -> int:
        """Delete files written before a time, in seconds since 1970, whatever the index says."""
        with self._opened() as inside, self._locked(inside):
            old = [name for name in _ours(inside) if os.stat(
                name, dir_fd=inside, follow_symlinks=False).st_mtime < time]
            self._unlink(inside, old)
        return len(old)

    def _items(self, inside: int) -> list[Item]:
        first, *lines = _read(inside, INDEX).decode('utf-8', 'replace').split('\n')
        if _parsed(first) != HEADER:
            raise ValueError(f'{self.folder / INDEX} begins with {first[:80]!r}; needed is '
                             f'{json.dumps(HEADER)}: it is no index, or one of a newer version')
        found, self.broken = _valid(map(_parsed, filter(None, lines)))
        return found

    def _old_items(self, inside: int) -> list[Item]:
        """Return what can be read of the index as it was written by earlier versions."""
        try:
            rows = csv.DictReader(_read(inside, OLD_INDEX).decode('utf-8', 'replace').splitlines())
            read = []
            with suppress(csv.Error):  # what comes after cannot be told apart
                for row in rows:
                    read.append({**row, **{name: _number(row.get(name), kind) for name, kind in (
                        ('stamp', int), ('entropy', float), ('uncertainty', float))}})
        except FileNotFoundError:
            return []
        written = {name: os.stat(name, dir_fd=inside, follow_symlinks=False).st_mtime
                   for name in _ours(inside)}
        found, _ = _valid({**row, 'stored': min(
            (written.get(name, 0.0) for key in ('features', 'media')
             for name in str(row.get(key)).split()), default=0.0)} for row in read)
        return found

    def _write_index(self, inside: int, items: Iterable[Item]) -> None:
        lines = [HEADER, *map(asdict, items)]
        write_atomically(INDEX, ''.join(f'{json.dumps(line)}\n' for line in lines), mode=0o600,
                         folder=inside)

    @staticmethod
    def _unlink(inside: int, names: Iterable[str]) -> None:
        for name in names:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=inside)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """Lend a descriptor of the folder, by which its files are named."""
        try:
            inside = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ValueError(f'{self.folder} is no collection of segments: it has no {INDEX}, and '
                             f'is no folder (a link to one is not followed)') from error
        try:
            yield inside
        finally:
            os.close(inside)

    @staticmethod
    @contextmanager
    def _locked(inside: int) -> Iterator[None]:
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW
        with open(os.open(LOCK, flags, 0o600, dir_fd=inside), 'wb') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _own(name: str) -> str:
    """Return the name of a file of a segment; ValueError for any other."""
    if not _FILE.fullmatch(name):
        raise ValueError(f'{name!r} is no file of a segment; those are called as {_FILE.pattern}')
    return name


def _ours(inside: int) -> list[str]:
    """Return the names of all files of segments, and of what was left half-written."""
    with os.scandir(inside) as entries:
        return [entry.name for entry in entries
                if (_FILE.fullmatch(entry.name) or _DRAFT.fullmatch(entry.name))
                and not entry.is_dir(follow_symlinks=False)]


def _read(inside: int, name: str) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # nobody waits for a pipe
    with open(os.open(name, flags, dir_fd=inside), 'rb') as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f'{name} has more than {LARGEST} bytes')
    return content


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _number(text: Any, kind: Callable[[Any], Any]) -> Any:
    try:
        return kind(text)
    except (TypeError, ValueError):
        return None


def _valid(rows: Iterable[Any]) -> tuple[list[Item], int]:
    """Return the segments among what was read, and how much else there was."""
    found: dict[str, Item] = {}
    broken = 0
    for row in rows:
        try:
            item = _item(row)
        except (TypeError, ValueError, KeyError):
            broken += 1
        else:
            found[item.id] = item
    return list(found.values()), broken


def _item(row: Mapping[str, Any]) -> Item:
    """Return a segment; TypeError, ValueError or KeyError where the line is none."""
    values = {field.name: row[field.name] for field in fields(Item)}
    texts = {key: printable(value) for key, value in values.items() if isinstance(value, str)}
    item = Item(**{**values, **texts})
    numbers = (item.stamp, item.entropy, item.uncertainty, item.stored)
    whole = (_ID.fullmatch(item.id) and isinstance(item.stamp, int)
             and 0 <= item.stamp < _LAST_STAMP and all(map(isfinite, numbers))
             and len(texts) == len(values) - len(numbers)
             and all(_own(name).startswith(item.id) for name in item.files))
    if not whole:
        raise ValueError('no segment')
    return item
