"""What was known of a recording's beginning stays after the upgrade, with its source if told."""

from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from models.database import migrate
from tests.models.test_steps_of_before import ROWS

SENT = """
UPDATE recording SET began_at = '2026-01-01 05:00:07.500000' WHERE id = 1;
UPDATE recording SET began_at = '2026-01-01 05:00:00.000000' WHERE id = 2;
INSERT INTO upload (id, key, meeting_id, person_id, file_name, received_bytes, is_live, kind,
    began_at, state, problem, attempts, recording_id, created_at, changed_at)
    VALUES (1, 'k', 1, 1, 'a.m4a', 1, 1, 'part', '2026-01-01 05:00:07.500000', 'accepted', '', 0, 1,
            '2026-01-01', '2026-01-01'),
           (2, 'l', 1, 1, 'b.m4a', 1, 0, 'part', '2026-01-01 05:00:00.000000', 'accepted', '', 0, 2,
            '2026-01-01', '2026-01-01');
"""


def test_only_what_the_recorder_button_began_is_sure(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path, "0006")
    connection = sqlite.connect(path)
    connection.executescript(ROWS + SENT)
    connection.commit()
    migrate(path)
    found = connection.execute(
        "SELECT id, began_at, beginning_source, beginning_checked_at FROM recording ORDER BY id"
    ).fetchall()
    connection.close()
    assert found == [
        (1, "2026-01-01 05:00:07.500000", "browser", None),
        (2, "2026-01-01 05:00:00.000000", None, None),
    ]
