"""What was asked for before there were steps goes on after the upgrade."""

from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from models.database import migrate

ROWS = """
INSERT INTO department (id, name) VALUES (1, '企画課');
INSERT INTO person (id, login, name, kana, title, department_id, password_hash, email, is_guest,
    created_at) VALUES (1, 'a', '甲', '', '', 1, '', '', 0, '2026-01-01');
INSERT INTO series (id, name, department_id) VALUES (1, '会議体', 1);
INSERT INTO meeting (id, series_id, department_id, title, starts_at, ends_at, place, revision,
    documents_revision, created_by_id, created_at, called_off_reason)
    VALUES (1, 1, 1, '会議', '2026-01-01', '2026-01-01', '', 1, 0, 1, '2026-01-01', '');
INSERT INTO recording (id, meeting_id, file_name, sha256, size_bytes, duration_seconds, codec,
    is_cut_off, received_by_id, received_at)
    VALUES (1, 1, 'a.m4a', 'aa', 1, 1, 'aac', 0, 1, '2026-01-01'),
           (2, 1, 'b.m4a', 'bb', 1, 1, 'aac', 0, 1, '2026-01-01');
INSERT INTO transcription (id, recording_id, state, problem, speech_model, requested_by_id,
    requested_at)
    VALUES (1, 1, 'finished', '', 'x', 1, '2026-01-01'),
           (2, 1, 'cancelled', '', 'x', 1, '2026-01-01'),
           (3, 2, 'waiting', '', '', 1, '2026-01-01');
"""


def test_waiting_work_is_prepared_and_old_recordings_get_their_outline(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path, "0004")
    connection = sqlite.connect(path)
    connection.executescript(ROWS)
    connection.commit()
    migrate(path)
    found = connection.execute(
        "SELECT transcription_id, kind, state, attempts FROM step ORDER BY kind, transcription_id"
    ).fetchall()
    connection.close()
    assert found == [
        (1, "playback", "waiting", 0),
        (3, "playback", "waiting", 0),
        (3, "sound", "waiting", 0),
    ]
