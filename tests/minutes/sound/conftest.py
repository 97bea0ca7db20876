from pathlib import Path

import pytest

from tests.sounds import WAYS_TO_RECORD, Record, ffmpeg


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """`record("tone.mp3")`, or a name of one's own with ffmpeg's words for it."""

    def made(name: str, *words: str) -> Path:
        path = tmp_path / name
        ffmpeg(*(words or WAYS_TO_RECORD[name]), str(path))
        return path

    return made
