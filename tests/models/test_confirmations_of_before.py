"""What an approval alone had confirmed is unread again after the upgrade; people's ticks stay."""

from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from models.database import migrate
from tests.models.test_steps_of_before import ROWS

APPROVED = """
INSERT INTO person (id, login, name, kana, title, department_id, password_hash, email, is_guest,
    created_at) VALUES (2, 'b', '乙', '', '', 1, '', '', 0, '2026-01-01');
INSERT INTO transcript (id, transcription_id, created_at)
    VALUES (1, 1, '2026-01-01'), (2, 2, '2026-01-01'), (3, 3, '2026-01-01');
INSERT INTO minutes (id, meeting_id, created_at) VALUES (1, 1, '2026-05-01');
INSERT INTO minutes_revision (id, minutes_id, transcript_id, transcript_ids, number, written_by_id,
    written_at) VALUES (1, 1, 1, '[1, 2]', 1, 1, '2026-05-01'),
                       (2, 1, 3, '[3]', 2, 1, '2026-05-02');
INSERT INTO approval_request (id, revision_id, requested_by_id, requested_at)
    VALUES (1, 1, 1, '2026-05-01'), (2, 2, 1, '2026-05-02');
INSERT INTO approval (id, request_id, is_approved, reason, decided_by_id, decided_at)
    VALUES (1, 1, 1, '', 2, '2026-05-01 01:00:00.250000'),
           (2, 2, 0, '直してください', 2, '2026-05-02 01:00:00.000000');
INSERT INTO transcript_count (transcript_id, is_stale, changes, segments, raw_total, raw_wrong,
    raw_missing, raw_added, raw_fillers, normalised_total, normalised_wrong, normalised_missing,
    normalised_added, normalised_fillers)
    VALUES (1, 0, 4, 3, 9, 0, 0, 0, 0, 9, 0, 0, 0, 0), (2, 0, 1, 1, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0),
           (3, 0, 1, 1, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0);
"""
SEGMENT = """INSERT INTO segment (id, transcript_id, start_seconds, end_seconds, heard, machine,
    text, is_mixed, revision, confirmed_by_id, confirmed_at)
    VALUES (?, ?, 0, 1, '字', '字', '字', 0, 0, ?, ?)"""
SEGMENTS = [
    (1, 1, 1, "2026-04-30 23:00:00.000000"),  # the secretary ticked it
    (2, 1, 2, "2026-05-01 01:00:00.300000"),  # the approval
    (3, 1, 2, "2026-05-01 01:00:20.000000"),  # likewise, the last of thousands
    (4, 2, 2, "2026-05-01 01:00:21.000000"),  # likewise, in the second part
    (5, 1, 2, "2026-04-30 23:30:00.000000"),  # the approver ticked it before
    (6, 3, 2, "2026-05-02 01:00:00.100000"),  # sending back confirms nothing
    (7, 1, None, None),
]


def test_what_an_approval_had_confirmed_is_taken_back_and_counted_anew(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path, "0006")
    connection = sqlite.connect(path)
    connection.executescript(ROWS)
    connection.commit()
    migrate(path, "0024")
    connection.executescript(APPROVED)
    connection.executemany(SEGMENT, SEGMENTS)
    connection.executemany(
        "INSERT INTO confusion (series_id, segment_id, heard, meant, learned_at)"
        " VALUES (1, ?, '提告', '定刻', '2026-05-01')",
        [(1,), (2,)],
    )
    connection.commit()
    migrate(path)
    ticked = "SELECT id, confirmed_by_id FROM segment WHERE confirmed_at IS NOT NULL ORDER BY id"
    assert connection.execute(ticked).fetchall() == [(1, 1), (5, 2), (6, 2)]
    taught = connection.execute("SELECT segment_id FROM confusion").fetchall()
    assert taught == [(1,)]
    counts = connection.execute("SELECT transcript_id, is_stale, changes FROM transcript_count")
    assert counts.fetchall() == [(1, 1, 5), (2, 1, 2), (3, 0, 1)]
    connection.close()
