"""アカウント: one's own second factors."""

import segno
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput
from meetings.people import authenticator_apps, enrolment, recovery_codes
from models.person import Person
from web import access
from web.door.costs import RequestLane, costs
from web.shared import entering
from web.transaction import config, database_session, settle

blueprint = Blueprint("own_factors", __name__, url_prefix="/account")


@blueprint.post("/authenticator-app")
@access.before_second_factor
@access.fresh
def propose_app(person: Person) -> ResponseReturnValue:
    """Show the secret for an app; the page stands nowhere else."""
    session = database_session()
    authenticator_apps.propose(session, person, entering.key())
    settle()
    return _app_page(session, person)


@blueprint.post("/authenticator-app/confirmation")
@access.before_second_factor
@access.fresh
@costs(lane=RequestLane.SIGN_IN)
def confirm_app(person: Person) -> ResponseReturnValue:
    """Take the app into use; the recovery codes that come with it are shown once."""
    made, code = recovery_codes.fresh(), request.form.get("code", "")
    session, entry = database_session(), access.current_sign_in()
    assert entry is not None
    try:
        codes = enrolment.confirm_app(session, person, entry, entering.key(), code, made)
    except InvalidInput as problem:
        return make_response(_app_page(session, person, problem.message), 422)
    entering.renew_token(session, entry)
    return _done("認証アプリを登録しました。", codes)


@blueprint.post("/authenticator-app/removal")
@access.before_second_factor
@access.fresh
def remove_app(person: Person) -> ResponseReturnValue:
    enrolment.remove_app(database_session(), person)
    return _done("認証アプリを外しました。")


@blueprint.post("/passkeys/<int:passkey_id>/removal")
@access.before_second_factor
@access.fresh
def remove_passkey(person: Person, passkey_id: int) -> ResponseReturnValue:
    enrolment.remove_passkey(database_session(), person, passkey_id)
    return _done("パスキーを外しました。")


@blueprint.post("/recovery-codes")
@access.before_second_factor
@access.fresh
@costs(lane=RequestLane.SIGN_IN)
def renew_codes(person: Person) -> ResponseReturnValue:
    made = recovery_codes.fresh()
    recovery_codes.renew(database_session(), person, made)
    return _done("回復コードを新しくしました。前のものはもう使えません。", made.codes)


def _app_page(session: Session, person: Person, problem: str = "") -> str:
    found = authenticator_apps.proposed(session, person)
    target = authenticator_apps.address(found, entering.key(), config().city.name)
    return render_template(
        "people/authenticator_app.html",
        problem=problem,
        code=segno.make(target, error="m").svg_data_uri(scale=6, border=2),
        secret=authenticator_apps.secret_of(found, entering.key()),
    )


def _done(words: str, codes: enrolment.Codes = ()) -> ResponseReturnValue:
    if not codes:
        flash(words, "done")
        return redirect(url_for("account.show"))
    settle()
    return render_template("people/recovery_codes.html", words=words, codes=codes)
