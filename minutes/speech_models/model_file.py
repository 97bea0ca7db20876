"""Reads and writes CTranslate2's model.bin.

Its layout: version, name and revision of the specification, number of variables; for each its name,
dimensions, type, length in bytes and the bytes; then the aliases. (Taken from CTranslate2's own
converter, which writes version 6.)
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import IO

VERSIONS = range(4, 100)
"""Versions of the format that are read."""
LONGEST_NAME, MOST_VARIABLES, MOST_DIMENSIONS = 1000, 100_000, 8
"""Limits beyond which a file counts as damaged."""


@dataclass(frozen=True)
class Variable:
    """A tensor. `kind` is CTranslate2's number for the type of its values; `place` is where its
    bytes begin in the file, `length` their number.
    """

    name: str
    shape: tuple[int, ...]
    kind: int
    place: int
    length: int


@dataclass(frozen=True)
class ModelLayout:
    """What a model.bin holds, without the values."""

    version: int
    specification: str
    revision: int
    variables: tuple[Variable, ...]
    aliases: tuple[tuple[str, str], ...]
    """Other names of variables: the alias and the name of its variable."""

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the dimensions of every variable, by all its names."""
        shapes = {variable.name: variable.shape for variable in self.variables}
        return shapes | {name: shapes[of] for name, of in self.aliases if of in shapes}


def layout(file: IO[bytes], size: int) -> ModelLayout:
    """Read the layout of a file of `size` bytes. It skips the values, so it takes milliseconds.

    Raises EOFError, struct.error or UnicodeDecodeError if the file is damaged or of another format.
    """
    version = _number(file, "I")
    if version not in VERSIONS:
        raise EOFError
    specification, revision = _text(file), _number(file, "I")
    count = _at_most(MOST_VARIABLES, _number(file, "I"))
    variables = tuple(_variable(file, size) for _ in range(count))
    aliases = tuple((_text(file), _text(file)) for _ in range(_number(file, "I")))
    if file.tell() != size:
        raise EOFError
    return ModelLayout(version, specification, revision, variables, aliases)


def written(made: ModelLayout, values: Callable[[Variable], bytes]) -> Iterator[bytes]:
    """Yield the bytes of a model file in pieces. `values` returns the bytes of a variable, and
    their number becomes its `length`.
    """
    yield struct.pack("<I", made.version) + _named(made.specification)
    yield struct.pack("<II", made.revision, len(made.variables))
    for variable in made.variables:
        content = values(variable)
        yield _head(replace(variable, length=len(content)))
        yield content
    yield struct.pack("<I", len(made.aliases))
    for name, of in made.aliases:
        yield _named(name) + _named(of)


def _variable(file: IO[bytes], size: int) -> Variable:
    name = _text(file)
    rank = _at_most(MOST_DIMENSIONS, _number(file, "B"))
    shape = struct.unpack(f"<{rank}I", file.read(4 * rank))
    kind, length = _number(file, "B"), _at_most(size, _number(file, "I"))
    place = file.tell()
    file.seek(length, 1)
    return Variable(name, shape, kind, place, length)


def _head(variable: Variable) -> bytes:
    rank = len(variable.shape)
    shape = struct.pack(f"<B{rank}I", rank, *variable.shape)
    return _named(variable.name) + shape + struct.pack("<BI", variable.kind, variable.length)


def _named(text: str) -> bytes:
    """Return the bytes of a text: its length including the zero byte at its end, then the text and
    the zero byte.
    """
    return struct.pack("<H", len(text.encode()) + 1) + text.encode() + b"\0"


def _text(file: IO[bytes]) -> str:
    raw = file.read(_at_most(LONGEST_NAME, _number(file, "H")))
    if not raw.endswith(b"\0"):
        raise EOFError
    return raw[:-1].decode()


def _number(file: IO[bytes], kind: str) -> int:
    value: int = struct.unpack(f"<{kind}", file.read(struct.calcsize(kind)))[0]
    return value


def _at_most(limit: int, value: int) -> int:
    if value > limit:
        raise EOFError
    return value
