"""Departments, people and their roles."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session, selectinload

from meetings import audit, clean_text, dates, entries
from meetings.errors import InvalidInput, NotFound, NotPossibleNow
from meetings.finding import has_word
from meetings.people import logins, sign_ins
from meetings.people.passwords import Hashed
from models.base import now
from models.guest import GuestPass
from models.meeting import Invitation, Meeting
from models.person import AccountKeeper, AdditionalPost, Department, Person, Role, RoleGrant
from models.texts import words_of

LAST_ADMINISTRATOR = (
    "最後の管理者です。ほかの人に管理者の役割を与えてから、もう一度操作してください。"
)
LABELS = {
    "name": "氏名",
    "kana": "ふりがな",
    "title": "職名",
    "email": "メールアドレス",
    "phone": "電話・内線",
}
KEPT_WITH_THE_ACCOUNT = {"name", "title", "email"}
"""Changed only where the account is kept; a reading or a telephone number can be added here."""


def add_department(session: Session, name: str, parent: Department | None = None) -> Department:
    """Make it, or give the one that has this name already."""
    name = checked_department_name(name)
    found = session.scalar(select(Department).where(Department.name == name))
    if found:
        return found
    if parent and parent.parent_id:
        raise InvalidInput("department", "所属は局と課の二段までです。")
    department = Department(name=name, parent=parent)
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
    title: str = "",
    kana: str = "",
    email: str = "",
    phone: str = "",
    by: Person | None = None,
) -> Person:
    """Add a person. Without a password nobody can sign in as this person yet. The login is stored
    folded, so that no two differ in case, width or spaces alone. Raises InvalidInput."""
    login = checked_login(login)
    if logins.person_of(session, login):
        raise InvalidInput("login", f"利用者ID「{login}」はすでに使われています。")
    person = Person(
        login=login,
        department=department,
        password_hash="",
        **read_details(name=name, kana=kana, title=title, email=email, phone=phone),
    )
    session.add(person)
    audit.note(session, by, "add", person)
    if password is not None:
        sign_ins.set_password(session, by, person, password)
    return person


def change_person(
    session: Session,
    by: Person | None,
    person: Person,
    *,
    name: str | None = None,
    kana: str | None = None,
    title: str | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> None:
    """Change what is given of a person; None leaves it as it is. Raises InvalidInput, and
    NotPossibleNow for a name, title or address that is kept elsewhere."""
    wanted = read_details(name=name, kana=kana, title=title, email=email, phone=phone)
    check_may_change(person, wanted)
    write_details(session, by, person, wanted)


def change_own_details(
    session: Session,
    person: Person,
    *,
    kana: str | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> None:
    """Change what people may change of their own account: how the name is read, and how they are
    reached. Raises InvalidInput, and NotPossibleNow for a guest and for an address that is kept
    elsewhere."""
    if person.is_guest:
        raise NotPossibleNow("外部委員の登録は、主催者に変えてもらってください。")
    change_person(session, person, person, kana=kana, email=email, phone=phone)


def write_details(
    session: Session, by: Person | None, person: Person, wanted: Mapping[str, str]
) -> None:
    """Write details of a person by their fields, as they are kept: for whoever keeps the
    account."""
    changed = {field: value for field, value in wanted.items() if getattr(person, field) != value}
    if "title" in changed:
        keep_offices(session, [person.id])
    for field, value in changed.items():
        setattr(person, field, value)
    if changed:
        audit.note(session, by, "change", person)


def check_may_change(
    person: Person, wanted: Mapping[str, str], department: str | None = None
) -> None:
    """Raise NotPossibleNow where these details, or a department of this name, would change what is
    kept with the account elsewhere."""
    changed = {field for field, value in wanted.items() if getattr(person, field) != value}
    moves = department is not None and department != person.department.name
    if moves or changed & KEPT_WITH_THE_ACCOUNT:
        check_is_kept_by(AccountKeeper.HERE, person)


def check_is_kept_by(keeper: AccountKeeper, person: Person) -> None:
    """Raise NotPossibleNow unless this is where the person's account is kept."""
    if person.kept_by is not keeper:
        raise NotPossibleNow(
            f"{person.name}さんのアカウントは{person.kept_by.label}で管理しています。"
            "氏名、職名、メールアドレス、所属、パスワードは、そこで変えてください。ここにも届きます。"
        )


def read_details(**typed: str | None) -> dict[str, str]:
    """Return what was given of a person's details (`LABELS`), as it is kept. Raises
    InvalidInput."""
    return {field: _read(field, value) for field, value in typed.items() if value is not None}


