"""議題: adding, changing, moving and removing agenda items."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from meetings import agenda, entries
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.invitations import invited
from meetings.rights import Right
from models.meeting import AgendaItem, Meeting
from models.person import Person
from web import access
from web.transaction import database_session
from web.views._meeting_head import meeting_head

blueprint = Blueprint("agenda", __name__)


@blueprint.get("/meetings/<int:meeting_id>/agenda")
@access.to(Meeting, Right.PREPARE)
def edit(person: Person, meeting: Meeting) -> Any:
    return _page(person, meeting)


@blueprint.post("/meetings/<int:meeting_id>/agenda-items")
@access.to(Meeting, Right.PREPARE)
def add(person: Person, meeting: Meeting) -> Any:
    parent_id = _number("parent_id")
    try:
        agenda.add_agenda_item(
            database_session(),
            person,
            meeting,
            title=request.form.get("title", ""),
            presenter=request.form.get("presenter", ""),
            planned_minutes=entries.minutes(
                "planned_minutes", "予定時間", request.form.get("planned_minutes")
            ),
            parent=_item_of(meeting, parent_id) if parent_id else None,
        )
    except InvalidInput as problem:
        return _page(person, meeting, problem=problem, values=request.form), 422
    flash("議題を追加しました。", "done")
    return _back(meeting)


@blueprint.post("/agenda-items/<int:agenda_item_id>")
@access.to(AgendaItem, Right.PREPARE)
def change(person: Person, agenda_item: AgendaItem) -> Any:
    agenda.change_agenda_item(
        database_session(),
        person,
        agenda_item,
        title=request.form.get("title", ""),
        presenter=request.form.get("presenter", ""),
        planned_minutes=entries.minutes(
            "planned_minutes", "予定時間", request.form.get("planned_minutes")
        ),
        based_on=_number("revision") or 0,
    )
    flash("議題を変更しました。", "done")
    return _back(agenda_item.meeting)


@blueprint.post("/agenda-items/<int:agenda_item_id>/shift")
@access.to(AgendaItem, Right.PREPARE)
def shift(person: Person, agenda_item: AgendaItem) -> Any:
    try:
        agenda.shift_agenda_item(
            database_session(), person, agenda_item, request.form.get("way", "")
        )
    except InvalidInput as problem:
        flash(problem.message, "error")
    return _back(agenda_item.meeting)


@blueprint.post("/agenda-items/<int:agenda_item_id>/place")
@access.to(AgendaItem, Right.PREPARE)
def place(person: Person, agenda_item: AgendaItem) -> Any:
    """For dragging: below `parent_id` (none: top level) as child number `position`."""
    parent_id = _number("parent_id")
    meeting = agenda_item.meeting
    parent = _item_of(meeting, parent_id) if parent_id else None
    agenda.move_agenda_item(
        database_session(), person, agenda_item, parent, _number("position") or 0
    )
    return _back(meeting)


@blueprint.post("/agenda-items/<int:agenda_item_id>/removal")
@access.to(AgendaItem, Right.PREPARE)
def remove(person: Person, agenda_item: AgendaItem) -> Any:
    meeting = agenda_item.meeting
    try:
        agenda.remove_agenda_item(database_session(), person, agenda_item)
        flash("議題を消しました。", "done")
    except NotPossibleNow as problem:
        flash(problem.message, "error")
    return _back(meeting)


def _page(
    person: Person, meeting: Meeting, problem: InvalidInput | None = None, values: Any = None
) -> str:
    nodes = list(agenda.flat(agenda.tree(database_session(), meeting)))
    return render_template(
        "meetings/agenda.html",
        meeting=meeting,
        head=meeting_head(person, meeting),
        nodes=nodes,
        presenters=[invitation.person.name for invitation in invited(meeting)],
        planned_minutes=sum(node.entry.planned_minutes or 0 for node in nodes),
        problem=problem,
        values=values or {},
    )


def _item_of(meeting: Meeting, identity: int) -> AgendaItem:
    for entry in meeting.agenda_items:
        if entry.id == identity:
            return entry
    raise InvalidInput("parent_id", "上の議題が見つかりません。画面を開き直してください。")


def _number(name: str) -> int | None:
    return entries.plain_number(request.form.get(name))


def _back(meeting: Meeting) -> Any:
    return redirect(url_for("agenda.edit", meeting_id=meeting.id))
