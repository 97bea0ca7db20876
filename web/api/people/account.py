"""わたし: one's own password and sign-ins."""

from datetime import datetime
from typing import Self

from flask import Blueprint, current_app
from pydantic import Field

from meetings.people import passwords, people, sign_ins
from models.person import FactorKind, Person, SignIn, SignInWay
from web import access
from web.api.operations import Shape, ShortText, operation
from web.door.costs import RequestLane, costs
from web.shared import entering
from web.transaction import config, database_session, engine_of, reading_session

blueprint = Blueprint("api_account", __name__)


class PasswordBody(Shape):
    password: str = Field(max_length=1000, description="いまのパスワード")
    new_password: str = Field(max_length=1000, description="設定 shortest_password 文字以上")


class SignInAnswer(Shape):
    """サインイン中のブラウザーかスクリプト"""

    id: int
    is_script: bool = Field(description="true なら /api/tokens のトークン")
    is_mine: bool = Field(description="この要求に使ったもの")
    address: str = Field(description="サインインしたときのIPアドレス。分からなければ空")
    device: str = Field(description="端末とブラウザー。分からなければ空")
    way: SignInWay
    second_factor: FactorKind | None = Field(description="二要素認証で使ったもの。なければ null")
    created_at: datetime
    seen_at: datetime | None = Field(description="最後に使われた時刻（10分の幅がある）")
    expires_at: datetime

    @classmethod
    def of(cls, entry: SignIn, mine: SignIn | None) -> Self:
        return cls(
            id=entry.id,
            is_script=entry.is_script,
            is_mine=mine is not None and entry.id == mine.id,
            address=entry.address,
            device=entry.device,
            way=entry.way,
            second_factor=entry.second_factor,
            created_at=entry.created_at,
            seen_at=entry.seen_at,
            expires_at=entry.expires_at,
        )


class SignInsAnswer(Shape):
    sign_ins: list[SignInAnswer] = Field(description="新しいものから")

    @classmethod
    def of(cls, somebody: Person) -> Self:
        mine, live = access.current_sign_in(), sign_ins.live_of(reading_session(), somebody)
        return cls(sign_ins=[SignInAnswer.of(entry, mine) for entry in live])


class EndedAnswer(Shape):
    count: int = Field(description="終わらせたサインインの数")


class OwnDetailsBody(Shape):
    """書かないものは変わらない"""

    kana: ShortText | None = None
    email: ShortText | None = None
    phone: ShortText | None = None


@blueprint.patch("/me")
@access.signed_in
@access.fresh
@operation("自分の登録を変える", body=OwnDetailsBody)
def change_details(person: Person, body: OwnDetailsBody) -> None:
    people.change_own_details(database_session(), person, **body.model_dump())


@blueprint.put("/me/password")
@access.before_second_factor
@costs(lane=RequestLane.SIGN_IN)
@operation("自分のパスワードを変える（ほかのサインインは終わる）", body=PasswordBody)
def change_password(person: Person, body: PasswordBody) -> None:
    entry = access.current_sign_in()
    assert entry is not None
    attempt = entering.again(person, body.password)
    rule, engine = passwords.rule_for(config(), person), engine_of(current_app)
    sign_ins.change_password(engine, attempt, body.new_password, rule, keep=entry.id)


@blueprint.get("/me/sign-ins")
@access.signed_in
@operation("自分のサインイン", answers=SignInsAnswer)
def list_sign_ins(person: Person) -> SignInsAnswer:
    return SignInsAnswer.of(person)


@blueprint.delete("/me/sign-ins")
@access.signed_in
@access.fresh
@operation("このほかのサインインをすべて終わらせる", answers=EndedAnswer)
def end_others(person: Person) -> EndedAnswer:
    entry = access.current_sign_in()
    assert entry is not None
    ended = sign_ins.end_all(database_session(), person, person, but=entry.id)
    return EndedAnswer(count=ended)


@blueprint.delete("/me/sign-ins/<int:sign_in_id>")
@access.signed_in
@access.fresh
@operation("自分のサインインを1つ終わらせる")
def end_sign_in(person: Person, sign_in_id: int) -> None:
    session = database_session()
    sign_ins.sign_out(session, sign_ins.one_of(session, person, sign_in_id))
