"""`gijido bench transcription` with the real speech model on twenty seconds of a meeting."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from web.commands.cli import cli

SPEECH = Path(__file__).parents[2] / "data" / "speech" / "meeting"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("GIJIDO_HOME", str(tmp_path / "home"))
    return CliRunner()


@pytest.mark.model
def test_both_engines_are_measured_on_the_same_sound(run: CliRunner) -> None:
    words = ["bench", "transcription", str(SPEECH / "audio.flac"), "--reference", str(SPEECH)]
    done = run.invoke(cli, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    measured = json.loads(done.stdout)
    assert 19 < measured["seconds"] < 21
    for engine in (measured["ours"], measured["library"]):
        assert engine["rtf"] > 0 and engine["peak_mb"] > 100
        assert 0 <= engine["cer"] < 0.3
    assert measured["ratio"] == pytest.approx(measured["library"]["rtf"] / measured["ours"]["rtf"])


def test_a_missing_file_is_said(run: CliRunner, tmp_path: Path) -> None:
    missing = tmp_path / "nothing.wav"
    done = run.invoke(cli, ["bench", "transcription", str(missing)])
    assert done.exit_code != 0 and "がありません" in str(getattr(done.exception, "message", ""))


def test_a_reference_that_is_none_is_said_before_any_work(run: CliRunner, tmp_path: Path) -> None:
    sound = tmp_path / "audio.flac"
    shutil.copy(SPEECH / "audio.flac", sound)
    done = run.invoke(cli, ["bench", "transcription", str(sound), "--reference", str(tmp_path)])
    assert "reference.json" in str(getattr(done.exception, "message", ""))
