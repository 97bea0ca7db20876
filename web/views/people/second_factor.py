"""The second step of signing in."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.errors import SecondFactorWrong, StepOver, TooManyTries
from meetings.people import second_step
from models.person import FactorKind
from web import access
from web.door.costs import RequestLane, costs
from web.shared import entering
from web.transaction import config, engine_of, reading_session
from web.urls import path_inside

blueprint = Blueprint("second_factor", __name__)


@blueprint.get("/sign-in/second-factor")
@access.anyone
def form() -> ResponseReturnValue:
    try:
        return _page(_goes_to(request.args.get("next")))
    except StepOver:
        return redirect(url_for("sign_in.form", next=_goes_to(request.args.get("next"))))


@blueprint.post("/sign-in/second-factor")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
def show_code() -> ResponseReturnValue:
    """Take a code of an app or a recovery code."""
    goes_to, place = _goes_to(request.form.get("next")), entering.of_browser()
    try:
        entered = second_step.show_code(
            engine_of(current_app),
            entering.step_token(),
            request.form.get("code", ""),
            place,
            key=entering.key(),
            hours=config().server.sign_in_hours,
        )
    except (SecondFactorWrong, TooManyTries) as refusal:
        return entering.refused(refusal, _page(goes_to, refusal.message))
    except StepOver:
        return redirect(url_for("sign_in.form", next=goes_to))
    return entering.go_on(entered, place, goes_to)


def _page(goes_to: str, problem: str = "") -> str:
    kinds = second_step.kinds_of_step(reading_session(), entering.step_token())
    return render_template(
        "people/second_factor.html",
        goes_to=goes_to,
        problem=problem,
        has_app=FactorKind.APP in kinds,
        has_passkey=FactorKind.PASSKEY in kinds,
    )


def _goes_to(target: str | None) -> str:
    return path_inside(target) or url_for("today.index")
