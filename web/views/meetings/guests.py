"""The guests' door (外部委員): a personal link, then the code."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.errors import TooManyTries, WrongCode
from meetings.invitations import guests
from web import access
from web.door.costs import RequestLane, costs
from web.shared import entering
from web.transaction import database_session, engine_of

blueprint = Blueprint("guests", __name__)


@blueprint.get("/guest/<token>")
@access.anyone
def door(token: str) -> ResponseReturnValue:
    guest_pass = guests.pass_of(database_session(), token)
    guests.check_is_not_over(guest_pass)
    return render_template("guest.html", guest_pass=guest_pass, token=token)


@blueprint.post("/guest/<token>")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
def enter(token: str) -> ResponseReturnValue:
    place, code = entering.of_browser(), request.form.get("code", "")
    try:
        entered, meeting_id = guests.let_in(engine_of(current_app), token, code, place)
    except (WrongCode, TooManyTries) as problem:
        guest_pass = guests.pass_of(database_session(), token)
        page = render_template(
            "guest.html", guest_pass=guest_pass, token=token, problem=problem.message
        )
        return entering.refused(problem, page)
    entering.remember(entered, place)
    return redirect(url_for("meetings.show", meeting_id=meeting_id))
