"""Signing in and out.

`sign_in` and `change_password` are given the engine, not a session: they read, then hash with no
transaction open, then write shortly. Hashing within the write lock would stop the sitting.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import (
    NotFound,
    NotPossibleNow,
    ProofRequired,
    SignInRefused,
    TooManyTries,
)
from meetings.people import factors, logins, passwords, throttling, zones
from meetings.people.passwords import Hashed, PasswordRule
from meetings.settings.server import ZoneSettings
from models.audit import Result
from models.base import now
from models.database import reading, writing
from models.factor import SignInStep
from models.person import AccountKeeper, FactorKind, Person, SignIn, SignInWay

LOG = logging.getLogger(__name__)
SEEN_EVERY = timedelta(minutes=10)
ASKED_AT_ONCE = 500
STEP_LASTS = timedelta(minutes=10)
"""From the password to the second factor."""


@dataclass(frozen=True)
class SignInPlace:
    """The place where somebody signs in. `browser`: a secret by which the browser is known again;
    `former`: the token of whoever was signed in there; `device`: what it is, in words; `zones`:
    from where who may."""

    address: str
    browser: str = field(default="", repr=False)
    former: str = field(default="", repr=False)
    is_script: bool = False
    device: str = ""
    zones: ZoneSettings = field(default_factory=ZoneSettings)


TakeIn = Callable[[Session], Person]
"""Type of a function that brings an account in line with what was learnt elsewhere of its person,
and returns them. It raises NotPossibleNow, InvalidInput."""
ProveOutside = Callable[[str, str], TakeIn | None]
"""Type of a function that asks the city's directory whose login and password these are, and returns
None for nobody's. It raises DirectoryUnreachable, TryAgain."""


@dataclass(frozen=True)
class Attempt:
    """What somebody typed to sign in. `key` hashes what is counted, so that nothing typed is
    stored; `outside` knows the passwords that are not kept here."""

    login: str = field(repr=False)
    password: str = field(repr=False)
    place: SignInPlace
    key: bytes = field(repr=False)
    outside: ProveOutside | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Entered:
    """A new sign-in. The token is kept nowhere else."""

    token: str = field(repr=False)
    person_id: int
    expires_at: datetime


@dataclass(frozen=True)
class Halfway:
    """Somebody who must still show one of their second factors (`kinds`). The token, kept nowhere
    else, is that of the step."""

    token: str = field(repr=False)
    person_id: int
    kinds: frozenset[FactorKind]


@dataclass(frozen=True)
class _Asked:
    subject: throttling.Subject
    person_id: int | None
    password_hash: str
    is_kept_outside: bool
    take_in: TakeIn | None = None


def sign_in(engine: Engine, attempt: Attempt, *, hours: int) -> Entered | Halfway:
    """Take in whoever knows the password. Raises SignInRefused for a wrong login or password,
    TooManyTries while one must wait."""
    asked = _prove(engine, attempt)
    if asked.take_in is not None:
        return _sign_in_from_outside(engine, attempt, asked, asked.take_in, hours=hours)
    fresh = passwords.hashed_anew(asked.password_hash, attempt.password)
    with writing(engine) as session, session.begin():
        person = _person_still(session, asked)
        if person is not None:
            if fresh:
                person.password_hash = fresh.hash
            return begin(session, person, SignInWay.PASSWORD, attempt.place, hours=hours)
    return sign_in(engine, attempt, hours=hours)  # hashed anew by somebody quicker, or changed


def _sign_in_from_outside(
    engine: Engine, attempt: Attempt, asked: _Asked, take_in: TakeIn, *, hours: int
) -> Entered | Halfway:
    with writing(engine) as session, session.begin():
        _check_wait(session, asked.subject)
        person = take_in(session)
        if person.has_left:
            raise SignInRefused()
        throttling.forget(session, asked.subject)
        return begin(session, person, SignInWay.DIRECTORY, attempt.place, hours=hours)


def change_password(
    engine: Engine, attempt: Attempt, new: str, rule: PasswordRule, keep: int
) -> None:
    """Change one's own password; `attempt` has the one so far. Everywhere but in sign-in `keep` one
    is signed out. Raises SignInRefused when the one so far is wrong, InvalidInput for a bad new
    one."""
    asked = _prove(engine, attempt)
    hashed = passwords.new(new, rule, "new_password")
    with writing(engine) as session, session.begin():
        person = _person_still(session, asked)
        if person is None:
            raise SignInRefused()
        set_password(session, person, person, hashed)
        end_all(session, person, person, but=keep)


