"""二要素認証: one's own second factors, and signing in by passkey."""

from typing import Any

from flask import Blueprint, current_app
from pydantic import Field

from meetings.people import (
    authenticator_apps,
    enrolment,
    factors,
    passkeys,
    people,
    recovery_codes,
)
from models.person import FactorKind, Person, Role
from web import access
from web.api.operations import Shape, operation
from web.door.costs import RequestLane, costs
from web.shared import entering
from web.transaction import config, database_session, engine_of, reading_session

blueprint = Blueprint("api_factors", __name__)


class ProposedAppAnswer(Shape):
    secret: str = Field(description="認証アプリに入れる鍵（base32）。ここでしか見られない")
    address: str = Field(description="同じものを otpauth:// の形で。QRコードにする")


class AppCodeBody(Shape):
    code: str = Field(max_length=100, description="認証アプリに出ている6桁")


class RecoveryCodesAnswer(Shape):
    codes: list[str] = Field(
        description="新しい回復コード。ここでしか見られない。新しく作らなかったときは空"
    )


class PasskeyRequestAnswer(Shape):
    token: str = Field(description="答えるときに添える")
    options: dict[str, Any] = Field(description="navigator.credentials に渡すもの（WebAuthn）")


class NewPasskeyBody(Shape):
    token: str = Field(max_length=100)
    credential: dict[str, Any] = Field(description="navigator.credentials.create() の結果")
    name: str = Field("", max_length=60, description="あとで見分けるための名前")


class PasskeyBody(Shape):
    token: str = Field(max_length=100)
    credential: dict[str, Any] = Field(description="navigator.credentials.get() の結果")


class PasskeyAnswer(Shape):
    id: int
    name: str


class FactorsAnswer(Shape):
    kinds: list[FactorKind] = Field(description="サインインのときに使えるもの")
    passkeys: list[PasskeyAnswer]
    recovery_codes_left: int
    is_demanded: bool = Field(description="この人の役割では二要素認証が必要")

    @classmethod
    def of(cls, person: Person) -> "FactorsAnswer":
        session = reading_session()
        return cls(
            kinds=sorted(factors.kinds_of(session, person)),
            passkeys=[
                PasskeyAnswer(id=one.id, name=one.name)
                for one in passkeys.of_person(session, person)
            ],
            recovery_codes_left=recovery_codes.left(session, person),
            is_demanded=factors.are_asked_of(person, config().sign_in.second_factor_for),
        )


@blueprint.get("/me/second-factors")
@access.before_second_factor
@operation("自分の二要素認証", answers=FactorsAnswer)
def show(person: Person) -> FactorsAnswer:
    return FactorsAnswer.of(person)


@blueprint.post("/me/authenticator-app")
@access.before_second_factor
@access.fresh
@operation("認証アプリの登録を始める", answers=ProposedAppAnswer, status=201)
def propose_app(person: Person) -> ProposedAppAnswer:
    app, key = (
        authenticator_apps.propose(database_session(), person, entering.key()),
        entering.key(),
    )
    return ProposedAppAnswer(
        secret=authenticator_apps.secret_of(app, key),
        address=authenticator_apps.address(app, key, config().city.name),
    )


@blueprint.put("/me/authenticator-app/confirmation")
@access.before_second_factor
@access.fresh
@costs(lane=RequestLane.SIGN_IN)
@operation("認証アプリの登録を終える", answers=RecoveryCodesAnswer, body=AppCodeBody)
def confirm_app(person: Person, body: AppCodeBody) -> RecoveryCodesAnswer:
    made = recovery_codes.fresh()
    session, entry = database_session(), access.current_sign_in()
    assert entry is not None
    codes = enrolment.confirm_app(session, person, entry, entering.key(), body.code, made)
    entering.renew_token(session, entry)
    return RecoveryCodesAnswer(codes=list(codes))


@blueprint.delete("/me/authenticator-app")
@access.before_second_factor
@access.fresh
@operation("認証アプリを外す")
def remove_app(person: Person) -> None:
    enrolment.remove_app(database_session(), person)


@blueprint.post("/me/passkey-requests")
@access.before_second_factor
@access.fresh
@operation("パスキーの登録を始める", answers=PasskeyRequestAnswer, status=201)
def ask_for_passkey(person: Person) -> PasskeyRequestAnswer:
    asked = passkeys.ask_to_make(
        database_session(), person, entering.passkey_site(), entering.key()
    )
    return PasskeyRequestAnswer(token=asked.token, options=asked.options)


@blueprint.post("/me/passkeys")
@access.before_second_factor
@access.fresh
@costs(lane=RequestLane.SIGN_IN)
@operation("パスキーを登録する", answers=RecoveryCodesAnswer, status=201, body=NewPasskeyBody)
def add_passkey(person: Person, body: NewPasskeyBody) -> RecoveryCodesAnswer:
    made, site = recovery_codes.fresh(), entering.passkey_site()
    session, entry = database_session(), access.current_sign_in()
    assert entry is not None
    codes = enrolment.add_passkey(
        session, person, entry, site, body.token, body.credential, body.name, made
    )
    entering.renew_token(session, entry)
    return RecoveryCodesAnswer(codes=list(codes))


@blueprint.delete("/me/passkeys/<int:passkey_id>")
@access.before_second_factor
@access.fresh
@operation("パスキーを外す")
def remove_passkey(person: Person, passkey_id: int) -> None:
    enrolment.remove_passkey(database_session(), person, passkey_id)


@blueprint.post("/me/recovery-codes")
@access.before_second_factor
@access.fresh
@costs(lane=RequestLane.SIGN_IN)
@operation("回復コードを新しくする", answers=RecoveryCodesAnswer, status=201)
def renew_codes(person: Person) -> RecoveryCodesAnswer:
    made = recovery_codes.fresh()
    recovery_codes.renew(database_session(), person, made)
    return RecoveryCodesAnswer(codes=list(made.codes))


@blueprint.post("/passkey-requests")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
@operation("パスキーでのサインインを始める", answers=PasskeyRequestAnswer, status=201)
def ask_to_sign() -> PasskeyRequestAnswer:
    """Ask for a passkey of whoever is in the second step, or of anybody."""
    asked = passkeys.ask_to_sign(
        database_session(), entering.passkey_site(), entering.open_step_token()
    )
    return PasskeyRequestAnswer(token=asked.token, options=asked.options)


@blueprint.post("/sign-ins")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
@operation("パスキーでサインインする（クッキーを受け取る）", body=PasskeyBody)
def sign_in(body: PasskeyBody) -> None:
    place = entering.of_browser()
    entered = passkeys.enter(
        engine_of(current_app),
        body.token,
        body.credential,
        entering.passkey_site(),
        place,
        key=entering.key(),
        hours=config().server.sign_in_hours,
    )
    entering.remember(entered, place)


@blueprint.get("/people/<int:person_id>/second-factors")
@access.with_role(Role.ADMINISTRATOR)
@operation("利用者の二要素認証", answers=FactorsAnswer)
def show_of(person: Person, person_id: int) -> FactorsAnswer:
    return FactorsAnswer.of(people.one(reading_session(), person_id))


@blueprint.delete("/people/<int:person_id>/second-factors")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@operation("なくした二要素認証を外す（本人に知らせる。サインインはすべて終わる）")
def remove_of(person: Person, person_id: int) -> None:
    session = database_session()
    enrolment.remove_all(session, person, people.one(session, person_id))
