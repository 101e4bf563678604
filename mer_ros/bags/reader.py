"""Read a rosbag2 recording: a folder, or a bare .mcap or .db3 file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
import heapq
import logging
from pathlib import Path
from types import TracebackType
from typing import Any

from rosbags.interfaces import Connection, ConnectionExtRosbag2, Qos
from rosbags.typesys.store import Typestore

from mer_ros.bags.definitions import embedded_types
from mer_ros.bags.errors import BagError
from mer_ros.bags.foreign_types import stores_of
from mer_ros.bags.renew import is_older, renewed
from mer_ros.bags.storages import begins_as_bag, open_storages
from mer_ros.bags.typestore import typestore
from mer_ros.data import nanoseconds

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BagTopic:
    """A topic of a bag: its type, number of messages, and the QoS its publishers offered."""

    name: str
    msgtype: str
    count: int
    qos: tuple[Qos, ...]


@dataclass(frozen=True, slots=True)
class BagMessage:
    """A message as it was recorded: ``stamp`` is the receive time in ns, ``data`` its CDR bytes."""

    topic: str
    msgtype: str
    stamp: int
    data: bytes


def is_bag(path: Path) -> bool:
    """Say whether a path names a bag, not a media file: a folder, or a file by name or content."""
    return path.is_dir() or path.suffix in ('.mcap', '.db3', '.bag') or begins_as_bag(path)


class BagReader:
    """A context manager that opens a bag for reading.

    ``topics`` lists what it holds; ``start`` and ``end`` are the receive times of its first and
    last message in nanoseconds (both 0 when it holds none); ``skipped`` counts, by topic, the
    messages that could not be decoded, ``first_skipped`` says why the first was not.  What its
    recorder left unfinished, or what is damaged, is read as far as it goes: ``notes`` says so.

    Raises:
        BagError: the bag is missing or of an unknown kind, or nothing of it can be read.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.skipped: Counter[str] = Counter()
        self.first_skipped: dict[str, str] = {}
        self.notes: list[str] = []
        if not self.path.exists():
            raise BagError(f'there is no bag at {self.path}; name a bag folder, or a .mcap or .db3 '
                           f'file')
        self._stack = ExitStack()
        try:
            self._storages = open_storages(self.path, self._stack, self.notes)
        except BaseException:
            self._stack.close()
            raise
        self._mended = False
        connections = [one for storage in self._storages for one in storage.connections]
        self._types = embedded_types(connections)
        self.start = min(storage.start for storage in self._storages)
        self.end = max(storage.end for storage in self._storages)
        if not any(storage.count for storage in self._storages):
            self.start = self.end = 0
        self.topics = tuple(_topics(connections))

    def __enter__(self) -> BagReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._stack.close()

    def messages(
        self, *, topics: Collection[str] = (), start: float = 0.0
    ) -> Iterator[BagMessage]:
        """Yield the recorded messages by receive time, without decoding them.

        Args:
            topics: the topics to read; all when empty.
            start: how many seconds of the beginning to leave out, >= 0.

        Raises:
            BagError: a topic is not in the bag, the bag is not that long, or it is damaged so that
                nothing of it can be read.
        """
        names = {topic.name for topic in self.topics}
        if unknown := sorted(set(topics) - names):
            raise BagError(f'{self.path} has no topic {unknown}; it has {sorted(names)}')
        first = self.start + nanoseconds(start)
        if not self.start <= first <= self.end:
            raise BagError(f'start must lie within the {(self.end - self.start) / 1e9:.3f} s of '
                           f'{self.path}, given {start} s')
        chosen = set(topics) or names
        rows = self._rows(chosen, first)
        while True:
            try:
                row = next(rows, None)
            # On damaged bytes the parser raises whatever its decoders happen to trip over.
            except Exception as error:
                rows = self._mend(chosen, first, error)
                continue
            if row is None:
                return
            connection, stamp, data = row
            first = stamp + 1
            yield BagMessage(connection.topic, connection.msgtype, stamp, data)

    def _rows(self, topics: Collection[str], start: int) -> Iterator[tuple[Connection, int, bytes]]:
        return heapq.merge(*(storage.messages(topics, start) for storage in self._storages),
                           key=lambda row: row[1])

    def _mend(self, topics: Collection[str], start: int, error: Exception
              ) -> Iterator[tuple[Connection, int, bytes]]:
        """Go on after a damaged place at ``start``; raise BagError where that was tried already."""
        if not self._mended:
            self._mended = True
            self._storages = open_storages(self.path, self._stack, self.notes, mend=True)
            return self._rows(topics, start)
        raise BagError(f'{self.path} cannot be read, it is damaged ({type(error).__name__}: '
                       f'{error})') from error

    def decoded(
        self, *, topics: Collection[str] = (), start: float = 0.0
    ) -> Iterator[tuple[BagMessage, Any]]:
        """Yield each message with its decoded object, whose fields are named as in the .msg file.

        What cannot be decoded (an unknown type, text that is not UTF-8, damaged bytes) is counted
        in ``skipped``, named in the log once a topic, and left out.
        """
        for message in self.messages(topics=topics, start=start):
            try:
                content = self.decode(message)
            except BagError as error:
                self.skipped[message.topic] += 1
                if self.skipped[message.topic] == 1:
                    self.first_skipped[message.topic] = str(error)
                    _LOG.warning('a message on %s is skipped: %s', message.topic, error)
                continue
            yield message, content

    def decode(self, message: BagMessage) -> Any:
        """Return the decoded message; raise BagError when its type or its bytes do not allow it."""
        stores = self._stores(message.msgtype)
        if not stores:
            raise BagError(f'the type {message.msgtype} is not known and {self.path} does not '
                           f'define it')
        for store in stores:
            try:
                return store.deserialize_cdr(message.data, message.msgtype)
            # On damaged bytes the decoder raises whatever it happens to trip over.
            except Exception as error:
                problem = error
        raise BagError(f'it is no {message.msgtype} ({problem})') from problem

    def _stores(self, msgtype: str) -> tuple[Typestore, ...]:
        """Return the definitions to try: the bag's own, else one known here, else others'."""
        for store in (self._types, typestore()):
            if msgtype in store.fielddefs:
                return (store,)
        return stores_of(msgtype)

    def redefines(self, msgtype: str) -> bool:
        """Return whether the bag was recorded with another definition of a type known here."""
        here = typestore()
        return (msgtype in self._types.fielddefs and msgtype in here.fielddefs
                and self._types.hash_rihs01(msgtype) != here.hash_rihs01(msgtype))

    def is_outdated(self, msgtype: str) -> bool:
        """Return whether the bag's definition only lacks fields that were added to ours."""
        return self.redefines(msgtype) and is_older(msgtype, self._types, typestore())

    def renewed(self, message: BagMessage) -> bytes:
        """Return the bytes of a message of an outdated type as they would be recorded today.

        Raises BagError where it cannot be decoded.
        """
        here = typestore()
        return bytes(here.serialize_cdr(
            renewed(self.decode(message), message.msgtype, here), message.msgtype))


def _topics(connections: Iterable[Connection]) -> Iterator[BagTopic]:
    """Merge the connections, of which a bag may hold one for each file and recorded publisher."""
    merged: dict[tuple[str, str], list[Connection]] = {}
    for connection in connections:
        merged.setdefault((connection.topic, connection.msgtype), []).append(connection)
    for (topic, msgtype), group in merged.items():
        profiles = (qos for connection in group
                    if isinstance(connection.ext, ConnectionExtRosbag2)
                    for qos in connection.ext.offered_qos_profiles)
        yield BagTopic(topic, msgtype, sum(c.msgcount for c in group), tuple(profiles))
