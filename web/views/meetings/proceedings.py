"""会議の記録: the course of a sitting, what became of its items, whether it was open; and what of
these is proposed from what was said."""

import csv
import io
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings import agenda, entries
from meetings.clean_text import spreadsheet_cell
from meetings.entries import plain_number
from meetings.errors import GijidoError, InvalidInput, NotFound, NotPossibleNow
from meetings.rights import Right
from meetings.sitting import course, decisions, events, openness
from meetings.sitting.attendance import attendances_of
from minutes.proceedings import heard_decisions, heard_events
from minutes.records import heading
from minutes.records.head import head_of
from minutes.records.head_lines import decision_words
from minutes.records.records import minutes_of
from models.meeting import Meeting, Openness
from models.person import Person
from models.proceedings import (
    ItemDecision,
    ItemResult,
    SittingEvent,
    SittingEventKind,
    VotingMethod,
)
from web import access
from web.audit_access import note_look
from web.shared.files.named_files import send_named
from web.transaction import database_session, reading_session, release
from web.views.meetings._meeting_head import meeting_head
from web.views.meetings._proceedings_form import (
    attendance_chosen,
    chosen,
    chosen_or_none,
    decision_typed,
    item_chosen,
    moment_typed,
)

blueprint = Blueprint("proceedings", __name__)
blueprint.add_app_template_global(decisions.as_facts, "decision_facts")
blueprint.add_app_template_global(entries.local_fields, "local_fields")
HEAD = (
    "番号", "件名", "結果", "方法", "賛成", "反対", "賛成した人", "反対した人", "提出者", "付記",
)  # fmt: skip


