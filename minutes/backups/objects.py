"""The objects of a target: contents, each encrypted once, under a name that tells nobody without
the key what it is; and the lists of them, which everybody can check."""

import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pyrage.x25519 import Identity

from meetings.errors import BackupFailed
from minutes.backups import streams, target
from minutes.backups.keys import Recipients
from minutes.backups.streams import CountedStream
from minutes.backups.target import Target, reaching

LINE = re.compile(r"([0-9a-f]{64})\t(\d+)\t([0-9a-f]{64})")


@dataclass(frozen=True)
class StoredObject:
    """An object as it lies there: its name, and size and SHA-256 of its encrypted form."""

    name: str
    size_bytes: int
    sha256: str

    @property
    def line(self) -> str:
        return f"{self.sha256}\t{self.size_bytes}\t{self.name}\n"


@dataclass(frozen=True)
class ObjectNaming:
    """How objects are named: by content, key and readers. Other readers are other objects, for what
    lies there already they could not open."""

    key: bytes
    recipients: Recipients

    def name(self, sha256: str) -> str:
        """Return the name of the object with the content of this hash."""
        said = "\n".join([sha256, *sorted(self.recipients.words)])
        return hmac.new(self.key, said.encode(), hashlib.sha256).hexdigest()


class ContentChanged(Exception):
    """What was read is not what its hash says."""


def path_of(place: Target, name: str) -> Path:
    return place.objects / name[:2] / f"{name}.age"


def put(
    place: Target,
    naming: ObjectNaming,
    sha256: str,
    content: IO[bytes],
    size_bytes: int | None = None,
) -> StoredObject:
    """Encrypt content (of it `size_bytes` from here on) into its object, on disk when this returns,
    read back, and equal to what was written.

    Raises ContentChanged when the content is not of this hash, OSError when it cannot be read,
    BackupFailed when it cannot be written.
    """
    path, name = path_of(place, naming.name(sha256)), naming.name(sha256)
    part, source = path.with_suffix(".part"), CountedStream(content, size_bytes)
    try:
        written = _write(place, part, source, naming)
        if source.sha256 != sha256:
            raise ContentChanged(sha256)
        stored = StoredObject(name, written.size_bytes, written.sha256)
        with reaching(place.path):
            if _looked_at(part) != (stored.size_bytes, stored.sha256):
                raise BackupFailed(
                    f"バックアップ先 {place.path} に書いたものを読み直すと、違うものになっていま"
                    "した。"
                    "ディスクか通信の故障を疑ってください。これまでのバックアップはそのままです。"
                )
            path.unlink(missing_ok=True)
            part.rename(path)
            target.sync(path.parent)
        return stored
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def is_whole(place: Target, stored: StoredObject, *, is_read: bool) -> bool:
    """Return whether the object lies there with its size and, `is_read`, with its content."""
    path = path_of(place, stored.name)
    with reaching(place.path):
        try:
            if not is_read:
                return path.stat().st_size == stored.size_bytes
            return _looked_at(path) == (stored.size_bytes, stored.sha256)
        except FileNotFoundError:
            return False


def fetch(place: Target, name: str, to: CountedStream, identities: Sequence[Identity]) -> None:
    """Decrypt an object into `to`. Raises FileNotFoundError, Undecipherable, OSError of either
    side."""
    with path_of(place, name).open("rb") as stream:
        streams.decrypt(CountedStream(stream), to, identities)


def listed(path: Path) -> Iterator[StoredObject]:
    """Yield the objects of a list; a line that was cut is none."""
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            if line.endswith("\n") and (found := LINE.fullmatch(line.rstrip("\n"))):
                yield StoredObject(found[3], int(found[2]), found[1])


def sweep(place: Target, wanted: Iterable[str]) -> int:
    """Remove every object that is not wanted, and what a cut writing left. Returns how many."""
    kept, removed = set(wanted), 0
    with reaching(place.path):
        for path in place.objects.glob("*/*"):
            if path.suffix != ".age" or path.stem not in kept:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _write(place: Target, part: Path, source: CountedStream, naming: ObjectNaming) -> CountedStream:
    with reaching(place.path):
        part.parent.mkdir(exist_ok=True)
        stream = part.open("wb")
    written = CountedStream(stream)
    try:
        streams.encrypt(source, written, naming.recipients.parsed())
        os.fsync(stream.fileno())
        _forget(stream.fileno())
    except OSError as problem:
        if problem is source.problem:
            raise
        with reaching(place.path):
            raise
    finally:
        with suppress(OSError):  # closing flushes once more: the disk may be full by now
            stream.close()
    return written


def _looked_at(path: Path) -> tuple[int, str]:
    with path.open("rb") as stream:
        _forget(stream.fileno())
        found = hashlib.file_digest(stream, "sha256").hexdigest()
        return os.fstat(stream.fileno()).st_size, found


def _forget(descriptor: int) -> None:
    """Let the next reading come from the disk, where the file system knows how."""
    with suppress(OSError):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
