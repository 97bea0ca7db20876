"""議題: one form for the whole list, so that whatever is pressed saves all that was typed."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings import agenda, entries
from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from meetings.invitations.invitations import invited
from meetings.rights import Right
from models.meeting import AgendaItem, Meeting
from models.person import Person
from web import access
from web.transaction import database_session, reading_session, release
from web.views.meetings._meeting_head import meeting_head

blueprint = Blueprint("agenda", __name__)
Problems = dict[str, str]
"""By the name of the field: what is wrong, and what to do."""

FIELDS = ("title", "presenter", "planned_minutes")
"""Of an item; those of one in the list end with its number."""


@blueprint.get("/meetings/<int:meeting_id>/agenda")
@access.to(Meeting, Right.PREPARE)
def edit(person: Person, meeting: Meeting) -> ResponseReturnValue:
    below = entries.plain_number(request.args.get("below"))
    return _page(person, meeting, {"parent_id": below or ""})


@blueprint.post("/meetings/<int:meeting_id>/agenda-items")
@access.to(Meeting, Right.PREPARE)
def save(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Save all changed lines and the new item if one was typed, and then do what the button says in
    `act`: `save`, `finish`, or a word and an item as in `up:12`. All of it or, when something typed
    cannot be taken, nothing."""
    database_session()
    problems = _change_lines(person, meeting)
    is_adding = _is_adding()
    if is_adding:
        problems |= _add(person, meeting)
    if problems:
        release()
        return _page(person, meeting, _typed(meeting), problems), 422
    if is_adding:
        flash("議題を追加しました。", "done")
    return _act(person, meeting, is_adding)


def _change_lines(person: Person, meeting: Meeting) -> Problems:
    """Change the lines that were typed in, and return the problems. Lines that still say what the
    page showed stay as they are, whatever others did to them."""
    problems: Problems = {}
    for entry in meeting.agenda_items:
        if not _is_changed(entry):
            continue
        try:
            _change(person, entry)
        except InvalidInput as problem:
            problems[f"{problem.field}-{entry.id}"] = problem.message
        except StaleRevision as problem:
            problems[f"title-{entry.id}"] = (
                f"ほかの人が先に「{problem.theirs}」に変えました。入力した内容にするときは、"
                "もう一度保存してください。"
            )
    return problems | _lines_gone(meeting)


def _lines_gone(meeting: Meeting) -> Problems:
    known = {f"shown-{entry.id}" for entry in meeting.agenda_items}
    gone = [name for name in request.form if name.startswith("shown-") and name not in known]
    problems = {}
    for name in gone:
        typed = _line(name.removeprefix("shown-"))
        if typed != request.form[name]:
            title = typed.split("\t")[0]
            problems[name] = f"議題「{title}」は、ほかの人が消したため、変更を保存できません。"
    return problems


def _is_changed(entry: AgendaItem) -> bool:
    typed = _line(entry.id)
    return typed != request.form.get(f"shown-{entry.id}", typed)


def _typed(meeting: Meeting) -> dict[str, str]:
    """Return what to show again: the fields for a new item, and those of the changed lines. The
    others may have been changed by somebody else since, and are shown as they are now."""
    names = [*FIELDS, "parent_id"]
    for entry in meeting.agenda_items:
        if _is_changed(entry):
            names += [f"{name}-{entry.id}" for name in FIELDS]
    return {name: request.form.get(name, "") for name in names}


def _line(identity: object) -> str:
    """Return what one line of the list said, as the page keeps it in `shown-…`."""
    return line(*(request.form.get(f"{name}-{identity}", "") for name in FIELDS))


def line(title: str, presenter: str, planned_minutes: object) -> str:
    """Return the fields of an item as one text, to see later whether somebody typed in them."""
    return "\t".join((title, presenter, str(planned_minutes or "")))


def _change(person: Person, entry: AgendaItem) -> None:
    form = request.form
    agenda.change_agenda_item(
        database_session(),
        person,
        entry,
        title=form.get(f"title-{entry.id}", ""),
        presenter=form.get(f"presenter-{entry.id}", ""),
        planned_minutes=_minutes(form.get(f"planned_minutes-{entry.id}")),
        based_on=entries.plain_number(form.get(f"revision-{entry.id}")) or 0,
    )


def _is_adding() -> bool:
    return request.form.get("act") == "add" or any(request.form.get(name) for name in FIELDS)


def _add(person: Person, meeting: Meeting) -> Problems:
    parent_id = entries.plain_number(request.form.get("parent_id"))
    try:
        agenda.add_agenda_item(
            database_session(),
            person,
            meeting,
            title=request.form.get("title", ""),
            presenter=request.form.get("presenter", ""),
            planned_minutes=_minutes(request.form.get("planned_minutes")),
            parent=agenda.item_of(meeting, parent_id, "parent_id") if parent_id else None,
        )
    except InvalidInput as problem:
        return {problem.field: problem.message}
    database_session().flush()
    return {}


def _act(person: Person, meeting: Meeting, is_adding: bool) -> ResponseReturnValue:
    word, _, rest = request.form.get("act", "").partition(":")
    if word == "finish":
        return redirect(url_for("meetings.show", meeting_id=meeting.id))
    if word not in ("place", "remove", "up", "down", "in", "out"):
        if not is_adding:
            flash("議題を保存しました。", "done")
        below = request.form.get("parent_id") or None
        return _back(meeting, "title" if is_adding else "saved", below)
    try:
        return _back(meeting, _move(person, meeting, word, rest.split(":")))
    except (InvalidInput, NotPossibleNow) as problem:
        flash(problem.message, "error")
        return _back(meeting)


def _move(person: Person, meeting: Meeting, word: str, numbers: list[str]) -> str | None:
    """Do it, and tell where on the page to go on: at the same button, as long as it still moves
    something."""
    session = database_session()
    item, *place = (entries.plain_number(number) or 0 for number in numbers)
    entry = agenda.item_of(meeting, item)
    if word == "remove":
        agenda.remove_agenda_item(session, person, entry)
        flash(f"議題「{entry.title}」を消しました。", "done")
        return None
    if word == "place":
        parent_id, position = (*place, 0, 0)[:2]
        parent = agenda.item_of(meeting, parent_id, "parent_id") if parent_id else None
        agenda.move_agenda_item(session, person, entry, parent, position)
        return f"item-{item}"
    agenda.shift_agenda_item(session, person, entry, word)
    return f"{word}-{item}" if word in agenda.ways(entry) else f"item-{item}"


def _page(person: Person, meeting: Meeting, typed: Any, problems: Problems | None = None) -> str:
    nodes = list(agenda.flat(agenda.tree(reading_session(), meeting)))
    return render_template(
        "meetings/agenda.html",
        meeting=meeting,
        head=meeting_head(person, meeting),
        nodes=nodes,
        ways=agenda.ways,
        line=line,
        presenters=[invitation.person.name for invitation in invited(meeting)],
        planned_minutes=sum(node.entry.planned_minutes or 0 for node in nodes),
        problems=problems or {},
        typed=typed,
    )


def _minutes(typed: str | None) -> int | None:
    return entries.minutes("planned_minutes", "予定時間", typed)


def _back(
    meeting: Meeting, place: str | None = None, below: str | None = None
) -> ResponseReturnValue:
    url = url_for("agenda.edit", meeting_id=meeting.id, below=below, _anchor=place)
    return redirect(url)
