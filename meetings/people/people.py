"""Departments, people and their roles."""

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session, selectinload

from meetings import audit, clean_text, entries
from meetings.errors import InvalidInput, NotFound, NotPossibleNow
from meetings.finding import has_word
from meetings.people import logins, sign_ins
from meetings.people.passwords import Hashed
from models.base import now
from models.guest import GuestPass
from models.meeting import Invitation, Meeting
from models.person import Department, Person, Role, RoleGrant
from models.texts import words_of

ONE_TIME_DAYS = 14
"""How long a password that somebody else set lets in: two weeks away from the desk."""


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
    password: Hashed | None = None,
    one_time_days: int | None = None,
    title: str = "",
    kana: str = "",
    email: str = "",
) -> Person:
    """Add a person. Without a password nobody can sign in as this person yet. The login is stored
    folded, so that no two differ in case, width or spaces alone. Raises InvalidInput."""
    login = entries.text("login", "利用者ID", logins.folded(login), 100)
    if logins.person_of(session, login):
        raise InvalidInput("login", f"利用者ID「{login}」はすでに使われています。")
    person = Person(
        login=login,
        name=entries.text("name", "氏名", name),
        kana=entries.optional_text("kana", "ふりがな", kana),
        title=entries.optional_text("title", "職名", title),
        email=entries.email("email", "メールアドレス", email),
        department=department,
        password_hash="",
    )
    session.add(person)
    audit.note(session, None, "add", person)
    if password is not None:
        sign_ins.set_password(session, None, person, password, one_time_days=one_time_days)
    return person


def change_person(
    session: Session, person: Person, *, name: str, kana: str, title: str, email: str
) -> None:
    title = entries.optional_text("title", "職名", title)
    if title != person.title:
        _keep_office(session, person)
    person.name = entries.text("name", "氏名", name)
    person.kana = entries.optional_text("kana", "ふりがな", kana)
    person.title = title
    person.email = entries.email("email", "メールアドレス", email)
    audit.note(session, None, "change", person)


def _keep_office(session: Session, person: Person) -> None:
    """Let the meetings that have begun keep the title that the person had then."""
    begun = select(Meeting.id).where(Meeting.starts_at <= now())
    session.execute(
        update(Invitation)
        .where(
            Invitation.person_id == person.id,
            Invitation.office.is_(None),
            Invitation.meeting_id.in_(begun),
        )
        .values(office=person.title)
    )


def move_person(session: Session, by: Person | None, person: Person, to: Department) -> None:
    """Move the person to another 所属. Roles stay: they are for departments of their own."""
    if person.department_id != to.id:
        person.department = to
        audit.note(session, by, "move", person)


def grant_role(
    session: Session,
    person: Person,
    role: Role,
    department: Department | None = None,
    by: Person | None = None,
) -> RoleGrant:
    """Give the person a role for a department and what is below it; without one, for the whole
    city. Returns the grant, also one that was there already."""
    known = _grant_of(person, role, department)
    if known is not None:
        return known
    grant = RoleGrant(person=person, role=role, department=department)
    session.add(grant)
    audit.note(session, by, "grant", grant)
    return grant


def revoke_role(
    session: Session,
    by: Person | None,
    person: Person,
    role: Role,
    department: Department | None = None,
) -> None:
    """Take back what `grant_role` gave. Raises InvalidInput when the person does not have it,
    NotPossibleNow for the last administrator."""
    grant = _grant_of(person, role, department)
    if grant is None:
        where = department.full_name if department else "全庁"
        raise InvalidInput(
            "role", f"{person.name}さんに、{role.label}（{where}）の役割はありません。"
        )
    if role is Role.ADMINISTRATOR:
        _check_is_not_last(session, person)
    audit.note(session, by, f"revoke_{role}", person)
    person.grants.remove(grant)
    session.delete(grant)


def end_person(session: Session, by: Person | None, person: Person) -> None:
    """End the account of somebody who left: every sign-in and script ends now, and no password lets
    in. What they did keeps their name. Raises NotPossibleNow for the last administrator."""
    if person.ended_at is not None:
        return
    if person.has_role(Role.ADMINISTRATOR):
        _check_is_not_last(session, person)
    sign_ins.end_all(session, by, person)
    passes = select(GuestPass).where(GuestPass.person_id == person.id, GuestPass.ended_at.is_(None))
    for guest_pass in session.scalars(passes):
        guest_pass.ended_at = now()
    person.ended_at = now()
    audit.note(session, by, "end", person)


