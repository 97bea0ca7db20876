"""Settings."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from meetings import config
from meetings.errors import ConfigurationError
from meetings.style_choices import FIELDS


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_is_the_default_of_the_code() -> None:
    assert config.load() == config.Config(file=config.DEFAULT_FILE)


def test_every_setting_stands_in_the_file_with_a_comment() -> None:
    text = config.DEFAULT_FILE.read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    lines = text.splitlines()
    for section in fields(config.Config):
        if section.name == "file":
            continue
        for setting in fields(getattr(config.Config(), section.name)):
            assert setting.name in tables[section.name]
            at = next(n for n, line in enumerate(lines) if line.startswith(f"{setting.name} ="))
            comment = lines[at - 1] if lines[at - 1].startswith("#") else lines[at - 2]
            assert comment.startswith("#"), f"{setting.name} has no comment"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server]\nprot = 1", "server.prot"),
        ("[sever]\nport = 1", "sever"),
        ('[server]\nport = "8400"', "server.port"),
        ("[server]\nport = -1", "server.port"),
        ("[speakers]\nvoiceprint_days = 0", "speakers.voiceprint_days"),
        ("[speakers]\nvoiceprint_days = 3651", "speakers.voiceprint_days"),
        ("[speakers]\nvoiceprint_likeness = 1", "speakers.voiceprint_likeness"),
        ("[speakers]\nvoiceprint_likeness = 1.0", "speakers.voiceprint_likeness"),
        ("server = ", "config.toml"),
        ('[minutes]\nnumbers = "roman"', "minutes.numbers"),
        ('[minutes]\nspelling = ["事"]', "minutes.spelling"),
        ('[minutes]\nspelling = "事=こと"', "minutes.spelling"),
    ],
)
def test_what_cannot_be_read_stops_the_start_and_is_named(
    tmp_path: Path, text: str, named: str
) -> None:
    with pytest.raises(ConfigurationError) as problem:
        config.load(write(tmp_path, text))
    assert named in problem.value.message


def test_the_environment_moves_home_and_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIJIDO_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIJIDO_PORT", "9000")
    loaded = config.load()
    assert loaded.home == tmp_path / "elsewhere"
    assert loaded.server.port == 9000


def test_a_port_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIJIDO_PORT", "eighty")
    with pytest.raises(ConfigurationError, match="GIJIDO_PORT"):
        config.load()


def test_the_words_of_the_style_are_those_that_the_minutes_know() -> None:
    known = {name: tuple(choice.value for choice in kind) for name, (_, kind) in FIELDS.items()}
    assert {name: set(words) for name, words in config.CHOICES.items()} == {
        name: set(words) for name, words in known.items()
    }
