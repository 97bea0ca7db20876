"""A series of before keeps no voiceprints after the upgrade, until somebody switches them on."""

from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from models.database import migrate
from tests.models.test_steps_of_before import ROWS


def test_voiceprints_are_off_in_every_series_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path, "0006")
    connection = sqlite.connect(path)
    connection.executescript(ROWS)
    connection.commit()
    migrate(path)
    series = connection.execute("SELECT keeps_voiceprints FROM series").fetchall()
    problems = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    assert series and {kept for (kept,) in series} == {0}
    assert problems == []
