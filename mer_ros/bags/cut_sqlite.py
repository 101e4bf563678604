"""Read a .db3 file of which a part is missing or damaged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
import sqlite3
import sys
from typing import Any
from urllib.parse import quote

from rosbags.interfaces import (
    Connection,
    ConnectionExtRosbag2,
    MessageDefinition,
    MessageDefinitionFormat,
)
from rosbags.rosbag2.metadata import parse_qos

_FORMATS = {'ros2msg': MessageDefinitionFormat.MSG, 'ros2idl': MessageDefinitionFormat.IDL}
_MOST_TRIES = 40


class CutSqlite:
    """The messages of a database in the order in which they were stored; damaged ones are left out.

    ``connections``, ``start``, ``end`` and ``count`` are of what can be read; ``lost`` says what
    cannot.

    Raises:
        ValueError: the list of topics cannot be read, or no message.
    """

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(f'file:{quote(str(path))}?mode=ro&immutable=1', uri=True)
        try:
            # Else a file that is shorter than it says is refused as a whole.
            self._base.execute('PRAGMA writable_schema=ON')
            topics = [Connection(
                row['id'], row['name'], row['type'], MessageDefinition(
                    MessageDefinitionFormat.NONE, ''), '', 0,
                ConnectionExtRosbag2(row['serialization_format'], parse_qos(
                    row.get('offered_qos_profiles') or '')), self)
                for row in self._table('topics')]
        except (sqlite3.Error, KeyError) as error:
            self._base.close()
            raise ValueError(f'its topics cannot be read ({error})') from error
        definitions: dict[str, MessageDefinition] = {}
        with suppress(sqlite3.Error):  # older recordings have none
            definitions = {row['topic_type']: MessageDefinition(
                _FORMATS.get(row['encoding'], MessageDefinitionFormat.NONE),
                row['encoded_message_definition']) for row in self._table('message_definitions')}
        counts: Counter[int] = Counter()
        self.start, self.end, self._holes = sys.maxsize, 0, 0
        for topic, stamp, _ in self._rows():
            counts[topic] += 1
            self.start, self.end = min(self.start, stamp), max(self.end, stamp)
        self.lost = f'{self._holes} damaged parts' if self._holes else ''
        self.connections = [topic._replace(
            msgcount=counts[topic.id], msgdef=definitions.get(topic.msgtype, topic.msgdef))
            for topic in topics]
        self.count = sum(counts.values())
        if not self.count and self._holes:
            self._base.close()
            raise ValueError(f'no message can be reached; try: sqlite3 {path} .recover')

    def close(self) -> None:
        """Close the database."""
        self._base.close()

    def messages(self, topics: Collection[str], start: int
                 ) -> Iterator[tuple[Connection, int, bytes]]:
        """Yield connection, time of receipt (ns) and bytes of what came at ``start`` or later."""
        wanted = {topic.id: topic for topic in self.connections if topic.topic in topics}
        for topic, stamp, data in self._rows():
            if topic in wanted and stamp >= start:
                yield wanted[topic], stamp, data

    def _table(self, name: str) -> list[dict[str, Any]]:
        cursor = self._base.execute(f'SELECT * FROM {name}')
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor]

    def _rows(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield topic, time and bytes by row; look beyond what cannot be read."""
        self._holes, last, step = 0, -1, 1
        for _ in range(_MOST_TRIES):
            try:
                for number, topic, stamp, data in self._base.execute(
                        'SELECT id, topic_id, timestamp, data FROM messages NOT INDEXED '
                        'WHERE id >= ? ORDER BY id', (last + step,)):
                    last, step = number, 1
                    yield topic, stamp, data
                return
            except sqlite3.Error:
                self._holes += step == 1
                step *= 2
