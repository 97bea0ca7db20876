"""Links by which people choose their first password, or another one: made by an administrator, who
never knows a password; for one use, and for two weeks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, Engine, select, update
from sqlalchemy.orm import Session

from meetings import audit
from meetings.config import Config
from meetings.errors import NotPossibleNow
from meetings.people import passwords, sign_ins
from meetings.people.people import check_is_kept_by
from meetings.people.sign_ins import Entered, Halfway, SignInPlace
from meetings.people.tokens import new_token, plain_token
from models.base import now
from models.database import reading, writing
from models.password_link import PasswordLink
from models.person import AccountKeeper, Person, SignInWay

LASTS = timedelta(days=14)
"""Two weeks away from the desk."""


@dataclass(frozen=True)
class PasswordWay:
    """A link, shown once: its token is kept nowhere else."""

    link: PasswordLink
    token: str = field(repr=False)


def make(session: Session, by: Person | None, person: Person) -> PasswordWay:
    """Make a link for somebody who has no password yet, forgot theirs, or whose became known: the
    password so far, every sign-in and every former link end now. Raises NotPossibleNow for somebody
    who left."""
    return make_each(session, by, [person])[0]


def make_each(session: Session, by: Person | None, people: Sequence[Person]) -> list[PasswordWay]:
    """Make a link for each of these people, as `make` does."""
    if any(person.has_left or person.is_guest for person in people):
        raise NotPossibleNow("利用を終わりにした人です。先に「利用を再開する」を押してください。")
    for person in people:
        check_is_kept_by(AccountKeeper.HERE, person)
    former = [person for person in people if person.password_hash]
    for person in former:
        person.password_hash = ""
        sign_ins.end_all(session, by, person)
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.person_id.in_([person.id for person in people]), _is_unused())
        .values(ended_at=now())
    )
    ways = [_way(by, person) for person in people]
    session.add_all(way.link for way in ways)
    session.flush()
    audit.note_each(session, by, "make_password_link", [way.link for way in ways])
    return ways


def open_link(session: Session, token: str) -> PasswordLink:
    """Return the link with this token. Raises NotPossibleNow when it is over or there is none: both
    look alike."""
    wanted = select(PasswordLink).where(
        PasswordLink.token_sha256 == sign_ins.hash_of(plain_token(token))
    )
    found = session.scalar(wanted)
    if found is None or not found.is_open(now()):
        raise NotPossibleNow(
            "このリンクは使えません。使い終わったか、期限が過ぎたか、新しいものが作られています。"
            "管理者に、新しいリンクを頼んでください。"
        )
    return found


def choose(
    engine: Engine, config: Config, token: str, password: str, place: SignInPlace
) -> Entered | Halfway:
    """Set the password that the link's person chose, and take them in. The link is used up; hashing
    is done with no transaction open. Raises InvalidInput for a bad password, NotPossibleNow when
    the link is over."""
    with reading(engine) as session:
        rule = passwords.rule_for(config, open_link(session, token).person)
    hashed = passwords.new(password, rule)
    with writing(engine) as session, session.begin():
        link = open_link(session, token)
        link.used_at = now()
        person = link.person
        sign_ins.set_password(session, person, person, hashed)
        sign_ins.end_all(session, person, person)
        hours = config.server.sign_in_hours
        return sign_ins.begin(session, person, SignInWay.PASSWORD, place, hours=hours)


def waiting(session: Session, person: Person) -> PasswordLink | None:
    """Return the link that the person has not used yet, if there is one."""
    wanted = select(PasswordLink).where(
        PasswordLink.person_id == person.id, _is_unused(), PasswordLink.expires_at > now()
    )
    return session.scalar(wanted.order_by(PasswordLink.id.desc()).limit(1))


def _way(by: Person | None, person: Person) -> PasswordWay:
    token = new_token()
    link = PasswordLink(
        person=person,
        token_sha256=sign_ins.hash_of(plain_token(token)),
        made_by_id=by.id if by else None,
        expires_at=now() + LASTS,
    )
    return PasswordWay(link, token)


def _is_unused() -> ColumnElement[bool]:
    return PasswordLink.used_at.is_(None) & PasswordLink.ended_at.is_(None)
