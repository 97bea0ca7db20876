import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from meetings.config import Config
from meetings.errors import ConfigurationError
from meetings.settings.work import SpeechSettings
from minutes.speech_models import speech_model
from minutes.speech_models.speech_model import PACKAGED_SHA256, SpeechModel


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


def copied(small_model: Path, folder: Path) -> Path:
    return Path(shutil.copytree(small_model, folder))


def using(config: Config, wanted: Path | str) -> Config:
    return replace(config, speech=SpeechSettings(model=str(wanted)))


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


def test_when_another_process_was_quicker_one_whole_model_stands_there(
    small_halves: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, other = speech_model._write, small_halves / "speech-models" / "whisper-base"

    def while_another_joins(made: Path) -> None:
        write(made)
        other.mkdir()
        write(other)

    monkeypatch.setattr(speech_model, "_write", while_another_joins)
    found = speech_model.prepare(small_halves)
    assert (found.folder / "model.bin").read_bytes() == b"first half, second half"
    assert list(other.parent.iterdir()) == [other]


def test_without_a_setting_the_packaged_model_is_chosen(small_halves: Path, config: Config) -> None:
    assert speech_model.choose(config).name == "whisper-base"
    assert speech_model.choose(config).folder.is_relative_to(config.home)


def test_a_folder_of_the_city_is_chosen_and_named_after_itself(
    tmp_path: Path, config: Config, small_model: Path
) -> None:
    folder = copied(small_model, tmp_path / "kotoba")
    found = speech_model.choose(using(config, folder))
    assert (found.name, found.folder) == ("kotoba", folder)
    assert found.sha256 == speech_model.hash_of(small_model / "model.bin")


def test_a_folder_below_the_data_is_chosen_by_its_name(config: Config, small_model: Path) -> None:
    folder = copied(small_model, config.home / "speech-models" / "kotoba")
    assert speech_model.choose(config, "kotoba").folder == folder
    assert speech_model.choose(using(config, "kotoba")).folder == folder


def test_what_is_asked_for_goes_before_the_settings(
    tmp_path: Path, config: Config, small_model: Path
) -> None:
    first, second = (copied(small_model, tmp_path / name) for name in ("one", "two"))
    assert speech_model.choose(using(config, first), str(second)).name == "two"


def test_a_published_model_has_its_name_whatever_the_folder_is_called(
    tmp_path: Path, config: Config, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(small_model, tmp_path / "downloads")
    known = {speech_model.hash_of(folder / "model.bin"): "whisper-small"}
    monkeypatch.setattr(speech_model, "KNOWN", known)
    assert speech_model.choose(using(config, folder)).name == "whisper-small"


def test_a_published_name_with_other_content_is_refused(
    tmp_path: Path, config: Config, small_model: Path
) -> None:
    folder = copied(small_model, tmp_path / "faster-whisper-small")
    with pytest.raises(ConfigurationError, match="公開されている whisper-small と違います"):
        speech_model.choose(using(config, folder))


def test_only_what_looks_whole_is_offered(
    tmp_path: Path, config: Config, small_model: Path
) -> None:
    below = config.home / "speech-models"
    copied(small_model, below / "kotoba")
    copied(small_model, below / "half") / "model.bin"
    (below / "half" / "model.bin").write_bytes(b"half")
    elsewhere = str(copied(small_model, tmp_path / "elsewhere"))
    assert speech_model.installed(using(config, elsewhere)) == [
        "whisper-base",
        elsewhere,
        "kotoba",
    ]
    assert "half" in speech_model.present(config)


def test_a_file_that_changed_since_it_was_chosen_is_not_loaded(
    tmp_path: Path, config: Config, small_model: Path
) -> None:
    folder = copied(small_model, tmp_path / "kotoba")
    found = speech_model.choose(using(config, folder))
    speech_model.check(found)
    before = speech_model.signature(found)
    (folder / "model.bin").write_bytes(b"other weights")
    assert speech_model.signature(found) != before
    with pytest.raises(ConfigurationError, match="内容が変わっています"):
        speech_model.check(found)
    (folder / "model.bin").unlink()
    assert speech_model.signature(found) == ()
    with pytest.raises(ConfigurationError, match="内容が変わっています"):
        speech_model.check(found)
