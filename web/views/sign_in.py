"""Signing in and out."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie

from meetings import people
from meetings.errors import SignInRefused
from web import access
from web.transaction import config, database_session

blueprint = Blueprint("sign_in", __name__)


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
    cookie.pop("token", None)
    return redirect(url_for("public.index"))


def _inside(target: str | None) -> str:
    """Only a path on this server: a link must not lead a person elsewhere after signing in."""
    parts = urlsplit(target or "")
    is_inside = target and target.startswith("/") and not target.startswith(("//", "/\\"))
    return str(target) if is_inside and not parts.netloc else url_for("today.index")
