"""Writes a network as an ONNX model for onnxruntime: the few messages of the format that are
needed, in Protocol Buffers' wire format.

Source: onnx.proto3 of the Open Neural Network Exchange (field numbers), the encoding chapter of the
Protocol Buffers documentation.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

IR_VERSION, OPERATIONS_VERSION = 8, 17
FLOAT, INTEGER = 1, 7
LENGTH, VARINT, FIXED32 = 2, 0, 5

Attribute = int | float | str | list[int]
TensorShape = Sequence[int | str]
"""Sizes of a tensor; a name stands for a size that is only known at run time."""


class Graph:
    """A network under construction. Nodes run in the order in which they are added."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []
        self._count = 0

    def weight(self, values: NDArray[Any]) -> str:
        """Add a constant tensor (32-bit floats or 64-bit integers) and return its name."""
        name = self._name("w")
        is_float = np.issubdtype(values.dtype, np.floating)
        raw = np.ascontiguousarray(values, "<f4" if is_float else "<i8")
        message = b"".join(_number(1, size) for size in raw.shape)
        message += _number(2, FLOAT if is_float else INTEGER)
        self._weights.append(message + _text(8, name) + _bytes(9, raw.tobytes()))
        return name

    def integers(self, *values: int) -> str:
        """Add a constant vector of integers and return its name."""
        return self.weight(np.array(values, np.int64))

    def add(self, operation: str, *inputs: str, **attributes: Attribute) -> str:
        """Add a node that applies an ONNX operation to these inputs, and return the name of its
        output.
        """
        name = self._name("v")
        message = b"".join(_text(1, wanted) for wanted in inputs) + _text(2, name)
        message += _text(4, operation)
        message += b"".join(_bytes(5, _attribute(key, value)) for key, value in attributes.items())
        self._nodes.append(message)
        return name

    def written(self, sources: Mapping[str, TensorShape], result: tuple[str, TensorShape]) -> bytes:
        """Return the bytes of the model. `sources` are the names and shapes of its inputs and
        `result` those of its output, all of 32-bit floats.
        """
        graph = b"".join(_bytes(1, node) for node in self._nodes) + _text(2, "network")
        graph += b"".join(_bytes(5, weight) for weight in self._weights)
        graph += b"".join(_bytes(11, _value(*source)) for source in sources.items())
        graph += _bytes(12, _value(*result))
        version = _bytes(8, _text(1, "") + _number(2, OPERATIONS_VERSION))
        return _number(1, IR_VERSION) + _bytes(7, graph) + version

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count}"


def _attribute(key: str, value: Attribute) -> bytes:
    if isinstance(value, str):
        kind, content = 3, _text(4, value)
    elif isinstance(value, float):
        kind, content = 1, _key(2, FIXED32) + struct.pack("<f", value)
    elif isinstance(value, int):
        kind, content = 2, _number(3, value)
    else:
        kind, content = 7, b"".join(_number(8, number) for number in value)
    return _text(1, key) + content + _number(20, kind)


def _value(name: str, shape: TensorShape) -> bytes:
    sizes = [_number(1, size) if isinstance(size, int) else _text(2, size) for size in shape]
    dimensions = b"".join(_bytes(1, size) for size in sizes)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, dimensions)))


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _number(field: int, value: int) -> bytes:
    return _key(field, VARINT) + _varint(value & (1 << 64) - 1)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _key(field, LENGTH) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])
