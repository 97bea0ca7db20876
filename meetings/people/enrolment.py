"""Setting up second factors and taking them away: by the person, or by an administrator when they
are lost."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import NotFound
from meetings.people import authenticator_apps, factors, passkeys, recovery_codes, sign_ins
from meetings.people.passkeys import PasskeySite
from meetings.people.recovery_codes import FreshCodes
from models.base import now
from models.factor import AuthenticatorApp, Passkey, RecoveryCode
from models.notice import Notice, NoticeKind
from models.person import FactorKind, Person, SignIn

REMOVED = (
    "管理者が、あなたの二要素認証を外しました。"
    "心当たりがないときは、すぐに管理者へお知らせください。"
)
Codes = tuple[str, ...]
"""New recovery codes, to be shown once; none where the person has some."""


def confirm_app(
    session: Session, person: Person, entry: SignIn, key: bytes, code: str, made: FreshCodes
) -> Codes:
    """Take the proposed app into use, and return the recovery codes that come with a first second
    factor. Raises as `authenticator_apps.confirm`."""
    had = factors.kinds_of(session, person)
    authenticator_apps.confirm(session, person, key, code)
    return _enrolled(session, person, entry, FactorKind.APP, made, is_first=not had)


def add_passkey(
    session: Session,
    person: Person,
    entry: SignIn,
    site: PasskeySite,
    token: str,
    credential: dict[str, Any],
    name: str,
    made: FreshCodes,
) -> Codes:
    """Keep a passkey, and return the recovery codes that come with a first second factor. Raises as
    `passkeys.add`."""
    had = factors.kinds_of(session, person)
    passkeys.add(session, person, site, token, credential, name)
    return _enrolled(session, person, entry, FactorKind.PASSKEY, made, is_first=not had)


def remove_app(session: Session, person: Person) -> None:
    """Take one's own app away. Raises NotFound where there is none."""
    app = authenticator_apps.of_person(session, person)
    if app is None:
        raise NotFound()
    audit.note(session, person, "remove", app)
    session.delete(app)
    _tidy(session, person)


def remove_passkey(session: Session, person: Person, passkey_id: int) -> None:
    """Take one's own passkey away. Raises NotFound where it is not there."""
    passkey = passkeys.one_of(session, person, passkey_id)
    audit.note(session, person, "remove", passkey)
    session.delete(passkey)
    _tidy(session, person)


def remove_all(session: Session, by: Person | None, person: Person) -> None:
    """Take away the second factors of somebody who lost them, who is told; they are signed out
    everywhere and come in by their password again."""
    if not factors.kinds_of(session, person):
        return
    for table in (AuthenticatorApp, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.person_id == person.id))
    sign_ins.end_all(session, by, person)
    audit.note(session, by, "remove_second_factors", person)
    session.add(
        Notice(of_person=person, kind=NoticeKind.ACCOUNT, words=REMOVED, address=person.email)
    )


def _enrolled(
    session: Session,
    person: Person,
    entry: SignIn,
    kind: FactorKind,
    made: FreshCodes,
    *,
    is_first: bool,
) -> Codes:
    """Let what was just shown count for this sign-in, and end all others, which began without
    it."""
    entry.second_factor, entry.proved_at = kind, now()
    if not is_first:
        return ()
    sign_ins.end_all(session, person, person, but=entry.id)
    recovery_codes.renew(session, person, made)
    return made.codes


def _tidy(session: Session, person: Person) -> None:
    """Recovery codes are for second factors; they go with the last one."""
    session.flush()
    if not factors.kinds_of(session, person):
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