def _read(field: str, value: str) -> str:
    if field == "name":
        return entries.text(field, LABELS[field], value)
    if field == "email":
        return entries.email(field, LABELS[field], value)
    return entries.optional_text(field, LABELS[field], value)


def checked_login(typed: str) -> str:
    """Return the login as it is stored. Raises InvalidInput."""
    return entries.text("login", "利用者ID", logins.folded(typed), 100)


def checked_department_name(typed: str) -> str:
    """Return the name as it is stored. Raises InvalidInput."""
    return entries.text("department", "所属", typed)


def keep_offices(session: Session, person_ids: Sequence[int]) -> None:
    """Let the meetings that have begun keep the titles that these people have now, before they get
    others."""
    begun = select(Meeting.id).where(Meeting.starts_at <= now())
    title = select(Person.title).where(Person.id == Invitation.person_id).scalar_subquery()
    session.execute(
        update(Invitation)
        .where(
            Invitation.person_id.in_(person_ids),
            Invitation.office.is_(None),
            Invitation.meeting_id.in_(begun),
        )
        .values(office=title)
    )


def move_person(
    session: Session,
    by: Person | None,
    person: Person,
    to: Department,
    *,
    keeper: AccountKeeper = AccountKeeper.HERE,
) -> None:
    """Move the person to another 所属. Roles stay: they are for departments of their own. A 兼務
    there becomes the 所属. `keeper`: who says so. Raises NotPossibleNow where the account is kept
    elsewhere."""
    if person.department_id != to.id:
        check_is_kept_by(keeper, person)
        person.department = to
        person.posts = [post for post in person.posts if post.department_id != to.id]
        audit.note(session, by, "move", person)


def set_posts(
    session: Session, by: Person | None, person: Person, titles: Mapping[Department, str]
) -> None:
    """Let the person have these 兼務, by their department, in place of those so far. The own 所属
    is none. Raises InvalidInput."""
    if put_posts(person, titles):
        audit.note(session, by, "set_posts", person)


def put_posts(person: Person, titles: Mapping[Department, str]) -> bool:
    """Do as `set_posts` without noting it; return whether anything changed."""
    wanted = {
        department: entries.optional_text("posts", "兼務の職名", title)
        for department, title in titles.items()
        if department is not person.department
    }
    if wanted == {post.department: post.title for post in person.posts}:
        return False
    person.posts = [post for post in person.posts if post.department in wanted]
    for post in person.posts:
        post.title = wanted.pop(post.department)
    person.posts += [AdditionalPost(department=place, title=wanted[place]) for place in wanted]
    return True


def grant_role(
    session: Session,
    person: Person,
    role: Role,
    department: Department | None = None,
    by: Person | None = None,
    *,
    from_on: date | None = None,
    until_on: date | None = None,
) -> RoleGrant:
    """Give the person a role for a department and what is below it; without one, for the whole
    city. For a time only (代理) from the beginning of `from_on` to the end of `until_on`, in the
    city's time. Returns the grant; one that was there already is for this time now. Raises
    InvalidInput for a time that ends before it begins, NotPossibleNow when no lasting administrator
    would be left, or an auditor would have another role."""
    _check_is_apart(person, role, department)
    from_at, until_at = span_of(from_on, until_on)
    grant = _grant_of(person, role, department)
    if grant is None:
        grant = RoleGrant(person=person, role=role, department=department)
        session.add(grant)
    elif (grant.from_at, grant.until_at) == (from_at, until_at):
        return grant
    elif role is Role.ADMINISTRATOR and (from_at or until_at):
        _check_is_not_last(session, person)
    grant.from_at, grant.until_at = from_at, until_at
    audit.note(session, by, "grant", grant)
    return grant


def _check_is_apart(person: Person, role: Role, department: Department | None) -> None:
    """Raise InvalidInput for an auditor of a department, NotPossibleNow where somebody would audit
    what they do themselves: an auditor has no other role."""
    if role is Role.AUDITOR and department is not None:
        raise InvalidInput("department", "監査担当は、全庁の役割としてだけ与えられます。")
    others = {Role(grant.role) for grant in person.grants} - {role}
    if others and Role.AUDITOR in {role, *others}:
        raise NotPossibleNow(
            "監査担当とほかの役割は、同じ人に与えられません。先にほかの役割を外してください。"
        )


