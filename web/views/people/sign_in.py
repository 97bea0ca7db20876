"""Signing in and out."""

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.errors import DirectoryUnreachable, SignInRefused, TooManyTries
from meetings.people import sign_ins
from meetings.people.passkeys import PasskeySite
from models.person import SignInWay
from web import access
from web.door.costs import RequestLane, costs
from web.shared import entering
from web.transaction import config, database_session, engine_of
from web.urls import path_inside

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
@access.anyone
def form() -> ResponseReturnValue:
    return page(_goes_to(request.args.get("next")), is_again=request.args.get("again") == "yes")


@blueprint.post("/sign-in")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
def sign_in() -> ResponseReturnValue:
    login, goes_to = request.form.get("login", ""), _goes_to(request.form.get("next"))
    place = entering.of_browser()
    attempt = entering.attempt(login, request.form.get("password", ""), place)
    try:
        hours = config().server.sign_in_hours
        outcome = sign_ins.sign_in(engine_of(current_app), attempt, hours=hours)
    except (SignInRefused, TooManyTries, DirectoryUnreachable) as refusal:
        return entering.refused(refusal, page(goes_to, login=login, problem=refusal.message))
    return entering.go_on(outcome, place, goes_to)


@blueprint.post("/sign-out")
@access.anyone
def sign_out() -> ResponseReturnValue:
    """Sign out also where the person may not use anything else, such as from another network."""
    entry = access.current_sign_in()
    if entry:
        sign_ins.sign_out(database_session(), entry)
    g.has_sign_in_ended = True
    if entry is not None and entry.way is SignInWay.OIDC and config().oidc.is_used:
        return redirect(url_for("single_sign_on.sign_out_there"))
    return redirect(url_for("public.index"))


def page(goes_to: str, *, login: str = "", problem: str = "", is_again: bool = False) -> str:
    """Show the form. `is_again`: to somebody who is signed in, before something that matters."""
    somebody = access.current_person() if is_again else None
    settings = config()
    return render_template(
        "sign_in.html",
        goes_to=goes_to,
        login=somebody.login if somebody else login,
        problem=problem,
        is_again=is_again,
        has_passkeys=PasskeySite.of(settings.address, settings.city.name) is not None,
    )


def _goes_to(target: str | None) -> str:
    return path_inside(target) or url_for("today.index")
