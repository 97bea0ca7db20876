"""Brings the database of an older version to this one: alone, with a copy made first where the disk
allows, all steps or none; what cannot be brought up to date is refused with a sentence."""

import fcntl
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy.exc import SQLAlchemyError

from meetings.errors import StartRefused, StorageFull
from models import database

LOG = logging.getLogger(__name__)
COPIES_KEPT = 2
ROOM_FOR_A_COPY = 2.5
"""Times the database's size: the copy, and what the migration itself writes beside it."""

NEEDED_TO_OPEN_BYTES = 1_000_000
"""SQLite puts a small file beside the database, also for reading."""

UNCHANGED = "データベースは変えていません。"


def bring_up_to_date(path: Path, *, may_migrate: bool = True) -> None:
    """Bring the database file to the tables of this version, making it if it is not there. Quick
    when there is nothing to do; whoever comes while another does it waits.

    Raises StartRefused for a damaged database, one of a newer version, one from before the
    numbers were settled, and (`may_migrate` False) while an older server still works on it;
    StorageFull when the disk has no room to open it.
    """
    refuse_others(path)
    if is_current(path):
        return
    with _alone(path.with_name("migrating.lock")):
        refuse_others(path)
        if not is_current(path):
            _change(path, may_migrate)


def copy_of(path: Path, version: str) -> Path:
    """Return where the copy lies that was made before version `version` was left."""
    return path.with_name(f"before-migration-{version}.sqlite3")


def is_current(path: Path) -> bool:
    """Return whether the database file has the tables of this version."""
    return database.stored_version(path) == database.known_versions()[-1]


def refuse_others(path: Path) -> None:
    """Raise StartRefused for a database that cannot be read or is of no version known here,
    StorageFull when there is no room to open it."""
    try:
        version = database.stored_version(path)
    except sqlite.DatabaseError as problem:
        if shutil.disk_usage(path.parent).free < NEEDED_TO_OPEN_BYTES:
            raise StorageFull() from problem
        raise StartRefused(
            f"データベース {path} が壊れているか、読めません（{problem}）。{UNCHANGED}"
            "このファイルを別の名前で取っておき、バックアップから gijido.sqlite3 と files を"
            "戻してください。"
        ) from problem
    if version is not None and version not in database.known_versions():
        raise StartRefused(_not_ours(path, version))


def _not_ours(path: Path, version: str) -> str:
    newest = database.known_versions()[-1]
    if version.isdecimal() and version > newest:
        return (
            f"データベース {path} は、このプログラムより新しい版（{version}）のものです（この"
            f"プログラムは {newest} まで）。{UNCHANGED}新しいプログラムで起動するか、移行の前の"
            f"写し（before-migration-{newest}.sqlite3 など）に戻してください。"
        )
    return _from_before(path, version)


def _from_before(path: Path, version: str) -> str:
    return (
        f"データベース {path}（番号 {version or 'なし'}）は、移行の番号が決まる前の開発中の版の"
        f"ものか、別のプログラムのもので、引き継げません。{UNCHANGED}そのデータを作った版の"
        "プログラムで開くか、[storage] home で別の場所を指定して新しく始めてください。"
    )


def _change(path: Path, may_migrate: bool) -> None:
    version = database.stored_version(path)
    if version is None and database.tables(path):
        raise StartRefused(_from_before(path, ""))
    if version is None:
        LOG.info("新しいデータベースをつくります: %s", path)
    else:
        _refuse_to_change(path, version, may_migrate)
        _copy(path, version)
    try:
        database.migrate(path)
    except (SQLAlchemyError, database.RowsLost) as problem:
        raise StartRefused(
            f"データベース {path} を新しい版に移行できませんでした（{problem}）。{UNCHANGED}"
            "前の版のプログラムではそのまま使えます。ディスクの空きを確かめ、続くときは開発元に"
            "連絡してください。"
        ) from problem
    if version is not None:
        LOG.info("データベースを %s から %s に移行しました", version, database.known_versions()[-1])


def _refuse_to_change(path: Path, version: str, may_migrate: bool) -> None:
    if database.tables(path) != database.tables_at(version):
        raise StartRefused(_from_before(path, version))
    if not may_migrate:
        raise StartRefused(
            f"データベース {path} は前の版のもので、前の版のサーバーがまだ動いています。"
            f"{UNCHANGED}gijido serve を止めて、新しい版で起動してください。"
        )


def _copy(path: Path, version: str) -> None:
    """Copy the database where there is room: the copy is whole or not there."""
    target = copy_of(path, version)
    unfinished = target.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    size = path.stat().st_size
    if shutil.disk_usage(path.parent).free < ROOM_FOR_A_COPY * size:
        LOG.warning(
            "ディスクの空きが少ないので、移行の前の写しはつくりません。移行は全部できるか、何も"
            "変えないかのどちらかです: %s",
            path,
        )
        return
    database.copy(path, unfinished)
    unfinished.replace(target)
    LOG.info("移行の前のデータベースを写しました: %s", target)
    copies = sorted(path.parent.glob("before-migration-*.sqlite3"), key=_made_at)
    for old in copies[:-COPIES_KEPT]:
        old.unlink()


def _made_at(path: Path) -> float:
    return path.stat().st_mtime


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    with file.open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
