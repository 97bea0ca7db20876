"""The sound of single sentences, cut once and kept below home: a folder with a most in bytes, from
which goes first what nobody heard the longest."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Lock

from meetings.disk.storage import full_disk_told
from minutes.sound import audio

MOST_BYTES = 500_000_000
KEPT_SHARE = 0.9
"""Of the most, when it was reached: not for every clip the folder is looked through."""

FORM = 1
"""Of the clips: another number, and all are cut anew."""

TYPE = "audio/mpeg"


class Clips:
    def __init__(self, home: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = home / "clips"
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._bytes: int | None = None

    def clip(self, sound: Path, start_seconds: float, end_seconds: float) -> Path:
        """An MP3 of this piece of a stored file; `sound` is named by its content's hash. Slow the
        first time. Raises FileRejected, StorageFull."""
        piece = f"{FORM} {sound.name} {start_seconds!r} {end_seconds!r}"
        path = self._folder / f"{hashlib.sha256(piece.encode()).hexdigest()}.mp3"
        with suppress(FileNotFoundError):
            os.utime(path)
            return path
        made = audio.clip(sound, start_seconds, end_seconds)
        self._write(path, made)
        return path

    def _write(self, path: Path, made: bytes) -> None:
        """Whole or not at all."""
        with full_disk_told():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(made)
            Path(file.name).replace(path)
        self._make_room(path, len(made))

    def _make_room(self, newest: Path, added: int) -> None:
        with self._lock:
            if self._bytes is not None:
                self._bytes += added
            if self._bytes is None or self._bytes > self._most_bytes:
                self._bytes = self._clear(newest)

    def _clear(self, newest: Path) -> int:
        """How many bytes are left. What somebody is just being sent stays readable for them."""
        every = sorted(
            (entry.stat().st_mtime, entry.stat().st_size, entry.path)
            for entry in os.scandir(self._folder)
        )
        left = sum(size for _, size, _ in every)
        if left <= self._most_bytes:
            return left
        for _, size, path in every:
            if left <= KEPT_SHARE * self._most_bytes:
                break
            if path != str(newest):
                Path(path).unlink(missing_ok=True)
                left -= size
        return left
