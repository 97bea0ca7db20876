"""The link by which a person chooses a password."""

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.errors import InvalidInput, NotPossibleNow
from meetings.people import password_links, passwords
from web import access, refusals
from web.door.costs import RequestLane, costs
from web.shared import entering
from web.transaction import config, engine_of, reading_session

blueprint = Blueprint("passwords", __name__)
NOT_ALIKE = "2つの欄のパスワードが違います。同じものを入力してください。"


@blueprint.get("/password/<token>")
@access.anyone
def form(token: str) -> ResponseReturnValue:
    return _page(token, {})


@blueprint.post("/password/<token>")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
def choose(token: str) -> ResponseReturnValue:
    """Set the password, and sign in."""
    place, password = entering.of_browser(), request.form.get("new_password", "")
    try:
        if password != request.form.get("again"):
            raise InvalidInput("again", NOT_ALIKE)
        engine = engine_of(current_app)
        outcome = password_links.choose(engine, config(), token, password, place)
    except InvalidInput as problem:
        return _page(token, {problem.field: problem.message}), 422
    return entering.go_on(outcome, place, url_for("today.index"))


def _page(token: str, problems: dict[str, str]) -> str:
    try:
        link = password_links.open_link(reading_session(), token)
    except NotPossibleNow:
        refusals.note("password_link", None)
        raise
    rule = passwords.rule_for(config(), link.person)
    return render_template(
        "people/choose_password.html", link=link, token=token, rule=rule, problems=problems
    )
