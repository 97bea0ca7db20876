"""What a list of people would change: compared with those who are there, before anything is done.
A column that the list lacks, and a person whom it does not name, stay as they are."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from meetings import clean_text, dates
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.people import csv_lists, logins, people
from meetings.people.csv_lists import ListLine, RoleCell
from models.base import now
from models.person import Person, Role, RoleGrant

ASKED_AT_ONCE = 500


class ListChange(StrEnum):
    """What a line does to a person; one line may do several."""

    ADD = "add"
    REINSTATE = "reinstate"
    MOVE = "move"
    CHANGE = "change"
    ROLES = "roles"
    END = "end"

    @property
    def label(self) -> str:
        """Return its Japanese word."""
        return {
            "add": "追加",
            "reinstate": "再開",
            "move": "異動",
            "change": "変更",
            "roles": "役割",
            "end": "終了",
        }[self]


@dataclass(frozen=True)
class LineProblem:
    """Why a line cannot be taken."""

    number: int
    message: str


@dataclass
class PlannedLine:
    """What a line wants of a person: None where it says nothing. `person` None: a new one. `does`:
    what it changes, each in words."""

    number: int
    login: str
    name: str
    person: Person | None
    details: dict[str, str]
    department: str | None = None
    posts: dict[str, str] | None = None
    roles: list[RoleCell] | None = None
    ends: bool = False
    ends_on: date | None = None
    does: dict[ListChange, str] = field(default_factory=dict)

    @property
    def reinstates(self) -> bool:
        """Return whether an account that has ended, or will, is to go on."""
        if self.person is None or self.person.ended_at is None or not self.ends:
            return False
        return self.ends_on is None or (self.person.has_left and not self._is_end_past)

    @property
    def ends_account(self) -> bool:
        """Return whether the account is to end on another day than is known."""
        if self.ends_on is None:
            return False
        if self.person is None or self.person.ended_at is None:
            return True
        is_over = self.person.has_left and self._is_end_past
        return not is_over and dates.local(self.person.ended_at).date() != self.ends_on

    @property
    def _is_end_past(self) -> bool:
        return self.ends_on is not None and dates.beginning_of(self.ends_on) <= now()


@dataclass(frozen=True)
class ListPlan:
    """What the whole list does. `new_departments`: their 局 ("" for none) by name."""

    lines: list[PlannedLine]
    problems: list[LineProblem]
    new_departments: dict[str, str]

    @property
    def changing(self) -> list[PlannedLine]:
        """Return the lines that change something."""
        return [line for line in self.lines if line.does]

    @property
    def counts(self) -> dict[ListChange, int]:
        """Return how many people each kind of change is for."""
        counted = Counter(kind for line in self.lines for kind in line.does)
        return {kind: counted[kind] for kind in ListChange if counted[kind]}

    @property
    def unchanged(self) -> int:
        """Return how many lines change nothing."""
        return len(self.lines) - len(self.changing)


def plan_of(session: Session, lines: Sequence[ListLine]) -> ListPlan:
    """Return what these lines would do, and what is wrong with which. Asks the database a number of
    times that does not grow with each line."""
    return _Planner(session, lines).plan()


class _Planner:
    def __init__(self, session: Session, lines: Sequence[ListLine]) -> None:
        self._session, self._lines = session, lines
        self._people = _people_of(session, [line.cells[csv_lists.LOGIN] for line in lines])
        known = people.departments(session)
        self._departments = {department.name: department for department in known}
        self._full_names = {department.full_name: department for department in known}
        self._new: dict[str, str] = {}

    def plan(self) -> ListPlan:
        planned, problems, seen = list[PlannedLine](), list[LineProblem](), set[str]()
        for line in self._lines:
            try:
                one = self._line(line)
                if one.login in seen:
                    raise InvalidInput("login", f"利用者ID「{one.login}」の行が2つあります。")
                seen.add(one.login)
                planned.append(one)
            except (InvalidInput, NotPossibleNow) as problem:
                problems.append(LineProblem(line.number, problem.message))
        problems += self._without_administrator(planned)
        wrong = {problem.number for problem in problems}
        planned = [one for one in planned if one.number not in wrong]
        for one in planned:
            one.does = dict(self._differences(one))
        problems.sort(key=lambda problem: problem.number)
        return ListPlan(planned, problems, self._new)

    def _line(self, line: ListLine) -> PlannedLine:
        cells = line.cells
        login = people.checked_login(cells[csv_lists.LOGIN])
        person = self._people.get(login)
        if person is not None and person.is_guest:
            raise InvalidInput("login", f"利用者ID「{login}」は外部委員のものです。")
        if person is not None and person.has_left and csv_lists.ENDS not in cells:
            raise InvalidInput(
                "login",
                f"{person.name}さんは利用を終えています。戻すときは、{csv_lists.ENDS} の列を加えて"
                "空にしてください。",
            )
        known: dict[str, str | None] = {
            name: cells[head] for head, name in csv_lists.DETAILS.items() if head in cells
        }
        details = people.read_details(**known)
        name = details.get("name", "") or (person.name if person else "")
        planned = PlannedLine(line.number, login, name, person, details)
        planned.department = self._department(cells, person)
        if person is not None:
            people.check_may_change(person, details, planned.department)
        if csv_lists.POSTS in cells:
            planned.posts = self._posts(cells[csv_lists.POSTS], planned.department, person)
        if csv_lists.ROLES in cells:
            planned.roles = self._roles(cells[csv_lists.ROLES])
        if csv_lists.ENDS in cells:
            planned.ends = True
            planned.ends_on = csv_lists.day_in(csv_lists.ENDS, cells[csv_lists.ENDS])
        if person is None and (not name or not planned.department):
            raise InvalidInput("name", "新しい人の行には、氏名と所属が要ります。")
        return planned

    def _department(self, cells: Mapping[str, str], person: Person | None) -> str | None:
        """Return the name of the department; one that is not there yet is to be made."""
        if csv_lists.DEPARTMENT not in cells:
            return None
        name = clean_text.line(cells[csv_lists.DEPARTMENT])
        bureau = clean_text.line(cells.get(csv_lists.BUREAU, ""))
        if not name:
            raise InvalidInput("department", "所属を入れてください。")
        found = self._departments.get(name) or self._full_names.get(name)
        if found is None:
            self._plan_department(name, bureau)
            return name
        if bureau and bureau != (found.parent.name if found.parent else ""):
            where = f"「{found.parent.name}」の下に" if found.parent else "局として"
            raise InvalidInput(
                "department", f"所属「{found.name}」は{where}あります。局の欄を確かめてください。"
            )
        return found.name

    def _plan_department(self, name: str, bureau: str) -> None:
        parent = self._departments.get(bureau)
        is_below_section = parent is not None and parent.parent_id is not None
        if is_below_section or bureau == name or self._new.get(bureau):
            raise InvalidInput("department", "所属は局と課の二段までです。")
        if self._new.get(name, bureau) != bureau:
            raise InvalidInput("department", f"新しい所属「{name}」の局が、行によって違います。")
        if bureau and parent is None:
            self._new.setdefault(bureau, "")
        self._new[people.checked_department_name(name)] = bureau

    def _posts(self, cell: str, own: str | None, person: Person | None) -> dict[str, str]:
        own = own or (person.department.name if person else "")
        wanted: dict[str, str] = {}
        for name, title in csv_lists.posts_in(cell):
            place = self._place(csv_lists.POSTS, name)
            if place in wanted:
                raise InvalidInput("posts", f"兼務の所属「{place}」が2つあります。")
            if place != own:
                wanted[place] = title
        return wanted

    def _roles(self, cell: str) -> list[RoleCell]:
        wanted = [
            RoleCell(
                one.role,
                self._place(csv_lists.ROLES, one.place) if one.place else "",
                one.from_on,
                one.until_on,
            )
            for one in csv_lists.roles_in(cell)
        ]
        for one in wanted:
            people.span_of(one.from_on, one.until_on)
        twice = Counter((one.role, one.place) for one in wanted).most_common(1)
        if twice and twice[0][1] > 1:
            raise InvalidInput("roles", f"役割「{twice[0][0][0].label}」が2つあります。")
        return wanted

    def _place(self, column: str, name: str) -> str:
        found = self._departments.get(name) or self._full_names.get(name)
        if found is None and name not in self._new:
            raise InvalidInput(column, f"{column}の所属「{name[:60]}」は登録されていません。")
        return found.name if found else name

    def _without_administrator(self, planned: Sequence[PlannedLine]) -> Iterator[LineProblem]:
        """Yield a problem for each line that takes an administrator away, where nobody who lasts
        would be left."""
        before = set(self._session.scalars(people.lasting_administrators()))
        left, taken = set(before), list[PlannedLine]()
        for one in planned:
            number = one.person.id if one.person else -one.number
            lasts = _stays_administrator(one, number in before)
            if number in before and not lasts:
                taken.append(one)
            left = left | {number} if lasts else left - {number}
        if taken and not left:
            yield from (LineProblem(one.number, people.LAST_ADMINISTRATOR) for one in taken)

    def _differences(self, one: PlannedLine) -> Iterator[tuple[ListChange, str]]:
        person = one.person
        if person is None:
            parts = (
                one.department or "",
                one.details.get("title", ""),
                *map(_words_of, one.roles or ()),
            )
            yield ListChange.ADD, "　".join(part for part in parts if part)
            return
        if one.reinstates:
            yield (
                ListChange.REINSTATE,
                "利用を再開" if person.has_left else "終わりの予定を取りやめ",
            )
        if one.department is not None and one.department != person.department.name:
            yield ListChange.MOVE, f"{person.department.name} → {one.department}"
        changed = [
            f"{head}：{getattr(person, name) or 'なし'} → {one.details[name] or 'なし'}"
            for head, name in csv_lists.DETAILS.items()
            if name in one.details and one.details[name] != getattr(person, name)
        ]
        if one.posts is not None and one.posts != _posts_of(person):
            changed.append(f"兼務：{'、'.join(one.posts) or 'なし'}")
        if changed:
            yield ListChange.CHANGE, "、".join(changed)
        yield from _role_changes(one, person)
        if one.ends_account:
            yield ListChange.END, f"{one.ends_on} から使えない"


def _role_changes(one: PlannedLine, person: Person) -> Iterator[tuple[ListChange, str]]:
    if one.roles is None:
        return
    before = {
        _role_cell(grant): csv_lists.role_words(grant) for grant in _grants_that_count(person)
    }
    wanted = {cell: _words_of(cell) for cell in one.roles}
    given = [f"＋{words}" for cell, words in wanted.items() if cell not in before]
    taken = [f"－{words}" for cell, words in before.items() if cell not in wanted]
    if given or taken:
        yield ListChange.ROLES, "、".join(given + taken)


def _words_of(cell: RoleCell) -> str:
    place = f"={cell.place}" if cell.place else ""
    span = f"@{cell.from_on or ''}..{cell.until_on or ''}" if cell.from_on or cell.until_on else ""
    return f"{cell.role.label}{place}{span}"


def _role_cell(grant: RoleGrant) -> RoleCell:
    place = grant.department.name if grant.department else ""
    first, last = csv_lists.first_day(grant), csv_lists.last_day(grant)
    return RoleCell(Role(grant.role), place, first, last)


def _grants_that_count(person: Person) -> list[RoleGrant]:
    return [grant for grant in person.all_grants if not grant.has_lapsed]


def _posts_of(person: Person) -> dict[str, str]:
    return {post.department.name: post.title for post in person.posts}


def _stays_administrator(one: PlannedLine, was: bool) -> bool:
    """Return whether the person is an administrator without a planned end after the line."""
    if one.ends_on is not None:
        return False
    if one.roles is None:
        return was
    return any(
        cell.role is Role.ADMINISTRATOR and not cell.from_on and not cell.until_on
        for cell in one.roles
    )


def _people_of(session: Session, typed: Sequence[str]) -> dict[str, Person]:
    """Return the people with these logins, by login, with what is compared."""
    wanted = sorted({logins.folded(login) for login in typed})
    found: dict[str, Person] = {}
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        some = select(Person).where(Person.login.in_(wanted[start : start + ASKED_AT_ONCE]))
        with_all = some.options(
            selectinload(Person.all_grants).selectinload(RoleGrant.department),
            selectinload(Person.posts),
        )
        found |= {person.login: person for person in session.scalars(with_all)}
    return found