def set_password(session: Session, by: Person | None, person: Person, hashed: Hashed) -> None:
    """Set a person's password. Raises NotPossibleNow for one whose account is kept elsewhere."""
    if person.kept_by is not AccountKeeper.HERE:
        raise NotPossibleNow(
            f"{person.name}さんのアカウントは{person.kept_by.label}で管理しています。"
            "パスワードは、そこで変えてください。"
        )
    person.password_hash = hashed.hash
    audit.note(session, by, "set_password", person)


def begin(
    session: Session,
    person: Person,
    way: SignInWay,
    place: SignInPlace,
    *,
    hours: int,
    second_factor: FactorKind | None = None,
    proved_at: datetime | None = None,
) -> Entered | Halfway:
    """Take in somebody who has proved by `way` who they are: their sign-in begins or, where they
    have a second factor and have shown none, the step in which they show it. `proved_at`: when they
    proved it, where that was not now."""
    kinds = factors.kinds_of(session, person)
    if kinds and second_factor is None and way is not SignInWay.PASSKEY:
        return Halfway(begin_step(session, person, way), person.id, kinds)
    until = now() + timedelta(hours=hours)
    token, entry = begin_sign_in(
        session, person, until, place, way=way, second_factor=second_factor, proved_at=proved_at
    )
    return Entered(token, person.id, entry.expires_at)


def begin_step(session: Session, person: Person | None, way: SignInWay, challenge: str = "") -> str:
    """Make the step between two proofs and return its token. `person`: None where a passkey shall
    say who it is; `challenge`: what it is given to sign."""
    session.execute(delete(SignInStep).where(SignInStep.expires_at < now()))
    token = secrets.token_urlsafe(32)
    step = SignInStep(token_sha256=hash_of(token), person=person, way=way, challenge=challenge)
    step.expires_at = now() + STEP_LASTS
    session.add(step)
    return token


def begin_sign_in(
    session: Session,
    person: Person,
    expires_at: datetime,
    place: SignInPlace,
    *,
    way: SignInWay = SignInWay.PASSWORD,
    second_factor: FactorKind | None = None,
    proved_at: datetime | None = None,
) -> tuple[str, SignIn]:
    """Make a sign-in for somebody who has shown all that they must, and return its token and row.
    Whoever was signed in there before is no longer. Raises OutsideZone where the person may not use
    the server from there."""
    zones.check(place.zones, person, place.address)
    former = signed_in(session, place.former) if place.former else None
    if former is not None:
        sign_out(session, former)
    token = secrets.token_urlsafe(32)
    entry = SignIn(
        person=person,
        token_sha256=hash_of(token),
        is_script=place.is_script,
        expires_at=expires_at,
        seen_at=now(),
        address=place.address[:45],
        device_sha256=hash_of(place.browser) if place.browser else None,
        device=place.device[:100],
        way=way,
        second_factor=second_factor,
        proved_at=proved_at or now(),
    )
    session.add(entry)
    audit.note(session, person, "sign_in", entry)
    return token, entry


def signed_in(session: Session, token: str, idle: timedelta | None = None) -> SignIn | None:
    """Return the sign-in of this token while it is live; with `idle`, only if it was used within
    that time."""
    entry = session.scalar(select(SignIn).where(SignIn.token_sha256 == hash_of(token)))
    if entry is None or not entry.is_live(now()):
        return None
    if idle is not None and (entry.seen_at or entry.created_at) + idle < now():
        return None
    return entry


def lasting(session: Session, sign_in_ids: Collection[int]) -> set[int]:
    """Return those of the sign-ins with these ids that have not ended, in whatever way."""
    found: set[int] = set()
    asked = sorted(sign_in_ids)
    for start in range(0, len(asked), ASKED_AT_ONCE):
        ids = asked[start : start + ASKED_AT_ONCE]
        wanted = (
            select(SignIn.id)
            .join(SignIn.person)
            .where(
                SignIn.id.in_(ids),
                SignIn.ended_at.is_(None),
                SignIn.expires_at > now(),
                ~Person.has_left,
            )
        )
        found.update(session.scalars(wanted))
    return found


def check_fresh(entry: SignIn, within: timedelta) -> None:
    """Raise ProofRequired where the person signed in longer ago than this; never for zero."""
    if within and (entry.proved_at or entry.created_at) + within < now():
        raise ProofRequired()