@blueprint.get("/meetings/<int:meeting_id>/proceedings")
@access.to(Meeting, Right.RUN)
def show(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return _page(person, meeting)


@blueprint.post("/meetings/<int:meeting_id>/events")
@access.to(Meeting, Right.RUN)
def add_event(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Note an event, of now where no time was typed."""
    try:
        kind = chosen(SittingEventKind, "kind", "できごと")
        made = events.note_event(
            database_session(),
            person,
            meeting,
            kind,
            at=moment_typed(),
            attendance=attendance_chosen(meeting),
            agenda_item=item_chosen(meeting),
        )
    except (InvalidInput, NotPossibleNow) as problem:
        return _refused(person, meeting, "new-event", problem)
    who = f"（{made.who}）" if made.who else ""
    flash(f"{kind.label}{who}を記録しました。違うときは「取り消す」で戻せます。", "done")
    return _back(meeting, "events")


@blueprint.post("/sitting-events/<int:sitting_event_id>")
@access.to(SittingEvent, Right.RUN)
def change_event(person: Person, sitting_event: SittingEvent) -> ResponseReturnValue:
    meeting = sitting_event.meeting
    try:
        events.change_event(
            database_session(),
            person,
            sitting_event,
            at=moment_typed(sitting_event.at) or sitting_event.at,
            attendance=attendance_chosen(meeting),
            agenda_item=item_chosen(meeting),
        )
    except (InvalidInput, NotPossibleNow) as problem:
        return _refused(person, meeting, f"event-{sitting_event.id}", problem)
    flash(f"{sitting_event.kind.label}の記録を直しました。", "done")
    return _back(meeting, "events")


@blueprint.post("/sitting-events/<int:sitting_event_id>/striking")
@access.to(SittingEvent, Right.RUN)
def strike_event(person: Person, sitting_event: SittingEvent) -> ResponseReturnValue:
    meeting = sitting_event.meeting
    try:
        events.strike_event(database_session(), person, sitting_event)
    except NotPossibleNow as problem:
        return _refused(person, meeting, f"event-{sitting_event.id}", problem)
    flash(f"{sitting_event.kind.label}の記録を取り消しました。", "done")
    return _back(meeting, "events")


@blueprint.post("/meetings/<int:meeting_id>/decisions")
@access.to(Meeting, Right.RUN)
def add_decision(person: Person, meeting: Meeting) -> ResponseReturnValue:
    try:
        facts = decision_typed(meeting)
        decisions.note_decision(database_session(), person, meeting, facts)
    except InvalidInput as problem:
        return _refused(person, meeting, "new-decision", problem)
    flash(f"結果（{facts.result.label}）を記録しました。", "done")
    return _back(meeting, "decisions")


@blueprint.post("/item-decisions/<int:item_decision_id>")
@access.to(ItemDecision, Right.RUN)
def change_decision(person: Person, item_decision: ItemDecision) -> ResponseReturnValue:
    meeting = item_decision.meeting
    try:
        facts = decision_typed(meeting)
        decisions.change_decision(database_session(), person, item_decision, facts)
    except (InvalidInput, NotPossibleNow) as problem:
        return _refused(person, meeting, f"decision-{item_decision.id}", problem)
    flash("結果の記録を直しました。", "done")
    return _back(meeting, "decisions")


@blueprint.post("/item-decisions/<int:item_decision_id>/striking")
@access.to(ItemDecision, Right.RUN)
def strike_decision(person: Person, item_decision: ItemDecision) -> ResponseReturnValue:
    decisions.strike_decision(database_session(), person, item_decision)
    flash(f"結果（{item_decision.result.label}）の記録を取り消しました。", "done")
    return _back(item_decision.meeting, "decisions")


@blueprint.post("/meetings/<int:meeting_id>/heard-events")
@access.to(Meeting, Right.CORRECT)
def answer_heard_event(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Take an event that was proposed from what was said, or turn it down."""
    session, segment_id = database_session(), _segment_id()
    try:
        kind = chosen(SittingEventKind, "kind", "できごと")
        if request.form.get("answer") == "no":
            heard_events.turn_down_heard_event(session, person, meeting, segment_id, kind)
            flash(f"{kind.label}の候補を外しました。", "done")
        else:
            heard_events.take_heard_event(session, person, meeting, segment_id, kind)
            flash(f"{kind.label}を記録しました。", "done")
    except (InvalidInput, NotPossibleNow) as problem:
        return _refused(person, meeting, "heard", problem)
    return _back(meeting, "heard")


@blueprint.post("/meetings/<int:meeting_id>/heard-decisions")
@access.to(Meeting, Right.CORRECT)
def answer_heard_decision(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Take a decision that was proposed from what was said, or turn it down."""
    session, segment_id = database_session(), _segment_id()
    try:
        if request.form.get("answer") == "no":
            heard_decisions.turn_down_heard_decision(session, person, meeting, segment_id)
            flash("結果の候補を外しました。", "done")
        else:
            made = heard_decisions.take_heard_decision(session, person, meeting, segment_id)
            flash(f"結果（{made.result.label}）を記録しました。", "done")
    except InvalidInput as problem:
        return _refused(person, meeting, "heard", problem)
    return _back(meeting, "heard")


@blueprint.post("/meetings/<int:meeting_id>/openness")
@access.to(Meeting, Right.RUN)
def set_openness(person: Person, meeting: Meeting) -> ResponseReturnValue:
    try:
        openness.set_openness(
            database_session(),
            person,
            meeting,
            chosen_or_none(Openness, "openness", "公開の別"),
            request.form.get("openness_reason", ""),
        )
    except InvalidInput as problem:
        return _refused(person, meeting, "openness", problem)
    flash("公開の別を記録しました。", "done")
    return _back(meeting, "openness")


@blueprint.post("/meetings/<int:meeting_id>/minutes/head")
@access.to(Meeting, Right.CORRECT)
def renew_head(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Bring the head of the minutes up to what is noted, as a new revision."""
    session = database_session()
    minutes = minutes_of(session, meeting)
    if minutes is None:
        raise NotFound()
    revision = heading.renew_head(session, person, minutes)
    flash(f"会議の記録を会議録に写しました（第{revision.number}版）。", "done")
    return redirect(url_for("minutes.show", meeting_id=meeting.id))


@blueprint.get("/meetings/<int:meeting_id>/decisions.csv")
@access.to(Meeting, Right.RUN)
def decision_table(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Send the decisions as CSV, with a byte order mark, so that Excel reads it as UTF-8."""
    note_look(person, "download", meeting)
    made = io.StringIO()
    rows = [
        [
            one.item, one.subject, one.result.label, one.method.label if one.method else "",
            one.votes_for, one.votes_against, "、".join(one.names_for),
            "、".join(one.names_against), one.mover, one.note,
        ]
        for one in head_of(reading_session(), meeting).decisions
    ]  # fmt: skip
    safe = ([spreadsheet_cell(c) if isinstance(c, str) else c for c in row] for row in rows)
    csv.writer(made).writerows([HEAD, *safe])
    content = ("\ufeff" + made.getvalue()).encode()
    return send_named(content, "text/csv", f"結果_{meeting.title}.csv")


def sitting_now(meeting: Meeting) -> dict[str, Any]:
    """Return what the sitting's screen shows of the course: events, which can come next, who is
    there."""
    session = reading_session()
    standing = events.events_of(session, meeting)
    came = attendances_of(session, meeting)
    present = events.present_at(came, standing)
    return {
        "events": standing,
        "next_kinds": course.possible_kinds(standing),
        "is_present": {entry.id for entry in present}.__contains__,
    }


def _page(
    person: Person, meeting: Meeting, place: str = "", problem: GijidoError | None = None
) -> str:
    """Show the page; with `problem`, the form at `place` as it was sent."""
    session, head = reading_session(), meeting_head(person, meeting)
    may_hear = Right.CORRECT in head.rights
    heard = heard_events.heard_events(session, meeting) if may_hear else []
    declared = heard_decisions.heard_decisions(session, meeting) if may_hear else []
    places = [one.place for one in heard] + [one.place for one in declared]
    for transcript in {place.segment.transcript for place in places}:
        note_look(person, "look", transcript)
    return render_template(
        "meetings/proceedings.html",
        meeting=meeting,
        head=head,
        problem=problem,
        problem_at=place,
        typed=request.form,
        came=attendances_of(session, meeting),
        nodes=list(agenda.flat(agenda.tree(session, meeting))),
        decisions=decisions.decisions_of(session, meeting),
        words={
            row.id: decision_words(shown)
            for row, shown in zip(
                decisions.decisions_of(session, meeting),
                head_of(session, meeting).decisions,
                strict=True,
            )
        },
        heard_events=heard,
        heard_decisions=declared,
        kinds=list(SittingEventKind),
        results=list(ItemResult),
        methods=list(VotingMethod),
        openness_choices=list(Openness),
        day=entries.local_fields(meeting.starts_at)[0],
        **sitting_now(meeting),
    )


def _refused(person: Person, meeting: Meeting, place: str, problem: GijidoError) -> tuple[str, int]:
    release()
    status = 422 if isinstance(problem, InvalidInput) else 409
    return _page(person, meeting, place, problem), status


def _segment_id() -> int:
    return plain_number(request.form.get("segment_id")) or 0


def _back(meeting: Meeting, place: str) -> ResponseReturnValue:
    """Go back to the screen that the form was on."""
    is_sitting = request.form.get("back") == "sitting"
    page = "sitting.show" if is_sitting else "proceedings.show"
    return redirect(url_for(page, meeting_id=meeting.id, _anchor=None if is_sitting else place))
