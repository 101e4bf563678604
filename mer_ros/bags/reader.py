"""Read a rosbag2 recording: a folder, or a bare .mcap or .db3 file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import logging
from pathlib import Path
from types import TracebackType
from typing import Any

from rosbags.interfaces import Connection, ConnectionExtRosbag2, Qos
from rosbags.rosbag2 import Reader

from mer_ros.bags.definitions import embedded_types
from mer_ros.bags.errors import BagError
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
    """Say whether a path names a bag, not a media file: a folder, or a .mcap or .db3 file."""
    return path.is_dir() or path.suffix in ('.mcap', '.db3')


class BagReader:
    """A context manager that opens a bag for reading.

    ``topics`` lists what it holds; ``start`` and ``end`` are the receive times of its first and
    last message in nanoseconds (both 0 when it holds none); ``skipped`` counts, by topic, the
    messages that could not be decoded, ``first_skipped`` says why the first was not; ``notes``
    are sentences on what is missing or damaged.

    Raises:
        BagError: the bag is missing, empty, cut short, damaged or of an unknown kind.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.skipped: Counter[str] = Counter()
        self.first_skipped: dict[str, str] = {}
        self.notes: list[str] = []
        if not self.path.exists():
            raise BagError(f'there is no bag at {self.path}; name a bag folder, or a .mcap or .db3 '
                           f'file')
        if self.path.is_dir() and not (self.path / 'metadata.yaml').is_file():
            raise BagError(f'the folder {self.path} has no metadata.yaml; name the .mcap or .db3 '
                           f'file in it, or run: ros2 bag reindex {self.path}')
        with _damage_reported(self.path):
            self._reader = Reader(self.path)
            self._reader.open()
        self._types = embedded_types(self._reader.connections)
        empty = self._reader.message_count == 0
        self.start = 0 if empty else self._reader.start_time
        self.end = 0 if empty else self._reader.end_time - 1
        self.topics = tuple(_topics(self._reader.connections))

    def __enter__(self) -> BagReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._reader.close()

    def messages(
        self, *, topics: Collection[str] = (), start: float = 0.0
    ) -> Iterator[BagMessage]:
        """Yield the recorded messages by receive time, without decoding them.

        Args:
            topics: the topics to read; all when empty.
            start: how many seconds of the beginning to leave out, >= 0.

        Raises:
            BagError: a topic is not in the bag, the bag is not that long, or it is damaged.
        """
        names = {topic.name for topic in self.topics}
        if unknown := sorted(set(topics) - names):
            raise BagError(f'{self.path} has no topic {unknown}; it has {sorted(names)}')
        first = self.start + nanoseconds(start)
        if not self.start <= first <= self.end:
            raise BagError(f'start must lie within the {(self.end - self.start) / 1e9:.3f} s of '
                           f'{self.path}, given {start} s')
        connections = [c for c in self._reader.connections if not topics or c.topic in topics]
        rows = self._reader.messages(connections, start=first)
        while True:
            with _damage_reported(self.path):
                row = next(rows, None)
            if row is None:
                return
            connection, stamp, data = row
            yield BagMessage(connection.topic, connection.msgtype, stamp, bytes(data))

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
        store = self._types if message.msgtype in self._types.fielddefs else typestore()
        if message.msgtype not in store.fielddefs:
            raise BagError(f'the type {message.msgtype} is not known and {self.path} does not '
                           f'define it')
        try:
            return store.deserialize_cdr(message.data, message.msgtype)
        # On damaged bytes the decoder raises whatever it happens to trip over.
        except Exception as error:
            raise BagError(f'it is no {message.msgtype} ({error})') from error

    def redefines(self, msgtype: str) -> bool:
        """Return whether the bag was recorded with another definition of a type known here."""
        here = typestore()
        return (msgtype in self._types.fielddefs and msgtype in here.fielddefs
                and self._types.hash_rihs01(msgtype) != here.hash_rihs01(msgtype))


def _topics(connections: Iterable[Connection]) -> Iterator[BagTopic]:
    """Merge the connections, of which a bag may hold one for each recorded publisher."""
    merged: dict[tuple[str, str], list[Connection]] = {}
    for connection in connections:
        merged.setdefault((connection.topic, connection.msgtype), []).append(connection)
    for (topic, msgtype), group in merged.items():
        profiles = (qos for connection in group
                    if isinstance(connection.ext, ConnectionExtRosbag2)
                    for qos in connection.ext.offered_qos_profiles)
        yield BagTopic(topic, msgtype, sum(c.msgcount for c in group), tuple(profiles))


@contextmanager
def _damage_reported(path: Path) -> Iterator[None]:
    try:
        yield
    # On damaged bytes the parser raises whatever its decoders happen to trip over.
    except Exception as error:
        raise BagError(f'{path} cannot be read, it is empty, cut short or damaged '
                       f'({type(error).__name__}: {error}); if its recorder was killed, try: '
                       f'ros2 bag reindex, or mcap recover') from error