def renew_token(session: Session, entry: SignIn) -> str:
    """Give the sign-in another token and return it; the one of before does not count any more."""
    token = secrets.token_urlsafe(32)
    entry.token_sha256 = hash_of(token)
    return token


def must_be_noted(entry: SignIn) -> bool:
    """Return whether it is long enough since this sign-in was last seen to write down that it is
    used."""
    return entry.seen_at is None or entry.seen_at + SEEN_EVERY < now()


def live_of(session: Session, person: Person) -> Sequence[SignIn]:
    """Return the live sign-ins of a person, newest first."""
    wanted = select(SignIn).where(
        SignIn.person_id == person.id, SignIn.ended_at.is_(None), SignIn.expires_at > now()
    )
    return session.scalars(wanted.order_by(SignIn.id.desc())).all()


def one_of(session: Session, person: Person, sign_in_id: int) -> SignIn:
    """Return the live sign-in of this person with this number. Raises NotFound."""
    found = next((known for known in live_of(session, person) if known.id == sign_in_id), None)
    if found is None:
        raise NotFound()
    return found


def sign_out(session: Session, entry: SignIn, by: Person | None = None) -> None:
    entry.ended_at = now()
    audit.note(session, by or entry.person, "sign_out", entry)


def end_all(session: Session, by: Person | None, person: Person, but: int | None = None) -> int:
    """Sign the person out everywhere, but in the sign-in `but`; how many there were."""
    ended = [entry for entry in live_of(session, person) if entry.id != but]
    for entry in ended:
        entry.ended_at = now()
        audit.note(session, by, "sign_out", entry)
    return len(ended)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _prove(engine: Engine, attempt: Attempt) -> _Asked:
    """Return whose password it is, found without any lock. Raises SignInRefused, TooManyTries."""
    with reading(engine) as session:
        asked = _ask(session, attempt)
        _check_wait(session, asked.subject)
    if asked.is_kept_outside and attempt.outside is not None:
        take_in = attempt.outside(attempt.login, attempt.password)
        if take_in is not None:
            return replace(asked, take_in=take_in)
    elif passwords.matches(asked.password_hash, attempt.password) and asked.person_id is not None:
        return asked
    with writing(engine) as session, session.begin():
        _check_wait(session, asked.subject)
        throttling.count_wrong(session, asked.subject)
        audit.note_refusal(
            session, "sign_in", attempt.place.address, asked.person_id, result=Result.MISTYPED
        )
    LOG.warning("sign-in refused: person %s from %s", asked.person_id, attempt.place.address)
    raise SignInRefused()


def _ask(session: Session, attempt: Attempt) -> _Asked:
    """Return what is to be compared. Somebody who may not sign in is treated like somebody who does
    not exist."""
    typed = logins.without_domain(attempt.login) if attempt.outside else attempt.login
    person, browser = logins.person_of(session, typed), attempt.place.browser
    may = person is not None and not person.has_left and not person.is_guest
    known = browser if person and came_from(session, person, browser) else ""
    # Every way to write one login is the same guess.
    login = person.login if person else logins.folded(typed)
    subject = throttling.subject(attempt.key, login, attempt.place.address, known)
    return _Asked(
        subject,
        person.id if person else None,
        person.password_hash if person and may else "",
        is_kept_outside=person is None or person.kept_by is AccountKeeper.DIRECTORY,
    )


def came_from(session: Session, person: Person, browser: str) -> bool:
    """Return whether this person signed in before with the browser that has this secret."""
    if not browser:
        return False
    wanted = select(SignIn.id).where(
        SignIn.person_id == person.id, SignIn.device_sha256 == hash_of(browser)
    )
    return session.scalar(wanted.limit(1)) is not None


def _person_still(session: Session, asked: _Asked) -> Person | None:
    """Return the person whose password was right; None if it was changed while it was compared."""
    _check_wait(session, asked.subject)
    person = session.get_one(Person, asked.person_id)
    if person.password_hash != asked.password_hash or person.has_left:
        return None
    throttling.forget(session, asked.subject)
    return person


def _check_wait(session: Session, subject: throttling.Subject) -> None:
    left = throttling.time_left(session, subject)
    if left:
        raise TooManyTries(
            throttling.whole_seconds(left),
            f"間違いが続いたため、あと{throttling.in_words(left)}はサインインを受け付けません。"
            "そのあとで、もう一度入力してください。パスワードが分からないときは、管理者に新しい"
            "パスワードを頼んでください。",
        )
