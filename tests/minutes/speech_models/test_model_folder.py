"""Folders that are no speech model for us are refused with the reason; those that are, decode."""

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from meetings.config import Config
from meetings.errors import ConfigurationError
from minutes.recognition import trial
from minutes.speech_models import model_folder, speech_model
from minutes.speech_models.speech_model import SpeechModel
from tests import speech_models

Spoil = Callable[[Path], object]


@pytest.fixture
def folder(small_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_model, tmp_path / "kotoba"))


def rewrite(folder: Path, *, count: int | None = None, specification: str = "WhisperSpec") -> None:
    tensors = speech_models.read(folder / "model.bin")
    speech_models.write(folder / "model.bin", tensors[:count], specification)


def change(folder: Path, name: str, **values: object) -> None:
    path = folder / name
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def only_english(folder: Path) -> None:
    words = (folder / "vocabulary.txt").read_text().removesuffix("\n").split("\n")
    (folder / "vocabulary.txt").write_text("\n".join(words[:-1]) + "\n")


def cut(folder: Path, share: float) -> None:
    path = folder / "model.bin"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def replaced_by(name: str, content: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / "model.bin").unlink()
        (folder / name).write_bytes(content)

    return spoil


SPOILT: dict[str, tuple[Spoil, str]] = {
    "no folder": (shutil.rmtree, "フォルダーがありません"),
    "no tokenizer": (lambda f: (f / "tokenizer.json").unlink(), r"tokenizer\.json がありません"),
    "no vocabulary": (lambda f: (f / "vocabulary.txt").unlink(), r"vocabulary\.txt がありません"),
    "Transformers": (replaced_by("model.safetensors", b"x"), "Transformers形式"),
    "PyTorch": (replaced_by("pytorch_model.bin", b"PK"), "Transformers形式（PyTorch）"),
    "OpenAI": (replaced_by("small.pt", b"PK"), "PyTorch形式（OpenAI Whisper）"),
    "GGML": (replaced_by("ggml-base.bin", b"lmgg"), "GGML形式"),
    "GGML under our name": (lambda f: (f / "model.bin").write_bytes(b"lmgg" * 99), "GGML形式"),
    "PyTorch under our name": (
        lambda f: (f / "model.bin").write_bytes(b"PK\x03\x04" * 99),
        "PyTorch形式",
    ),
    "a translation model": (
        lambda f: rewrite(f, specification="TransformerSpec"),
        "Whisperではないモデルです（TransformerSpec",
    ),
    "no encoder": (lambda f: rewrite(f, count=20), "Whisperの重みがありません"),
    "empty": (lambda f: cut(f, 0), "途中で切れている"),
    "cut in its head": (lambda f: cut(f, 0.0001), "途中で切れている"),
    "cut off": (lambda f: cut(f, 0.7), "途中で切れている"),
    "cut by one byte": (
        lambda f: (f / "model.bin").write_bytes((f / "model.bin").read_bytes()[:-1]),
        "途中で切れている",
    ),
    "something behind": (
        lambda f: (f / "model.bin").write_bytes((f / "model.bin").read_bytes() + b"x"),
        "途中で切れている",
    ),
    "noise": (lambda f: (f / "model.bin").write_bytes(bytes(range(256)) * 99), "途中で切れている"),
    "English only": (only_english, "英語専用"),
    "another vocabulary": (
        lambda f: (f / "vocabulary.txt").open("a").write("余分\n"),
        "語彙（51,866語）が model.bin（51,865語）と合いません",
    ),
    "no words": (lambda f: (f / "tokenizer.json").write_text("[]"), r"tokenizer\.json を読めない"),
    "no settings": (lambda f: (f / "config.json").write_text("{"), r"config\.json を読めない"),
    "settings of Transformers": (
        lambda f: (f / "config.json").write_text('{"model_type": "whisper"}'),
        r"config\.json を読めない",
    ),
    "settings of another model": (
        lambda f: change(f, "config.json", lang_ids=[51_866]),
        r"config\.json がこの model\.bin と合いません",
    ),
    "finer sound": (
        lambda f: (f / "preprocessor_config.json").write_text('{"feature_size": 128}'),
        "feature_size は 80",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_cannot_be_used_is_refused_with_the_reason(folder: Path, name: str) -> None:
    spoil, reason = SPOILT[name]
    spoil(folder)
    with pytest.raises(ConfigurationError, match=reason) as refused:
        model_folder.look_into(folder)
    assert "kotoba" in refused.value.message and refused.value.message.endswith("。")


def test_the_packaged_model_and_a_small_one_of_the_same_kind_are_accepted(
    config: Config, small_model: Path, tmp_path: Path
) -> None:
    packaged = speech_model.prepare(tmp_path)
    assert speech_model.choose(config, str(packaged.folder)) == packaged
    assert speech_model.choose(config, str(small_model)).folder == small_model


def refusal(folder: Path) -> str:
    """What trying it out says; nothing where the model loads and decodes."""
    sha256 = speech_model.hash_of(folder / "model.bin")
    try:
        trial.try_out(SpeechModel(folder.name, folder, sha256))
    except ConfigurationError as problem:
        return problem.message
    return ""


def test_a_whole_model_loads_and_decodes_a_second_of_sound(folder: Path) -> None:
    assert refusal(folder) == ""


def test_a_model_whose_parts_do_not_fit_is_refused_by_loading_it(folder: Path) -> None:
    """Every file is there and whole, but half of the weights are missing."""
    kept = [v for v in speech_models.read(folder / "model.bin") if "/ffn/" not in v.name]
    speech_models.write(folder / "model.bin", kept)
    model_folder.look_into(folder)
    assert "読み込めません" in refusal(folder)


def test_a_model_that_crashes_the_library_is_refused_and_crashes_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killing = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    run = trial.subprocess.run
    monkeypatch.setattr(
        trial.subprocess,
        "run",
        lambda words, **how: run([words[0], "-c", killing], **how),
    )
    assert "落ちました（シグナル 11）" in refusal(folder)


def test_weights_of_odd_sizes_are_refused_by_loading_them(folder: Path) -> None:
    """A damaged copy whose head still adds up: the library may throw or crash, we do not."""
    path = folder / "model.bin"
    content = bytearray(path.read_bytes())
    at = content.index(b"encoder/layer_0/ffn/linear_0/weight\0") + 36
    rank = content[at]
    struct.pack_into("<I", content, at + 1, 3)
    assert rank == 2
    path.write_bytes(content)
    assert "使えません" in refusal(folder)
