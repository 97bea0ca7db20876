"""Speech models for tests: real CTranslate2 Whisper models, so small that they load at once. They
hear nothing sensible, but they decode. Cut out of the packaged one; nothing is downloaded."""

import io
import json
import shutil
import struct
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

import numpy as np

from minutes.proposals.selection import Selection, Teach
from minutes.recognition.heard import FindTokenTimings
from minutes.speech_models import model_file
from minutes.speech_models.model_file import Variable
from minutes.speech_models.speech_model import SpeechModel

WIDTHS = {512: 16, 1024: 32, 1536: 48, 2048: 64}
HEADS = 2
OF_LATER_LAYERS = tuple(f"/layer_{number}/" for number in range(1, 6))


@dataclass(frozen=True)
class Tensor:
    """A variable of a model.bin with its values."""

    name: str
    shape: tuple[int, ...]
    kind: int
    content: bytes

    @property
    def value_bytes(self) -> int:
        return len(self.content) // prod(self.shape)


def make_small(packaged: Path, target: Path) -> Path:
    """A folder with a whole speech model of 2 MB: one layer, 16 wide, with the whole vocabulary."""
    target.mkdir(parents=True)
    for name in ("tokenizer.json", "vocabulary.txt"):
        shutil.copy(packaged / name, target)
    config = json.loads((packaged / "config.json").read_text())
    (target / "config.json").write_text(json.dumps(config | {"alignment_heads": [[0, 0], [0, 1]]}))
    whole = read(packaged / "model.bin")
    write(target / "model.bin", [_smaller(each) for each in whole if not _is_later(each.name)])
    return target


def make_other(small: Path, target: Path) -> Path:
    """A folder with a model of random weights that differs from the small one as large-v3 does from
    base: 128 mel bands, and one language more, which moves all tokens behind it."""
    target.mkdir(parents=True)
    names = (small / "vocabulary.txt").read_text().removesuffix("\n").split("\n")
    place = names.index("<|translate|>")
    names.insert(place, "<|yue|>")
    (target / "vocabulary.json").write_text(json.dumps(names))
    tokenizer = json.loads((small / "tokenizer.json").read_text())
    added = tokenizer["added_tokens"]
    more = {**added[-1], "id": place, "content": "<|yue|>"}
    moved = [one | {"id": one["id"] + (one["id"] >= place)} for one in added]
    tokenizer["added_tokens"] = sorted([*moved, more], key=lambda one: int(one["id"]))
    (target / "tokenizer.json").write_text(json.dumps(tokenizer | {"post_processor": None}))
    config = json.loads((small / "config.json").read_text())
    for list_name in ("suppress_ids", "lang_ids"):
        config[list_name] = [number + (number >= place) for number in config[list_name]]
    config["lang_ids"].append(place)
    (target / "config.json").write_text(json.dumps(config))
    (target / "preprocessor_config.json").write_text(json.dumps({"feature_size": 128}))
    chance = np.random.default_rng(1)
    write(target / "model.bin", [_like_large(one, chance) for one in read(small / "model.bin")])
    return target


def _like_large(tensor: Tensor, chance: np.random.Generator) -> Tensor:
    rows = tensor.shape[:1] == (51_865,)
    mels = tensor.name == "encoder/conv1/weight"
    if not rows and not mels:
        return tensor
    shape = (51_866, *tensor.shape[1:]) if rows else (tensor.shape[0], 128, tensor.shape[2])
    values = np.frombuffer(tensor.content, f"V{tensor.value_bytes}")
    return replace(tensor, shape=shape, content=chance.choice(values, prod(shape)).tobytes())


def write(path: Path, tensors: list[Tensor], specification: str = "WhisperSpec") -> None:
    contents = {each.name: each.content for each in tensors}
    variables = tuple(Variable(each.name, each.shape, each.kind, 0, 0) for each in tensors)
    alias = ("decoder/projection/weight", "decoder/embeddings/weight")
    layout = model_file.ModelLayout(6, specification, 3, variables, (alias,))
    pieces = model_file.written(layout, lambda variable: contents[variable.name])
    path.write_bytes(b"".join(pieces))


def read(path: Path) -> list[Tensor]:
    """Everything that a model.bin holds."""
    content = path.read_bytes()
    found = model_file.layout(io.BytesIO(content), len(content))
    return [
        Tensor(one.name, one.shape, one.kind, content[one.place : one.place + one.length])
        for one in found.variables
    ]


def _is_later(name: str) -> bool:
    return any(layer in name for layer in OF_LATER_LAYERS)


def _smaller(tensor: Tensor) -> Tensor:
    if tensor.name.endswith("/num_heads"):
        return replace(tensor, content=struct.pack("<h", HEADS))
    shape = tuple(WIDTHS.get(length, length) for length in tensor.shape)
    return replace(tensor, shape=shape, content=_corner(tensor, shape))


def _corner(tensor: Tensor, shape: tuple[int, ...]) -> bytes:
    """The first values of every dimension."""
    values = np.frombuffer(tensor.content, f"V{tensor.value_bytes}").reshape(tensor.shape)
    return values[tuple(slice(length) for length in shape)].tobytes()


def teach_nothing(_model: SpeechModel) -> Teach:
    """For a worker whose papers say nothing."""
    return lambda segments, _sound, _vocabulary: iter([Selection(one.text) for one in segments])


def find_no_words(_model: SpeechModel, _language: str) -> FindTokenTimings:
    """For a worker that need not tell when words were said."""
    return lambda segments, _sound: iter([[] for _ in segments])
