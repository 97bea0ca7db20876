"""Signing in for scripts, which get a bearer token instead of a cookie."""

from datetime import datetime

from flask import Blueprint, current_app
from pydantic import Field

from meetings.errors import SecondFactorNeeded
from meetings.people import second_step, sign_ins
from meetings.people.sign_ins import Halfway
from models.person import Person, Role, RoleGrant
from web import access
from web.api.operations import Shape, operation
from web.api.shapes import DepartmentAnswer
from web.door.costs import RequestLane, costs
from web.shared import entering
from web.transaction import config, database_session, engine_of

blueprint = Blueprint("api_tokens", __name__)


class SignInBody(Shape):
    login: str = Field(max_length=100, description="利用者ID")
    password: str = Field(max_length=1000)
    code: str = Field(
        "", max_length=100, description="二要素認証を使う人: 認証アプリの6桁か回復コード"
    )


class TokenAnswer(Shape):
    token: str = Field(description="Authorization: Bearer に続けて送る。ここでしか見られない")
    expires_at: datetime = Field(description="使われないままだと、設定の時間でこれより早く切れる")


class RoleAnswer(Shape):
    role: str
    label: str = Field(description="役割（画面の言葉）")
    department: DepartmentAnswer | None = Field(description="null なら全庁")

    @classmethod
    def of(cls, grant: RoleGrant) -> "RoleAnswer":
        department = DepartmentAnswer.of(grant.department) if grant.department else None
        return cls(role=grant.role, label=Role(grant.role).label, department=department)


class Me(Shape):
    id: int
    login: str
    name: str
    title: str
    department: DepartmentAnswer
    roles: list[RoleAnswer]


@blueprint.post("/tokens")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
@operation(
    "サインインしてトークンを受け取る",
    answers=TokenAnswer,
    status=201,
    body=SignInBody,
    checks_own_token=True,  # no cookie is used
)
def sign_in(body: SignInBody) -> TokenAnswer:
    engine, hours = engine_of(current_app), config().server.sign_in_hours
    place = entering.of_script()
    attempt = entering.attempt(body.login, body.password, place)
    entered = sign_ins.sign_in(engine, attempt, hours=hours)
    if isinstance(entered, Halfway):
        if not body.code:
            raise SecondFactorNeeded()
        entered = second_step.show_code(
            engine, entered.token, body.code, place, key=entering.key(), hours=hours
        )
    return TokenAnswer(token=entered.token, expires_at=entered.expires_at)


@blueprint.delete("/tokens")
@access.before_second_factor
@operation("このトークンを終わらせる")
def sign_out(person: Person) -> None:
    entry = access.current_sign_in()
    assert entry is not None
    sign_ins.sign_out(database_session(), entry)


@blueprint.get("/me")
@access.before_second_factor
@operation("わたし", answers=Me)
def me(person: Person) -> Me:
    return Me(
        id=person.id,
        login=person.login,
        name=person.name,
        title=person.title,
        department=DepartmentAnswer.of(person.department),
        roles=[RoleAnswer.of(grant) for grant in person.grants],
    )
