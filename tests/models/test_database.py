"""The embedded database."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models.base import now
from models.database import connect, migrate, reading, refuse_old_sqlite, writing
from models.recording import WorkerSign
from models.tables import Base


def test_migrations_lead_to_exactly_the_tables_of_the_code(empty_database: Path) -> None:
    with connect(empty_database).connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []


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
