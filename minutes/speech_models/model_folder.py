"""Checks by its files alone whether a folder holds a speech model that can be used."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from meetings.errors import ConfigurationError
from minutes.speech_models import model_file

NEEDED = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.txt", "vocabulary.json")
SPECIFICATION = "WhisperSpec"
EMBEDDINGS, FIRST_LAYER = "decoder/embeddings/weight", "encoder/conv1/weight"
MULTILINGUAL_TOKENS = 51_865
"""CTranslate2 takes a model with fewer tokens for an English one."""

JAPANESE = "<|ja|>"
USUAL_MELS = 80
"""Mel bands of models without a preprocessor_config.json."""
FOREIGN_FILES = {
    "*.safetensors": "Transformers形式（safetensors）",
    "pytorch_model*.bin": "Transformers形式（PyTorch）",
    "ggml*.bin": "GGML形式（whisper.cpp）",
    "*.gguf": "GGUF形式",
    "*.pt": "PyTorch形式（OpenAI Whisper）",
    "*.onnx": "ONNX形式",
}
"""Files of models for other programs, and the name of their format."""
FOREIGN_HEADS = {
    b"lmgg": "GGML形式（whisper.cpp）",
    b"GGUF": "GGUF形式",
    b"PK\x03\x04": "PyTorch形式",
    b"\x80\x02": "PyTorch形式",
}
"""First bytes of models for other programs, and the name of their format."""
CONVERT = (
    "CTranslate2形式のWhisperのフォルダーを用意してください（変換は ct2-transformers-converter）。"
)
COPY_AGAIN = "コピーし直してください。"

Shapes = dict[str, tuple[int, ...]]
"""Dimensions of variables by name."""


def look_into(folder: Path) -> None:
    """Raise ConfigurationError, with the reason in Japanese, if the folder holds no speech model
    that can be used.
    """
    if not folder.is_dir():
        raise _refused(folder, "フォルダーがありません。場所と名前を確かめてください。")
    _refuse_foreign(folder)
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in VOCABULARIES):
        missing.append(VOCABULARIES[0])
    if missing:
        raise _refused(folder, f"{'、'.join(missing)} がありません。{COPY_AGAIN}")
    shapes = _shapes_of(folder)
    _check_vocabulary(folder, shapes)
    _check_config(folder, shapes[EMBEDDINGS][0])
    _check_mels(folder, shapes[FIRST_LAYER][1])


def _refused(folder: Path, reason: str) -> ConfigurationError:
    return ConfigurationError(f"音声認識モデルのフォルダー {folder} は使えません: {reason}")


def _refuse_foreign(folder: Path) -> None:
    """Raise ConfigurationError with the name of the format if the model is for another program."""
    path = folder / "model.bin"
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(4)
        kinds = [kind for start, kind in FOREIGN_HEADS.items() if head.startswith(start)]
    else:
        kinds = [kind for pattern, kind in FOREIGN_FILES.items() if any(folder.glob(pattern))]
    if kinds:
        raise _refused(folder, f"{kinds[0]}のモデルです。{CONVERT}")


def _shapes_of(folder: Path) -> Shapes:
    """Return the dimensions of every variable in model.bin. Raises ConfigurationError if it is
    incomplete or no Whisper model.
    """
    path = folder / "model.bin"
    try:
        with path.open("rb") as file:
            found = model_file.layout(file, path.stat().st_size)
    except (struct.error, UnicodeDecodeError, EOFError) as problem:
        raise _refused(
            folder, f"model.bin が途中で切れているか、壊れています。{COPY_AGAIN}"
        ) from problem
    if found.specification != SPECIFICATION:
        raise _refused(
            folder,
            f"Whisperではないモデルです（{found.specification}。翻訳などほかの用途のもの）。{CONVERT}",
        )
    shapes = found.shapes
    if len(shapes.get(EMBEDDINGS, ())) != 2 or len(shapes.get(FIRST_LAYER, ())) != 3:
        raise _refused(folder, f"model.bin にWhisperの重みがありません。{CONVERT}")
    return shapes


def _check_vocabulary(folder: Path, shapes: Shapes) -> None:
    tokens = vocabulary_of(folder)
    known = _json(folder, "tokenizer.json", lambda found: found["model"]["vocab"])
    added = _json(folder, "tokenizer.json", lambda found: found.get("added_tokens", []))
    names = {*known, *(entry.get("content") for entry in added if isinstance(entry, dict))}
    if len(tokens) < MULTILINGUAL_TOKENS or JAPANESE not in tokens or JAPANESE not in names:
        raise _refused(
            folder,
            "日本語を聞き取れないモデルです（英語専用）。多言語のWhisper（名前に .en の付かない"
            "もの）を用意してください。",
        )
    if len(tokens) != shapes[EMBEDDINGS][0]:
        raise _refused(
            folder,
            f"語彙（{len(tokens):,}語）が model.bin（{shapes[EMBEDDINGS][0]:,}語）と合いません。"
            f"同じモデルのファイルをそろえてください。",
        )


def vocabulary_of(folder: Path) -> list[str]:
    """Return the names of the model's tokens in order. Raises ConfigurationError."""
    path = next(folder / name for name in VOCABULARIES if (folder / name).is_file())
    if path.suffix == ".json":
        return list(_json(folder, path.name, list))
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError as problem:
        raise _refused(folder, f"{path.name} を読めません。{COPY_AGAIN}") from problem


def _check_config(folder: Path, vocabulary_size: int) -> None:
    """Check that config.json names only tokens that the model has."""
    numbers = _json(
        folder,
        "config.json",
        lambda found: [
            int(number)
            for name in ("suppress_ids", "suppress_ids_begin", "lang_ids")
            for number in found[name]
        ],
    )
    if not all(-1 <= number < vocabulary_size for number in numbers):
        raise _refused(
            folder, "config.json がこの model.bin と合いません。同じモデルのものに替えてください。"
        )


def _check_mels(folder: Path, mels: int) -> None:
    """Check that the number of mel bands is that of the model. large-v3 and models made from it
    declare it in preprocessor_config.json.
    """
    said = USUAL_MELS
    if (folder / "preprocessor_config.json").is_file():
        said = _json(folder, "preprocessor_config.json", lambda found: int(found["feature_size"]))
    if said != mels:
        raise _refused(
            folder,
            f"preprocessor_config.json がないか、model.bin と合いません（feature_size は {mels} の"
            "はずです）。同じモデルのものを入れてください。",
        )


def _json(folder: Path, name: str, read: Callable[[Any], Any]) -> Any:
    try:
        return read(json.loads((folder / name).read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise _refused(
            folder, f"{name} を読めないか、Whisperのものではありません。{COPY_AGAIN}"
        ) from problem
