"""`gijido bench transcription` with the real speech model on two clips of read human
speech."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from minutes.accuracy import Accuracy
from web.bench.transcription import Engine, Sample, TranscriptionMeasurement, as_table
from web.commands.cli import cli

SPEECH = Path(__file__).parents[2] / "data" / "speech"
MEETING, HUMAN = SPEECH / "meeting", SPEECH / "human"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("GIJIDO_HOME", str(tmp_path / "home"))
    return CliRunner()


@pytest.mark.model
def test_both_engines_are_measured_on_the_same_clips(run: CliRunner, tmp_path: Path) -> None:
    """A folder that is a list of clips, and a file beside it."""
    listed, single = json.loads((HUMAN / "reference.json").read_text())[:2]
    shutil.copy(HUMAN / listed["audio"], tmp_path)
    (tmp_path / "reference.json").write_text(json.dumps([listed]))
    words = ["bench", "transcription", str(tmp_path), str(HUMAN / single["audio"])]
    done = run.invoke(cli, [*words, "--reference", str(HUMAN), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    measured = json.loads(done.stdout)
    clips = measured["clips"]
    assert [clip["audio"] for clip in clips] == [listed["audio"], single["audio"]]
    assert measured["seconds"] == pytest.approx(sum(clip["seconds"] for clip in clips))
    for name in ("ours", "library"):
        engine, rates = measured[name], [clip[name] for clip in clips]
        assert engine["rtf"] > 0 and engine["peak_mb"] > 100
        assert min(rates) <= engine["cer"] <= max(rates) and engine["cer"] < 0.4
    assert measured["ratio"] == pytest.approx(measured["library"]["rtf"] / measured["ours"]["rtf"])


def test_the_table_has_a_line_for_each_clip_and_no_rate_without_a_reference() -> None:
    samples = (Sample(Path("one.flac"), 2.0, "議題は三つ"), Sample(Path("two.flac"), 3.0, None))
    engine = Engine(0.5, (Accuracy(5, 1, 0, 0), None), 600)
    table = as_table(TranscriptionMeasurement(samples, engine, engine)).splitlines()
    assert table[0] == "5 s of sound" and "ratio 1.00" in table
    assert table[2].split() == ["ours", "0.5000", "—", "600"]
    assert [line.split() for line in table[-2:]] == [
        ["one.flac", "0.200", "0.200"],
        ["two.flac", "—", "—"],
    ]


def test_a_missing_file_is_said(run: CliRunner, tmp_path: Path) -> None:
    missing = tmp_path / "nothing.wav"
    done = run.invoke(cli, ["bench", "transcription", str(missing)])
    assert done.exit_code != 0 and "がありません" in str(getattr(done.exception, "message", ""))


def test_a_reference_that_is_none_is_said_before_any_work(run: CliRunner, tmp_path: Path) -> None:
    sound = tmp_path / "audio.flac"
    shutil.copy(MEETING / "audio.flac", sound)
    done = run.invoke(cli, ["bench", "transcription", str(sound), "--reference", str(tmp_path)])
    assert "reference.json" in str(getattr(done.exception, "message", ""))
