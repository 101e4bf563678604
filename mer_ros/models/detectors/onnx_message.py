"""Writing an ONNX model as bytes, without the package `onnx`: the few messages that are needed.

The numbers are those of the fields in onnx.proto (ONNX, IR version 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

IR_VERSION = 8
OPSET = 17
KINDS = {np.dtype(np.float32): 1, np.dtype(np.int64): 7}
"""Kinds of numbers as ONNX counts them."""


def model(nodes: Iterable[bytes], constants: Iterable[bytes], inputs: Iterable[bytes],
          outputs: Iterable[bytes]) -> bytes:
    """Return a model of one graph."""
    graph = b''.join([*(_part(1, each) for each in nodes), _part(2, b'graph'),
                      *(_part(5, each) for each in constants),
                      *(_part(11, each) for each in inputs),
                      *(_part(12, each) for each in outputs)])
    return _whole(1, IR_VERSION) + _part(7, graph) + _part(8, _whole(2, OPSET))


def node(kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> bytes:
    """Return an operator; attributes are whole numbers, lists of them, or words."""
    return b''.join([*(_part(1, name.encode()) for name in inputs),
                     *(_part(2, name.encode()) for name in outputs), _part(4, kind.encode()),
                     *(_part(5, _attribute(name, value)) for name, value in attributes.items())])


def constant(name: str, values: NDArray[Any]) -> bytes:
    """Return named numbers, float32 or int64."""
    return b''.join([*(_whole(1, side) for side in values.shape),
                     _whole(2, KINDS[values.dtype]), _part(8, name.encode()),
                     _part(9, np.ascontiguousarray(values).tobytes())])


def port(name: str, shape: Sequence[int | None]) -> bytes:
    """Return a named input or output of float32; sides that are None may vary."""
    sides = b''.join(_part(1, b'' if side is None else _whole(1, side)) for side in shape)
    return _part(1, name.encode()) + _part(2, _part(1, _whole(1, 1) + _part(2, sides)))


def _attribute(name: str, value: int | str | Sequence[int]) -> bytes:
    if isinstance(value, int):
        content = _whole(3, value) + _whole(20, 2)
    elif isinstance(value, str):
        content = _part(4, value.encode()) + _whole(20, 3)
    else:
        content = b''.join(_whole(8, each) for each in value) + _whole(20, 7)
    return _part(1, name.encode()) + content


def _part(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _whole(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes(found) + struct.pack('B', value)
