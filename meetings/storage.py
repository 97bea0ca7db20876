"""Files by the hash of their content. A file is whole or not there.

Every path of the store is made by `Storage.path`, from a hash alone: no name that came from
outside ever becomes a path.
"""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy.exc import OperationalError

from meetings.errors import FileRejected, StorageFull

SHA256 = re.compile(r"[0-9a-f]{64}")
COPY_BYTES = 1 << 20
FULL_DATABASE = "database or disk is full"


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    size_bytes: int


class Incoming:
    """A file that is arriving: written to disk and hashed piece by piece."""

    def __init__(self, stream: IO[bytes], limit_bytes: int) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self._limit_bytes = limit_bytes
        self.size_bytes = 0

    @property
    def path(self) -> Path:
        return Path(self._stream.name)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, piece: bytes) -> None:
        """Raises FileRejected past the limit, StorageFull when the disk is."""
        self.size_bytes += len(piece)
        if self.size_bytes > self._limit_bytes:
            raise FileRejected(
                f"ファイルが大きすぎます（上限 {self._limit_bytes // 1_000_000:,} MB）。"
                "分割するか、管理者に上限の変更を相談してください。"
            )
        self._hash.update(piece)
        with full_disk_told():
            self._stream.write(piece)

    def flush_to_disk(self) -> None:
        with full_disk_told():
            self._stream.flush()
            os.fsync(self._stream.fileno())


class Storage:
    def __init__(self, home: Path) -> None:
        self._files = home / "files"
        self._arriving = home / "arriving"
        for folder in (self._files, self._arriving):
            folder.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the file with this hash is or would be."""
        if not SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self._files / sha256[:2] / sha256

    @contextmanager
    def receive(self, limit_bytes: int) -> Iterator[Incoming]:
        """A file to write to; it is gone afterwards unless it was `keep`t."""
        with full_disk_told():
            stream = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed below, after keeping
                dir=self._arriving, delete=False
            )
        try:
            yield Incoming(stream, limit_bytes)
        finally:
            _close(stream)
            Path(stream.name).unlink(missing_ok=True)

    def keep(self, incoming: Incoming) -> StoredFile:
        """Put the file into the store, on disk before this returns."""
        incoming.flush_to_disk()
        target = self.path(incoming.sha256)
        with full_disk_told():
            target.parent.mkdir(exist_ok=True)
            incoming.path.replace(target)
            _sync_folder(target.parent)
        return StoredFile(incoming.sha256, incoming.size_bytes)

    def add(self, source: IO[bytes], limit_bytes: int) -> StoredFile:
        with self.receive(limit_bytes) as incoming:
            while piece := source.read(COPY_BYTES):
                incoming.write(piece)
            return self.keep(incoming)

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A folder for intermediate files, removed afterwards."""
        with full_disk_told(), tempfile.TemporaryDirectory(dir=self._arriving) as folder:
            yield Path(folder)


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Turn the operating system's "no space left", and the database's, into StorageFull."""
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull() from problem
        raise
    except OperationalError as problem:
        if FULL_DATABASE in str(problem.orig):
            raise StorageFull() from problem
        raise


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError as problem:  # closing flushes once more: the disk may be full by now
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
