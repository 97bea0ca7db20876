"""利用者の一覧（CSV）: sent, looked at, taken in at once or on a day, and written."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings import dates, entries
from meetings.errors import FileRejected, InvalidInput
from meetings.people import csv_lists, lists, people
from models.base import now
from models.person import Person, Role
from web import access
from web.door.costs import costs
from web.shared import intake
from web.shared.files.named_files import send_named
from web.shared.paging import page_number, paged, paged_from
from web.transaction import database_session, reading_session
from web.views.people.people import PeopleFilter

blueprint = Blueprint("people_lists", __name__, url_prefix="/administration/people/lists")


@blueprint.get("")
@access.with_role(Role.ADMINISTRATOR)
def index(person: Person) -> ResponseReturnValue:
    return _index()


@blueprint.post("")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@costs(files="transcript_mb")
def take(person: Person) -> ResponseReturnValue:
    try:
        taken = intake.receive_people_list()
    except (InvalidInput, FileRejected) as problem:
        return _index(problem.message), 422
    return redirect(url_for("people_lists.show", list_id=taken.id))


@blueprint.get("/<int:list_id>")
@access.with_role(Role.ADMINISTRATOR)
def show(person: Person, list_id: int) -> ResponseReturnValue:
    return _show(list_id)


@blueprint.post("/<int:list_id>/application")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
def apply(person: Person, list_id: int) -> ResponseReturnValue:
    session = database_session()
    done = lists.apply(session, person, lists.one(session, list_id))
    flash(f"{len(done.changing):,}人の登録を変えました。", "done")
    return redirect(url_for("people.index"))


@blueprint.post("/<int:list_id>/day")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
def set_day(person: Person, list_id: int) -> ResponseReturnValue:
    session = database_session()
    try:
        day = entries.date_of("day", "発令日", request.form.get("day"))
        lists.set_day(session, person, lists.one(session, list_id), day)
    except InvalidInput as problem:
        return _show(list_id, problem.message), 422
    flash(f"{dates.in_full(dates.beginning_of(day))}の始めに反映します。", "done")
    return redirect(url_for("people_lists.show", list_id=list_id))


@blueprint.post("/<int:list_id>/withdrawal")
@access.with_role(Role.ADMINISTRATOR)
def withdraw(person: Person, list_id: int) -> ResponseReturnValue:
    session = database_session()
    lists.withdraw(session, person, lists.one(session, list_id))
    flash("一覧を取りやめました。", "done")
    return redirect(url_for("people_lists.index"))


@blueprint.get("/people.csv")
@access.with_role(Role.ADMINISTRATOR)
def write(person: Person) -> ResponseReturnValue:
    """Send the people that the filter of the list shows."""
    session = reading_session()
    written = csv_lists.written(session.scalars(PeopleFilter.of_request().people))
    day = dates.local(now()).date().isoformat()
    return send_named(written.encode("utf-8-sig"), "text/csv", f"利用者_{day}.csv")


def _index(problem: str = "") -> str:
    session = reading_session()
    return render_template(
        "people/lists.html",
        problem=problem,
        found=paged_from(session, lists.newest_first(), page_number()),
        columns=csv_lists.COLUMNS,
        departments=people.departments(session),
    )


def _show(list_id: int, problem: str = "") -> str:
    session = reading_session()
    sent = lists.one(session, list_id)
    planned = lists.plan(session, sent) if sent.is_open else None
    return render_template(
        "people/list.html",
        sent=sent,
        planned=planned,
        found=paged(planned.changing, page_number()) if planned else None,
        problem=problem,
        today=dates.local(now()).date(),
    )
