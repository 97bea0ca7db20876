"""The embedded database: SQLite from the wheel, write-ahead log, writers begin IMMEDIATE."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

# Older ones can corrupt a write-ahead log that two connections use (sqlite.org/wal.html).
OLDEST_SAFE_SQLITE = (3, 51, 3)

PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten: voiceprints must be gone
    "busy_timeout = 30000",
)


def connect(path: Path) -> Engine:
    """Open the database file, which must have been migrated."""
    refuse_old_sqlite(sqlite.sqlite_version_info)
    engine = create_engine(f"sqlite:///{path}", module=sqlite)
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    return engine


def refuse_old_sqlite(version: tuple[int, ...]) -> None:
    if version < OLDEST_SAFE_SQLITE:
        raise RuntimeError(f"SQLite {version} can damage the database; pysqlite3 0.6 or newer")


def reading(engine: Engine) -> Session:
    return Session(engine)


def writing(engine: Engine) -> Session:
    """A session whose transaction takes the write lock at its start.

    A transaction that reads first and writes later would get SQLITE_BUSY at once, whatever
    the busy timeout, when somebody else wrote in between.
    """
    return Session(engine.execution_options(is_writing=True))


def migrate(path: Path, to: str = "head") -> None:
    """Bring the database file to the newest tables, making it if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["engine"] = connect(path)
    command.upgrade(settings, to)
    settings.attributes["engine"].dispose()


def _prepare_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
