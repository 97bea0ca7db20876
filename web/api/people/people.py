"""利用者, for administrators."""

from datetime import date, datetime
from typing import Self

from flask import Blueprint
from pydantic import Field

from meetings import entries
from meetings.errors import InvalidInput
from meetings.people import csv_lists, password_links, people, sign_ins
from meetings.people.password_links import PasswordWay
from models.person import AccountKeeper, AdditionalPost, Department, Person, Role, RoleGrant
from web import access
from web.api.operations import Identity, Query, Shape, ShortText, operation
from web.api.people.account import EndedAnswer, SignInsAnswer
from web.api.people.tokens import RoleAnswer
from web.api.shapes import DepartmentAnswer
from web.shared.paging import paged_from
from web.transaction import database_session, reading_session
from web.urls import address_of

blueprint = Blueprint("api_people", __name__)


class PostAnswer(Shape):
    """兼務"""

    department: DepartmentAnswer
    title: str

    @classmethod
    def of(cls, post: AdditionalPost) -> Self:
        return cls(department=DepartmentAnswer.of(post.department), title=post.title)


class TimedRoleAnswer(RoleAnswer):
    from_on: str | None = Field(description="この日から（2027-04-01）。決まっていなければ null")
    until_on: str | None = Field(description="この日まで。決まっていなければ null")
    is_in_force: bool = Field(description="いま、この役割がある")

    @classmethod
    def timed(cls, grant: RoleGrant) -> Self:
        first, last = csv_lists.first_day(grant), csv_lists.last_day(grant)
        return cls(
            **dict(RoleAnswer.of(grant)),
            from_on=first.isoformat() if first else None,
            until_on=last.isoformat() if last else None,
            is_in_force=grant.is_in_force,
        )


