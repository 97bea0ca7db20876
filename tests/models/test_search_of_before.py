"""What was public before letters that look the same were the same is laid out anew."""

from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from models.database import migrate
from tests.models.test_steps_of_before import ROWS

PUBLIC = """
INSERT INTO transcript (id, transcription_id, created_at) VALUES (1, 1, '2026-01-01');
INSERT INTO minutes (id, meeting_id, created_at) VALUES (1, 1, '2026-01-01');
INSERT INTO minutes_revision (id, minutes_id, transcript_id, transcript_ids, number,
    written_by_id, written_at) VALUES (1, 1, 1, '[1]', 1, 1, '2026-01-01');
INSERT INTO publication (id, revision_id, meeting_id, published_by_id, published_at, title, series,
    place, starts_at, ends_at, year, laid_out_at)
    VALUES (1, 1, 1, 1, '2026-01-01', '', '', '', '2026-01-01', '2026-01-01', 2026, '2026-01-01');
"""


def test_published_minutes_wait_to_be_laid_out_again(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path, "0004")
    connection = sqlite.connect(path)
    connection.executescript(ROWS)
    connection.commit()
    migrate(path, "0025")
    connection.executescript(PUBLIC)
    connection.commit()
    migrate(path)
    found = connection.execute("SELECT laid_out_at FROM publication").fetchall()
    connection.close()
    assert found == [(None,)]
