"""Passwords and codes: judged, hashed, compared. Nothing here knows a session: one hash takes a
core for tens of milliseconds and a slot that others wait for, so whoever asks holds no write lock.
"""

import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from meetings.config import Config
from meetings.errors import InvalidInput, TryAgain
from meetings.people.tokens import LEGIBLE
from models.person import Person

LONGEST = 1000
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""argon2id, 19 MiB, two passes, one lane: the smallest memory of the settings that OWASP's Password
Storage Cheat Sheet holds for equally strong. Everybody signs in at half past eight."""

AT_ONCE = max(1, (os.cpu_count() or 2) // 2)
"""Hashes at the same time; the other cores are for turning pages."""
LONGEST_WAIT_SECONDS = 10.0
_SLOTS = threading.BoundedSemaphore(AT_ONCE)

COMMON = Path(__file__).with_name("common_passwords.txt")
"""Words that those who guess passwords in Japan try first, one a line, in small letters. Beside
them stand the 30,000 most frequent of leaked passwords, which zxcvbn carries."""

LEAST_DIFFERENT = 4
READ_ALIKE = str.maketrans("@4301!$57", "aaeoiisst")
"""Figures and signs that are written for letters."""

AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
"""Figures and signs before and after a word."""


@dataclass(frozen=True)
class PasswordRule:
    """What a password must be: at least so many characters, none that others try first, and not
    made of the `own` words of the person and the city."""

    shortest: int
    own: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """Return it as people read it before they choose."""
        return (
            f"{self.shortest}文字以上。空白や日本語も使えます。利用者IDや氏名に数字を足しただけのもの、"
            "多くの人が使うもの（password など）は使えません。定期的に変える必要はありません。"
        )


def rule_for(config: Config, person: Person) -> PasswordRule:
    """Return what a password of this person must be."""
    return rule(config, person.login, person.name, person.kana, person.email.partition("@")[0])


def rule(config: Config, *own: str) -> PasswordRule:
    """Return what a password must be for somebody who has these names."""
    return PasswordRule(
        config.server.shortest_password, (*own, config.city.name, "gijido", "議事堂", "ぎじどう")
    )


@dataclass(frozen=True)
class Hashed:
    """A password that was found good enough, as it is kept. Made before the write lock is taken."""

    hash: str


def new(password: str, rule: PasswordRule, field: str = "password") -> Hashed:
    """Return the hash of a password that may be used from now on. Raises InvalidInput when the rule
    forbids it; TryAgain as `matches` does."""
    if len(password) < rule.shortest:
        raise InvalidInput(field, f"パスワードは{rule.shortest}文字以上にしてください。")
    if len(password) > LONGEST:
        raise InvalidInput(field, f"パスワードは{LONGEST:,}文字までです。")
    if len(set(password)) < LEAST_DIFFERENT:
        raise InvalidInput(field, "同じ文字の繰り返しは推測されます。別のものにしてください。")
    forms = _guesses(password)
    if forms & {form for word in rule.own for form in _own(word)}:
        raise InvalidInput(
            field,
            "利用者ID、氏名、自治体やこのシステムの名前に、数字や記号を足しただけのパスワードは"
            "推測されます。別のものにしてください。",
        )
    if forms & _common():
        raise InvalidInput(
            field, "そのパスワードは多くの人が使うため、推測されます。別のものにしてください。"
        )
    return hashed(password)


def _guesses(password: str) -> set[str]:
    """Return the words that a password comes from: itself, and without the figures and signs that
    stand around it or for letters."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    core = AROUND.sub("", plain)
    return {plain, core, plain.translate(READ_ALIKE), core.translate(READ_ALIKE)} - {""}


def _own(words: str) -> set[str]:
    """Return a name as it is typed: as a whole, without spaces, and each of its parts."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    return {part for part in (plain, "".join(plain.split()), *plain.split()) if part}


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
    """Return a code for one use, like 「k7mq-x2fd-9wpc」 (59 bits)."""
    return "-".join("".join(secrets.choice(LEGIBLE) for _ in range(4)) for _ in range(3))


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # a tenth of a second, so when needed

    here = COMMON.read_text(encoding="utf-8").split()
    return frozenset((*here, *FREQUENCY_LISTS["passwords"]))


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
