"""Passwords and codes: judged, hashed, compared. Nothing here knows a session: one hash takes a
core for tens of milliseconds and a slot that others wait for, so whoever asks holds no write lock.
"""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from meetings.errors import InvalidInput, TryAgain
from meetings.people import logins

SHORTEST = 8
LONGEST = 1000
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""argon2id, 19 MiB, two passes, one lane: the smallest memory of the settings that OWASP's Password
Storage Cheat Sheet holds for equally strong. Everybody signs in at half past eight."""

AT_ONCE = max(1, (os.cpu_count() or 2) // 2)
"""Hashes at the same time; the other cores are for turning pages."""
LONGEST_WAIT_SECONDS = 10.0
_SLOTS = threading.BoundedSemaphore(AT_ONCE)

# Chosen by many, so tried first by whoever guesses.
COMMON = Path(__file__).with_name("common_passwords.txt")
"""One a line, in small letters."""
# Without letters and digits that are taken for each other when they are read out or copied.
EASY_TO_READ = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Hashed:
    """A password that was found good enough, as it is kept. Made before the write lock is taken."""

    hash: str


def new(password: str, login: str, field: str = "password") -> Hashed:
    """Return the hash of a password that may be used from now on. Raises InvalidInput when it is
    too short, too long, the login itself or one that everybody tries; TryAgain as `matches`
    does."""
    if len(password) < SHORTEST:
        raise InvalidInput(field, f"パスワードは{SHORTEST}文字以上にしてください。")
    if len(password) > LONGEST:
        raise InvalidInput(field, f"パスワードは{LONGEST:,}文字までです。")
    if logins.folded(password) == logins.folded(login):
        raise InvalidInput(field, "利用者IDと同じパスワードは使えません。別のものにしてください。")
    if password.casefold() in _common():
        raise InvalidInput(
            field, "そのパスワードは多くの人が使うため、推測されます。別のものにしてください。"
        )
    return hashed(password)


def hashed(secret: str) -> Hashed:
    """Return the hash of a password or code that was made here, and so need not be judged."""
    with _slot():
        return Hashed(HASHER.hash(secret))


def matches(kept: str, secret: str) -> bool:
    """Return whether `secret` is what was hashed. Nobody's ("") takes as long to refuse as a wrong
    one. Raises TryAgain when no slot is free for ten seconds."""
    try:
        with _slot():
            return HASHER.verify(kept or nobodys(), secret) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def hashed_anew(kept: str, password: str) -> Hashed | None:
    """Return the hash by today's settings where `kept` was made by others; None where it was
    not."""
    return hashed(password) if HASHER.check_needs_rehash(kept) else None


def one_time() -> str:
    """Return a password for somebody to sign in with once, like 「k7mq-x2fd-9wpc」 (59 bits)."""
    return "-".join("".join(secrets.choice(EASY_TO_READ) for _ in range(4)) for _ in range(3))


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


@cache
def nobodys() -> str:
    return HASHER.hash(secrets.token_hex(16))


@contextmanager
def _slot() -> Iterator[None]:
    if not _SLOTS.acquire(timeout=LONGEST_WAIT_SECONDS):
        raise TryAgain()
    try:
        yield
    finally:
        _SLOTS.release()
