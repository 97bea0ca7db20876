"""利用者, for administrators."""

from datetime import datetime
from typing import Self

from flask import Blueprint
from pydantic import Field

from meetings.errors import InvalidInput
from meetings.people import passwords, people, sign_ins
from models.person import Department, Person, Role
from web import access
from web.api.operations import Identity, Query, Shape, operation
from web.api.people.account import EndedAnswer, SignInsAnswer
from web.api.people.tokens import RoleAnswer
from web.api.shapes import DepartmentAnswer
from web.door.costs import RequestLane, costs
from web.shared.paging import paged_from
from web.transaction import database_session, reading_session

blueprint = Blueprint("api_people", __name__)


class AccountAnswer(Shape):
    """利用者"""

    id: int
    login: str
    name: str
    kana: str
    title: str
    email: str
    department: DepartmentAnswer
    roles: list[RoleAnswer]
    has_password: bool = Field(description="false なら、まだサインインできない")
    one_time_until: datetime | None = Field(description="使い捨てのパスワードの期限。なければ null")
    ended_at: datetime | None = Field(description="利用を終えた時刻。利用中は null")

    @classmethod
    def of(cls, person: Person) -> Self:
        return cls(
            id=person.id,
            login=person.login,
            name=person.name,
            kana=person.kana,
            title=person.title,
            email=person.email,
            department=DepartmentAnswer.of(person.department),
            roles=[RoleAnswer.of(grant) for grant in person.grants],
            has_password=bool(person.password_hash),
            one_time_until=person.one_time_until,
            ended_at=person.ended_at,
        )


class PeopleQuery(Query):
    q: str = Field("", max_length=200, description="利用者ID、氏名、ふりがな、職名に含まれる言葉")
    department_id: Identity | None = Field(None, description="この所属とその下")
    with_ended: bool = Field(False, description="利用を終えた人も")
    page: int = Field(1, ge=1, le=100_000, description="50人ずつ。越えると最後の頁")


class PeopleAnswer(Shape):
    people: list[AccountAnswer] = Field(description="利用者IDの順")
    total: int = Field(description="全頁の人数")


class OneTimeAnswer(Shape):
    password: str = Field(description="使い捨てのパスワード。ここでしか見られない")
    until: datetime


class RoleBody(Shape):
    role: Role
    department_id: Identity | None = Field(None, description="null なら全庁")


class DepartmentBody(Shape):
    department_id: Identity


class DepartmentsAnswer(Shape):
    departments: list[DepartmentAnswer]


@blueprint.get("/departments")
@access.with_role(Role.ADMINISTRATOR)
@operation("所属の一覧", answers=DepartmentsAnswer)
def list_departments(person: Person) -> DepartmentsAnswer:
    every = people.departments(reading_session())
    return DepartmentsAnswer(departments=[DepartmentAnswer.of(known) for known in every])


@blueprint.get("/people")
@access.with_role(Role.ADMINISTRATOR)
@operation("利用者の一覧", answers=PeopleAnswer, query=PeopleQuery)
def list_people(person: Person, query: PeopleQuery) -> PeopleAnswer:
    wanted = people.chosen(
        words=query.q, department=_department(query.department_id), with_ended=query.with_ended
    )
    found = paged_from(reading_session(), wanted, query.page)
    return PeopleAnswer(people=[AccountAnswer.of(p) for p in found.entries], total=found.total)


@blueprint.get("/people/<int:person_id>")
@access.with_role(Role.ADMINISTRATOR)
@operation("利用者", answers=AccountAnswer)
def show(person: Person, person_id: int) -> AccountAnswer:
    return AccountAnswer.of(people.one(reading_session(), person_id))


