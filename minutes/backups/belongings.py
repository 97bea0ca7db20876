"""What belongs to a home: what a backup must hold besides the database and the files of the store,
and what it leaves out because it can be made anew."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.config import MEGABYTE, Config
from meetings.disk.storage import Storage
from meetings.errors import BackupFailed
from minutes.speech_models.speech_model import PACKAGED
from models import database
from models.upload import Upload, UploadState

WORK = "backup-work"
FROM_BACKUP = "from-backup"
"""Folder of a restored home for what did not lie in the home: the settings, and keys that they
name."""

MADE_ANEW = (
    "gijido.sqlite3*",  # copied by itself
    "files",  # by the rows that name them
    "arriving",
    "queue.sqlite3*",  # from here on: from the tables, or by the next who needs it
    "normalised",
    "clips",
    "lost",
    "*.lock",
    "before-migration-*",
    WORK,
    FROM_BACKUP,
    ".*",
)
ROOM = 1.1
"""Times the database's size that its copy needs on the home's disk."""


@dataclass(frozen=True)
class Belonging:
    """A file and its path in a backup. Of one that is growing, only `size_bytes` belong to it."""

    path: str
    source: Path
    size_bytes: int


def others(config: Config) -> Iterator[Belonging]:
    """Yield whatever lies in the home and cannot be made anew (keys, certificates, speech models of
    the city), also what later versions put there; the settings and the keys that they name."""
    for top in sorted(config.home.iterdir()):
        if any(fnmatch(top.name, pattern) for pattern in MADE_ANEW):
            continue
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and PACKAGED not in path.relative_to(config.home).parts:
                yield _belonging(str(path.relative_to(config.home)), path)
    named = (config.server.tls_certificate, config.server.tls_key, config.signing.pkcs12)
    for path in [config.file, *(config.path(name) for name in named if name)]:
        if path.is_file() and not path.is_relative_to(config.home):
            yield _belonging(f"{FROM_BACKUP}/{path.name}", path)


def arriving(session: Session, storage: Storage) -> Iterator[Belonging]:
    """Yield what has arrived of each upload that is not in the store yet, as far as it came by now.
    One whose file is gone meanwhile comes with size -1."""
    open_states = (UploadState.RECEIVING, UploadState.WHOLE)
    for key in session.scalars(select(Upload.key).where(Upload.state.in_(open_states))):
        path = storage.arrival_path(key)
        size = path.stat().st_size if path.exists() else -1
        yield Belonging(f"arriving/{key}", path, size)


@contextmanager
def database_copy(config: Config) -> Iterator[Path]:
    """Give a copy of the database as it is now, beside it, gone afterwards. Raises BackupFailed
    without room for it."""
    folder = config.home / WORK
    shutil.rmtree(folder, ignore_errors=True)
    needed = config.database.stat().st_size * ROOM + config.limits.spare_mb * MEGABYTE
    if shutil.disk_usage(config.home).free < needed:
        raise BackupFailed(
            f"データのディスクに、データベースの写しをつくる空き（{needed / 1e9:,.1f} GB）があり"
            "ません。"
            "空きを増やしてから、もう一度実行してください。"
        )
    folder.mkdir(mode=0o700)
    try:
        copied = folder / config.database.name
        database.snapshot(config.database, copied)
        yield copied
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _belonging(path: str, source: Path) -> Belonging:
    return Belonging(path, source, source.stat().st_size)
