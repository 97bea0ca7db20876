"""The guests' door (外部委員): a personal link, then the code."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie

from meetings import guests
from web import access
from web.transaction import database_session

blueprint = Blueprint("guests", __name__)
WRONG = "番号が違います。通知文の6桁の番号を入力してください。"


@blueprint.get("/guest/<token>")
@access.anyone
def door(token: str) -> Any:
    guest_pass = guests.pass_of(database_session(), token)
    guests.check_is_open(guest_pass)
    return render_template("guest.html", guest_pass=guest_pass, token=token)


@blueprint.post("/guest/<token>")
@access.anyone
def enter(token: str) -> Any:
    session = database_session()
    guest_pass = guests.pass_of(session, token)
    entered = guests.let_in(session, guest_pass, request.form.get("code", ""))
    if entered is None:
        session.commit()  # the wrong code counts
        page = render_template("guest.html", guest_pass=guest_pass, token=token, problem=WRONG)
        return page, 401
    cookie["token"] = entered[0]
    cookie.permanent = True
    return redirect(url_for("meetings.show", meeting_id=guest_pass.meeting_id))
