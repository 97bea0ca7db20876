"""CTranslate2's model.bin, read and written.

Its layout: version, name and revision of the specification, number of variables; of each its name,
dimensions, type, length in bytes and the bytes; then the aliases. (Read in CTranslate2's own
converter, which writes version 6.)
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import IO

VERSIONS = range(4, 100)
LONGEST_NAME, MOST_VARIABLES, MOST_DIMENSIONS = 1000, 100_000, 8


@dataclass(frozen=True)
class Variable:
    """A tensor. `kind`: CTranslate2's number of the type of its values; `place`: where its bytes
    begin in the file."""

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
    """Names of variables that are the same as another: new name, and whose."""

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The dimensions of every variable, by all its names."""
        shapes = {variable.name: variable.shape for variable in self.variables}
        return shapes | {name: shapes[of] for name, of in self.aliases if of in shapes}


def layout(file: IO[bytes], size: int) -> ModelLayout:
    """Of a file of `size` bytes, in milliseconds: the values are passed over.

    Raises EOFError, struct.error, UnicodeDecodeError where the file is not what it says.
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
    """The file in pieces; `values` gives the bytes of each variable, whose `length` they decide."""
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
    """Its length with the zero at its end goes before it."""
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
