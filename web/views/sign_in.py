"""Signing in and out."""

import re
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask import session as cookie

from meetings import people
from meetings.errors import SignInRefused
from web import access
from web.transaction import config, database_session

blueprint = Blueprint("sign_in", __name__)
PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f-\xa0\\\u2028\u2029]{0,2000}")
"""What browsers read as a path: they take back slashes for slashes, and leave line breaks out."""


@blueprint.get("/sign-in")
@access.anyone
def form() -> Any:
    return render_template("sign_in.html", goes_to=_inside(request.args.get("next")))


@blueprint.post("/sign-in")
@access.anyone
def sign_in() -> Any:
    """The anti-forgery token stays the same, so that forms open in other tabs can still be sent."""
    login, goes_to = request.form.get("login", ""), _inside(request.form.get("next"))
    try:
        token, _ = people.sign_in(
            database_session(),
            login,
            request.form.get("password", ""),
            hours=config().server.sign_in_hours,
        )
    except SignInRefused as refusal:
        shown = render_template(
            "sign_in.html", goes_to=goes_to, login=login, problem=refusal.message
        )
        return shown, 401
    cookie["token"] = token
    cookie.permanent = True
    return redirect(goes_to)


@blueprint.post("/sign-out")
@access.signed_in
def sign_out(person: Any) -> Any:
    entry = access.current_sign_in()
    if entry:
        people.sign_out(database_session(), entry)
    g.has_sign_in_ended = True
    return redirect(url_for("public.index"))


def _inside(target: str | None) -> str:
    """Only a path on this server: a link must not lead a person elsewhere after signing in."""
    return str(target) if PATH.fullmatch(target or "") else url_for("today.index")
