"""Databases of earlier versions: brought up to date whole, or refused with a sentence."""

import gzip
import hashlib
import logging
import shutil
import subprocess
import sys
import threading
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy.exc import OperationalError

from meetings.config import Config
from meetings.disk import home, upgrading
from meetings.errors import StartRefused
from models import database

pytestmark = [pytest.mark.hostile, pytest.mark.slow]

ROOT = Path(__file__).parents[3]
OLD = ROOT / "tests/data/databases/0015.sqlite3.gz"
OLD_ONES = sorted(OLD.parent.glob("*.sqlite3.gz"))
FIXED = {
    "0001_first_tables.py": "594bf219747abef3",
    "0002_sitting.py": "13b17d811accf609",
    "0003_versions.py": "6104ccef465c71d3",
    "0004_invitations.py": "c95f9028b37633d6",
    "0005_recordings.py": "d6a1f0aff5ddd03c",
    "0006_proposals.py": "86669922dbe8292e",
    "0007_editing_time.py": "d57ca169f668db79",
    "0008_terms.py": "3e1680b731ed39c2",
    "0009_beginnings.py": "03023629c6de7987",
    "0010_assignment.py": "081aa2cafe4745c8",
    "0011_voices.py": "9f7454bce0601686",
    "0012_imports.py": "a20801f17ec3f385",
    "0013_words.py": "84eb1a49d0aa011c",
    "0014_voiceprints.py": "e628a1bf67e2c30c",
    "0015_tracks.py": "bf3469ad60e6f7df",
}
"""Of the migrations that a city's database has been through: SHA-256, the first 16 digits."""

LOSES_ROWS = """
from alembic import op
def upgrade():
    op.execute("CREATE TABLE half_way (a)")
    op.execute("DELETE FROM person")
"""
FAILS_LATE = """
from alembic import op
def upgrade():
    op.execute("CREATE TABLE half_way (a)")
    op.execute("INSERT INTO nowhere VALUES (1)")
"""
IS_KILLED = """
import os, signal
from alembic import op
def upgrade():
    op.execute("CREATE TABLE half_way (a)")
    os.kill(os.getpid(), signal.SIGKILL)
"""
WORKS = """
from alembic import op
def upgrade():
    op.execute("CREATE TABLE whole (a)")
"""
Room = namedtuple("Room", "total used free")
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def old(config: Config) -> Path:
    config.home.mkdir(parents=True)
    config.database.write_bytes(gzip.decompress(OLD.read_bytes()))
    return config.database


@pytest.fixture
def add_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """One more migration than there is, in a copy of their folder."""
    newest = database.known_versions()[-1]
    copied = tmp_path / "migrations"
    shutil.copytree(database.MIGRATIONS, copied, ignore=shutil.ignore_patterns("__pycache__"))

    def add(source: str) -> None:
        head = f'revision = "9001"\ndown_revision = "{newest}"\n'
        (copied / "versions" / "9001_more.py").write_text(head + source)
        monkeypatch.setattr(database, "MIGRATIONS", copied)
        database.known_versions.cache_clear()

    yield add
    monkeypatch.undo()
    database.known_versions.cache_clear()


def rows_of(path: Path, tables: dict[str, frozenset[str]]) -> Rows:
    """All rows of these columns, sorted."""
    with closing(sqlite.connect(path)) as connection:
        return {
            table: sorted(
                connection.execute(
                    f'SELECT {", ".join(sorted(columns))} FROM "{table}"'
                ).fetchall(),
                key=repr,
            )
            for table, columns in tables.items()
        }


def test_no_migration_that_databases_have_been_through_is_edited() -> None:
    folder = database.MIGRATIONS / "versions"
    now = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()[:16]
        if (folder / name).exists()
        else "gone"
        for name in FIXED
    }
    assert now == FIXED, "write a new migration instead"


MORE_SINCE = {"confusion"}
"""Where a word was confirmed as heard is noted since: more rows, and none of before is gone."""


INDEX = "published_search_"
"""Of the tables in which SQLite keeps the index for searching: they may be made anew."""


