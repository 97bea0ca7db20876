"""Encrypts and decrypts streams, and counts and hashes what goes through on both sides.

pyrage turns an error of a stream into one of its own; here it comes out as it was.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import IO, TypeVar

import pyrage
from pyrage.x25519 import Identity, Recipient

ResultT = TypeVar("ResultT")


class CountedStream:
    """A stream whose bytes are counted and hashed, whichever way they go. At most `limit_bytes` are
    read of it."""

    def __init__(self, stream: IO[bytes], limit_bytes: int | None = None) -> None:
        self._stream = stream
        self._left = limit_bytes
        self._hash = hashlib.sha256()
        self.size_bytes = 0
        self.problem: OSError | None = None

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def read(self, size: int = -1) -> bytes:
        if self._left is not None:
            size = self._left if size < 0 else min(size, self._left)
        piece = self._kept(lambda: self._stream.read(size))
        if self._left is not None:
            self._left -= len(piece)
        self._seen(piece)
        return piece

    def write(self, piece: bytes) -> int:
        self._kept(lambda: self._stream.write(piece))
        self._seen(piece)
        return len(piece)

    def flush(self) -> None:
        self._kept(self._stream.flush)

    def _kept(self, act: Callable[[], ResultT]) -> ResultT:
        try:
            return act()
        except OSError as problem:
            self.problem = problem
            raise

    def _seen(self, piece: bytes) -> None:
        self._hash.update(piece)
        self.size_bytes += len(piece)


class Undecipherable(Exception):
    """The stream is cut or damaged, or encrypted to another key (`is_other_key`)."""

    def __init__(self, is_other_key: bool) -> None:
        super().__init__("cannot be decrypted")
        self.is_other_key = is_other_key


def encrypt(source: CountedStream, target: CountedStream, recipients: Sequence[Recipient]) -> None:
    """Write what `source` has to `target`, encrypted. Raises the OSError of either."""
    try:
        pyrage.encrypt_io(source, target, recipients)
        target.flush()
    except (pyrage.EncryptError, OSError) as problem:
        raise source.problem or target.problem or problem from problem


def decrypt(source: CountedStream, target: CountedStream, identities: Sequence[Identity]) -> None:
    """Write what `source` has to `target`, decrypted. Raises the OSError of either, and
    Undecipherable; what is at the target by then is of no use."""
    try:
        pyrage.decrypt_io(source, target, identities)
    except (pyrage.DecryptError, OSError) as problem:
        if known := source.problem or target.problem:
            raise known from problem
        raise Undecipherable("No matching keys" in str(problem)) from problem
