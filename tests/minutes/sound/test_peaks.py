"""The outline of the sound: right, small, and read block by block."""

import struct
import tracemalloc
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from minutes.sound import audio, peaks

Levels = NDArray[np.int8]


def write_wav(path: Path, values: NDArray[np.int16]) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(audio.RATE)
        sound.writeframes(values.astype("<i2").tobytes())
    return path


def outline_of(wav: Path) -> tuple[tuple[int, ...], Levels]:
    made = wav.with_suffix(".peaks")
    peaks.write_peaks(wav, made)
    content = made.read_bytes()
    head = struct.unpack("<iIiiIi", content[:24])
    return head, np.frombuffer(content[24:], np.int8).reshape(-1, 2)


def test_the_head_says_how_to_read_it(tmp_path: Path) -> None:
    head, pairs = outline_of(write_wav(tmp_path / "a.wav", np.zeros(audio.RATE * 3, np.int16)))
    assert head == (2, 1, 16_000, 320, 150, 1)
    assert len(pairs) == 150 and not pairs.any()


def test_each_pair_is_the_least_and_the_greatest_value_of_its_fiftieth_second(
    tmp_path: Path,
) -> None:
    values = np.zeros(audio.RATE, np.int16)
    values[320 * 7 + 5], values[320 * 7 + 9] = 32_767, -32_768
    values[320 * 8] = 2_560
    _, pairs = outline_of(write_wav(tmp_path / "a.wav", values))
    assert pairs[7].tolist() == [-128, 127]
    assert pairs[8].tolist() == [0, 10]
    assert not pairs[:7].any() and not pairs[9:].any()


@pytest.mark.parametrize("frames", [1, 319, 320, 321, 60 * 16_000 + 1])
def test_the_last_pair_may_be_of_fewer_values(tmp_path: Path, frames: int) -> None:
    head, pairs = outline_of(write_wav(tmp_path / "a.wav", np.full(frames, 5_120, np.int16)))
    assert head[4] == len(pairs) == -(-frames // 320)
    assert (pairs == 20).all()


def test_it_does_not_depend_on_how_it_is_read(tmp_path: Path) -> None:
    values = np.random.default_rng(4).integers(-32_768, 32_768, 16_000 * 150).astype(np.int16)
    _, pairs = outline_of(write_wav(tmp_path / "a.wav", values))
    upper = (values >> 8).reshape(-1, 320)
    assert (pairs[:, 0] == upper.min(axis=1)).all() and (pairs[:, 1] == upper.max(axis=1)).all()


@pytest.mark.slow
def test_four_hours_are_small_and_never_in_memory(tmp_path: Path) -> None:
    wav = tmp_path / "long.wav"
    hours = write_wav(wav, np.zeros(16_000, np.int16)).open("r+b")
    with hours:
        frames = 4 * 3600 * 16_000
        hours.truncate(44 + 2 * frames)  # silence that takes no disk
        hours.seek(4)
        hours.write(struct.pack("<I", 36 + 2 * frames))
        hours.seek(40)
        hours.write(struct.pack("<I", 2 * frames))
    tracemalloc.start()
    peaks.write_peaks(wav, tmp_path / "made")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "made").stat().st_size == 24 + 2 * 4 * 3600 * 50
    assert most < 30_000_000