@pytest.mark.parametrize("kept_as", OLD_ONES, ids=lambda path: path.name[:4])
def test_the_database_of_an_earlier_version_keeps_every_row(config: Config, kept_as: Path) -> None:
    version, old = kept_as.name[:4], config.database
    config.home.mkdir(parents=True)
    old.write_bytes(gzip.decompress(kept_as.read_bytes()))
    before = database.tables(old)
    upgrading.bring_up_to_date(old)
    after = database.tables(old)
    kept = {
        table: columns & after[table]
        for table, columns in before.items()
        if table in after and table != "alembic_version" and not table.startswith(INDEX)
    }
    rows, rows_before = rows_of(old, kept), rows_of(upgrading.copy_of(old, version), kept)
    for table in MORE_SINCE:
        assert set(rows.pop(table)) >= set(rows_before.pop(table))
    assert rows == rows_before
    assert len(rows["segment"]) == 82
    assert database.stored_version(old) == database.known_versions()[-1]
    with closing(sqlite.connect(old)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("source", [LOSES_ROWS, FAILS_LATE])
def test_a_migration_that_fails_changes_nothing(
    old: Path, add_step: Callable[[str], None], source: str
) -> None:
    tables = database.tables(old)
    before = rows_of(old, tables)
    add_step(source)
    with pytest.raises(StartRefused, match="変えていません"):
        upgrading.bring_up_to_date(old)
    assert database.tables(old) == tables and rows_of(old, tables) == before


def test_a_migration_that_is_killed_changes_nothing_and_is_done_by_the_next_start(
    old: Path, add_step: Callable[[str], None]
) -> None:
    tables = database.tables(old)
    before = rows_of(old, tables)
    add_step(IS_KILLED)
    script = (
        "import sys; from pathlib import Path; from models import database\n"
        "database.MIGRATIONS = Path(sys.argv[1]); database.migrate(Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", script, str(database.MIGRATIONS), str(old)]
    assert subprocess.run(command, cwd=ROOT).returncode == -9
    assert database.tables(old) == tables and rows_of(old, tables) == before
    add_step(WORKS)
    upgrading.bring_up_to_date(old)
    assert "whole" in database.tables(old)


def test_whoever_comes_while_another_migrates_waits(old: Path) -> None:
    problems: list[Exception] = []

    def start() -> None:
        try:
            upgrading.bring_up_to_date(old)
        except (StartRefused, OperationalError) as problem:
            problems.append(problem)

    starts = [threading.Thread(target=start) for _ in range(3)]
    for each in starts:
        each.start()
    for each in starts:
        each.join()
    assert problems == [] and upgrading.is_current(old)


def test_a_copy_is_made_first_and_the_two_newest_are_kept(
    old: Path, add_step: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for version in ("0001", "0002"):
        upgrading.copy_of(old, version).write_bytes(b"an older copy")
    upgrading.bring_up_to_date(old)
    copies = sorted(path.name for path in old.parent.glob("before-migration-*"))
    assert copies == ["before-migration-0002.sqlite3", "before-migration-0015.sqlite3"]
    copy = upgrading.copy_of(old, "0015")
    assert database.stored_version(copy) == "0015" and copy.stat().st_mode & 0o777 == 0o600
    assert "写しました" in caplog.text


def test_without_room_no_copy_is_made_and_that_is_said(
    old: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    little = Room(10**9, 0, 2 * old.stat().st_size)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: little)
    upgrading.bring_up_to_date(old)
    assert upgrading.is_current(old) and list(old.parent.glob("before-migration-*")) == []
    assert "写しはつくりません" in caplog.text


def test_a_newer_database_is_refused(old: Path) -> None:
    rename(old, "9999")
    with pytest.raises(StartRefused, match="新しい版"):
        upgrading.bring_up_to_date(old)
    assert database.stored_version(old) == "9999"


@pytest.mark.parametrize("said", ["0014", "0003", "abcd"])
def test_a_database_from_before_the_numbers_were_settled_is_refused(old: Path, said: str) -> None:
    """Its number says one thing, its tables another."""
    rename(old, said)
    before = database.tables(old)
    with pytest.raises(StartRefused, match="番号"):
        upgrading.bring_up_to_date(old)
    assert database.tables(old) == before


def test_a_database_without_a_number_is_not_ours(old: Path) -> None:
    with closing(sqlite.connect(old)) as connection:
        connection.execute("DROP TABLE alembic_version")
    with pytest.raises(StartRefused, match="番号 なし"):
        upgrading.bring_up_to_date(old)


def test_nothing_is_migrated_under_a_server_that_is_running(old: Path, config: Config) -> None:
    """It is of the version before; its own start migrates."""
    with (config.home / "serving.lock").open("ab") as stream:
        home._locked(stream.fileno())
        with pytest.raises(StartRefused, match="動いています"):
            home.prepare(config)
    assert database.stored_version(old) == "0015"
    with home.served(config):
        assert upgrading.is_current(old)


def test_a_start_with_nothing_to_migrate_does_not_even_load_alembic(config: Config) -> None:
    home.prepare(config)
    script = (
        "import sys; from pathlib import Path; from meetings.disk import upgrading\n"
        "upgrading.bring_up_to_date(Path(sys.argv[1]))\n"
        "sys.exit('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", script, str(config.database)]
    assert subprocess.run(command, cwd=ROOT).returncode == 0


def rename(path: Path, version: str) -> None:
    with closing(sqlite.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()
