"""Reads every stored file through about once in five days, so that what a disk forgets is known
before somebody needs it and while backups still have it."""

import secrets
from contextlib import suppress

from meetings.disk.storage import FOLDERS, Storage
from meetings.errors import StoredFileLost

PAUSE_SECONDS = 1800.0


class Round:
    """The worker's way through the store, a folder at a time, from a place chosen by lot: a worker
    that is started anew each day comes to all of them too."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._next = secrets.randbelow(FOLDERS)

    def go_on(self) -> bool:
        """Read through one folder. True never: the next one comes after a pause."""
        for sha256 in self._storage.stored_in(self._next):
            with suppress(StoredFileLost):  # noted by then
                self._storage.wholeness.look_into(self._storage.path(sha256), sha256)
        self._next = (self._next + 1) % FOLDERS
        return False
