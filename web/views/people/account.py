"""アカウント: one's own password, and where one is signed in."""

from dataclasses import dataclass
from typing import Self

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.errors import InvalidInput, SignInRefused, TooManyTries
from meetings.people import (
    authenticator_apps,
    devices,
    factors,
    passkeys,
    passwords,
    people,
    recovery_codes,
    sign_ins,
)
from meetings.people.passkeys import PasskeySite
from models.factor import AuthenticatorApp, Passkey
from models.person import FactorKind, Person, SignIn
from web import access
from web.door.costs import RequestLane, costs
from web.shared import entering
from web.transaction import config, database_session, engine_of, reading_session

blueprint = Blueprint("account", __name__)
OLD_IS_WRONG = "いまのパスワードが違います。もう一度入力してください。"
NOT_ALIKE = "新しいパスワードが、2つの欄で違います。同じものを入力してください。"


@blueprint.get("/account")
@access.before_second_factor
def show(person: Person) -> ResponseReturnValue:
    return _page(person, {})


@blueprint.post("/account/password")
@access.before_second_factor
@costs(lane=RequestLane.SIGN_IN)
def change_password(person: Person) -> ResponseReturnValue:
    """Change one's own password."""
    entry, new = access.current_sign_in(), request.form.get("new_password", "")
    assert entry is not None
    rule = passwords.rule_for(config(), person)
    attempt = entering.again(person, request.form.get("password", ""))
    try:
        if new != request.form.get("again"):
            raise InvalidInput("again", NOT_ALIKE)
        sign_ins.change_password(engine_of(current_app), attempt, new, rule, keep=entry.id)
    except InvalidInput as problem:
        return _page(person, {problem.field: problem.message}), 422
    except SignInRefused as refusal:
        return entering.refused(refusal, _page(person, {"password": OLD_IS_WRONG}))
    except TooManyTries as refusal:
        return entering.refused(refusal, _page(person, {"password": refusal.message}))
    flash("パスワードを変えました。ほかの端末はすべてサインアウトしました。", "done")
    return redirect(url_for("account.show"))


@blueprint.post("/account/details")
@access.signed_in
@access.fresh
def change_details(person: Person) -> ResponseReturnValue:
    """Change one's own reading, mail address and telephone."""
    given = {field: request.form.get(field) for field in ("kana", "email", "phone")}
    try:
        people.change_own_details(database_session(), person, **given)
    except InvalidInput as problem:
        return _page(person, {problem.field: problem.message}), 422
    flash("登録を変えました。", "done")
    return redirect(url_for("account.show"))


@blueprint.post("/account/sign-ins/<int:sign_in_id>/ending")
@access.signed_in
@access.fresh
def end_sign_in(person: Person, sign_in_id: int) -> ResponseReturnValue:
    session = database_session()
    sign_ins.sign_out(session, sign_ins.one_of(session, person, sign_in_id))
    flash("その端末をサインアウトしました。", "done")
    return redirect(url_for("account.show"))


@blueprint.post("/account/sign-ins/endings")
@access.signed_in
@access.fresh
def end_others(person: Person) -> ResponseReturnValue:
    entry = access.current_sign_in()
    assert entry is not None
    count = sign_ins.end_all(database_session(), person, person, but=entry.id)
    flash(f"ほかの端末{count}台をサインアウトしました。", "done")
    return redirect(url_for("account.show"))


@dataclass(frozen=True)
class FactorsShown:
    """One's own second factors as the page shows them. `is_missing`: a role demands one."""

    kinds: frozenset[FactorKind]
    app: AuthenticatorApp | None
    passkeys: list[Passkey]
    codes_left: int
    is_missing: bool
    has_passkey_site: bool
    device: str

    @classmethod
    def of(cls, session: Session, entry: SignIn, settings: Config) -> Self:
        person = entry.person
        app = authenticator_apps.of_person(session, person)
        demands = factors.are_asked_of(person, settings.sign_in.second_factor_for)
        return cls(
            kinds=factors.kinds_of(session, person),
            app=app if app is not None and app.confirmed_at else None,
            passkeys=passkeys.of_person(session, person),
            codes_left=recovery_codes.left(session, person),
            is_missing=demands and not entry.has_two_factors,
            has_passkey_site=PasskeySite.of(settings.address, settings.city.name) is not None,
            device=devices.in_words(request.user_agent.string),
        )


def _page(person: Person, problems: dict[str, str]) -> str:
    mine = access.current_sign_in()
    assert mine is not None
    shown = None if person.is_guest else FactorsShown.of(reading_session(), mine, config())
    return render_template(
        "people/account.html",
        factors_shown=shown,
        problems=problems,
        rule=passwords.rule_for(config(), person),
        sign_ins=sign_ins.live_of(reading_session(), person),
        mine=mine,
    )