@blueprint.post("/people/<int:person_id>/one-time-passwords")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@costs(lane=RequestLane.SIGN_IN)
@operation("使い捨てのパスワードを作る", answers=OneTimeAnswer, status=201)
def renew_password(person: Person, person_id: int) -> OneTimeAnswer:
    given = passwords.one_time()
    hashed = passwords.hashed(given)
    session = database_session()
    somebody = people.one(session, person_id)
    people.renew_password(session, person, somebody, hashed)
    assert somebody.one_time_until is not None
    return OneTimeAnswer(password=given, until=somebody.one_time_until)


@blueprint.put("/people/<int:person_id>/ending")
@access.with_role(Role.ADMINISTRATOR)
@operation("利用を終わりにする", answers=AccountAnswer)
def end(person: Person, person_id: int) -> AccountAnswer:
    session = database_session()
    somebody = people.one(session, person_id)
    people.end_person(session, person, somebody)
    return AccountAnswer.of(somebody)


@blueprint.delete("/people/<int:person_id>/ending")
@access.with_role(Role.ADMINISTRATOR)
@operation("利用を再開する（新しいパスワードが要る）", answers=AccountAnswer)
def reinstate(person: Person, person_id: int) -> AccountAnswer:
    session = database_session()
    somebody = people.one(session, person_id)
    people.reinstate_person(session, person, somebody)
    return AccountAnswer.of(somebody)


@blueprint.put("/people/<int:person_id>/department")
@access.with_role(Role.ADMINISTRATOR)
@operation("所属を変える", answers=AccountAnswer, body=DepartmentBody)
def move(person: Person, person_id: int, body: DepartmentBody) -> AccountAnswer:
    session = database_session()
    somebody, to = people.one(session, person_id), _known_department(body.department_id)
    people.move_person(session, person, somebody, to)
    return AccountAnswer.of(somebody)


@blueprint.post("/people/<int:person_id>/roles")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@operation("役割を与える", answers=AccountAnswer, body=RoleBody)
def grant(person: Person, person_id: int, body: RoleBody) -> AccountAnswer:
    session = database_session()
    somebody = people.one(session, person_id)
    people.grant_role(session, somebody, body.role, _department(body.department_id), person)
    return AccountAnswer.of(somebody)


@blueprint.delete("/people/<int:person_id>/roles")
@access.with_role(Role.ADMINISTRATOR)
@operation("役割を外す", answers=AccountAnswer, body=RoleBody)
def revoke(person: Person, person_id: int, body: RoleBody) -> AccountAnswer:
    session = database_session()
    somebody = people.one(session, person_id)
    people.revoke_role(session, person, somebody, body.role, _department(body.department_id))
    return AccountAnswer.of(somebody)


@blueprint.get("/people/<int:person_id>/sign-ins")
@access.with_role(Role.ADMINISTRATOR)
@operation("サインインの一覧", answers=SignInsAnswer)
def list_sign_ins(person: Person, person_id: int) -> SignInsAnswer:
    return SignInsAnswer.of(people.one(reading_session(), person_id))


@blueprint.delete("/people/<int:person_id>/sign-ins")
@access.with_role(Role.ADMINISTRATOR)
@operation("サインインとトークンをすべて終わらせる", answers=EndedAnswer)
def end_sign_ins(person: Person, person_id: int) -> EndedAnswer:
    session = database_session()
    somebody = people.one(session, person_id)
    count = sign_ins.end_all(session, person, somebody)
    return EndedAnswer(count=count)


@blueprint.delete("/people/<int:person_id>/sign-ins/<int:sign_in_id>")
@access.with_role(Role.ADMINISTRATOR)
@operation("サインインを1つ終わらせる")
def end_sign_in(person: Person, person_id: int, sign_in_id: int) -> None:
    session = database_session()
    somebody = people.one(session, person_id)
    sign_ins.sign_out(session, sign_ins.one_of(session, somebody, sign_in_id), person)


def _department(number: int | None) -> Department | None:
    return None if number is None else _known_department(number)


def _known_department(number: int) -> Department:
    found = reading_session().get(Department, number)
    if found is None:
        raise InvalidInput("department_id", "その所属は登録されていません。")
    return found