def reinstate_person(session: Session, by: Person | None, person: Person) -> None:
    """Reopen the account of somebody who came back, with the roles of before. The old password is
    not theirs any more: the administrator gives a new one."""
    if person.ended_at is None:
        return
    person.ended_at, person.password_hash = None, ""
    audit.note(session, by, "reinstate", person)


def renew_password(session: Session, by: Person, person: Person, hashed: Hashed) -> None:
    """Set a one-time password for somebody who forgot theirs, or whose became known; every sign-in
    of before ends. Raises NotPossibleNow for somebody who left."""
    if person.ended_at is not None:
        raise NotPossibleNow("利用を終わりにした人です。先に「利用を再開する」を押してください。")
    sign_ins.set_password(session, by, person, hashed, one_time_days=ONE_TIME_DAYS)
    sign_ins.end_all(session, by, person)


def one(session: Session, person_id: int) -> Person:
    """Return the person with this number who has an account; ended ones too. Raises NotFound."""
    found = session.get(Person, person_id) if person_id <= entries.LARGEST_ID else None
    if found is None or found.is_guest:
        raise NotFound()
    return found


def person_with(session: Session, login: str) -> Person:
    """Return the person with this login, ended ones too, guests never. Raises InvalidInput."""
    found = logins.person_of(session, login)
    if found is None or found.is_guest:
        raise InvalidInput("login", f"利用者ID「{login[:100]}」は登録されていません。")
    return found


def department_named(session: Session, name: str) -> Department:
    """Raise InvalidInput."""
    found = session.scalar(select(Department).where(Department.name == clean_text.line(name)))
    if found is None:
        raise InvalidInput("department", f"所属「{name[:100]}」は登録されていません。")
    return found


def role_named(name: str) -> Role:
    """Raise InvalidInput."""
    if name not in list(Role):
        raise InvalidInput("role", f"役割「{name[:100]}」はありません（{', '.join(Role)}）。")
    return Role(name)


def chosen(
    *, words: str = "", department: Department | None = None, with_ended: bool = False
) -> Select[Person]:
    """Select the people (guests apart) whose login, name, kana or title has each of the `words`, of
    a department and what is below it, in order of the login."""
    wanted = select(Person).where(~Person.is_guest)
    if not with_ended:
        wanted = wanted.where(Person.ended_at.is_(None))
    for word in words_of(words)[:10]:
        wanted = wanted.where(has_word(word, Person.login, Person.name, Person.kana, Person.title))
    if department is not None:
        covered = or_(Department.id == department.id, Department.parent_id == department.id)
        wanted = wanted.where(Person.department_id.in_(select(Department.id).where(covered)))
    shown_with = (
        selectinload(Person.grants).selectinload(RoleGrant.department),
        selectinload(Person.department).selectinload(Department.parent),
    )
    return wanted.order_by(Person.login).options(*shown_with)


def count(session: Session) -> int:
    """Return how many have an account now."""
    present = select(func.count()).where(~Person.is_guest, Person.ended_at.is_(None))
    return session.scalar(present) or 0


def departments(session: Session) -> list[Department]:
    """Return all departments, each 局 before its 課."""
    every = session.scalars(select(Department).options(selectinload(Department.parent)))
    return sorted(every, key=lambda d: d.full_name)


def _grant_of(person: Person, role: Role, department: Department | None) -> RoleGrant | None:
    wanted = (role, department.id if department else None)
    return next((g for g in person.grants if (g.role, g.department_id) == wanted), None)


def _check_is_not_last(session: Session, person: Person) -> None:
    others = (
        select(RoleGrant.id)
        .join(Person)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR,
            Person.id != person.id,
            Person.ended_at.is_(None),
        )
    )
    if session.scalar(others.limit(1)) is None:
        raise NotPossibleNow(
            "最後の管理者です。ほかの人に管理者の役割を与えてから、もう一度操作してください。"
        )
