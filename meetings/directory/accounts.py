"""Accounts brought in line with what the city's directory, or its single sign-on, says."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, clean_text
from meetings.config import Config
from meetings.directory.known import KnownPerson, RoleRule, role_rules, roles_kept_by, roles_of
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.people import logins, people, sign_ins
from models.outside import DIRECTORY, OutsideIdentity
from models.person import AccountKeeper, Department, Person, Role

LOG = logging.getLogger(__name__)
NO_DEPARTMENT = "所属なし"
"""Of people whose department nobody says."""


@dataclass(frozen=True)
class AccountSource:
    """A system that keeps accounts. `fields`: what it says of people, beside their name."""

    keeper: AccountKeeper
    issuer: str
    rules: tuple[RoleRule, ...]
    fields: frozenset[str]

    @classmethod
    def directory(cls, config: Config) -> "AccountSource":
        of = config.directory
        said = {"kana": of.kana, "email": of.email, "title": of.title, "department": of.department}
        fields = frozenset(field for field, attribute in said.items() if attribute)
        return cls(AccountKeeper.DIRECTORY, DIRECTORY, role_rules(of.roles), fields)

    @classmethod
    def oidc(cls, config: Config) -> "AccountSource":
        of = config.oidc
        said = {"kana": of.kana, "email": of.email, "title": of.title, "department": of.department}
        fields = frozenset(field for field, claim in said.items() if claim)
        return cls(AccountKeeper.OIDC, of.issuer, role_rules(of.roles), fields)


def account_of(session: Session, source: AccountSource, known: KnownPerson) -> Person | None:
    """Return whose account this is: by their identity, or the one of this login that nobody else
    has there yet. Raises NotPossibleNow for an account that is not theirs to take."""
    identity = identity_of(session, source.issuer, known.subject)
    if identity is not None:
        return identity.person
    person = logins.person_of(session, known.login)
    if person is not None:
        _check_may_be_theirs(session, source, person)
    return person


def identity_of(session: Session, issuer: str, subject: str) -> OutsideIdentity | None:
    """Return how this person of another system is known here; None for nobody."""
    is_it = (OutsideIdentity.issuer == issuer, OutsideIdentity.subject == subject)
    return session.scalar(select(OutsideIdentity).where(*is_it))


def take_in(session: Session, source: AccountSource, known: KnownPerson) -> Person:
    """Bring the account of this person in line with what is known of them, or make it. One that
    ended because they were gone is reopened. Raises InvalidInput for what no account can hold,
    NotPossibleNow for an account that is not theirs."""
    person = account_of(session, source, known)
    if person is None:
        person = _added(session, source, known)
    elif identity_of(session, source.issuer, known.subject) is None:
        _bind(session, source, person, known)
    if person.kept_by is source.keeper:
        _bring_in_line(session, source, person, known)
    return person


def differences(
    session: Session, source: AccountSource, person: Person, known: KnownPerson
) -> list[str]:
    """Return what would be changed of an account that there is, in Japanese words."""
    if person.kept_by is not source.keeper:
        return ["アカウントの管理"]
    details, place = _details(source, known), _place(known)
    changed = [
        people.LABELS[field] for field, value in details.items() if getattr(person, field) != value
    ]
    if logins.folded(known.login) != person.login:
        changed.append("利用者ID")
    if "department" in source.fields and place != person.department.name:
        changed.append("所属")
    give, take = _role_changes(session, source, person, known)
    return changed + (["役割"] if give or take else [])


def release(session: Session, by: Person | None, person: Person) -> None:
    """Hand an account back to us, to be kept here alone; it has no password until it is given one.
    Raises NotPossibleNow for one that is kept here anyway."""
    if person.kept_by is AccountKeeper.HERE:
        raise NotPossibleNow("議事堂だけのアカウントです。引き取るものはありません。")
    for identity in session.scalars(
        select(OutsideIdentity).where(OutsideIdentity.person_id == person.id)
    ):
        session.delete(identity)
    person.kept_by = AccountKeeper.HERE
    sign_ins.end_all(session, by, person)
    audit.note(session, by, "keep_here", person)


def _check_may_be_theirs(session: Session, source: AccountSource, person: Person) -> None:
    """Raise NotPossibleNow for a guest's, for that of somebody else of the same login, and for an
    administrator's own, which shall open when nothing else does."""
    bound = select(OutsideIdentity.id).where(
        OutsideIdentity.person_id == person.id, OutsideIdentity.issuer == source.issuer
    )
    if person.is_guest or session.scalar(bound) is not None:
        raise NotPossibleNow(f"利用者ID「{person.login}」は、ほかの人のものです。")
    if person.kept_by is AccountKeeper.HERE and person.has_role(Role.ADMINISTRATOR):
        raise NotPossibleNow(
            f"利用者ID「{person.login}」は議事堂だけの管理者のもので、ほかのアカウントと"
            "結び付けません。"
        )


