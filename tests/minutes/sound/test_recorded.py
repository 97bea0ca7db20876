"""When a recording began, by its own head."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from minutes.sound.recorded import recorded_at
from models.base import now
from tests.sounds import TONE, Record, ffmpeg

BEGAN = datetime(2026, 11, 3, 5, 0, 7, tzinfo=UTC)


def told(name: str, at: str, record: Record) -> datetime | None:
    words = ("-metadata", f"creation_time={at}")
    return recorded_at(
        record(name, *TONE, *words, *(["-f", "asf"] if name.endswith("wma") else []))
    )


@pytest.mark.parametrize("name", ["R01.m4a", "R01.mov", "R01.mka", "R01.wma", "R01.flac"])
def test_the_head_tells_when_it_began(record: Record, name: str) -> None:
    assert told(name, "2026-11-03T05:00:07Z", record) == BEGAN


@pytest.mark.parametrize("separators", ["-:", "/-", "..", "__"])
def test_a_broadcast_wav_tells_it_in_the_citys_time(tmp_path: Path, separators: str) -> None:
    day, hour = separators
    date = f"2026{day}11{day}03".encode()
    content = bytes(256 + 32 + 32) + date + f"14{hour}00{hour}07".encode() + bytes(272)
    path = with_chunk(tmp_path, b"bext", content)
    assert recorded_at(path) == BEGAN


def with_chunk(folder: Path, kind: bytes, content: bytes) -> Path:
    path = folder / "R01.wav"
    ffmpeg(*TONE, "-bitexact", str(path))
    whole = path.read_bytes()
    chunk = kind + len(content).to_bytes(4, "little") + content
    size = (int.from_bytes(whole[4:8], "little") + len(chunk)).to_bytes(4, "little")
    path.write_bytes(whole[:4] + size + whole[8:12] + chunk + whole[12:])
    return path


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "1980-01-01T00:00:00Z"])
def test_a_clock_that_was_never_set_tells_nothing(record: Record, at: str) -> None:
    assert told("R01.m4a", at, record) is None


def test_the_future_tells_nothing(record: Record) -> None:
    ahead = (now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told("R01.m4a", ahead, record) is None


@pytest.mark.parametrize("name", ["tone.m4a", "tone.mp3", "tone.wav"])
def test_a_head_without_a_time_tells_nothing(record: Record, name: str) -> None:
    assert recorded_at(record(name)) is None


@pytest.mark.parametrize("date", [b"2026-13-45", b"0000-00-00", b"\xff" * 10, bytes(10)])
def test_a_day_that_is_none_tells_nothing(tmp_path: Path, date: bytes) -> None:
    content = bytes(256 + 32 + 32) + date + b"99:99:99" + bytes(272)
    assert recorded_at(with_chunk(tmp_path, b"bext", content)) is None


def test_what_is_no_sound_file_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "R01.m4a"
    path.write_bytes(b"nothing")
    assert recorded_at(path) is None
    assert recorded_at(tmp_path / "missing.m4a") is None
