"""What a person can show beside a password: an app's codes, passkeys, recovery codes."""

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from meetings.errors import SecondFactorMustBeSetUp
from models.factor import AuthenticatorApp, Passkey, RecoveryCode
from models.person import FactorKind, Person, Role, SignIn


def kinds_of(session: Session, person: Person) -> frozenset[FactorKind]:
    """Return which second factors this person has set up. Recovery codes alone are none: they are
    there for whoever lost one."""
    app = exists().where(
        AuthenticatorApp.person_id == person.id, AuthenticatorApp.confirmed_at.is_not(None)
    )
    passkey = exists().where(Passkey.person_id == person.id)
    codes = exists().where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    has_app, has_passkey, has_codes = session.execute(select(app, passkey, codes)).one()
    if not has_app and not has_passkey:
        return frozenset()
    found = {FactorKind.APP: has_app, FactorKind.PASSKEY: has_passkey}
    found[FactorKind.RECOVERY_CODE] = has_codes
    return frozenset(kind for kind, is_there in found.items() if is_there)


def are_asked_of(person: Person, roles: Collection[Role]) -> bool:
    """Return whether this person must show a second factor, because they have one of these
    roles. Guests have none: their link and their code come to them by two ways."""
    return bool(roles) and any(grant.role in roles for grant in person.grants)


def check_shown(entry: SignIn, roles: Collection[Role]) -> None:
    """Raise SecondFactorMustBeSetUp where the person of this sign-in must show a second factor and
    has not: whoever has one shows it as they sign in."""
    if not entry.has_two_factors and are_asked_of(entry.person, roles):
        raise SecondFactorMustBeSetUp()
