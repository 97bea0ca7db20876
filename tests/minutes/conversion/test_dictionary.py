"""The fetched files of the dictionary, whole, missing and damaged."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.errors import ConfigurationError
from minutes import health
from minutes.conversion import dictionary
from minutes.conversion.conversions import Converter
from minutes.conversion.dictionary import CONNECTIONS, DAMAGED, FOLDER, MISSING, WORDS


def test_a_dictionary_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=MISSING):
        dictionary.load(tmp_path)


@pytest.mark.parametrize("name", [WORDS, CONNECTIONS])
def test_a_dictionary_that_is_cut_short_is_not_opened(
    converter: Converter, tmp_path: Path, name: str
) -> None:
    for each in (WORDS, CONNECTIONS):
        shutil.copy(FOLDER / each, tmp_path / each)
    with (tmp_path / name).open("r+b") as file:
        file.truncate(1_000_000)
    with pytest.raises(ConfigurationError, match=DAMAGED):
        dictionary.load(tmp_path)


def test_words_are_found_by_their_whole_reading(converter: Converter) -> None:
    opened = dictionary.load()
    cursor = opened.start
    for kana in "ていこく":
        cursor = opened.step(cursor, kana)
    words = opened.words_at(cursor)
    assert words is not None
    assert {"帝国", "定刻"} <= {entry.surface for entry in opened.cheapest(words)}
    assert [entry.surface for entry in opened.written(words, "定刻")][:1] == ["定刻"]
    assert opened.step(opened.start, "Z" * 9) == dictionary.NOWHERE


def test_the_state_of_the_installation_tells_of_a_missing_or_cut_dictionary(
    converter: Converter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sentences() -> list[str]:
        return [finding.sentence for finding in health.conversion(Config(), Session())]

    assert sentences() == []
    monkeypatch.setattr(dictionary, "FOLDER", tmp_path)
    assert sentences() == [MISSING]
    for name in (WORDS, CONNECTIONS):
        (tmp_path / name).write_bytes(b"cut")
    assert sentences() == [DAMAGED]
