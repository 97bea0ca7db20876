"""Ten codes that work once each, for the day on which a person's other second factors are lost."""

from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.people import authenticator_apps, passwords
from models.base import now
from models.factor import RecoveryCode
from models.person import Person

COUNT = 10


@dataclass(frozen=True)
class FreshCodes:
    """Ten new codes, to be shown once, and their hashes: made before the write lock is taken."""

    codes: tuple[str, ...] = field(repr=False)
    hashes: tuple[str, ...] = field(repr=False)


def fresh() -> FreshCodes:
    """Make ten codes of 59 bits."""
    codes = tuple(passwords.one_time() for _ in range(COUNT))
    plain = map(authenticator_apps.plain, codes)
    return FreshCodes(codes, tuple(passwords.hashed(code).hash for code in plain))


def renew(session: Session, person: Person, made: FreshCodes) -> None:
    """Give the person these codes; those of before do not work any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    kept = [RecoveryCode(person=person, code_hash=one) for one in made.hashes]
    session.add_all(kept)
    audit.note(session, person, "renew", kept[0])


def left(session: Session, person: Person) -> int:
    """Return how many codes this person has not used."""
    return len(unused(session, person))


def unused(session: Session, person: Person) -> dict[int, str]:
    """Return the hashes of the codes that this person has not used, by their id."""
    wanted = select(RecoveryCode.id, RecoveryCode.code_hash).where(
        RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None)
    )
    return {identity: kept for identity, kept in session.execute(wanted)}


def matching(hashes: dict[int, str], typed: str) -> int | None:
    """Return the id of the code that was typed; None where it is none of them. Compares up to ten
    hashes, so nothing may be locked. Raises TryAgain as `passwords.matches` does."""
    code = authenticator_apps.plain(typed)
    return next((id for id, kept in hashes.items() if passwords.matches(kept, code)), None)


def use(session: Session, code_id: int) -> bool:
    """Return whether the code was still unused; it is used now."""
    code = session.get(RecoveryCode, code_id)
    if code is None or code.used_at is not None:
        return False
    code.used_at = now()
    return True
