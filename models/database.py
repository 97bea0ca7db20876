"""The embedded database: SQLite from the wheel, write-ahead log, writers begin IMMEDIATE."""

import time
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.write_lock import WriteLock

# Older ones can corrupt a write-ahead log that two connections use (sqlite.org/wal.html).
OLDEST_SAFE_SQLITE = (3, 51, 3)

BUSY_MS = 30_000
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten: voiceprints must be gone
    f"busy_timeout = {BUSY_MS}",
)
PATIENCE_SECONDS = 60.0
"""So long a program waits for its turn to write. Whoever answers people waits less."""

KEPT_CONNECTIONS = 16


def connect(
    path: Path, *, patience_seconds: float = PATIENCE_SECONDS, most_waiting: int | None = None
) -> Engine:
    """Open the database file, which must have been migrated.

    Whoever wants to write waits for `patience_seconds` at most, and not at all when
    `most_waiting` wait already; then OperationalError is raised, of which `is_locked` is true.
    """
    refuse_old_sqlite(sqlite.sqlite_version_info)
    # A connection is never waited for: the threads that want one are bounded where they begin.
    engine = create_engine(
        f"sqlite:///{path}", module=sqlite, pool_size=KEPT_CONNECTIONS, max_overflow=-1
    )
    turns = _Turns(WriteLock(most_waiting), patience_seconds)
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", turns.begin)
    event.listen(engine, "checkin", turns.end)
    return engine


def refuse_old_sqlite(version: tuple[int, ...]) -> None:
    if version < OLDEST_SAFE_SQLITE:
        raise RuntimeError(f"SQLite {version} can damage the database; pysqlite3 0.6 or newer")


def reading(engine: Engine) -> Session:
    return Session(engine)


def writing(
    engine: Engine, *, patience_seconds: float | None = None, is_urgent: bool = False
) -> Session:
    """A session whose transaction takes the write lock at its start, as soon as it is its turn;
    an urgent one does not stand in the row. Nothing slow belongs in it: everybody else waits.

    A transaction that reads first and writes later would get SQLITE_BUSY at once, whatever
    the busy timeout, when somebody else wrote in between.
    """
    return Session(for_writing(engine, patience_seconds=patience_seconds, is_urgent=is_urgent))


def for_writing(
    engine: Engine, *, patience_seconds: float | None = None, is_urgent: bool = False
) -> Engine:
    """The same engine, as a session needs it to write."""
    options: dict[str, Any] = {"is_writing": True, "is_urgent": is_urgent}
    if patience_seconds is not None:
        options["patience_seconds"] = patience_seconds
    return engine.execution_options(**options)


def is_locked(problem: OperationalError) -> bool:
    """Whether somebody else was writing for longer than we could wait."""
    return "database is locked" in str(problem.orig)


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


class _Turns:
    """Transactions that write, one after the other."""

    def __init__(self, lock: WriteLock, patience_seconds: float) -> None:
        self._lock = lock
        self._patience_seconds = patience_seconds

    def begin(self, connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("is_writing"):
            connection.exec_driver_sql("BEGIN")
            return
        seconds = options.get("patience_seconds", self._patience_seconds)
        end = time.monotonic() + seconds
        if not self._lock.take(seconds, is_urgent=options["is_urgent"]):
            raise OperationalError(
                "BEGIN IMMEDIATE", None, sqlite.OperationalError("database is locked")
            )
        try:
            _begin_immediate(connection, max(0.0, end - time.monotonic()))
        except BaseException:
            self._lock.give_back()
            raise
        _record_of(connection)[HOLDS] = True

    def end(self, _connection: Any, record: Any) -> None:
        """The connection comes back: what it wrote is on disk, or undone."""
        if record.record_info.pop(HOLDS, False):
            self._lock.give_back()


HOLDS = "holds the write lock"


def _begin_immediate(connection: Connection, seconds: float) -> None:
    """Another process may be writing: so long it is waited for."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(1000 * seconds)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_MS}")


def _record_of(connection: Connection) -> dict[Any, Any]:
    record = connection.connection.record_info
    assert record is not None
    return record
