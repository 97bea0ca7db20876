"""Guessing is limited by waits that grow, never by locking out: who stops guessing, or comes from a
browser that signed in before, gets in.

Three are counted: the login at this place, the login at all places, and the place with all logins.
A browser from which this person signed in before is a place of its own, which nobody else can use
up, and the two wide waits do not hold there. Logins that do not exist are counted alike.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from models.base import now
from models.person import WrongTries

FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Waits:
    """The waits after wrong tries: so many are free; then `first` must pass, twice as much after
    each further one, at most `longest`."""

    free: int
    first: timedelta
    longest: timedelta

    def left(self, wrong: int, last_at: datetime | None) -> timedelta:
        """Return how long nobody may try yet; zero when one may. A clock that was put back makes
        nobody wait."""
        if wrong < self.free or last_at is None or last_at > now():
            return timedelta(0)
        doubled = self.first * (1 << min(wrong - self.free, 20))
        return max(last_at + min(doubled, self.longest) - now(), timedelta(0))


HERE = Waits(free=5, first=timedelta(seconds=10), longest=timedelta(minutes=15))
LOGIN_ANYWHERE = Waits(free=50, first=timedelta(seconds=5), longest=timedelta(minutes=1))
PLACE_WITH_ANY_LOGIN = Waits(free=100, first=timedelta(seconds=1), longest=timedelta(seconds=30))
CODE = Waits(free=10, first=timedelta(minutes=1), longest=timedelta(hours=1))
"""Of a guest's pass, and of a second factor from all places: a code has six digits, and one must
not try more than some hundreds."""


@dataclass(frozen=True)
class Subject:
    """Whose password is tried from where, as keyed hashes."""

    login_hash: str
    place_hash: str
    is_known_browser: bool


def subject(key: bytes, login: str, address: str, known_browser: str = "") -> Subject:
    """Return what is counted for this login from there. `known_browser` is the secret of a browser
    from which this person signed in before."""
    place = f"browser {known_browser}" if known_browser else f"address {network_of(address)}"
    return Subject(_keyed(key, f"login {login}"), _keyed(key, place), bool(known_browser))


def time_left(session: Session, asked: Subject, anywhere: Waits = LOGIN_ANYWHERE) -> timedelta:
    """Return how long this login may not be tried from there yet. `anywhere`: the waits after wrong
    tries from all places together."""
    is_login = WrongTries.login_hash == asked.login_hash
    is_place = WrongTries.place_hash == asked.place_hash
    left = HERE.left(*_counted(session, is_login, is_place))
    if asked.is_known_browser:
        return left
    return max(
        left,
        anywhere.left(*_counted(session, is_login)),
        PLACE_WITH_ANY_LOGIN.left(*_counted(session, is_place)),
    )


def count_wrong(session: Session, asked: Subject) -> None:
    session.execute(delete(WrongTries).where(WrongTries.last_at < now() - FORGOTTEN_AFTER))
    tries = _tries(session, asked)
    if tries is None:
        tries = WrongTries(login_hash=asked.login_hash, place_hash=asked.place_hash, count=0)
        session.add(tries)
    tries.count, tries.last_at = tries.count + 1, now()


def forget(session: Session, asked: Subject) -> None:
    """Forget what somebody who got in mistyped at this place before."""
    tries = _tries(session, asked)
    if tries is not None:
        session.delete(tries)


def network_of(address: str) -> str:
    """Return the address, or for IPv6 its network: a terminal chooses the last 64 bits as it
    likes."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def in_words(left: timedelta) -> str:
    """Return 「40秒」, 「3分」: rounded up."""
    seconds = whole_seconds(left)
    return f"{seconds}秒" if seconds < 60 else f"{-(-seconds // 60)}分"


def whole_seconds(left: timedelta) -> int:
    return -(-int(left.total_seconds() * 1000) // 1000)


def _tries(session: Session, asked: Subject) -> WrongTries | None:
    return session.scalar(
        select(WrongTries).where(
            WrongTries.login_hash == asked.login_hash, WrongTries.place_hash == asked.place_hash
        )
    )


def _counted(session: Session, *wanted: ColumnElement[bool]) -> tuple[int, datetime | None]:
    """Return how many were wrong within a day, and when the last one was."""
    recent = WrongTries.last_at > now() - FORGOTTEN_AFTER
    counted = select(func.coalesce(func.sum(WrongTries.count), 0), func.max(WrongTries.last_at))
    wrong, last_at = session.execute(counted.where(recent, *wanted)).one()
    return wrong, last_at


def _keyed(key: bytes, words: str) -> str:
    return hmac.new(key, words.encode(), hashlib.sha256).hexdigest()