class AccountAnswer(Shape):
    """利用者"""

    id: int
    login: str
    name: str
    kana: str
    title: str
    email: str
    phone: str
    department: DepartmentAnswer
    posts: list[PostAnswer] = Field(description="兼務")
    roles: list[TimedRoleAnswer] = Field(description="期間の外のものも")
    has_password: bool = Field(description="false なら、ここにはパスワードがない")
    kept_by: AccountKeeper = Field(
        description="here（議事堂）、directory（職員のディレクトリー）、oidc（シングルサインオン）で管理"
    )
    ended_at: datetime | None = Field(
        description="利用の終わり。これからの時刻なら、その時まで使える。決まっていなければ null"
    )

    @classmethod
    def of(cls, person: Person) -> Self:
        return cls(
            id=person.id,
            login=person.login,
            name=person.name,
            kana=person.kana,
            title=person.title,
            email=person.email,
            phone=person.phone,
            department=DepartmentAnswer.of(person.department),
            posts=[PostAnswer.of(post) for post in person.posts],
            roles=[TimedRoleAnswer.timed(grant) for grant in person.all_grants],
            has_password=bool(person.password_hash),
            kept_by=person.kept_by,
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


class PasswordLinkAnswer(Shape):
    person_id: int
    link: str = Field(description="本人がパスワードを決めるリンク。ここでしか見られない")
    until: datetime

    @classmethod
    def of(cls, way: PasswordWay) -> Self:
        link = address_of("passwords.form", token=way.token)
        return cls(person_id=way.link.person_id, link=link, until=way.link.expires_at)


class PasswordLinksBody(Shape):
    person_ids: list[Identity] = Field(min_length=1, max_length=500)


class PasswordLinksAnswer(Shape):
    links: list[PasswordLinkAnswer]


class DetailsBody(Shape):
    """書かないものは変わらない"""

    name: ShortText | None = None
    kana: ShortText | None = None
    title: ShortText | None = None
    email: ShortText | None = None
    phone: ShortText | None = None


class NewPersonBody(DetailsBody):
    login: str = Field(max_length=100, description="利用者ID")
    department_id: Identity


class EndBody(Shape):
    on: str | None = Field(None, description="この日の始めに終わる（2027-04-01）。null ならいま")


class PostBody(Shape):
    department_id: Identity
    title: ShortText = ""


class PostsBody(Shape):
    posts: list[PostBody] = Field(max_length=20)


class RoleBody(Shape):
    role: Role
    department_id: Identity | None = Field(None, description="null なら全庁")


class TimedRoleBody(RoleBody):
    from_on: str | None = Field(None, description="この日から（2027-04-01）")
    until_on: str | None = Field(None, description="この日まで")


class DepartmentBody(Shape):
    department_id: Identity


class NewDepartmentBody(Shape):
    name: ShortText
    bureau_id: Identity | None = Field(None, description="この局の下の課。null なら局")


class DepartmentsAnswer(Shape):
    departments: list[DepartmentAnswer]


@blueprint.get("/departments")
@access.with_role(Role.ADMINISTRATOR)
@operation("所属の一覧", answers=DepartmentsAnswer)
def list_departments(person: Person) -> DepartmentsAnswer:
    every = people.departments(reading_session())
    return DepartmentsAnswer(departments=[DepartmentAnswer.of(known) for known in every])


@blueprint.post("/departments")
@access.with_role(Role.ADMINISTRATOR)
@operation(
    "所属を作る（あれば、その所属）", answers=DepartmentAnswer, status=201, body=NewDepartmentBody
)
def add_department(person: Person, body: NewDepartmentBody) -> DepartmentAnswer:
    bureau = _department(body.bureau_id)
    return DepartmentAnswer.of(people.add_department(database_session(), body.name, bureau))


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


@blueprint.post("/people")
@access.with_role(Role.ADMINISTRATOR)
@operation("利用者を登録する", answers=AccountAnswer, status=201, body=NewPersonBody)
def add(person: Person, body: NewPersonBody) -> AccountAnswer:
    session, to = database_session(), _known_department(body.department_id)
    given = body.model_dump(exclude={"login", "department_id"}, exclude_none=True)
    given.setdefault("name", "")
    added = people.add_person(session, by=person, login=body.login, department=to, **given)
    session.flush()
    return AccountAnswer.of(added)


@blueprint.patch("/people/<int:person_id>")
@access.with_role(Role.ADMINISTRATOR)
@operation("利用者の登録を変える", answers=AccountAnswer, body=DetailsBody)
def change(person: Person, person_id: int, body: DetailsBody) -> AccountAnswer:
    session = database_session()
    somebody = people.one(session, person_id)
    people.change_person(session, person, somebody, **body.model_dump())
    return AccountAnswer.of(somebody)


@blueprint.post("/people/<int:person_id>/password-links")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@operation("パスワードを決めるリンクを作る", answers=PasswordLinkAnswer, status=201)
def make_link(person: Person, person_id: int) -> PasswordLinkAnswer:
    session = database_session()
    way = password_links.make(session, person, people.one(session, person_id))
    return PasswordLinkAnswer.of(way)


@blueprint.post("/people/password-links")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@operation(
    "何人ものパスワードを決めるリンクを作る",
    answers=PasswordLinksAnswer,
    status=201,
    body=PasswordLinksBody,
)
def make_links(person: Person, body: PasswordLinksBody) -> PasswordLinksAnswer:
    session = database_session()
    them = [people.one(session, number) for number in dict.fromkeys(body.person_ids)]
    ways = password_links.make_each(session, person, them)
    return PasswordLinksAnswer(links=[PasswordLinkAnswer.of(way) for way in ways])


@blueprint.put("/people/<int:person_id>/ending")
@access.with_role(Role.ADMINISTRATOR)
@operation("利用を終わりにする", answers=AccountAnswer, body=EndBody)
def end(person: Person, person_id: int, body: EndBody) -> AccountAnswer:
    session = database_session()
    somebody = people.one(session, person_id)
    people.end_person(session, person, somebody, _day("on", "利用の終わり", body.on))
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


@blueprint.put("/people/<int:person_id>/posts")
@access.with_role(Role.ADMINISTRATOR)
@operation("兼務を決める", answers=AccountAnswer, body=PostsBody)
def set_posts(person: Person, person_id: int, body: PostsBody) -> AccountAnswer:
    session = database_session()
    somebody = people.one(session, person_id)
    titles = {_known_department(post.department_id): post.title for post in body.posts}
    people.set_posts(session, person, somebody, titles)
    return AccountAnswer.of(somebody)


@blueprint.post("/people/<int:person_id>/roles")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@operation("役割を与える", answers=AccountAnswer, body=TimedRoleBody)
def grant(person: Person, person_id: int, body: TimedRoleBody) -> AccountAnswer:
    session = database_session()
    somebody = people.one(session, person_id)
    people.grant_role(
        session, somebody, body.role, _department(body.department_id), person,
        from_on=_day("from_on", "役割の始まり", body.from_on),
        until_on=_day("until_on", "役割の終わり", body.until_on),
    )  # fmt: skip
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


def _day(field: str, label: str, typed: str | None) -> date | None:
    return entries.date_of(field, label, typed) if typed else None


def _department(number: int | None) -> Department | None:
    return None if number is None else _known_department(number)


def _known_department(number: int) -> Department:
    found = reading_session().get(Department, number)
    if found is None:
        raise InvalidInput("department_id", "その所属は登録されていません。")
    return found
