"""Lists of people that are taken in: planned, looked at, and then done at once or, for the moves of
April, at the beginning of a day. A list is a row from the moment it is sent."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Engine, Select, select
from sqlalchemy.orm import Session

from meetings import audit, clean_text, dates
from meetings.errors import InvalidInput, NotFound, NotPossibleNow
from meetings.people import csv_lists, people
from meetings.people.planning import ListChange, ListPlan, PlannedLine, plan_of
from models.base import Base, now
from models.database import reading, writing
from models.people_list import PeopleList
from models.person import Department, Person, RoleGrant

NOTED_AS = {ListChange.ADD: "add", ListChange.MOVE: "move", ListChange.CHANGE: "change"}


def take(session: Session, by: Person | None, file_name: str, content: bytes) -> PeopleList:
    """Keep a list that was sent, without doing anything of it yet. Raises InvalidInput when it is
    no such file."""
    csv_lists.lines_of(content)
    taken = PeopleList(
        file_name=clean_text.file_name(file_name, "list.csv"), csv=content, made_by=by
    )
    session.add(taken)
    audit.note(session, by, "take", taken)
    return taken


def plan(session: Session, waiting: PeopleList) -> ListPlan:
    """Return what the list would do now."""
    return plan_of(session, csv_lists.lines_of(waiting.csv))


def apply(session: Session, by: Person | None, waiting: PeopleList) -> ListPlan:
    """Do everything of the list, and return what that was. Raises InvalidInput, with the first line
    that cannot be taken, and then nothing is done; NotPossibleNow for a list that is done or
    withdrawn."""
    _check_is_open(waiting)
    planned = plan(session, waiting)
    if planned.problems:
        first = planned.problems[0]
        raise InvalidInput("file", f"{first.number}行目：{first.message}")
    _do(session, by, planned)
    _close(session, by, waiting)
    return planned


def set_day(session: Session, by: Person | None, waiting: PeopleList, day: date) -> None:
    """Let the list be done by itself at the beginning of this day, in the city's time. Raises
    InvalidInput for a day that has begun, or while a line of it cannot be taken."""
    _check_is_open(waiting)
    if dates.beginning_of(day) <= now():
        raise InvalidInput("day", "発令日は、あす以後の日にしてください。")
    planned = plan(session, waiting)
    if planned.problems:
        first = planned.problems[0]
        raise InvalidInput("file", f"{first.number}行目：{first.message}")
    waiting.effective_at = dates.beginning_of(day)
    audit.note(session, by, "set_day", waiting)


def withdraw(session: Session, by: Person | None, waiting: PeopleList) -> None:
    """Let the list never be done; its content is forgotten. Raises NotPossibleNow for one that is
    done."""
    _check_is_open(waiting)
    waiting.withdrawn_at, waiting.csv = now(), b""
    audit.note(session, by, "withdraw", waiting)


def apply_due(engine: Engine) -> bool:
    """Do the oldest list whose day has begun; False when there is none. Nobody is there to mend a
    line at midnight: what cannot be taken of it is left out, and told."""
    due = select(PeopleList).where(_is_open(), PeopleList.effective_at <= now())
    first = due.order_by(PeopleList.effective_at, PeopleList.id).limit(1)
    with reading(engine) as session:
        if session.scalar(first) is None:
            return False
    with writing(engine) as session, session.begin():
        waiting = session.scalar(first)
        if waiting is not None:
            planned = plan(session, waiting)
            _do(session, waiting.made_by, planned)
            waiting.left_out = [(each.number, each.message) for each in planned.problems]
            _close(session, waiting.made_by, waiting)
    return True


def one(session: Session, list_id: int) -> PeopleList:
    """Return the list with this number. Raises NotFound."""
    found = session.get(PeopleList, list_id) if list_id < 2**63 else None
    if found is None:
        raise NotFound()
    return found


def newest_first() -> Select[PeopleList]:
    """Select all lists that were sent, without their content."""
    return select(PeopleList).order_by(PeopleList.id.desc())


def waiting_for_their_day(session: Session) -> Sequence[PeopleList]:
    """Return the lists that will be done on a day to come, the next one first."""
    wanted = select(PeopleList).where(_is_open(), PeopleList.effective_at.is_not(None))
    return session.scalars(wanted.order_by(PeopleList.effective_at)).all()


def _is_open() -> ColumnElement[bool]:
    return PeopleList.done_at.is_(None) & PeopleList.withdrawn_at.is_(None)


def _check_is_open(waiting: PeopleList) -> None:
    if waiting.done_at is not None:
        raise NotPossibleNow("この一覧は、すでに反映しました。")
    if waiting.withdrawn_at is not None:
        raise NotPossibleNow("この一覧は、取りやめました。もう一度送ってください。")


def _close(session: Session, by: Person | None, waiting: PeopleList) -> None:
    waiting.done_at, waiting.csv = now(), b""
    audit.note(session, by, "apply", waiting)


@dataclass
class _Done:
    """What was done, to be noted all at once: for each verb its rows."""

    things: dict[str, list[Base]] = field(default_factory=lambda: defaultdict(list))

    def note(self, session: Session, by: Person | None) -> None:
        session.flush()
        for verb, things in self.things.items():
            audit.note_each(session, by, verb, things)


def _do(session: Session, by: Person | None, planned: ListPlan) -> None:
    done, changing = _Done(), planned.changing
    departments = _departments(session, planned.new_departments)
    titles = [line.person.id for line in changing if line.person and "title" in line.details]
    people.keep_offices(session, titles)
    rows = [(line, _person(session, line, departments)) for line in changing]
    session.flush()
    with session.no_autoflush:
        for line, person in rows:
            for kind in line.does.keys() & NOTED_AS:
                done.things[NOTED_AS[kind]].append(person)
            if line.posts is not None:
                people.put_posts(person, {departments[at]: line.posts[at] for at in line.posts})
            _set_roles(session, line, person, departments, done)
            _set_end(session, by, line, person)
    done.note(session, by)


def _departments(session: Session, new: dict[str, str]) -> dict[str, Department]:
    known = {department.name: department for department in people.departments(session)}
    for name, bureau in sorted(new.items(), key=lambda pair: bool(pair[1])):  # 局 before its 課
        known[name] = people.add_department(session, name, known[bureau] if bureau else None)
    return known


def _person(session: Session, line: PlannedLine, departments: dict[str, Department]) -> Person:
    """Return the person of the line with the details and department that it wants."""
    person = line.person
    if person is None:
        # With its collections, or each would be asked for.
        person = Person(login=line.login, password_hash="", all_grants=[], posts=[])
        session.add(person)
    for name, value in line.details.items():
        setattr(person, name, value)
    if line.department is not None:
        person.department = departments[line.department]
    return person


def _set_roles(
    session: Session,
    line: PlannedLine,
    person: Person,
    departments: dict[str, Department],
    done: _Done,
) -> None:
    if line.roles is None:
        return
    wanted = {(cell.role, departments.get(cell.place)): cell for cell in line.roles}
    for former in list(person.all_grants):
        if (former.role, former.department) not in wanted:
            person.all_grants.remove(former)
            session.delete(former)
            done.things[f"revoke_{former.role}"].append(person)
    known = {(grant.role, grant.department): grant for grant in person.all_grants}
    for (role, place), cell in wanted.items():
        grant, span = known.get((role, place)), people.span_of(cell.from_on, cell.until_on)
        if grant is not None and (grant.from_at, grant.until_at) == span:
            continue
        given = grant or RoleGrant(person=person, role=role, department=place)
        given.from_at, given.until_at = span
        session.add(given)
        done.things["grant"].append(given)


def _set_end(session: Session, by: Person | None, line: PlannedLine, person: Person) -> None:
    if line.reinstates:
        people.reinstate_person(session, by, person)
    if line.ends_account:
        people.end_account(session, by, person, line.ends_on)
