"""引き継ぎ: what waits for people who have left, for those who can hand it over."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from meetings.rights import Right
from minutes import handovers
from models.meeting import Meeting
from models.person import Person
from web import access
from web.transaction import database_session, reading_session

blueprint = Blueprint("handovers", __name__)


@blueprint.get("/handovers")
@access.signed_in
def index(person: Person) -> ResponseReturnValue:
    found = handovers.that_may_be_done_by(reading_session(), person)
    mine = [one for one in found if handovers.may_take_over(person, one)]
    return render_template("meetings/handovers.html", found=found, mine=mine)


@blueprint.post("/meetings/<int:meeting_id>/organiser")
@access.to(Meeting, Right.PREPARE)
def take_over(person: Person, meeting: Meeting) -> ResponseReturnValue:
    handovers.take_over(database_session(), person, meeting)
    flash(f"「{meeting.title}」の主催を引き受けました。", "done")
    return redirect(url_for("handovers.index"))
