"""Read an .mcap file that its recorder never finished, or of which a part is damaged."""

from binascii import crc32
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
import heapq
from io import BytesIO
from itertools import islice
from pathlib import Path
import struct
import sys
from typing import BinaryIO

from lz4.frame import LZ4FrameDecompressor
from rosbags.interfaces import (
    Connection,
    ConnectionExtRosbag2,
    MessageDefinition,
    MessageDefinitionFormat,
)
from rosbags.rosbag2.metadata import parse_qos

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC = b'\x89MCAP0\r\n'

_SCHEMA, _CHANNEL, _MESSAGE, _CHUNK, _DATA_END = 3, 4, 5, 6, 15
_HEAD = struct.Struct('<BQ')
_STAMPED = struct.Struct('<HIQQ')
_CHUNK_HEAD = struct.Struct('<QQQI')
_FORMATS = {'ros2msg': MessageDefinitionFormat.MSG, 'ros2idl': MessageDefinitionFormat.IDL,
            'omgidl': MessageDefinitionFormat.IDL}

Row = tuple[Connection, int, bytes]


@dataclass(frozen=True, slots=True)
class _Part:
    """A chunk, or a message outside of any: where it lies, and the time (ns) of its first."""

    kind: int
    offset: int
    size: int
    start: int


class CutMcap:
    """The messages of a file from its beginning to where it breaks off, without damaged chunks.

    The file is read once when it is opened, since its index is at its end.  ``connections``,
    ``start``, ``end`` and ``count`` are of what can be read; ``lost`` says what cannot.

    Raises:
        ValueError: the file is no mcap.
    """

    def __init__(self, path: Path) -> None:
        self.lost = ''
        self._file = path.open('rb')
        if self._file.read(len(MAGIC)) != MAGIC:
            self._file.close()
            raise ValueError('it does not begin as an mcap file')
        self._size = path.stat().st_size
        self._schemas: dict[int, tuple[str, str, str]] = {}
        self._channels: dict[int, Connection] = {}
        self._parts: list[_Part] = []
        counts: Counter[int] = Counter()
        self.start, self.end, damaged = sys.maxsize, 0, 0
        for kind, offset, size in self._records(self._file, self._size, len(MAGIC)):
            try:
                found = [(channel, stamp)
                         for channel, stamp, _ in self._inside(kind, offset, size)]
            # On damaged bytes the decompressors raise each in their own way.
            except Exception:
                damaged += 1
                continue
            if found:
                counts.update(channel for channel, _ in found)
                stamps = [stamp for _, stamp in found]
                self.start, self.end = min(self.start, *stamps), max(self.end, *stamps)
                self._parts.append(_Part(kind, offset, size, min(stamps)))
        if damaged:
            self.lost = '; '.join(filter(None, [self.lost, f'{damaged} damaged parts']))
        self._parts.sort(key=lambda part: part.start)
        self.connections = [channel._replace(msgcount=counts[channel.id])
                            for channel in self._channels.values()]
        self.count = sum(counts.values())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def messages(self, topics: Collection[str], start: int) -> Iterator[Row]:
        """Yield connection, time of receipt (ns) and bytes of what came at ``start`` or later."""
        wanted = {channel.id: channel for channel in self.connections if channel.topic in topics}
        waiting: list[tuple[int, int, int, bytes]] = []
        number = 0
        for part in self._parts:
            while waiting and waiting[0][0] <= part.start:
                stamp, _, channel, data = heapq.heappop(waiting)
                yield wanted[channel], stamp, data
            for channel, stamp, data in self._inside(part.kind, part.offset, part.size):
                if channel in wanted and stamp >= start:
                    heapq.heappush(waiting, (stamp, number, channel, data))
                    number += 1
        while waiting:
            stamp, _, channel, data = heapq.heappop(waiting)
            yield wanted[channel], stamp, data

    def _records(self, stream: BinaryIO, end: int, place: int) -> Iterator[tuple[int, int, int]]:
        """Yield kind, offset and size of the records; the last may be cut."""
        while place + _HEAD.size <= end:
            stream.seek(place)
            kind, size = _HEAD.unpack(stream.read(_HEAD.size))
            place += _HEAD.size
            if kind == _DATA_END:
                return
            yield kind, place, min(size, end - place)
            place += size
        if stream is self._file:
            self.lost = 'it breaks off before its end'

    def _inside(self, kind: int, offset: int, size: int, stream: BinaryIO | None = None
                ) -> Iterator[tuple[int, int, bytes]]:
        """Yield channel, time and bytes of the messages in a record; learn what describes them."""
        source = stream or self._file
        if kind not in (_SCHEMA, _CHANNEL, _MESSAGE, _CHUNK):
            return
        source.seek(offset)
        content = source.read(size)
        if kind == _SCHEMA:
            number, rest = _number(content)
            name, encoding, text = islice(_texts(rest), 3)
            self._schemas[number] = name, encoding, text
        elif kind == _CHANNEL:
            self._learn(content)
        elif kind == _MESSAGE:
            channel, _, stamp, _ = _STAMPED.unpack_from(content)
            if channel in self._channels:
                yield channel, stamp, content[_STAMPED.size:]
        elif kind == _CHUNK:
            chunk = _unpacked(content)
            inner = BytesIO(chunk)
            for part in self._records(inner, len(chunk), 0):
                if part[1] + part[2] < len(chunk) or _is_whole(chunk, part):
                    yield from self._inside(*part, stream=inner)

    def _learn(self, content: bytes) -> None:
        number, rest = _number(content)
        schema, rest = _number(rest)
        # The map of metadata is preceded by its size in bytes, its strings by theirs.
        topic, encoding = islice(_texts(rest), 2)
        pairs = list(_texts(rest[12 + len(topic.encode()) + len(encoding.encode()):]))
        described = dict(zip(pairs[::2], pairs[1::2], strict=False))
        name, kind, text = self._schemas.get(schema, ('', '', ''))
        self._channels.setdefault(number, Connection(
            number, topic, name, MessageDefinition(
                _FORMATS.get(kind, MessageDefinitionFormat.NONE), text), '', 0,
            ConnectionExtRosbag2(encoding, parse_qos(described.get('offered_qos_profiles', ''))),
            self))


def _number(content: bytes) -> tuple[int, bytes]:
    return int.from_bytes(content[:2], 'little'), content[2:]


def _is_whole(chunk: bytes, part: tuple[int, int, int]) -> bool:
    _, offset, size = part
    return int.from_bytes(chunk[offset - 8:offset], 'little') == size


def _texts(content: bytes) -> Iterator[str]:
    """Yield the strings in a record, each after its length."""
    while len(content) >= 4:
        size = int.from_bytes(content[:4], 'little')
        yield content[4:4 + size].decode(errors='replace')
        content = content[4 + size:]


def _unpacked(content: bytes) -> bytes:
    """Return the records in a chunk, as far as it goes."""
    place = _CHUNK_HEAD.size
    _, _, size, checksum = _CHUNK_HEAD.unpack_from(content)
    length = int.from_bytes(content[place:place + 4], 'little')
    compression = content[place + 4:place + 4 + length].decode()
    packed = content[place + 4 + length + 8:]
    if compression == 'zstd':
        data = zstd.ZstdDecompressor().decompress(packed)
    elif compression == 'lz4':
        data = LZ4FrameDecompressor().decompress(packed)
    elif compression:
        raise ValueError(f'the compression {compression!r} is not known')
    else:
        data = packed
    if checksum and len(data) == size and crc32(data) != checksum:
        raise ValueError('the checksum is wrong')
    return bytes(data[:size])
