"""Reading the networks of TensorFlow Lite, with nothing but NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = {0: np.float32, 1: np.float16, 2: np.int32}
"""The kinds of numbers that are read, as the format counts them."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """What flows between operators: its shape, and its values where they are constant."""

    shape: tuple[int, ...]
    values: NDArray[Any] | None


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator: its number in the format, its tensors by index, and its options."""

    code: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Table | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a FlatBuffer: fields are found by their number in the schema."""

    data: bytes
    at: int

    def number(self, field: int, kind: str = 'i', default: int = 0) -> int:
        """Return a field that is a number of this kind of `struct`."""
        place = self._place(field)
        return default if place is None else int(
            struct.unpack_from(f'<{kind}', self.data, place)[0])

    def table(self, field: int) -> Table | None:
        """Return a field that is a table, if it is there."""
        place = self._place(field)
        return None if place is None else self._follow(place)

    def tables(self, field: int) -> list[Table]:
        """Return a field that is a list of tables."""
        count, start = self._list(field)
        return [self._follow(start + 4 * index) for index in range(count)]

    def numbers(self, field: int) -> tuple[int, ...]:
        """Return a field that is a list of whole numbers of 32 bits."""
        count, start = self._list(field)
        return struct.unpack_from(f'<{count}i', self.data, start)

    def content(self, field: int) -> bytes:
        """Return a field that is a list of bytes."""
        count, start = self._list(field)
        return self.data[start:start + count]

    def _follow(self, place: int) -> Table:
        return Table(self.data, place + struct.unpack_from('<I', self.data, place)[0])

    def _place(self, field: int) -> int | None:
        fields = self.at - struct.unpack_from('<i', self.data, self.at)[0]
        if 4 + 2 * field >= struct.unpack_from('<H', self.data, fields)[0]:
            return None
        offset = struct.unpack_from('<H', self.data, fields + 4 + 2 * field)[0]
        return self.at + offset if offset else None

    def _list(self, field: int) -> tuple[int, int]:
        place = self._place(field)
        if place is None:
            return 0, 0
        place += struct.unpack_from('<I', self.data, place)[0]
        return struct.unpack_from('<I', self.data, place)[0], place + 4


@dataclass(frozen=True, slots=True)
class TfliteFile:
    """The only graph of a file: tensors, operators in their order, inputs and outputs by index."""

    tensors: Sequence[Tensor]
    operators: Sequence[Operator]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def read_tflite(path: Path) -> TfliteFile:
    """Read a network.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no network of TensorFlow Lite, not a complete one, or it holds numbers
            other than float32, float16 and int32.
    """
    data = path.read_bytes()
    if data[4:8] != b'TFL3':
        raise ValueError(f'{path} is no network of TensorFlow Lite, or not a complete one')
    try:
        return _network(Table(data, struct.unpack_from('<I', data)[0]))
    except (struct.error, IndexError, KeyError, ValueError) as error:
        raise ValueError(f'{path} is not a complete network of TensorFlow Lite, or holds what is '
                         f'not known here: {type(error).__name__}: {error}') from error


def _network(model: Table) -> TfliteFile:
    # Codes above 127 have a field of their own, the other then holds 127.
    codes = [max(code.number(0, 'b'), code.number(3)) for code in model.tables(1)]
    buffers = model.tables(4)
    graph, = model.tables(2)
    tensors = []
    for tensor in graph.tables(0):
        shape = tensor.numbers(0)
        content = buffers[tensor.number(2, 'I')].content(0)
        tensors.append(Tensor(shape, np.frombuffer(
            content, KINDS[tensor.number(1, 'b')]).reshape(shape) if content else None))
    return TfliteFile(
        tensors,
        [Operator(codes[one.number(0, 'I')], one.numbers(1), one.numbers(2), one.table(4))
         for one in graph.tables(3)],
        graph.numbers(1), graph.numbers(2))
