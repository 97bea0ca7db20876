"""Departments, people, their roles, and signing in."""

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, clean_text, entries
from meetings.errors import InvalidInput, SignInRefused
from models.base import now
from models.person import Department, Person, Role, RoleGrant, SignIn

SHORTEST_PASSWORD = 8
HASHER = PasswordHasher()
# Somebody who does not exist must take as long to refuse as a wrong password does.
NOBODY = HASHER.hash(secrets.token_hex(16))


def add_department(session: Session, name: str, parent: Department | None = None) -> Department:
    """Make it, or give the one that has this name already."""
    name = entries.text("department", "所属", name)
    found = session.scalar(select(Department).where(Department.name == name))
    if found:
        return found
    if parent and parent.parent_id:
        raise InvalidInput("department", "所属は局と課の二段までです。")
    department = Department(name=name, parent_id=parent.id if parent else None)
    session.add(department)
    session.flush()
    return department


def add_person(
    session: Session,
    *,
    login: str,
    name: str,
    department: Department,
    password: str,
    title: str = "",
    kana: str = "",
    email: str = "",
) -> Person:
    login = entries.text("login", "利用者ID", login, 100)
    if session.scalar(select(Person).where(Person.login == login)):
        raise InvalidInput("login", f"利用者ID「{login}」はすでに使われています。")
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput("password", f"パスワードは{SHORTEST_PASSWORD}文字以上にしてください。")
    person = Person(
        login=login,
        name=entries.text("name", "氏名", name),
        kana=entries.optional_text("kana", "ふりがな", kana),
        title=entries.optional_text("title", "職名", title),
        email=entries.email("email", "メールアドレス", email),
        department=department,
        password_hash=HASHER.hash(password),
    )
    session.add(person)
    audit.note(session, None, "add", person)
    return person


def change_person(
    session: Session, person: Person, *, name: str, kana: str, title: str, email: str
) -> None:
    person.name = entries.text("name", "氏名", name)
    person.kana = entries.optional_text("kana", "ふりがな", kana)
    person.title = entries.optional_text("title", "職名", title)
    person.email = entries.email("email", "メールアドレス", email)
    audit.note(session, None, "change", person)


def grant_role(
    session: Session, person: Person, role: Role, department: Department | None = None
) -> RoleGrant:
    """For a department and what is below it; without one, for the whole city."""
    for grant in person.grants:
        if grant.role == role and grant.department_id == (department.id if department else None):
            return grant
    grant = RoleGrant(person=person, role=role, department=department)
    session.add(grant)
    audit.note(session, None, "grant", grant)
    return grant


def sign_in(
    session: Session, login: str, password: str, *, hours: int, is_script: bool = False
) -> tuple[str, SignIn]:
    """The secret token, which is kept nowhere, and its row. Raises SignInRefused."""
    person = session.scalar(select(Person).where(Person.login == clean_text.line(login)))
    if not is_password(person.password_hash if person else NOBODY, password):
        raise SignInRefused()
    if person is None or person.ended_at is not None or person.is_guest:
        raise SignInRefused()
    return begin_sign_in(session, person, now() + timedelta(hours=hours), is_script=is_script)


def begin_sign_in(
    session: Session, person: Person, expires_at: datetime, *, is_script: bool = False
) -> tuple[str, SignIn]:
    """For somebody who has proved who they are."""
    token = secrets.token_urlsafe(32)
    entry = SignIn(
        person=person, token_sha256=hash_of(token), is_script=is_script, expires_at=expires_at
    )
    session.add(entry)
    audit.note(session, person, "sign_in", entry)
    return token, entry


def signed_in(session: Session, token: str) -> SignIn | None:
    entry = session.scalar(select(SignIn).where(SignIn.token_sha256 == hash_of(token)))
    return entry if entry and entry.is_live(now()) else None


def sign_out(session: Session, entry: SignIn) -> None:
    entry.ended_at = now()
    audit.note(session, entry.person, "sign_out", entry)


def is_password(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except VerificationError:
        return False


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
