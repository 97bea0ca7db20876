"""The wholeness of stored files: every name is the hash of the content, so a disk that forgets a
bit is noticed when a file is read, and noted for whoever runs the server."""

import hashlib
import logging
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from meetings.disk import durably
from meetings.errors import StoredFileDamaged, StoredFileMissing

LOG = logging.getLogger(__name__)
CHECKED_AGAIN_SECONDS = 86_400.0
"""A file that was whole is read through again after a day at the earliest, or when it changed."""

MOST_REMEMBERED = 100_000
DAMAGED, MISSING = b"damaged", b"missing"

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Lost:
    """A stored file that was missed or found to be another; `is_missing` tells which."""

    sha256: str
    is_missing: bool


class Wholeness:
    """What this process knows of the files; what is lost is noted in `notes` for all processes."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes
        self._whole: dict[str, tuple[Stamp, float]] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def check(self, path: Path, sha256: str) -> None:
        """Compare content and name, unless it was done lately and the file is the same since.
        Whoever asks for a file that is being read through waits, and does not read it too.

        Raises StoredFileMissing, StoredFileDamaged.
        """
        if self._is_known(path, sha256):
            return
        with self._locks[sha256]:
            if not self._is_known(path, sha256):
                self.look_into(path, sha256)
        self._locks.pop(sha256, None)

    def look_into(self, path: Path, sha256: str) -> None:
        """Check a file as `check` does, but read it in any case."""
        stamp = _stamp(path)
        if stamp is None:
            self._note(sha256, MISSING)
            raise StoredFileMissing()
        if hash_of(path) != sha256:
            self._note(sha256, DAMAGED)
            raise StoredFileDamaged()
        if len(self._whole) >= MOST_REMEMBERED:
            self._whole.clear()
        self._whole[sha256] = stamp, time.monotonic()
        self.forget(sha256)

    def lost(self) -> list[Lost]:
        """Return what was noted and not found whole since, by hash."""
        if not self._notes.exists():
            return []
        notes = sorted(path for path in self._notes.iterdir() if not path.name.startswith("."))
        return [Lost(note.name, note.read_bytes() == MISSING) for note in notes]

    def forget(self, sha256: str) -> None:
        """Drop the note of this file, because it is whole or nobody wants it any more."""
        (self._notes / sha256).unlink(missing_ok=True)

    def _is_known(self, path: Path, sha256: str) -> bool:
        stamp, seen_at = self._whole.get(sha256, (None, 0.0))
        is_fresh = time.monotonic() - seen_at < CHECKED_AGAIN_SECONDS
        return stamp is not None and is_fresh and stamp == _stamp(path)

    def _note(self, sha256: str, what: bytes) -> None:
        self._whole.pop(sha256, None)
        LOG.error("a stored file is %s: %s", what.decode(), sha256)
        with suppress(OSError):  # the disk is full: the next who asks for the file notes it
            self._notes.mkdir(mode=0o700, exist_ok=True)
            durably.write(self._notes / sha256, what)


def hash_of(path: Path) -> str | None:
    """Return the SHA-256 of a file; None when the disk does not give it back."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def _stamp(path: Path) -> Stamp | None:
    try:
        seen = path.stat()
    except FileNotFoundError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns
