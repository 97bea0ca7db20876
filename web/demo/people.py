"""The people of the demo and of the tests: a small city, fictional like everybody in it."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.people import passwords, people
from models.person import Department, Person, Role

PASSWORD = "gijido-demo"  # noqa: S105 - printed by `make run`, for the demo alone

MAIL_DOMAIN = "city.example.jp"

DEPARTMENTS = {
    "デジタル市役所推進室": "総務局",
    "議会事務局": "総務局",
    "財政課": "財政局",
    "市民課": "市民局",
    "外部委員": None,
    "総務局": None,
    "財政局": None,
    "市民局": None,
}


@dataclass(frozen=True)
class DemoPerson:
    login: str
    name: str
    kana: str
    title: str
    department: str
    part: str
    roles: tuple[tuple[Role, str | None], ...] = ()


# The order is that in which `make run` prints them.
PEOPLE = (
    DemoPerson(
        "koga",
        "古賀 真由美",
        "こが まゆみ",
        "デジタル市役所推進室 次長",
        "デジタル市役所推進室",
        "主催者・説明者",
        ((Role.ORGANISER, None),),
    ),
    DemoPerson(
        "okuma",
        "大隈 千鶴",
        "おおくま ちづる",
        "委員（福祉関係団体 理事）",
        "外部委員",
        "出席者",
    ),
    DemoPerson(
        "morishita",
        "森下 義之",
        "もりした よしゆき",
        "デジタル市役所推進室 主任",
        "デジタル市役所推進室",
        "書記",
        ((Role.SECRETARY, None),),
    ),
    DemoPerson(
        "nagano",
        "永野 剛",
        "ながの つよし",
        "総務局長",
        "総務局",
        "承認者",
        ((Role.APPROVER, None),),
    ),
    DemoPerson(
        "shimada",
        "島田 修",
        "しまだ おさむ",
        "デジタル市役所推進室 主査",
        "デジタル市役所推進室",
        "管理者",
        ((Role.ADMINISTRATOR, None),),
    ),
    DemoPerson(
        "yasunaga",
        "安永 理恵",
        "やすなが りえ",
        "デジタル市役所推進室 システム担当係長",
        "デジタル市役所推進室",
        "説明者",
    ),
    DemoPerson(
        "matsunaga",
        "松永 恵子",
        "まつなが けいこ",
        "総務局 監査担当主査",
        "総務局",
        "監査担当",
        ((Role.AUDITOR, None),),
    ),
)


@cache
def hashed_password() -> passwords.Hashed:
    return passwords.hashed(PASSWORD)


def add_departments(session: Session) -> dict[str, Department]:
    parents = {name for name in DEPARTMENTS.values() if name}
    made = {name: people.add_department(session, name) for name in sorted(parents)}
    for name, parent in DEPARTMENTS.items():
        made[name] = people.add_department(session, name, made[parent] if parent else None)
    return made


def add_people(session: Session) -> dict[str, Person]:
    """Add the cast with their roles, and return them by login."""
    departments = add_departments(session)
    return {known.login: _add(session, known, departments) for known in PEOPLE}


def add_attendee(
    session: Session, login: str, name: str, kana: str, title: str, department: Department
) -> Person:
    """Return somebody on a meeting's list, found by name if the city has them already, else
    added."""
    found = session.scalar(select(Person).where(Person.name == name))
    return found or people.add_person(
        session,
        login=login,
        name=name,
        kana=kana,
        title=title,
        department=department,
        password=hashed_password(),
        email=f"{login}@{MAIL_DOMAIN}",
    )


def _add(session: Session, known: DemoPerson, departments: dict[str, Department]) -> Person:
    person = people.add_person(
        session,
        login=known.login,
        name=known.name,
        kana=known.kana,
        title=known.title,
        department=departments[known.department],
        password=hashed_password(),
        email=f"{known.login}@{MAIL_DOMAIN}",
    )
    for role, department in known.roles:
        people.grant_role(session, person, role, departments[department] if department else None)
    return person
