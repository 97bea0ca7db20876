"""The embedded database: SQLite from the wheel, with a write-ahead log; transactions that write
begin IMMEDIATE and wait for each other in a queue."""

import os
import time
from contextlib import ExitStack, closing
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.audit_chain import link_in_sql
from models.texts import folded
from models.write_lock import WriteLock

# Older ones can corrupt a write-ahead log that two connections use (sqlite.org/wal.html).
OLDEST_SAFE_SQLITE = (3, 51, 3)

BUSY_MS = 30_000
MIGRATIONS = Path(__file__).parent / "migrations"
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten: voiceprints must be gone
    f"busy_timeout = {BUSY_MS}",
)
PATIENCE_SECONDS = 60.0
"""So long a program waits for its turn to write. Whoever answers people waits less."""

LOG_WAIT_MS = 2000
KEPT_CONNECTIONS = 16


def connect(
    path: Path, *, patience_seconds: float = PATIENCE_SECONDS, most_waiting: int | None = None
) -> Engine:
    """Open the database file, which must have been migrated.

    A session that wants to write waits for `patience_seconds` at most, and not at all when
    `most_waiting` others wait already; then it gets an OperationalError for which `is_locked` is
    true.
    """
    refuse_old_sqlite(sqlite.sqlite_version_info)
    # A connection is never waited for: the threads that want one are bounded where they begin.
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlite,
        pool_size=KEPT_CONNECTIONS,
        max_overflow=-1,
        hide_parameters=True,  # what people said and wrote: no error that is logged has them
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
    """Return a session whose transaction takes the write lock at its start, as soon as it is its
    turn; an urgent one goes ahead of the queue. Do nothing slow in it: everybody else waits.

    A transaction that reads first and writes later would get SQLITE_BUSY at once, whatever the busy
    timeout, when somebody else wrote in between.
    """
    return Session(for_writing(engine, patience_seconds=patience_seconds, is_urgent=is_urgent))


def for_writing(
    engine: Engine, *, patience_seconds: float | None = None, is_urgent: bool = False
) -> Engine:
    """Return the engine with the execution options that make its transactions take the write lock,
    as `writing` does."""
    options: dict[str, Any] = {"is_writing": True, "is_urgent": is_urgent}
    if patience_seconds is not None:
        options["patience_seconds"] = patience_seconds
    return engine.execution_options(**options)


def is_locked(problem: OperationalError) -> bool:
    """Return whether the error says that somebody else was writing for longer than we could
    wait."""
    return "database is locked" in str(problem.orig)


class RowsLost(Exception):
    """A migration would leave rows without what they refer to; it was undone."""


def migrate(path: Path, to: str = "head") -> None:
    """Bring the database file to the newest migration, or to the one numbered `to`, and create it
    if it is missing: in one transaction, all steps or none. Raises RowsLost."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if stored_version(path) == (known_versions()[-1] if to == "head" else to):
        return
    if not path.exists():
        path.touch(mode=0o600)  # the files that SQLite puts beside it follow its mode
    # Alembic, with two template languages behind it, is slow to load and seldom needed.
    from alembic import command
    from alembic.config import Config as AlembicConfig

    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))
    engine = settings.attributes["engine"] = connect(path)
    try:
        command.upgrade(settings, to)
    finally:
        engine.dispose()


@lru_cache
def known_versions() -> tuple[str, ...]:
    """Return the numbers of all migrations of this program, the newest last."""
    return tuple(sorted(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def stored_version(path: Path) -> str | None:
    """Return the number of the migration that the database file is at; None where there is no file
    or nothing in it. Raises sqlite.DatabaseError for a file that cannot be read."""
    if "alembic_version" not in tables(path):
        return None
    with closing(sqlite.connect(path)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def tables(path: Path) -> dict[str, frozenset[str]]:
    """Return the tables of a database file: each name with the names of its columns."""
    if not path.exists():
        return {}
    with closing(sqlite.connect(path)) as connection:
        found = connection.execute(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c"
            " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
        ).fetchall()
    names = {table for table, _ in found}
    return {name: frozenset(c for table, c in found if table == name) for name in names}


def tables_at(version: str) -> dict[str, frozenset[str]]:
    """Return the tables that the migrations up to `version` make, in the shape of `tables`."""
    with TemporaryDirectory() as folder:
        made = Path(folder) / "made.sqlite3"
        migrate(made, version)
        return tables(made)


def copy(path: Path, target: Path) -> None:
    """Copy the database file while others may use it; the copy is on disk when this returns."""
    with closing(sqlite.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)
    with target.open("rb") as stream:
        os.fsync(stream.fileno())


def empty_log(path: Path) -> bool:
    """Put what the write-ahead log still holds into the database file, and cut the log to nothing:
    it keeps what was there before as long as it is not written over. Return False, and do what is
    possible, while somebody reads the database as it was before."""
    with closing(sqlite.connect(path)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {LOG_WAIT_MS}")
        is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy


def snapshot(path: Path, target: Path) -> None:
    """Copy the database file page by page as it is at this moment, while others use it: what has
    not changed lies where it lay in the last copy, so that two of them share most of their bytes.
    """
    with closing(sqlite.connect(path)) as source, closing(sqlite.connect(target)) as copied:
        source.backup(copied)  # in one step, which no writer makes it begin anew


def _prepare_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("folded", 1, _folded, deterministic=True)
    connection.create_function("audit_link", -1, link_in_sql, deterministic=True)


@lru_cache(maxsize=20_000)
def _folded(text: str | None) -> str | None:
    """Fold a name or title, of which the same ones are asked for again and again."""
    return None if text is None else folded(text)


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
        if not self._lock.take(seconds, is_urgent=options.get("is_urgent", False)):
            raise OperationalError(
                "BEGIN IMMEDIATE", None, sqlite.OperationalError("database is locked")
            )
        with ExitStack() as undo:
            undo.callback(self._lock.give_back)
            _begin_immediate(connection, max(0.0, end - time.monotonic()))
            undo.pop_all()
        _record_of(connection)[HOLDS] = True

    def end(self, _connection: Any, record: Any) -> None:
        """Give the write lock back when the connection returns to the pool: by then what it wrote
        is on disk, or undone."""
        if record.record_info.pop(HOLDS, False):
            self._lock.give_back()


HOLDS = "holds the write lock"


def _begin_immediate(connection: Connection, seconds: float) -> None:
    """Begin a transaction, waiting for another process that writes for `seconds` at most."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(1000 * seconds)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_MS}")


def _record_of(connection: Connection) -> dict[Any, Any]:
    record = connection.connection.record_info
    assert record is not None
    return record
