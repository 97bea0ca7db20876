"""Files by the hash of their content. A file is whole or not there.

Every path of the store is made by `Storage.path`, from a hash alone, and by
`Storage.arrival_path`, from a key of our own: no name that came from outside becomes a path.
"""

import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import IO

from sqlalchemy.exc import OperationalError

from meetings.config import MEGABYTE
from meetings.disk.durably import sync_folder
from meetings.disk.integrity import Wholeness
from meetings.errors import Busy, FileRejected, StorageFull

SHA256 = re.compile(r"[0-9a-f]{64}")
FOLDERS = 256
KEY = re.compile(r"[0-9a-f]{32}")
COPY_BYTES = 1 << 20
IN_USE = "tmp"
LEFT_OVER_SECONDS = 86_400.0
FULL_DATABASE = "database or disk is full"
LOST = (
    "途中まで受け取ったファイルがサーバーに見つかりません。"
    "この送信を取りやめて、はじめから送り直してください。"
)


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
        """Raise FileRejected past the limit, StorageFull when the disk is."""
        self.size_bytes += len(piece)
        if self.size_bytes > self._limit_bytes:
            raise FileRejected(
                f"ファイルが大きすぎます（上限 {self._limit_bytes // MEGABYTE:,} MB）。"
                "分割するか、管理者に上限の変更を相談してください。"
            )
        self._hash.update(piece)
        with raising_storage_full():
            self._stream.write(piece)

    def flush_to_disk(self) -> None:
        with raising_storage_full():
            self._stream.flush()
            os.fsync(self._stream.fileno())


class Arrival:
    """A file that comes in many pieces, over days. Whoever has it open is alone with it: the lock
    is the operating system's, so it goes with the process that held it."""

    def __init__(self, path: Path, stream: FileIO) -> None:
        self.path = path
        self._stream = stream

    @property
    def size_bytes(self) -> int:
        return os.fstat(self._stream.fileno()).st_size

    def cut(self, size_bytes: int) -> None:
        """Drop whatever came after so many bytes; the next piece is written there.

        Raises FileRejected when there are not so many.
        """
        if self.size_bytes < size_bytes:
            raise FileRejected(LOST)
        self._stream.truncate(size_bytes)
        self._stream.seek(size_bytes)

    def write(self, piece: bytes) -> None:
        """Raise StorageFull; part of the piece may be there then."""
        rest = memoryview(piece)
        with raising_storage_full():
            while rest:
                rest = rest[self._stream.write(rest) :]

    def flush_to_disk(self) -> None:
        with raising_storage_full():
            os.fsync(self._stream.fileno())

    def sha256(self) -> str:
        self._stream.seek(0)
        return hashlib.file_digest(self._stream, "sha256").hexdigest()

    def close(self) -> None:
        self._stream.close()


