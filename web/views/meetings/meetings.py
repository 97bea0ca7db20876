"""会議: setting one up, and its first screen with agenda and documents."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from meetings import agenda, entries, setting_up
from meetings.documents import documents
from meetings.documents.paper_numbers import paper_names, repeated_numbers
from meetings.errors import InvalidInput, StaleRevision
from meetings.invitations import roster
from meetings.invitations.invitations import invitation_of, invited
from meetings.pdf import office
from meetings.rights import Right, may_download, rights
from meetings.sitting.attendance import are_doors_open
from minutes import deleted
from models.base import now
from models.meeting import Meeting, Series
from models.person import Department, Person, Role
from web import access
from web.audit_access import note_hourly_look
from web.transaction import config, database_session, reading_session, release
from web.views.meetings import meeting_list
from web.views.meetings._meeting_head import meeting_head

blueprint = Blueprint("meetings", __name__)
blueprint.add_app_template_global(deleted.words, "deleted_words")


@blueprint.get("/meetings")
@access.signed_in
def index(person: Person) -> ResponseReturnValue:
    return meeting_list.page(person)


@blueprint.get("/meetings/new")
@access.with_role(Role.ORGANISER)
def form(person: Person) -> ResponseReturnValue:
    return _form(person, values={"starts": "14:00", "ends": "16:00", "invite_roster": "yes"})


@blueprint.post("/meetings")
@access.with_role(Role.ORGANISER)
def set_up(person: Person) -> ResponseReturnValue:
    session = database_session()
    try:
        department = _department(person, request.form.get("department_id", ""))
        series = request.form.get("series", "").strip()
        meeting = setting_up.set_up_meeting(
            session,
            person,
            series=setting_up.series_named(session, series, department) if series else None,
            department=department,
            access_days=config().documents.days_of_access,
            **_typed(),
        )
    except InvalidInput as problem:
        return _form(person, values=request.form, problem=problem), 422
    if "invite_roster" in request.form:
        roster.invite_all(session, person, meeting)
    flash("会議を登録しました。続けて議題を登録してください。", "done")
    return redirect(url_for("agenda.edit", meeting_id=meeting.id))


@blueprint.get("/meetings/<int:meeting_id>")
@access.to(Meeting, Right.SEE)
def show(person: Person, meeting: Meeting) -> ResponseReturnValue:
    note_hourly_look(person, meeting)
    return meeting_page(person, meeting)


@dataclass(frozen=True)
class RefusedForm:
    """A form of this page that cannot be taken as it is: what was typed, and why. It is of the
    document with this id; None for one's own answer."""

    document_id: int | None
    typed: Any
    problem: InvalidInput


def meeting_page(person: Person, meeting: Meeting, refused: RefusedForm | None = None) -> str:
    session = reading_session()
    invitation = invitation_of(session, meeting, person)
    is_invited = invitation is not None and invitation.withdrawn_at is None
    given = rights(session, person, meeting)
    nodes = list(agenda.flat(agenda.tree(session, meeting)))
    readable = [document for _, document in documents.readable(session, person, meeting)]
    may_prepare = Right.PREPARE in given
    names = paper_names(session, meeting)
    return render_template(
        "meetings/show.html",
        meeting=meeting,
        head=meeting_head(person, meeting),
        nodes=nodes,
        on_item=lambda entry: [d for d in readable if d.agenda_item_id == entry.id],
        loose=[document for document in readable if document.agenda_item_id is None],
        marks=documents.marks(session, person, readable),
        paper_names=names,
        repeated_numbers=repeated_numbers(names.values()) if may_prepare else [],
        unsearchable=documents.pages_without_text(session, readable) if may_prepare else {},
        deleted_documents=documents.deleted_documents(session, person, meeting),
        removed=documents.removed_documents(session, meeting) if may_prepare else [],
        refused=refused,
        # Only the form that names readers asks for them: a meeting may have 1,500.
        invited=lambda: invited(meeting),
        is_open=are_doors_open(meeting, now()),
        has_office=office.is_available(),
        has_documents=any(may_download(given, document) for document in readable),
        invitation=invitation if is_invited else None,
        planned_minutes=sum(node.entry.planned_minutes or 0 for node in nodes),
    )


