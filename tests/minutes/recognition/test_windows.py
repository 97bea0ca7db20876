import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from minutes.recognition import windows
from minutes.recognition.heard import HeardSegment
from minutes.sound import audio


def write_speech(path: Path, length: int, pauses: dict[int, int]) -> Path:
    """`length` seconds of noise; `pauses`: second where a pause begins, and how long it is."""
    random = np.random.default_rng(20261123)
    levels = np.full(length, 0.3)
    for start, seconds in pauses.items():
        levels[start : start + seconds] = 0.0
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(audio.RATE)
        for level in levels:
            noise = level * random.uniform(-1, 1, audio.RATE)
            sound.writeframes((noise * 32767).astype("<i2").tobytes())
    return path


def levels_of(seconds: float, seed: int) -> NDArray[np.float32]:
    steps = int(seconds / windows.STEP_SECONDS)
    return np.random.default_rng(seed).random(steps).astype(np.float32)


def test_the_first_cut_and_the_later_ones_fall_into_pauses(tmp_path: Path) -> None:
    wav = write_speech(tmp_path / "speech.wav", 300, {68: 2, 160: 1, 178: 2, 250: 3})
    assert windows.cut_chunks(wav, 75, 120) == [
        (0.0, pytest.approx(69, abs=1)),
        (pytest.approx(69, abs=1), pytest.approx(179, abs=1)),
        (pytest.approx(179, abs=1), 300.0),
    ]


def test_a_pause_across_two_blocks_of_reading_is_found_where_it_is(tmp_path: Path) -> None:
    wav = write_speech(tmp_path / "speech.wav", 150, {59: 2})
    assert windows.cut_chunks(wav, 70, 600)[0][1] == pytest.approx(60, abs=1)


def test_without_any_pause_the_cut_comes_in_the_time_before_the_planned_end(
    tmp_path: Path,
) -> None:
    wav = write_speech(tmp_path / "speech.wav", 200, {})
    end = windows.cut_chunks(wav, 75, 600)[0][1]
    assert 75 - windows.SEARCH_SECONDS <= end <= 75


def test_a_short_recording_is_one_chunk(tmp_path: Path) -> None:
    wav = write_speech(tmp_path / "speech.wav", 20, {5: 2})
    assert windows.cut_chunks(wav, 75, 720) == [(0.0, 20.0)]


def test_a_very_short_rest_belongs_to_the_last_chunk() -> None:
    assert len(windows.spans(levels_of(100, 1), 100, 75, 720)) == 1
    assert len(windows.spans(levels_of(120, 1), 120, 75, 720)) == 2


def test_in_silence_the_chunks_are_as_long_as_planned() -> None:
    silence = np.zeros(6000, np.float32)
    ends = [end for _, end in windows.spans(silence, 600, 75, 200)]
    assert ends == pytest.approx([75, 275, 475, 600], abs=1)


def test_a_rest_of_less_than_a_quarter_of_a_chunk_belongs_to_it() -> None:
    silence = np.zeros(10_000, np.float32)
    assert windows.spans(silence, 370, 300, 720) == [(0.0, 370)]
    assert len(windows.spans(silence, 380, 300, 720)) == 2


@given(
    length=st.floats(0.2, 20_000),
    first=st.integers(0, 600),
    later=st.integers(0, 3600),
    seed=st.integers(0, 2**32 - 1),
)
def test_chunks_cover_everything_once_and_none_is_tiny_or_too_long(
    length: float, first: int, later: int, seed: int
) -> None:
    found = windows.spans(levels_of(length, seed), length, first, later)
    assert found[0][0] == 0.0
    assert found[-1][1] == length
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]
    planned = max(first, later, windows.SHORTEST_SECONDS)
    longest = planned + max(windows.SHORTEST_SECONDS, planned * windows.SHORTEST_REST)
    for start, end in found:
        assert end - start <= longest + windows.SEARCH_SECONDS
        assert end - start >= min(length, windows.SHORTEST_SECONDS / 2) - 0.1


def test_segments_share_a_window_as_long_as_one_pass_hears_them_well() -> None:
    heard = [HeardSegment(n * 6.0, n * 6.0 + 5.5, "文") for n in range(5)]
    assert [len(window) for window in windows.heard_together(heard)] == [2, 2, 1]
