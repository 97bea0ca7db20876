"""Cuts the sound of single sentences and caches the clips below the data directory. When the cache
is full, the clips that were not heard for the longest time are removed.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock

from meetings.disk.storage import raising_storage_full
from minutes.sound import audio

MOST_BYTES = 500_000_000
"""The largest size of the cache."""
KEPT_SHARE = 0.9
"""The share of it that is left when it was full, so that it need not be cleared for every clip."""

FORM = 2
"""Version of the clips. With another number all are cut anew."""

TYPE = "audio/mpeg"
"""Media type of the clips."""


class Clips:
    """The cache of clips below `home`."""

    def __init__(self, home: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = home / "clips"
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._bytes: int | None = None

    def clip(
        self,
        sound: Path,
        start_seconds: float,
        end_seconds: float,
        silences: Sequence[tuple[float, float]] = (),
    ) -> Path:
        """Return the path of an MP3 with this part of a stored file, in seconds; nothing is heard
        during its `silences`, in seconds of the file. The file must be named by the hash of its
        content. Slow the first time. Raises FileRejected, StorageFull.
        """
        silent = "".join(f" {start!r}-{end!r}" for start, end in silences)
        piece = f"{FORM} {sound.name} {start_seconds!r} {end_seconds!r}{silent}"
        path = self._folder / f"{sound.name}-{hashlib.sha256(piece.encode()).hexdigest()}.mp3"
        with suppress(FileNotFoundError):
            os.utime(path)
            return path
        made = audio.clip(sound, start_seconds, end_seconds, silences)
        self._write(path, made)
        return path

    def forget(self, sha256: str) -> None:
        """Remove every clip of the sound with this hash, and those of before, whose names do not
        say what they were cut from.
        """
        for path in self._folder.glob("*.mp3"):
            if "-" not in path.stem or path.name.startswith(f"{sha256}-"):
                path.unlink(missing_ok=True)

    def _write(self, path: Path, made: bytes) -> None:
        """Write the file completely or not at all."""
        with raising_storage_full():
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
        """Remove clips if the cache is too large, and return how many bytes are left. A clip that
        is being sent remains readable for its reader.
        """
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
