"""Cutting the first layers out of an ONNX file, without the package onnx.

An ONNX file is one message of Protocol Buffers: a list of fields, each with a number and a content.
So a graph is cut by leaving fields out and adding others; what stays is copied as it is.  The
numbers are those of onnx.proto3, IR version 10.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GRAPH = 7
"""The field of a model that holds its graph."""

NODE, INITIALIZER, INPUT, OUTPUT = 1, 5, 11, 12
"""The fields of a graph that are chosen from."""

SHAPES = 13
"""The field of a graph that tells the shapes of inner values; it is left out, as they change."""

NODE_INPUT, NODE_OUTPUT = 1, 2
"""The fields of a node that name what it takes and gives."""

TENSOR_DIMS, TENSOR_TYPE, TENSOR_NAME, TENSOR_RAW = 1, 2, 8, 9
"""The fields of a tensor."""

FLOAT, INT64 = 1, 7
"""Types of tensors."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message: its number, its bytes with the number, and without."""

    number: int
    whole: memoryview
    content: memoryview


def cut(model: bytes, outputs: Sequence[str], *, inputs: Mapping[str, Sequence[str]],
        integers: Mapping[str, Sequence[int]]) -> tuple[bytes, dict[str, NDArray[np.float32]]]:
    """Return the part of a model that computes some of its inner values, and what became an input.

    Args:
        model: an ONNX file.
        outputs: the values, float32, that the part gives.
        inputs: what the part is given, float32, by name, with the names of its dimensions, which
            may differ from call to call.
        integers: tensors of integers (n,) that are replaced, by name.

    Returns:
        The part, as an ONNX file; and those of its inputs that are tensors of the model, by name.

    Raises:
        ValueError: the model is no complete ONNX file, or lacks one of the names.
    """
    fields = [*_fields(memoryview(model))]
    graph = [field for whole in fields if whole.number == GRAPH
             for field in _fields(whole.content)]
    tensors = {name: field for field in graph if field.number == INITIALIZER
               for name in _names(field.content, TENSOR_NAME)}
    nodes, wanted = [], {*outputs}
    made: set[str] = set()
    for field in reversed(graph):
        if field.number == NODE and not wanted.isdisjoint(_names(field.content, NODE_OUTPUT)):
            nodes.append(field)
            made.update(_names(field.content, NODE_OUTPUT))
            wanted.update(_names(field.content, NODE_INPUT))
    missing = {*outputs} - made | {*inputs, *integers} - wanted
    if missing:
        raise ValueError(f'the content is no ONNX file with {sorted(missing)}')
    changed = {*inputs, *integers}
    body: list[bytes | memoryview] = [field.whole for field in reversed(nodes)]
    body += [field.whole for field in graph
             if field.number not in (NODE, INITIALIZER, INPUT, OUTPUT, SHAPES)]
    body += [field.whole for name, field in tensors.items() if name in wanted - changed]
    body += [_field(INITIALIZER, _tensor(name, values)) for name, values in integers.items()]
    body += [_field(INPUT, _value(name, names)) for name, names in inputs.items()]
    body += [_field(OUTPUT, _value(name)) for name in outputs]
    rest = [field.whole for field in fields if field.number != GRAPH]
    given = {name: _floats(tensors[name].content) for name in inputs if name in tensors}
    return b''.join([*rest, _field(GRAPH, b''.join(body))]), given


def _fields(message: memoryview) -> Iterator[Field]:
    place = 0
    while place < len(message):
        start = place
        key, place = _read_number(message, place)
        number, kind = key >> 3, key & 7
        if kind == 0:
            begin = place
            _, place = _read_number(message, place)
        elif kind in (1, 2, 5):
            length, begin = _read_number(message, place) if kind == 2 else (
                8 if kind == 1 else 4, place)
            place = begin + length
        else:
            raise ValueError(f'the content is no ONNX file: a field of kind {kind}')
        if place > len(message):
            raise ValueError('the content is no complete ONNX file')
        yield Field(number, message[start:place], message[begin:place])


def _read_number(message: memoryview, place: int) -> tuple[int, int]:
    """Return the number, in groups of seven bits, at a place, and the place after it."""
    number = shift = 0
    while True:
        if place >= len(message) or shift > 63:
            raise ValueError('the content is no complete ONNX file')
        byte = message[place]
        number |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return number, place


def _names(message: memoryview, number: int) -> list[str]:
    return [bytes(field.content).decode(errors='replace') for field in _fields(message)
            if field.number == number]


def _floats(tensor: memoryview) -> NDArray[np.float32]:
    fields = [*_fields(tensor)]
    shape = [_read_number(field.content, 0)[0] for field in fields if field.number == TENSOR_DIMS]
    raw = b''.join(field.content for field in fields if field.number == TENSOR_RAW)
    if len(raw) != 4 * int(np.prod(shape)):
        raise ValueError(f'the tensor of shape {shape} holds {len(raw)} bytes, not float32')
    return np.frombuffer(raw, dtype='<f4').reshape(shape)


def _number(value: int) -> bytes:
    groups = bytearray()
    while value > 127:
        groups.append(value & 127 | 128)
        value >>= 7
    return bytes([*groups, value])


def _field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return _number(number << 3) + _number(content)
    return _number(number << 3 | 2) + _number(len(content)) + content


def _tensor(name: str, values: Sequence[int]) -> bytes:
    return (_field(TENSOR_DIMS, len(values)) + _field(TENSOR_TYPE, INT64)
            + _field(TENSOR_NAME, name.encode())
            + _field(TENSOR_RAW, np.array(values, dtype='<i8').tobytes()))


def _value(name: str, dimensions: Sequence[str] | None = None) -> bytes:
    """Return the description of float32 values of this name; its dimensions by name, or any."""
    shape = b'' if dimensions is None else _field(2, b''.join(
        _field(1, _field(2, dimension.encode())) for dimension in dimensions))
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, FLOAT) + shape))
