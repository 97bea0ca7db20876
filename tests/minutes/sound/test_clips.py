"""Clips that are cut once and kept, with a most."""

import os
from pathlib import Path

import pytest

from minutes.sound import audio
from minutes.sound.clips import Clips

pytestmark = pytest.mark.hostile

SOUND = Path("/") / ("a" * 64)


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """What was really cut; a clip is 1,000 bytes."""
    made: list[tuple[float, float]] = []

    def clip(_sound: Path, start: float, end: float, _silences: object) -> bytes:
        made.append((start, end))
        return bytes([len(made) % 256]) * 1000

    monkeypatch.setattr(audio, "clip", clip)
    return made


def test_a_clip_is_cut_once_also_after_a_restart(
    tmp_path: Path, cut: list[tuple[float, float]]
) -> None:
    first = Clips(tmp_path).clip(SOUND, 1.0, 2.5)
    again = Clips(tmp_path).clip(SOUND, 1.0, 2.5)
    assert first == again and first.read_bytes() == again.read_bytes()
    assert cut == [(1.0, 2.5)]


def test_another_piece_and_another_sound_are_other_clips(
    tmp_path: Path, cut: list[tuple[float, float]]
) -> None:
    clips = Clips(tmp_path)
    other = Path("/") / ("b" * 64)
    paths = {
        clips.clip(SOUND, 1.0, 2.0),
        clips.clip(SOUND, 1.0, 2.0000001),
        clips.clip(SOUND, 0.5, 2.0),
        clips.clip(other, 1.0, 2.0),
    }
    assert len(paths) == len(cut) == 4


def test_what_nobody_heard_the_longest_goes_first(
    tmp_path: Path, cut: list[tuple[float, float]]
) -> None:
    clips = Clips(tmp_path, most_bytes=10_000)
    paths = [clips.clip(SOUND, 0.0, float(number)) for number in range(1, 11)]
    for age, path in enumerate(paths):
        os.utime(path, (1000 + age, 1000 + age))
    clips.clip(SOUND, 0.0, 1.0)  # heard again
    newest = clips.clip(SOUND, 0.0, 99.0)
    kept = set((tmp_path / "clips").iterdir())
    assert paths[0] in kept and newest in kept and paths[1] not in kept
    assert sum(path.stat().st_size for path in kept) <= 10_000


def test_a_thousand_clips_never_take_more_than_the_most(
    tmp_path: Path, cut: list[tuple[float, float]]
) -> None:
    clips = Clips(tmp_path, most_bytes=20_000)
    for number in range(1000):
        clips.clip(SOUND, 0.0, 1.0 + number)
        assert len(list((tmp_path / "clips").iterdir())) <= 20