@blueprint.get("/meetings/<int:meeting_id>/change")
@access.to(Meeting, Right.PREPARE)
def change_form(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return _change_page(meeting, _values(meeting))


@blueprint.post("/meetings/<int:meeting_id>")
@access.to(Meeting, Right.PREPARE)
def change(person: Person, meeting: Meeting) -> ResponseReturnValue:
    session = database_session()
    try:
        setting_up.limit_access(session, person, meeting, _access_days())
        setting_up.change_meeting(session, person, meeting, **_typed(), based_on=_revision())
    except InvalidInput as problem:
        return _change_page(meeting, request.form, problem), 422
    except StaleRevision as problem:
        values = {**request.form, "revision": problem.revision}
        return _change_page(meeting, values, problem), 409
    flash("会議の内容を変更しました。", "done")
    return redirect(url_for("meetings.show", meeting_id=meeting.id))


@blueprint.post("/meetings/<int:meeting_id>/calling-off")
@access.to(Meeting, Right.PREPARE)
def call_off(person: Person, meeting: Meeting) -> ResponseReturnValue:
    try:
        setting_up.call_off(database_session(), person, meeting, request.form.get("reason", ""))
    except InvalidInput as problem:
        values = {**_values(meeting), "reason": request.form.get("reason", "")}
        return _change_page(meeting, values, problem), 422
    flash(
        "会議を中止にしました。招集した人にお知らせを出しました。"
        "取り消すときは「会議の内容を変える」から取り消せます。",
        "done",
    )
    return redirect(url_for("meetings.show", meeting_id=meeting.id))


@blueprint.post("/meetings/<int:meeting_id>/reinstatement")
@access.to(Meeting, Right.PREPARE)
def reinstate(person: Person, meeting: Meeting) -> ResponseReturnValue:
    setting_up.reinstate(database_session(), person, meeting)
    flash("中止を取り消しました。招集した人にお知らせを出しました。", "done")
    return redirect(url_for("meetings.show", meeting_id=meeting.id))


@blueprint.get("/meetings/<int:meeting_id>/copy")
@access.to(Meeting, Right.PREPARE)
def copy_form(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Show the form for the next meeting of the series, with the agenda and the people of this
    one."""
    values = {**_values(meeting), "date": ""}
    return render_template("meetings/copy.html", meeting=meeting, values=values)


@blueprint.post("/meetings/<int:meeting_id>/copy")
@access.to(Meeting, Right.PREPARE)
def copy(person: Person, meeting: Meeting) -> ResponseReturnValue:
    try:
        made = setting_up.copy_meeting(database_session(), person, meeting, **_typed())
    except InvalidInput as problem:
        page = render_template(
            "meetings/copy.html", meeting=meeting, values=request.form, problem=problem
        )
        return page, 422
    flash("議題を写して、会議を登録しました。まだ誰も招集していません。", "done")
    return redirect(url_for("invitations.index", meeting_id=made.id))


def _change_page(
    meeting: Meeting, values: Any, problem: InvalidInput | StaleRevision | None = None
) -> str:
    if problem is not None:
        release()
    return render_template("meetings/change.html", meeting=meeting, values=values, problem=problem)


def _form(person: Person, values: Any, problem: InvalidInput | None = None) -> str:
    departments = _departments(person)
    series = database_session().scalars(
        select(Series.name).where(Series.department_id.in_([d.id for d in departments]))
    )
    return render_template(
        "meetings/new.html",
        values=values,
        problem=problem,
        departments=departments,
        series=sorted(set(series)),
        own=person.department_id,
    )


def _typed() -> dict[str, Any]:
    day = request.form.get("date")
    return {
        "title": entries.text("title", "会議名", request.form.get("title")),
        "starts_at": entries.moment("date", "開催日", day, request.form.get("starts")),
        "ends_at": entries.moment("date", "開催日", day, request.form.get("ends")),
        "place": entries.text("place", "場所", request.form.get("place")),
    }


def _values(meeting: Meeting) -> dict[str, Any]:
    starts, ends = entries.local_fields(meeting.starts_at), entries.local_fields(meeting.ends_at)
    return {
        "title": meeting.title,
        "place": meeting.place,
        "date": starts[0],
        "starts": starts[1],
        "ends": ends[1],
        "revision": meeting.revision,
        "access_days": meeting.access_days,
    }


def _access_days() -> int | None:
    return entries.whole_number("access_days", "資料を読める日数", request.form.get("access_days"))


def _revision() -> int:
    return entries.plain_number(request.form.get("revision")) or 0


def _departments(person: Person) -> list[Department]:
    """Return the departments for which this person may set up meetings."""
    every = database_session().scalars(select(Department).order_by(Department.name))
    reachable = [d for d in every if person.has_role_for(Role.ORGANISER, d)]
    return sorted(reachable, key=lambda d: d.full_name)


def _department(person: Person, given: str) -> Department:
    for department in _departments(person):
        if str(department.id) == given:
            return department
    raise InvalidInput("department_id", "所属を選んでください。")
