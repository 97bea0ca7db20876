"""`gijido bench recording`: a real worker on a real recording, watched from outside."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from web.bench import recording
from web.bench.recording import ProgressSample, Watched
from web.commands.cli import cli

SPEECH = Path(__file__).parents[2] / "data" / "speech" / "meeting"


@pytest.mark.model
def test_a_recording_is_watched_from_the_start_to_its_last_word(tmp_path: Path) -> None:
    curve = tmp_path / "curve.svg"
    words = ["bench", "recording", str(SPEECH / "audio.flac"), "--curve", str(curve), "--json"]
    done = CliRunner().invoke(cli, [*words, "--to-the-end"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    watched = json.loads(done.stdout)
    assert watched["segments"] >= 3
    assert watched["moments"][-1]["done_seconds"] == pytest.approx(watched["seconds"], abs=0.2)
    assert watched["peak_mb"] > 200 and watched["first_text_seconds"] > 0
    assert watched["later_seconds"] > 1 and watched["later_peak_mb"] > 200
    assert "polyline" in curve.read_text()


@pytest.mark.model
def test_hours_of_nothing_can_be_asked_for_instead_of_a_file() -> None:
    done = CliRunner().invoke(cli, ["bench", "recording", "--silence", "0.01"])
    assert done.exit_code == 0, done.output
    assert re.search(r"sound +36 s", done.stdout) and re.search(r"segments +0\b", done.stdout)


@pytest.mark.parametrize("words", [[], ["a.wav", "--silence", "1"]])
def test_a_file_or_silence_not_both_and_not_neither(words: list[str]) -> None:
    done = CliRunner().invoke(cli, ["bench", "recording", *words])
    assert done.exit_code == 2 and "どちらか一方" in done.output


def test_the_curve_keeps_the_highest_point_inside() -> None:
    watched = Watched(
        600.0,
        9,
        3.0,
        (
            ProgressSample(1, 0, 100.0),
            ProgressSample(60, 300, 1105.0),
            ProgressSample(90, 600, 800.0),
        ),
    )
    drawn = recording.as_curve(watched)
    heights = [
        float(y)
        for points in re.findall(r'points="([^"]+)"', drawn)
        for _, y in (point.split(",") for point in points.split())
    ]
    assert len(heights) == 6 and all(0 < height < 420 for height in heights)
    assert watched.peak_mb == 1105.0 and watched.rtf == pytest.approx(0.15)
