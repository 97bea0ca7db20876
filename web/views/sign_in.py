"""Signing in and out."""

import re
from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for

from meetings import sign_ins
from meetings.errors import SignInRefused, TooManyTries
from web import access, entering
from web.door.costs import Lane, costs
from web.transaction import config, database_session, engine_of

blueprint = Blueprint("sign_in", __name__)
PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f-\xa0\\\u2028\u2029]{0,2000}")
"""What browsers read as a path: they take back slashes for slashes, and leave line breaks out."""


@blueprint.get("/sign-in")
@access.anyone
def form() -> Any:
    return render_template("sign_in.html", goes_to=_inside(request.args.get("next")))


@blueprint.post("/sign-in")
@access.anyone
@costs(lane=Lane.SIGN_IN)
def sign_in() -> Any:
    login, goes_to = request.form.get("login", ""), _inside(request.form.get("next"))
    place = entering.of_browser()
    attempt = entering.attempt(login, request.form.get("password", ""), place)
    try:
        hours = config().server.sign_in_hours
        entered = sign_ins.sign_in(engine_of(current_app), attempt, hours=hours)
    except (SignInRefused, TooManyTries) as refusal:
        page = render_template(
            "sign_in.html", goes_to=goes_to, login=login, problem=refusal.message
        )
        return entering.refused(refusal, page)
    entering.remember(entered, place)
    return redirect(goes_to)


@blueprint.post("/sign-out")
@access.with_any_password
def sign_out(person: Any) -> Any:
    entry = access.current_sign_in()
    if entry:
        sign_ins.sign_out(database_session(), entry)
    g.has_sign_in_ended = True
    return redirect(url_for("public.index"))


def _inside(target: str | None) -> str:
    """Only a path on this server: a link must not lead a person elsewhere after signing in."""
    return str(target) if PATH.fullmatch(target or "") else url_for("today.index")
