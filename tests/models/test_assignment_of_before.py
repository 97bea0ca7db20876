"""What people had placed in the agenda before the machine did counts as theirs."""

from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from models.database import migrate
from tests.models.test_steps_of_before import ROWS

PLACED = """
INSERT INTO agenda_item (id, meeting_id, position, title, presenter, revision)
    VALUES (1, 1, 0, '議題', '', 1);
INSERT INTO transcript (id, transcription_id, created_at) VALUES (1, 1, '2026-01-01');
INSERT INTO segment (id, transcript_id, agenda_item_id, start_seconds, end_seconds, heard, machine,
    text, revision) VALUES (1, 1, 1, 0, 1, '', '', '', 0), (2, 1, NULL, 1, 2, '', '', '', 0);
"""


def test_items_chosen_by_hand_stay_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path, "0004")
    connection = sqlite.connect(path)
    connection.executescript(ROWS + PLACED)
    connection.commit()
    migrate(path)
    found = connection.execute("SELECT assigned_by FROM segment ORDER BY id").fetchall()
    connection.close()
    assert found == [("person",), (None,)]
