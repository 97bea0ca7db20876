"""What was confirmed as heard before the upgrade speaks against what was learned, too."""

from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from models.database import migrate
from tests.models.test_steps_of_before import ROWS

SEGMENTS = """
INSERT INTO transcript (id, transcription_id, created_at)
    VALUES (1, 1, '2026-01-01'), (2, 3, '2026-01-01');
INSERT INTO segment (id, transcript_id, start_seconds, end_seconds, heard, machine, text, is_mixed,
    revision, confirmed_by_id, confirmed_at)
    VALUES (1, 1, 0, 1, '公正計画', '公正計画', '更生計画', 0, 1, 1, '2026-01-01'),
           (2, 1, 1, 2, '公正な審査', '公正な審査', '公正な審査', 0, 0, 1, '2026-01-02'),
           (3, 2, 0, 1, '公正です', '公正です', '公正です', 0, 0, NULL, NULL),
           (4, 2, 1, 2, '予算です', '予算です', '予算です', 0, 0, 1, '2026-01-02');
INSERT INTO confusion (series_id, segment_id, heard, meant, learned_at)
    VALUES (1, 1, '公正', '更生', '2026-01-01');
"""


def test_confirmed_segments_with_a_corrected_word_are_noted(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path, "0006")
    connection = sqlite.connect(path)
    connection.executescript(ROWS)
    connection.commit()
    migrate(path, "0033")
    connection.executescript(SEGMENTS)
    connection.commit()
    migrate(path)
    rows = "SELECT segment_id, heard, meant FROM confusion ORDER BY segment_id"
    assert connection.execute(rows).fetchall() == [(1, "公正", "更生"), (2, "公正", "公正")]
    connection.close()
