"""The page 要点記録 of the minutes: drafted from what was said, chosen and written by hand."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.entries import plain_number
from meetings.errors import InvalidInput, NotFound, NotPossibleNow, StaleRevision
from meetings.rights import Right
from minutes.digests.language_model import RejectedPoint
from minutes.digests.points import PointKind
from minutes.records import digest
from minutes.records.content import Content, content_of, paragraphs_by_place
from minutes.records.records import minutes_of
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.person import Person
from web import access
from web.audit_access import note_look
from web.shared import drafting
from web.transaction import config, reading_session, release
from web.views.meetings._meeting_head import meeting_head
from web.views.minutes._digest_form import typed_digest
from web.views.minutes._hearing import hearings

blueprint = Blueprint("digest", __name__)
CHANGED = (
    "ほかの人が先に要点記録を保存しました。下の欄にはあなたの文が残っています。"
    "もう一度保存すると、先に保存された要点記録と入れ替わります（前の版は残ります）。"
)


@blueprint.get("/meetings/<int:meeting_id>/digest")
@access.to(Meeting, Right.HEAR)
def show(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Show the digest of the latest revision; where none is written, the draft of one."""
    revision = _latest(meeting)
    note_look(person, "look", revision)
    return _page(person, revision, digest.with_digest(content_of(revision)))


@blueprint.post("/meetings/<int:meeting_id>/digest")
@access.to(Meeting, Right.CORRECT)
def change(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Save the digest as a new revision of the minutes, whose text stays what it is now. The fields
    follow revision `layout`; `seen` is the latest one whose digest its sender has seen."""
    latest = _latest(meeting)
    layout, seen = _numbered(latest, "layout"), _numbered(latest, "seen")
    typed = typed_digest(content_of(layout))
    asked = plain_number(request.form.get("write"))
    if asked is not None and asked < len(typed.sections):
        return _written(person, layout, typed, asked)
    if digest.digests_of(content_of(seen)) != digest.digests_of(content_of(latest)):
        release()
        return _page(person, layout, typed, CHANGED), 409
    content = digest.with_digest_of(content_of(latest), typed)
    try:
        revision = drafting.revise(person, latest.minutes, content, latest.number)
    except (InvalidInput, NotPossibleNow, StaleRevision) as problem:
        release()
        status = 422 if isinstance(problem, InvalidInput) else 409
        return _page(person, layout, typed, problem.message), status
    flash(f"要点記録を、会議録の第{revision.number}版に保存しました。", "done")
    return redirect(url_for(".show", meeting_id=meeting.id))


def _written(
    person: Person, revision: MinutesRevision, content: Content, number: int
) -> ResponseReturnValue:
    """Show the page with what the language model writes about a section in the place of what stood
    there. Nothing is saved."""
    release()  # the model takes its time
    try:
        draft = digest.written_by_model(config().digest, content, number)
    except NotPossibleNow as problem:
        return _page(person, revision, content, problem.message), 409
    content.sections[number].digest = draft.points
    return _page(person, revision, content, rejected=(number, draft.rejected))


def _page(
    person: Person,
    revision: MinutesRevision,
    content: Content,
    problem: str = "",
    rejected: tuple[int, list[RejectedPoint]] | None = None,
) -> str:
    meeting = revision.meeting
    said = paragraphs_by_place(content)
    return render_template(
        "minutes/digest.html",
        meeting=meeting,
        head=meeting_head(person, meeting),
        tab="minutes",
        revision=revision,
        seen=revision.minutes.latest.number,
        content=content,
        is_draft=any(section.digest is None for section in content_of(revision).sections),
        is_open=not revision.minutes.latest.is_awaited,
        kinds=[(kind.value, kind.label) for kind in PointKind],
        place_of={
            paragraph.place: (number, place)
            for number, section in enumerate(content.sections)
            for place, paragraph in enumerate(section.paragraphs)
        },
        plays=hearings(revision, content),
        has_changed=lambda sentence: digest.has_changed_source(sentence, said),
        unused=digest.unused,
        problem=problem,
        has_model=bool(config().digest.address),
        rejected=rejected,
    )


def _latest(meeting: Meeting) -> MinutesRevision:
    minutes = minutes_of(reading_session(), meeting)
    if minutes is None:
        raise NotFound()
    return minutes.latest


def _numbered(latest: MinutesRevision, field: str) -> MinutesRevision:
    number = plain_number(request.form.get(field))
    for revision in latest.minutes.revisions:
        if revision.number == number:
            return revision
    raise InvalidInput(field, "もとの版が見つかりません。画面を開き直してください。")
