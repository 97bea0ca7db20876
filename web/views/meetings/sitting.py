"""当日: who presents, whose seat is connected, who came; and the test of a seat's network."""

from collections import Counter
from datetime import datetime
from typing import Any

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from meetings import agenda, entries
from meetings.errors import InvalidInput, NotFound
from meetings.invitations.invitations import invited
from meetings.rights import Right, rights
from meetings.sitting import connection, events, presenting
from meetings.sitting.attendance import (
    are_doors_open,
    attendances_of,
    count_audience,
    missing,
    note_by_hand,
    of_the_meeting,
    strike_attendance,
)
from models.base import now
from models.meeting import AnswerWord, Invitation, InvitationKind, Meeting
from models.person import Person
from models.proceedings import ItemResult, VotingMethod
from models.sitting import Attendance, WayIn
from web import access
from web.audit_access import note_arrival
from web.streams.live import hub
from web.transaction import database_session, reading_session, release
from web.urls import address_of
from web.views.meetings._meeting_head import meeting_head
from web.views.meetings._proceedings_form import chosen_or_none
from web.views.meetings.proceedings import sitting_now

blueprint = Blueprint("sitting", __name__)


@blueprint.get("/meetings/<int:meeting_id>/sitting")
@access.to(Meeting, Right.SEE)
def show(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return _page(person, meeting)


def _page(person: Person, meeting: Meeting, problem: InvalidInput | None = None) -> str:
    """Show the page; with `problem`, the forms again, as they were sent."""
    head = meeting_head(person, meeting)
    return render_template(
        "meetings/sitting.html",
        problem=problem,
        chosen=request.form.getlist("person_ids"),
        meeting=meeting,
        head=head,
        is_open=are_doors_open(meeting, now()),
        **(_for_secretary(meeting) if Right.RUN in head.rights else {}),
    )


@blueprint.get("/meetings/<int:meeting_id>/sitting/now")
@access.to(Meeting, Right.RUN)
def show_now(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Show the part of the screen that changes by itself."""
    return render_template("meetings/_sitting_now.html", meeting=meeting, **_now(meeting))


@blueprint.post("/meetings/<int:meeting_id>/attendances")
@access.to(Meeting, Right.RUN)
def add(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Note the attendance of those of the list who are ticked, of announced proxies, and of a name
    that is not on it."""
    try:
        count = _note_those_sent(person, meeting)
    except InvalidInput as problem:
        release()
        return _page(person, meeting, problem), 422
    if count:
        flash(f"{count}人の出席を記録しました。", "done")
    else:
        flash("出席した人を選ぶか、氏名を入力してください。", "error")
    return _back(meeting)


@blueprint.post("/meetings/<int:meeting_id>/audience")
@access.to(Meeting, Right.RUN)
def note_audience(person: Person, meeting: Meeting) -> ResponseReturnValue:
    try:
        typed = request.form.get("audience_count")
        count = entries.whole_number("audience_count", "傍聴者の数", typed)
        count_audience(database_session(), person, meeting, count)
    except InvalidInput as problem:
        release()
        return _page(person, meeting, problem), 422
    flash("傍聴者の数を記録しました。", "done")
    return _back(meeting)


@blueprint.post("/attendances/<int:attendance_id>/striking")
@access.to(Attendance, Right.RUN)
def strike(person: Person, attendance: Attendance) -> ResponseReturnValue:
    strike_attendance(database_session(), person, attendance)
    flash(
        f"{attendance.attendee_name}さんの出席を取り消しました。"
        "戻すときは「出席を書き加える」で記録してください。",
        "done",
    )
    return _back(attendance.meeting)


@blueprint.get("/meetings/<int:meeting_id>/sitting/code")
@access.to(Meeting, Right.RUN)
def code(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Show the attendance code, for the screen of the room."""
    target = address_of("sitting.arrive", token=_signer().dumps(meeting.id))
    picture = segno.make(target, error="m").svg_data_uri(scale=10, border=2)
    return render_template(
        "meetings/attendance_code.html", meeting=meeting, target=target, picture=picture
    )


@blueprint.get("/arrivals/<token>")
@access.signed_in
def arrive(person: Person, token: str) -> ResponseReturnValue:
    """Note that this person is in the room: the attendance code leads here."""
    session = database_session()
    try:
        meeting = session.get(Meeting, _signer().loads(token))
    except BadSignature as problem:
        raise NotFound() from problem
    if meeting is None or Right.SEE not in rights(session, person, meeting):
        raise NotFound()
    is_known = any(entry.person_id == person.id for entry in attendances_of(session, meeting))
    return render_template(
        "meetings/arrived.html",
        meeting=meeting,
        is_noted=note_arrival(person, meeting, WayIn.CODE) or is_known,
        is_open=are_doors_open(meeting, now()),
    )


@blueprint.get("/meetings/<int:meeting_id>/connection-test")
@access.to(Meeting, Right.SEE)
def connection_test(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return render_template("meetings/connection_test.html", meeting=meeting)


def _note_those_sent(person: Person, meeting: Meeting) -> int:
    """Note those whom the form names, and return how many they are. Raises InvalidInput."""
    session, came_at, standing = database_session(), _came_at(meeting), invited(meeting)
    chosen, sending = (set(request.form.getlist(f)) for f in ("person_ids", "proxies_of"))
    people = [i.person for i in standing if str(i.person_id) in chosen]
    proxies = [i for i in _announced(session, meeting) if str(i.person_id) in sending]
    name = request.form.get("name", "").strip()
    for attendee in people:
        note_by_hand(session, person, meeting, person=attendee, came_at=came_at)
    for one in proxies:
        proxy = one.answer.proxy_name if one.answer else ""
        note_by_hand(session, person, meeting, name=proxy, came_at=came_at, proxy_for=one.person)
    if name:
        kind = chosen_or_none(InvitationKind, "kind", "区分")
        absent = request.form.get("proxy_for_id", "")
        by_id = {str(invitation.person_id): invitation.person for invitation in standing}
        if absent and absent not in by_id:
            raise InvalidInput("proxy_for", "代理を立てた人を、一覧から選んでください。")
        note_by_hand(
            session, person, meeting, name=name, came_at=came_at, kind=kind,
            proxy_for=by_id.get(absent),
        )  # fmt: skip
    return len(people) + len(proxies) + bool(name)


def _announced(session: Session, meeting: Meeting) -> list[Invitation]:
    """Return the invitations of those who announced a proxy that has not come yet."""
    absent = {person.id for person in missing(session, meeting)}
    return [
        i
        for i in invited(meeting)
        if i.person_id in absent and i.answer is not None and i.answer.word == AnswerWord.PROXY
    ]


def _for_secretary(meeting: Meeting) -> dict[str, Any]:
    """Return what those who run the sitting need for its forms."""
    session = reading_session()
    return {
        "missing": missing(session, meeting),
        "proxies": _announced(session, meeting),
        "kinds": list(InvitationKind),
        "nodes": list(agenda.flat(agenda.tree(session, meeting))),
        "results": list(ItemResult),
        "methods": list(VotingMethod),
        **_now(meeting),
    }


def _now(meeting: Meeting) -> dict[str, Any]:
    session = database_session()
    state = presenting.state_of(session, meeting)
    nodes = agenda.flat(agenda.tree(session, meeting))
    came = attendances_of(session, meeting)
    of_meeting = of_the_meeting(meeting, came)
    return {
        "state": state,
        "item": next((node for node in nodes if node.entry.id == state.agenda_item_id), None),
        "seats": Counter(seat.name for seat in hub().seats(meeting.id) if seat.name),
        "tests": connection.last_tests(session, meeting),
        "is_good": connection.is_good,
        "attendances": of_meeting,
        **sitting_now(meeting),
        "is_going_on": events.is_going_on(meeting, now()),
        "listeners": len(came) - len(of_meeting) + (meeting.audience_count or 0),
        "invitations": invited(meeting),
        "offices": {i.person_id: i.title for i in invited(meeting)},
    }


def _came_at(meeting: Meeting) -> datetime | None:
    """Return the time of day that was typed, on the day on which the meeting begins; None for no
    time. Raises InvalidInput."""
    typed = request.form.get("came", "").strip()
    if not typed:
        return None
    day = entries.local_fields(meeting.starts_at)[0]
    return entries.moment("came", "来た時刻", day, typed)


def _signer() -> URLSafeSerializer:
    assert current_app.secret_key is not None
    return URLSafeSerializer(current_app.secret_key, salt="arrival")


def _back(meeting: Meeting) -> ResponseReturnValue:
    return redirect(url_for("sitting.show", meeting_id=meeting.id))
