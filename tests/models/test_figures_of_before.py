"""The figures of a database from before sums were kept are the same after the upgrade."""

from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from minutes import statistics, sums
from models.database import connect, migrate, reading
from tests.models.test_steps_of_before import ROWS

HELD = """
UPDATE meeting SET starts_at = '2026-03-31 14:59:59.000000' WHERE id = 1;
INSERT INTO meeting (id, series_id, department_id, title, starts_at, ends_at, place, revision,
    documents_revision, created_by_id, created_at, called_off_reason)
    VALUES (2, 1, 1, '会議', '2026-03-31 15:00:00.000000', '2026-04-01', '', 1, 0, 1,
            '2026-01-01', ''),
           (3, 1, 1, '録音なし', '2031-04-01 00:00:00.000000', '2031-04-01', '', 1, 0, 1,
            '2026-01-01', '');
INSERT INTO recording (id, meeting_id, file_name, sha256, size_bytes, duration_seconds, codec,
    is_cut_off, received_by_id, received_at)
    VALUES (3, 2, 'c.m4a', 'cc', 1, 60.5, 'aac', 0, 1, '2026-01-01');
INSERT INTO transcription (id, recording_id, state, problem, speech_model, requested_by_id,
    requested_at) VALUES (4, 3, 'finished', '', 'x', 1, '2026-01-01');
INSERT INTO transcript (id, transcription_id, created_at)
    VALUES (1, 1, '2026-01-01'), (4, 4, '2026-01-01');
INSERT INTO segment (id, transcript_id, start_seconds, end_seconds, heard, machine, text,
    revision, confirmed_by_id, confirmed_at)
    VALUES (1, 4, 0, 1, '提告', '提告', '定刻', 1, 1, '2026-05-01');
INSERT INTO editing_time (transcript_id, person_id, seconds, noted_at)
    VALUES (4, 1, 30.25, '2026-05-01'), (1, 1, 2.0, '2026-05-01');
"""


def test_each_year_with_a_recording_is_summed_anew(tmp_path: Path) -> None:
    """A 年度 begins on the first of April, 00:00 in Tokyo."""
    path = tmp_path / "gijido.sqlite3"
    migrate(path, "0007")
    connection = sqlite.connect(path)
    connection.executescript(ROWS)
    connection.executescript(HELD)
    connection.close()
    migrate(path)
    engine = connect(path)
    for _ in ("summed on the spot", "kept"):
        with reading(engine) as session:
            found = {year: statistics.figures(session, year) for year in (2025, 2026, None)}
        assert [(f.recordings, f.seconds, f.editing_seconds) for f in found.values()] == [
            (1, 1.0, 2.0),
            (1, 60.5, 30.25),
            (2, 61.5, 32.25),
        ]
        assert [f.raw.sentence for f in found.values()] == [
            "0字中0字を正しく変換",
            "2字中0字を正しく変換",
            "2字中0字を正しく変換",
        ]
        while sums.refresh_one(engine):
            pass
    kept = sqlite.connect(path)
    rows = kept.execute("SELECT year, is_stale, recordings FROM department_year ORDER BY year")
    assert rows.fetchall() == [(2025, 0, 1), (2026, 0, 1)]
    kept.close()
    engine.dispose()
