"""The embedded database."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine, Table, UniqueConstraint, select, text
from sqlalchemy.orm import Session

from models.base import now
from models.database import connect, migrate, reading, refuse_old_sqlite, writing
from models.document import DocumentVersion
from models.meeting import AnswerWord, InvitationReply
from models.recording import WorkerSign
from models.tables import Base


def test_migrations_lead_to_exactly_the_tables_of_the_code(empty_database: Path) -> None:
    options = {"include_name": lambda name, *_: not str(name).startswith("published_search")}
    with connect(empty_database).connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
    assert differences == [], "an index of words is no table of the code's"


NEVER_DELETED = {"person", "department", "series", "transcript"}


def test_whoever_refers_to_rows_that_can_be_deleted_is_found_by_an_index() -> None:
    """SQLite looks for those at each deletion; without an index it reads the whole table. Nobody
    deletes people, departments, series or transcripts, nor asks for all that somebody ever did."""
    without = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if {key.column.table.name for key in column.foreign_keys} - NEVER_DELETED
        and column.name not in _first_columns_of_indexes(table)
    ]
    assert without == []


def _first_columns_of_indexes(table: Table) -> set[str]:
    keys = [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    whole = [i for i in table.indexes if i.dialect_kwargs.get("sqlite_where") is None]
    indexes = [list(index.columns) for index in whole]
    found = [*keys, *indexes, list(table.primary_key.columns)]
    return {columns[0].name for columns in found if columns}


OLD_ROWS = """
INSERT INTO department (id, name) VALUES (1, '総務局');
INSERT INTO person (id, login, name, kana, title, department_id, password_hash, created_at)
  VALUES (1, 'koga', '古賀', '', '', 1, '-', '2026-01-01');
INSERT INTO series (id, name, department_id) VALUES (1, '懇話会', 1);
INSERT INTO meeting (id, series_id, department_id, title, starts_at, ends_at, place, revision,
  created_by_id, created_at) VALUES (1, 1, 1, '第1回', '2026-01-01', '2026-01-02', '室', 1, 1,
  '2026-01-01');
INSERT INTO invitation (id, meeting_id, person_id, kind, invited_by_id, invited_at)
  VALUES (1, 1, 1, 'attendee', 1, '2026-01-01');
INSERT INTO invitation_answer (id, invitation_id, is_coming, answered_by_id, answered_at)
  VALUES (1, 1, 1, 1, '2026-01-01'), (2, 1, 0, 1, '2026-01-02');
INSERT INTO document (id, meeting_id, position, title, created_at)
  VALUES (1, 1, 0, '資料', '2026-01-01');
INSERT INTO document_version (id, document_id, number, file_name, sha256, size_bytes,
  thumbnail_sha256, created_by_id, created_at) VALUES (1, 1, 1, 'a.pdf', 'x', 1, 'y', 1,
  '2026-01-01');
INSERT INTO page (id, version_id, number, width, height, text) VALUES (1, 1, 1, 595, 842, '文');
"""


def test_a_database_with_rows_of_the_first_release_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path, to="0001")
    old = sqlite.connect(path)
    old.executescript(OLD_ROWS)
    old.close()
    migrate(path)
    with reading(connect(path)) as session:
        version = session.scalars(select(DocumentVersion)).one()
        assert version.document.current is version and version.pages[0].text == "文"
        answers = session.scalars(select(InvitationReply).order_by(InvitationReply.id))
        assert [answer.word for answer in answers] == [AnswerWord.COMING, AnswerWord.ABSENT]
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gijido.sqlite3"
    migrate(path)
    before = path.read_bytes()
    migrate(path)
    assert path.read_bytes() == before


def test_a_sqlite_that_can_damage_the_database_is_refused() -> None:
    refuse_old_sqlite((3, 51, 3))
    with pytest.raises(RuntimeError, match=r"3, 51, 2"):
        refuse_old_sqlite((3, 51, 2))


def test_writes_are_on_disk_when_they_are_acknowledged(engine: Engine) -> None:
    with reading(engine) as session:
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_writers_that_read_first_wait_for_each_other_and_lose_nothing(engine: Engine) -> None:
    def count_up() -> None:
        for _ in range(20):
            with writing(engine) as session, session.begin():
                seen = session.get(WorkerSign, "counter")
                number = int(seen.name == "counter") if seen else 0
                session.merge(WorkerSign(name="counter", seen_at=now()))
                session.merge(
                    WorkerSign(name=f"{threading.get_ident()}-{_}-{number}", seen_at=now())
                )

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        assert session.query(WorkerSign).count() == 1 + 4 * 20


def test_a_time_without_its_zone_is_refused(session: Session) -> None:
    from sqlalchemy.exc import StatementError

    session.add(WorkerSign(name="naive", seen_at=now().replace(tzinfo=None)))
    with pytest.raises(StatementError, match="without its zone"):
        session.flush()