class Storage:
    def __init__(self, home: Path) -> None:
        self._files = home / "files"
        self._arriving = home / "arriving"
        self._quarantine = home / "quarantine"
        for folder in (self._files, self._arriving, self._quarantine):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.wholeness = Wholeness(home / "lost")

    def whole(self, sha256: str) -> Path:
        """Return where the file with this hash is, for whoever reads it. Raises StoredFileMissing,
        and StoredFileDamaged when its content is not what its name says."""
        path = self.path(sha256)
        self.wholeness.check(path, sha256)
        return path

    def path(self, sha256: str) -> Path:
        """Return where the file with this hash is or would be."""
        if not SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self._files / sha256[:2] / sha256

    def remove(self, sha256: str) -> None:
        """Delete the file with this hash, if it is there. The caller has seen to it that no row
        names it."""
        path = self.path(sha256)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            sync_folder(path.parent)
        self.wholeness.forget(sha256)

    def stored_in(self, folder: int) -> list[str]:
        """Return the hashes of the files in this one (0 to 255) of the store's folders."""
        found = (self._files / f"{folder:02x}").glob("*")
        return sorted(path.name for path in found if SHA256.fullmatch(path.name))

    @contextmanager
    def receive(self, limit_bytes: int) -> Iterator[Incoming]:
        """Give a file to write to; it is gone afterwards unless it was `keep`t."""
        with raising_storage_full():
            stream = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed below, after keeping
                dir=self._arriving, prefix=IN_USE, delete=False
            )
        try:
            fcntl.flock(stream, fcntl.LOCK_EX)  # goes with this process, see `clear_left_over`
            yield Incoming(stream, limit_bytes)
        finally:
            _close(stream)
            Path(stream.name).unlink(missing_ok=True)

    def keep(self, incoming: Incoming) -> StoredFile:
        """Put the file into the store, on disk before this returns."""
        incoming.flush_to_disk()
        target = self.path(incoming.sha256)
        with raising_storage_full():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            incoming.path.replace(target)
            sync_folder(target.parent)
        return StoredFile(incoming.sha256, incoming.size_bytes)

    def add(self, source: IO[bytes], limit_bytes: int) -> StoredFile:
        with self.receive(limit_bytes) as incoming:
            while piece := source.read(COPY_BYTES):
                incoming.write(piece)
            return self.keep(incoming)

    def begin_arrival(self, key: str) -> None:
        """Make an empty file for pieces that are to come."""
        path = self.arrival_path(key)
        with raising_storage_full():
            path.touch(mode=0o600, exist_ok=False)
            sync_folder(path.parent)

    def open_arrival(self, key: str, *, wait: bool = False) -> Arrival:
        """Raise Busy when somebody has it open (`wait`: after they closed it, never), and
        FileRejected when it is not there."""
        path = self.arrival_path(key)
        try:
            stream = FileIO(path, "r+b")
        except FileNotFoundError as problem:
            raise FileRejected(LOST) from problem
        try:
            fcntl.flock(stream, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            stream.close()
            raise Busy() from problem
        return Arrival(path, stream)

    def read_arrival(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end` of what has arrived, also while more comes."""
        with self.arrival_path(key).open("rb") as stream:
            stream.seek(start)
            return stream.read(end - start)

    def keep_arrival(self, arrival: Arrival, sha256: str) -> StoredFile:
        """Put it into the store too. It stays where it arrived until `drop_arrival`: who is
        killed in between finds it again."""
        arrival.flush_to_disk()
        target = self.path(sha256)
        beside = target.with_name(f".{secrets.token_hex(8)}")
        with raising_storage_full():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            beside.hardlink_to(arrival.path)
            beside.replace(target)  # also over a file of that name which the disk has damaged
            beside.unlink(missing_ok=True)  # it was the same file, by an earlier attempt
            sync_folder(target.parent)
        return StoredFile(sha256, arrival.size_bytes)

    def drop_arrival(self, key: str) -> None:
        self.arrival_path(key).unlink(missing_ok=True)

    def set_apart(self, path: Path, sha256: str) -> None:
        """Keep what arrived at this path in the quarantine, which hands nothing out."""
        with raising_storage_full(), suppress(FileExistsError):
            (self._quarantine / sha256).hardlink_to(path)
            sync_folder(self._quarantine)

    def drop_set_apart(self, sha256: str) -> None:
        """Remove what is in the quarantine by this hash."""
        (self._quarantine / sha256).unlink(missing_ok=True)
        sync_folder(self._quarantine)

    def arrivals(self) -> dict[str, float]:
        """Return key and time of the last change, in seconds since 1970, of all that is
        arriving."""
        found = [path for path in self._arriving.iterdir() if KEY.fullmatch(path.name)]
        return {path.name: path.stat().st_mtime for path in found}

    def arrival_path(self, key: str) -> Path:
        """Return where the file with this key arrives."""
        if not KEY.fullmatch(key):
            raise ValueError("not a key")
        return self._arriving / key

    def free_bytes(self) -> int:
        return shutil.disk_usage(self._arriving).free

    def nameless(self) -> IO[bytes]:
        """Return a file to write and read, which is gone when it is closed, however that
        happens."""
        with raising_storage_full():
            return tempfile.TemporaryFile(dir=self._arriving)

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """Give a folder for intermediate files, removed afterwards."""
        with (
            raising_storage_full(),
            tempfile.TemporaryDirectory(dir=self._arriving, prefix=IN_USE) as folder,
            _held(Path(folder)),
        ):
            yield Path(folder)

    def clear_left_over(self) -> None:
        """Remove what killed processes left of `receive` and `workspace`. Whoever uses one of
        them holds it, so that neither its age nor the clock matters; but a child may live a
        little longer than its parent."""
        for path in self._arriving.glob(f"{IN_USE}*"):
            with suppress(OSError):
                is_young = time.time() - path.stat().st_mtime < LEFT_OVER_SECONDS
                if is_young or _is_held(path):
                    continue
                shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold a file or folder, so that nobody else can, until the end."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _is_held(path: Path) -> bool:
    try:
        with _held(path):
            return False
    except BlockingIOError:
        return True


@contextmanager
def raising_storage_full() -> Iterator[None]:
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
