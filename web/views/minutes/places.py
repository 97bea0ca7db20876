"""The place of a recording in its meeting: a part or a spare, and when it begins."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings import dates
from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from meetings.rights import Right
from minutes.recordings import timestamps
from minutes.recordings.beginnings import read_beginning, typed_beginning
from minutes.recordings.parts import remarks, times_of
from minutes.recordings.recordings import place_in_short, place_recording
from minutes.transcripts import shown_pages
from models.person import Person
from models.recording import Recording, RecordingKind
from web import access
from web.transaction import database_session
from web.views.meetings._meeting_head import meeting_head

blueprint = Blueprint("places", __name__)
blueprint.add_app_template_global(typed_beginning, "typed_beginning")
blueprint.add_app_template_global(place_in_short, "place_in_short")
blueprint.add_app_template_global(times_of, "times_of")
blueprint.add_app_template_global(remarks, "remarks")
blueprint.add_app_template_filter(dates.clock_in_seconds, "clock_in_seconds")


@blueprint.get("/recordings/<int:recording_id>/place")
@access.to(Recording, Right.RECORD)
def form(person: Person, recording: Recording) -> ResponseReturnValue:
    return _form(person, recording)


@blueprint.post("/recordings/<int:recording_id>/place")
@access.to(Recording, Right.RECORD)
def change(person: Person, recording: Recording) -> ResponseReturnValue:
    fields, session = request.form, database_session()
    try:
        began_at = read_beginning(
            session, recording, fields.get("began_at", ""), fields.get("day", "")
        )
        place_recording(
            session,
            person,
            recording,
            kind=_kind(),
            began_at=began_at,
            seen=fields.get("seen"),
            is_checked="checked" in fields,
        )
    except InvalidInput as problem:
        return _form(person, recording, problem), 422
    except (NotPossibleNow, StaleRevision) as problem:
        return _form(person, recording, problem), 409
    flash(f"「{recording.file_name}」の種類と始まりの時刻を保存しました。", "done")
    return redirect(
        url_for(
            "recordings.index",
            meeting_id=recording.meeting_id,
            _anchor=f"recording-{recording.id}",
        )
    )


def _form(person: Person, recording: Recording, problem: Exception | None = None) -> str:
    session, meeting = database_session(), recording.meeting
    length = recording.duration_seconds
    return render_template(
        "recordings/place.html",
        meeting=meeting,
        head=meeting_head(person, meeting),
        tab="recordings",
        recording=recording,
        readings=timestamps.plausible(session, meeting, recording.stamped_at, length),
        to_hear=shown_pages.for_person(session, person, meeting).to_hear(recording),
        problem=problem,
    )


def _kind() -> RecordingKind:
    try:
        return RecordingKind(request.form.get("kind", ""))
    except ValueError as problem:
        raise InvalidInput("kind", "本編か予備かを選んでください。") from problem
