"""Speech models for tests: real CTranslate2 Whisper models, so small that they load at once. They
hear nothing sensible, but they decode. Cut out of the packaged one; nothing is downloaded."""

import json
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from minutes.proposals.choosing import Choice, Teach
from minutes.recognition.heard import FindWords
from minutes.recognition.speech_model import SpeechModel

WIDTHS = {512: 16, 1024: 32, 1536: 48, 2048: 64}
HEADS = 2
OF_LATER_LAYERS = tuple(f"/layer_{number}/" for number in range(1, 6))


@dataclass(frozen=True)
class Variable:
    name: str
    dims: tuple[int, ...]
    kind: int
    content: bytes

    @property
    def value_bytes(self) -> int:
        count = 1
        for dim in self.dims:
            count *= dim
        return len(self.content) // count


def make_small(packaged: Path, target: Path) -> Path:
    """A folder with a whole speech model of 2 MB: one layer, 16 wide, with the whole vocabulary."""
    target.mkdir(parents=True)
    for name in ("tokenizer.json", "vocabulary.txt"):
        shutil.copy(packaged / name, target)
    config = json.loads((packaged / "config.json").read_text())
    (target / "config.json").write_text(json.dumps(config | {"alignment_heads": [[0, 0], [0, 1]]}))
    with (packaged / "model.bin").open("rb") as file:
        variables = [_smaller(each) for each in read(file) if not _is_later(each.name)]
    write(target / "model.bin", variables)
    return target


def write(path: Path, variables: list[Variable], specification: str = "WhisperSpec") -> None:
    with path.open("wb") as file:
        file.write(struct.pack("<I", 6) + _text(specification) + struct.pack("<I", 3))
        file.write(struct.pack("<I", len(variables)))
        for each in variables:
            file.write(_text(each.name) + struct.pack("<B", len(each.dims)))
            file.write(struct.pack(f"<{len(each.dims)}I", *each.dims))
            file.write(struct.pack("<BI", each.kind, len(each.content)) + each.content)
        file.write(struct.pack("<I", 1))
        file.write(_text("decoder/projection/weight") + _text("decoder/embeddings/weight"))


def read(file: IO[bytes]) -> Iterator[Variable]:
    """Everything that a model.bin holds."""
    file.read(4)
    _read_text(file)
    file.read(4)
    (count,) = struct.unpack("<I", file.read(4))
    for _ in range(count):
        name = _read_text(file)
        (rank,) = struct.unpack("<B", file.read(1))
        dims = struct.unpack(f"<{rank}I", file.read(4 * rank))
        kind, size = struct.unpack("<BI", file.read(5))
        content = file.read(size)
        yield Variable(name, dims, kind, content)


def _is_later(name: str) -> bool:
    return any(layer in name for layer in OF_LATER_LAYERS)


def _smaller(variable: Variable) -> Variable:
    if variable.name.endswith("/num_heads"):
        return Variable(variable.name, (), variable.kind, struct.pack("<h", HEADS))
    dims = tuple(WIDTHS.get(dim, dim) for dim in variable.dims)
    return Variable(variable.name, dims, variable.kind, _corner(variable, dims))


def _corner(variable: Variable, dims: tuple[int, ...]) -> bytes:
    """The first values of every dimension."""
    if len(dims) < 2:
        return variable.content[: (dims[0] if dims else 1) * variable.value_bytes]
    row = len(variable.content) // variable.dims[0]
    whole = memoryview(variable.content)
    rest = (variable.dims[1:], dims[1:])
    return b"".join(
        _corner(
            Variable("", rest[0], variable.kind, bytes(whole[number * row : (number + 1) * row])),
            rest[1],
        )
        for number in range(dims[0])
    )


def _text(text: str) -> bytes:
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def _read_text(file: IO[bytes]) -> str:
    (length,) = struct.unpack("<H", file.read(2))
    return file.read(length)[:-1].decode()


def teach_nothing(_model: SpeechModel) -> Teach:
    """For a worker whose papers say nothing."""
    return lambda segments, _sound, _vocabulary: iter([Choice(one.text) for one in segments])


def find_no_words(_model: SpeechModel, _language: str) -> FindWords:
    """For a worker that need not tell when words were said."""
    return lambda segments, _sound: iter([[] for _ in segments])