def span_of(from_on: date | None, until_on: date | None) -> tuple[datetime | None, datetime | None]:
    """Return the moments from which and until which a role is in force that is given for these
    days, both of them within. Raises InvalidInput when it would end before it begins."""
    if from_on and until_on and until_on < from_on:
        raise InvalidInput("until", "役割の終わりの日は、始まりの日より後にしてください。")
    return (
        dates.beginning_of(from_on) if from_on else None,
        dates.beginning_of(until_on + timedelta(days=1)) if until_on else None,
    )


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
    person.all_grants.remove(grant)
    session.delete(grant)


def end_person(session: Session, by: Person | None, person: Person, on: date | None = None) -> None:
    """End the account of somebody who leaves: now or, for a day to come, at the beginning of `on`
    in the city's time. From then on every sign-in and script is over, and no password lets in.
    What they did keeps their name. Raises NotPossibleNow for the last administrator."""
    if person.has_left:
        return
    if person.has_role(Role.ADMINISTRATOR):
        _check_is_not_last(session, person)
    end_account(session, by, person, on)


def end_account(session: Session, by: Person | None, person: Person, on: date | None) -> None:
    """Do as `end_person`, where it is known that an administrator stays."""
    at = max(now(), dates.beginning_of(on)) if on else now()
    if at == person.ended_at:
        return
    person.ended_at = at
    if person.has_left:
        _end_ways_in(session, by, person)
    audit.note(session, by, "end", person)


def _end_ways_in(session: Session, by: Person | None, person: Person) -> None:
    sign_ins.end_all(session, by, person)
    passes = select(GuestPass).where(GuestPass.person_id == person.id, GuestPass.ended_at.is_(None))
    for guest_pass in session.scalars(passes):
        guest_pass.ended_at = now()


def reinstate_person(session: Session, by: Person | None, person: Person) -> None:
    """Reopen the account of somebody who came back, with the roles of before; the old password is
    not theirs any more. Where the end was still to come, it is only called off."""
    if person.ended_at is None:
        return
    if person.has_left:
        person.password_hash = ""
        sign_ins.end_all(session, by, person)
    person.ended_at = None
    audit.note(session, by, "reinstate", person)


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
    a department and what is below it (by 所属 or 兼務), in order of the login."""
    wanted = select(Person).where(~Person.is_guest)
    if not with_ended:
        wanted = wanted.where(~Person.has_left)
    for word in words_of(words)[:10]:
        wanted = wanted.where(has_word(word, Person.login, Person.name, Person.kana, Person.title))
    if department is not None:
        covered = or_(Department.id == department.id, Department.parent_id == department.id)
        chosen = select(Department.id).where(covered)
        also = select(AdditionalPost.person_id).where(AdditionalPost.department_id.in_(chosen))
        wanted = wanted.where(or_(Person.department_id.in_(chosen), Person.id.in_(also)))
    shown_with = (
        selectinload(Person.all_grants).selectinload(RoleGrant.department),
        selectinload(Person.posts),
        selectinload(Person.department).selectinload(Department.parent),
    )
    return wanted.order_by(Person.login).options(*shown_with)


def without_password() -> Select[Person]:
    """Select those who have an account now and cannot sign in by a password yet, in order of the
    login."""
    return chosen().where(Person.password_hash == "", Person.kept_by == AccountKeeper.HERE)


def count(session: Session) -> int:
    """Return how many have an account now."""
    present = select(func.count()).where(~Person.is_guest, ~Person.has_left)
    return session.scalar(present) or 0


def departments(session: Session) -> list[Department]:
    """Return all departments, each 局 before its 課."""
    every = session.scalars(select(Department).options(selectinload(Department.parent)))
    return sorted(every, key=lambda d: d.full_name)


def _grant_of(person: Person, role: Role, department: Department | None) -> RoleGrant | None:
    wanted = (role, department.id if department else None)
    return next((g for g in person.all_grants if (g.role, g.department_id) == wanted), None)


def lasting_administrators() -> Select[int]:
    """Select the ids of the administrators whose role and account have no planned end."""
    return (
        select(RoleGrant.person_id)
        .join(Person)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.is_in_force,
            RoleGrant.until_at.is_(None),
            Person.ended_at.is_(None),
        )
    )


def _check_is_not_last(session: Session, person: Person) -> None:
    """Raise NotPossibleNow unless somebody else is an administrator without a planned end."""
    others = lasting_administrators().where(Person.id != person.id)
    if session.scalar(others.limit(1)) is None:
        raise NotPossibleNow(LAST_ADMINISTRATOR)
