"""戻ってきたWord: what was corrected outside, each difference taken or left."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.entries import plain_number
from meetings.errors import FileRejected, InvalidInput, NotPossibleNow, OutOfBounds, StaleRevision
from meetings.rights import Right
from minutes.forms import returning
from minutes.forms.returning import ReturnedChange, ReturnedKind
from minutes.records.content import content_of
from minutes.records.paper import speaker_labels
from minutes.records.records import minutes_of
from models.meeting import Meeting
from models.minutes import Minutes
from models.person import Person
from web import access
from web.audit_access import note_look
from web.door.costs import costs
from web.shared import drafting, intake
from web.transaction import reading_session, release

blueprint = Blueprint("returned", __name__)
MADE_MEANWHILE = (
    "その間に新しい版ができました。戻ってきたファイルをもう一度送ると、いまの版との違いが出ます。"
)


@blueprint.get("/meetings/<int:meeting_id>/returned")
@access.to(Meeting, Right.CORRECT)
def form(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return _form(meeting)


@blueprint.post("/meetings/<int:meeting_id>/returned")
@access.to(Meeting, Right.CORRECT)
@costs(files="transcript_mb")
def compare(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Show the differences; what is taken of them is sent by `take`."""
    meeting_id = meeting.id
    try:
        pieces = intake.receive_returned(meeting_id)
        meeting = access.fetch(Meeting, meeting_id, Right.CORRECT, access.required_person())
        minutes = _minutes(meeting)
        found = returning.changes_of(minutes, pieces)
    except (FileRejected, InvalidInput, OutOfBounds) as problem:
        release()
        meeting = access.fetch(Meeting, meeting_id, Right.CORRECT, access.required_person())
        return _form(meeting, problem.message), 422
    content = content_of(minutes.latest)
    note_look(access.required_person(), "look", minutes.latest)
    return render_template(
        "minutes/returned.html",
        meeting=meeting,
        revision=minutes.latest,
        content=content,
        label=speaker_labels(content),
        changes=found,
    )


@blueprint.post("/meetings/<int:meeting_id>/returned/taken")
@access.to(Meeting, Right.CORRECT)
def take(person: Person, meeting: Meeting) -> ResponseReturnValue:
    minutes = _minutes(meeting)
    taken = [_change(key) for key in request.form.getlist("take")]
    if not taken:
        flash("取り入れる変更を選んでいないため、会議録は変わっていません。", "done")
        return redirect(url_for("minutes.show", meeting_id=meeting.id))
    based_on = plain_number(request.form.get("based_on")) or 0
    try:
        content = returning.applied(content_of(minutes.latest), taken)
        revision = drafting.revise(person, minutes, content, based_on)
    except StaleRevision:
        release()
        return _form(meeting, MADE_MEANWHILE), 409
    flash(f"{len(taken)}か所を取り入れ、会議録（第{revision.number}版）を保存しました。", "done")
    return redirect(url_for("minutes.show", meeting_id=meeting.id))


def _change(key: str) -> ReturnedChange:
    """Return the change of this key with the text that the form carries. Raises InvalidInput."""
    section, _, rest = key.partition("-")
    paragraph, _, kind = rest.partition("-")
    place = plain_number(section), plain_number(paragraph)
    if place[0] is None or place[1] is None or kind.upper() not in ReturnedKind.__members__:
        raise InvalidInput("take", "取り入れる変更を選び直してください。")
    text = request.form.get(f"text-{key}", "")
    return ReturnedChange((place[0], place[1]), ReturnedKind[kind.upper()], "", text)


def _form(meeting: Meeting, problem: str = "") -> str:
    return render_template("minutes/returned.html", meeting=meeting, problem=problem, changes=None)


def _minutes(meeting: Meeting) -> Minutes:
    minutes = minutes_of(reading_session(), meeting)
    if minutes is None:
        raise NotPossibleNow("会議録はまだありません。先に逐語録から作ってください。")
    return minutes
