"""会議体の声紋: whether a series keeps voiceprints, whose, and until when."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.errors import InvalidInput
from meetings.rights import Right, rights
from minutes.speakers import samples, voiceprints
from models.base import now
from models.meeting import Meeting
from models.person import Person
from web import access
from web.audit_access import note_look
from web.transaction import config, database_session

blueprint = Blueprint("voiceprints", __name__)


@blueprint.get("/meetings/<int:meeting_id>/voiceprints")
@access.to(Meeting, Right.VOICEPRINTS)
def index(person: Person, meeting: Meeting) -> ResponseReturnValue:
    note_look(person, "look_at_voiceprints", meeting.series)
    return _page(person, meeting)


@blueprint.post("/meetings/<int:meeting_id>/series/voiceprints")
@access.to(Meeting, Right.PREPARE)
def switch(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Switch voiceprints on or off, with a tick by which the person says that they know what that
    means."""
    session, series = database_session(), meeting.series
    is_on = request.form.get("is_on") == "yes"
    if not request.form.get("is_understood"):
        problem = InvalidInput("is_understood", "内容を確かめて、欄に印を付けてください。")
        return _page(person, meeting, problem), 422
    if is_on:
        voiceprints.switch_on(session, person, series, config())
        flash(
            "この会議体で声紋を使い始めました。残すのは、同意の印を付けた人の分だけです。", "done"
        )
    else:
        count = voiceprints.switch_off(session, person, series)
        flash(f"声紋を使うのをやめ、{count}人の声紋を消しました。", "done")
    return _back(meeting)


@blueprint.post("/meetings/<int:meeting_id>/voiceprints/<int:voiceprint_id>/removal")
@access.to(Meeting, Right.VOICEPRINTS)
def remove(person: Person, meeting: Meeting, voiceprint_id: int) -> ResponseReturnValue:
    session = database_session()
    found = voiceprints.print_of(session, meeting.series, voiceprint_id)
    name = found.name
    voiceprints.forget(session, person, found)
    flash(f"「{name}」の声紋を消しました。", "done")
    return _back(meeting)


@blueprint.post("/meetings/<int:meeting_id>/voiceprints/removal")
@access.to(Meeting, Right.VOICEPRINTS)
def remove_all(person: Person, meeting: Meeting) -> ResponseReturnValue:
    count = voiceprints.forget_all(database_session(), person, meeting.series)
    flash(f"{count}人の声紋を消しました。", "done")
    return _back(meeting)


def _page(person: Person, meeting: Meeting, problem: InvalidInput | None = None) -> str:
    session, days = database_session(), config().speakers.voiceprint_days
    return render_template(
        "voiceprints/index.html",
        meeting=meeting,
        is_on=meeting.series.keeps_voiceprints,
        listed=voiceprints.listed(session, meeting.series, config()),
        given=rights(session, person, meeting),
        days=days,
        sample_days=samples.LONGEST_KEPT.days,
        until=now() + timedelta(days=days),
        problem=problem,
    )


def _back(meeting: Meeting) -> ResponseReturnValue:
    return redirect(url_for("voiceprints.index", meeting_id=meeting.id))
