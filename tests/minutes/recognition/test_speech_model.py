import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from meetings.config import Config, Speech
from meetings.errors import ConfigurationError
from minutes.recognition import speech_model
from minutes.recognition.speech_model import PACKAGED_SHA256, SpeechModel


@pytest.fixture
def small_halves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two packages of a few bytes in place of the 145 MB ones."""
    for number, content in enumerate((b"first half, ", b"second half"), 1):
        data = tmp_path / f"part{number}" / "data"
        data.mkdir(parents=True)
        (data / f"model.bin.part{number}").write_bytes(content)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / "part1" / "data" / name).write_text("{}")
    monkeypatch.setattr(speech_model, "HALVES", ("part1", "part2"))
    monkeypatch.setattr(speech_model, "files", lambda half: tmp_path / half)
    whole = hashlib.sha256(b"first half, second half").hexdigest()
    monkeypatch.setattr(speech_model, "PACKAGED_SHA256", whole)
    return tmp_path


def other_model(folder: Path, content: bytes = b"weights") -> Path:
    folder.mkdir()
    for name in speech_model.NEEDED:
        (folder / name).write_bytes(content)
    return folder


def test_the_packaged_model_is_joined_and_is_the_published_one(tmp_path: Path) -> None:
    found = speech_model.prepare(tmp_path)
    assert found == SpeechModel(
        "whisper-base", tmp_path / "speech-models" / "whisper-base", PACKAGED_SHA256
    )
    assert (found.folder / "model.bin").stat().st_size == 145_217_532
    assert speech_model.hash_of(found.folder / "model.bin") == PACKAGED_SHA256
    assert (found.folder / "tokenizer.json").is_file()
    assert [path.name for path in found.folder.parent.iterdir()] == ["whisper-base"]


def test_a_whole_model_is_left_alone(small_halves: Path) -> None:
    first = speech_model.prepare(small_halves).folder / "model.bin"
    before = first.stat().st_ino
    assert (speech_model.prepare(small_halves).folder / "model.bin").stat().st_ino == before


@pytest.mark.parametrize("damaged", ["model.bin", "tokenizer.json"])
def test_a_damaged_or_incomplete_model_is_joined_again(small_halves: Path, damaged: str) -> None:
    folder = speech_model.prepare(small_halves).folder
    (folder / damaged).unlink()
    if damaged == "model.bin":
        (folder / damaged).write_bytes(b"half of it")
    speech_model.prepare(small_halves)
    assert (folder / "model.bin").read_bytes() == b"first half, second half"
    assert (folder / "tokenizer.json").is_file()


def test_damaged_packages_are_refused_and_nothing_is_put_in_place(small_halves: Path) -> None:
    (small_halves / "part2" / "data" / "model.bin.part2").write_bytes(b"something else")
    with pytest.raises(ConfigurationError, match="SHA-256が一致しません"):
        speech_model.prepare(small_halves)
    assert list((small_halves / "speech-models").iterdir()) == []


def test_when_another_process_was_quicker_its_model_is_used(
    small_halves: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = speech_model._write

    def while_another_joins(made: Path) -> None:
        write(made)
        other = small_halves / "speech-models" / "whisper-base"
        other.mkdir(exist_ok=True)
        write(other)

    monkeypatch.setattr(speech_model, "_write", while_another_joins)
    found = speech_model.prepare(small_halves)
    speech_model.check(replace(found, sha256=speech_model.PACKAGED_SHA256))


def test_without_a_setting_the_packaged_model_is_chosen(small_halves: Path, config: Config) -> None:
    assert speech_model.choose(config).name == "whisper-base"
    assert speech_model.choose(config).folder.is_relative_to(config.home)


def test_a_folder_of_the_city_is_chosen_and_named_after_itself(
    tmp_path: Path, config: Config
) -> None:
    folder = other_model(tmp_path / "kotoba")
    found = speech_model.choose(replace(config, speech=Speech(model=str(folder))))
    assert (found.name, found.folder) == ("kotoba", folder)
    assert found.sha256 == hashlib.sha256(b"weights").hexdigest()


def test_a_published_model_has_its_name_whatever_the_folder_is_called(
    tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = other_model(tmp_path / "downloads")
    known = {hashlib.sha256(b"weights").hexdigest(): "whisper-small"}
    monkeypatch.setattr(speech_model, "KNOWN", known)
    assert speech_model.choose(replace(config, speech=Speech(model=str(folder)))).name == (
        "whisper-small"
    )


def test_a_folder_without_a_tokenizer_stops_the_start_with_its_name(
    tmp_path: Path, config: Config
) -> None:
    folder = other_model(tmp_path / "kotoba")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ConfigurationError, match=r"kotoba.*tokenizer\.json.*speech\.model"):
        speech_model.choose(replace(config, speech=Speech(model=str(folder))))


def test_a_file_that_changed_since_it_was_chosen_is_not_loaded(
    tmp_path: Path, config: Config
) -> None:
    folder = other_model(tmp_path / "kotoba")
    found = speech_model.choose(replace(config, speech=Speech(model=str(folder))))
    speech_model.check(found)
    (folder / "model.bin").write_bytes(b"other weights")
    with pytest.raises(ConfigurationError, match="内容が変わっています"):
        speech_model.check(found)
    (folder / "model.bin").unlink()
    with pytest.raises(ConfigurationError, match="内容が変わっています"):
        speech_model.check(found)