def _added(session: Session, source: AccountSource, known: KnownPerson) -> Person:
    person = people.add_person(
        session, login=known.login, name=known.name, department=_department(session, known)
    )
    person.kept_by = source.keeper
    session.add(OutsideIdentity(person=person, issuer=source.issuer, subject=known.subject))
    session.flush()
    return person


def _bind(session: Session, source: AccountSource, person: Person, known: KnownPerson) -> None:
    """Let an account be known to the system by its identity. The directory keeps it from then on;
    to a single sign-on it is a way in, and stays where it is kept."""
    session.add(OutsideIdentity(person=person, issuer=source.issuer, subject=known.subject))
    if source.keeper is AccountKeeper.DIRECTORY:
        person.kept_by, person.password_hash = source.keeper, ""
        sign_ins.end_all(session, None, person)
    audit.note(session, None, f"bind_{source.keeper}", person)


def _bring_in_line(
    session: Session, source: AccountSource, person: Person, known: KnownPerson
) -> None:
    identity = identity_of(session, source.issuer, known.subject)
    if identity is not None and identity.gone_at is not None:
        identity.gone_at = None
        people.reinstate_person(session, None, person)
    _rename(session, person, known)
    people.write_details(session, None, person, _details(source, known))
    if "department" in source.fields:
        people.move_person(session, None, person, _department(session, known), keeper=source.keeper)
    session.flush()
    give, take = _role_changes(session, source, person, known)
    for role, department in give:
        people.grant_role(session, person, role, department)
    for role, department in take:
        with suppress(NotPossibleNow):  # the last administrator
            people.revoke_role(session, None, person, role, department)


def _rename(session: Session, person: Person, known: KnownPerson) -> None:
    login = logins.folded(known.login)
    if login == person.login:
        return
    if logins.person_of(session, login) is not None:
        raise InvalidInput("login", f"利用者ID「{login}」はすでに使われています。")
    person.login = login
    audit.note(session, None, "change_login", person)


def _details(source: AccountSource, known: KnownPerson) -> dict[str, str]:
    """Return what the system says, by field, as it is kept here. A reading that it does not know is
    left to us. Raises InvalidInput."""
    fields = sorted(source.fields - {"department"})
    said = people.read_details(name=known.name, **{f: getattr(known, f) for f in fields})
    if not said.get("kana"):
        said.pop("kana", None)
    return said


def _place(known: KnownPerson) -> str:
    return clean_text.line(known.department or known.bureau) or NO_DEPARTMENT


def _department(session: Session, known: KnownPerson) -> Department:
    above = known.bureau if known.department and known.bureau != known.department else ""
    parent = people.add_department(session, above) if above else None
    if parent is not None and parent.parent_id is not None:
        parent = None  # a 課 of ours is called so: the tree has two levels
    return people.add_department(session, _place(known), parent)


RoleGiven = tuple[Role, Department | None]


def _role_changes(
    session: Session, source: AccountSource, person: Person, known: KnownPerson
) -> tuple[list[RoleGiven], list[RoleGiven]]:
    """Return the roles to be given and to be taken back."""
    place = _place(known) if "department" in source.fields else person.department.name
    wanted = roles_of(known, source.rules, place)
    kept = set(roles_kept_by(source.rules, person))
    give, take = wanted - kept, kept - wanted
    return list(_named(session, give)), list(_named(session, take))


def _named(session: Session, roles: set[tuple[Role, str | None]]) -> Iterator[RoleGiven]:
    for role, name in sorted(roles, key=str):
        if name is None:
            yield role, None
            continue
        department = session.scalar(select(Department).where(Department.name == name))
        if department is None:
            LOG.warning(
                "no department for the role %s: the settings name one that is not there", role
            )
        else:
            yield role, department
