"""`gijido bench lock`: every step of a meeting's life, and how long each holds the write lock."""

import time
from pathlib import Path

import pytest

from models.database import connect, migrate, reading, writing
from web.bench import lock

pytestmark = pytest.mark.slow


def test_only_who_writes_is_recorded_and_from_the_lock_to_the_end(tmp_path: Path) -> None:
    migrate(tmp_path / "gijido.sqlite3")
    engine = connect(tmp_path / "gijido.sqlite3")
    recorder = lock.Recorder(engine)
    with reading(engine) as session:
        session.connection()
    assert recorder.held == []
    with writing(engine) as session:
        session.connection()
        time.sleep(0.02)
        assert recorder.held == []
    assert len(recorder.held) == 1
    assert recorder.worst_since().ms >= 20
    assert recorder.worst_since() == lock.Held()
    engine.dispose()


def test_the_whole_life_of_a_meeting_is_gone_through() -> None:
    made = lock.as_json(lock.measure(45))
    held = made["routes"]
    assert {"PUT /transcripts/N/texts", "POST /revisions/N/approval", "POST /tokens"} <= held.keys()
    assert held["POST /segments/N/alike"] == 0
    assert made["worst_held_ms"] == held[made["worst_route"]] == max(held.values())
