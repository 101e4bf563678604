"""Open the files of a recording, whatever state its recorder left them in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
import re
import shutil
import sqlite3
import sys
from tempfile import TemporaryDirectory
from typing import Protocol

from rosbags.interfaces import Connection
from rosbags.rosbag2 import Reader

from mer_ros.bags.cut_mcap import CutMcap, MAGIC
from mer_ros.bags.cut_sqlite import CutSqlite
from mer_ros.bags.errors import BagError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_SUFFIXES = ('.mcap', '.db3', '.mcap.zstd', '.db3.zstd')
_ROS_1 = b'#ROSBAG V'
_SQLITE = b'SQLite format 3\0'
_ZSTD = b'\x28\xb5\x2f\xfd'
_LEFT_OVER = ('-wal', '-journal')
_PLAIN_NAME = re.compile(r'[\w.+/ -]*')


class Storage(Protocol):
    """What the reader asks of a file or folder that is open."""

    connections: list[Connection]
    start: int
    end: int
    count: int
    lost: str

    def messages(self, topics: Collection[str], start: int
                 ) -> Iterator[tuple[Connection, int, bytes]]:
        """Yield connection, time of receipt (ns) and bytes of what came at ``start`` or later."""

    def close(self) -> None:
        """Close it."""


def holds_storage(folder: Path) -> bool:
    """Say whether a folder is a bag: it holds metadata.yaml or files of a recorder."""
    return any(each.name == 'metadata.yaml' or each.name.endswith(_SUFFIXES)
               for each in folder.iterdir())


class WholeStorage:
    """A file or folder that its recorder finished."""

    lost = ''

    def __init__(self, path: Path) -> None:
        self._reader = Reader(path)
        self._reader.open()
        self.connections = list(self._reader.connections)
        self.count = self._reader.message_count
        self.start = self._reader.start_time if self.count else sys.maxsize
        self.end = self._reader.end_time - 1 if self.count else 0

    def messages(self, topics: Collection[str], start: int
                 ) -> Iterator[tuple[Connection, int, bytes]]:
        """Yield connection, time of receipt (ns) and bytes of what came at ``start`` or later."""
        chosen = [connection for connection in self.connections if connection.topic in topics]
        for connection, stamp, data in self._reader.messages(chosen, start=start):
            plain = bytes(data)
            # Without metadata nothing else tells that messages are compressed one by one.
            yield connection, stamp, zstd.decompress(plain) if plain[:4] == _ZSTD else plain

    def close(self) -> None:
        """Close it."""
        self._reader.close()


def begins_as_bag(path: Path) -> bool:
    """Say whether a file is a bag by its first bytes."""
    with suppress(OSError), path.open('rb') as file:
        return file.read(16).startswith((MAGIC, _SQLITE, _ROS_1))
    return False


def open_storages(path: Path, stack: ExitStack, notes: list[str], *, mend: bool = False
                  ) -> list[Storage]:
    """Open a bag: as a whole where its recorder finished it, else file by file.

    Args:
        path: a folder or a file.
        stack: closes what is opened.
        notes: gets a sentence on each thing that is missing or damaged.
        mend: do not trust the index: read to where it breaks off, past what is damaged.

    Raises:
        BagError: none of it can be read.
    """
    if not path.is_dir():
        return [_opened(path, stack, notes, mend=mend)]
    files = sorted((file for file in path.iterdir()
                    if file.name.endswith(_SUFFIXES) and file.is_file()),
                   key=lambda file: [int(part) if part.isdigit() else part
                                     for part in re.split('([0-9]+)', file.name)])
    described = (path / 'metadata.yaml').is_file()
    if described and not mend and not any(map(_left_over, files)):
        try:
            whole = WholeStorage(path)
        # On damaged bytes the parser raises whatever its decoders happen to trip over.
        except Exception as error:
            notes.append(f'{path / "metadata.yaml"} does not fit the files '
                         f'({" ".join(str(error).split())}); they are read one by one')
        else:
            stack.callback(whole.close)
            return [whole]
    elif not described and files:
        notes.append(f'{path} has no metadata.yaml, as after a recorder was killed; its '
                     f'{len(files)} files are read one by one')
    found: list[Storage] = []
    failed: list[str] = []
    for file in files:
        try:
            found.append(_opened(file, stack, notes, mend=mend))
        except BagError as error:
            failed.append(str(error))
    if not found:
        ros_1 = next(path.glob('*.bag'), None)
        if ros_1 is not None:
            raise _old(ros_1)
        raise BagError('; '.join(failed) or (
            f'the folder {path} holds no bag: no {" and no ".join(_SUFFIXES[:2])} file'))
    notes += failed
    return found


def _opened(file: Path, stack: ExitStack, notes: list[str], *, mend: bool) -> Storage:
    with file.open('rb') as stream:
        head = stream.read(16)
    if head.startswith(_ROS_1) or file.suffix == '.bag':
        raise _old(file)
    source = _usable(file, head, stack, notes)
    problem = 'it is damaged'
    opened: Storage
    if not mend:
        try:
            opened = WholeStorage(source)
        except Exception as error:
            problem = f'{type(error).__name__}: {error}'
        else:
            stack.callback(opened.close)
            return opened
    try:
        opened = CutSqlite(source) if source.suffix == '.db3' else CutMcap(source)
    except (ValueError, OSError) as error:
        raise BagError(f'{file} cannot be read, it is empty, cut short or damaged ({problem}; '
                       f'{error})') from error
    stack.callback(opened.close)
    notes.append(f'{file} is not whole ({opened.lost or problem}); the {opened.count} messages '
                 f'that are left are read')
    return opened


def _usable(file: Path, head: bytes, stack: ExitStack, notes: list[str]) -> Path:
    """Return the file under a name and in a state in which it can be opened, maybe a copy."""
    def scratch() -> Path:
        return Path(stack.enter_context(TemporaryDirectory(prefix='mer_ros_bag_')))

    if head.startswith(_ZSTD):
        plain = scratch() / Path(file.stem).name
        # Of a file that is cut short what there is will do.
        with zstd.open(file, 'rb') as packed, plain.open('wb') as target, suppress(EOFError):
            shutil.copyfileobj(packed, target)
        return plain
    kind = next((kind for magic, kind in ((_SQLITE, '.db3'), (MAGIC, '.mcap'))
                 if head.startswith(magic)), file.suffix)
    if kind == '.db3' and (beside := _left_over(file)):
        copy = scratch() / 'bag.db3'
        shutil.copyfile(file, copy)
        for name in beside:
            shutil.copyfile(f'{file}{name}', f'{copy}{name}')
        with sqlite3.connect(copy) as base:
            base.execute('PRAGMA wal_checkpoint(TRUNCATE)')
            base.execute('SELECT count(*) FROM sqlite_master').fetchone()
        base.close()
        notes.append(f'{file} was not closed by its recorder; what lies beside it in '
                     f'{file.name}{beside[0]} is read too')
        return copy
    if file.suffix == kind and _PLAIN_NAME.fullmatch(str(file)):
        return file
    # The reader tells the kind by the name, and takes some characters for a part of an address.
    link = scratch() / f'bag{kind}'
    link.symlink_to(file.resolve())
    return link


def _left_over(file: Path) -> list[str]:
    """Return the endings of what SQLite left beside a database that was not closed."""
    return [ending for ending in _LEFT_OVER
            if (beside := Path(f'{file}{ending}')).is_file() and beside.stat().st_size]


def _old(file: Path) -> BagError:
    return BagError(f'{file} is a ROS 1 bag; convert it first: pip install rosbags && '
                    f'rosbags-convert --src {file} --dst {file.with_suffix("")}')
