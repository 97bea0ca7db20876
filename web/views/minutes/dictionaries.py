"""用語辞書 for the administrator: words of series that all of their department should have."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.entries import plain_number
from minutes.terms import dictionaries
from minutes.terms.listing import has_words
from models.person import Person, Role
from web import access
from web.shared.paging import page_number, paged
from web.transaction import database_session

blueprint = Blueprint("dictionaries", __name__)


@blueprint.get("/administration/dictionaries")
@access.with_role(Role.ADMINISTRATOR)
def index(person: Person) -> ResponseReturnValue:
    session = database_session()
    return render_template(
        "terms/administration.html",
        every=dictionaries.administered(session, person),
        shared=paged(dictionaries.shared(session, person), page_number()),
    )


@blueprint.get("/administration/dictionaries/<int:series_id>")
@access.with_role(Role.ADMINISTRATOR)
def show(person: Person, series_id: int) -> ResponseReturnValue:
    session, words = database_session(), request.args.get("q", "")
    series = dictionaries.administered_series(session, person, series_id)
    every = [word for word in dictionaries.words_of(session, series) if has_words(word, words)]
    departments = dictionaries.departments_of(series)
    shared = dictionaries.entries_of_departments(session, departments)
    return render_template(
        "terms/sharing.html",
        series=series,
        found=paged(every, page_number()),
        words=words,
        departments=departments,
        shared={(entry.department_id, entry.surface) for entry in shared},
    )


@blueprint.post("/administration/dictionaries/<int:series_id>/sharing")
@access.with_role(Role.ADMINISTRATOR)
def share(person: Person, series_id: int) -> ResponseReturnValue:
    session, surface = database_session(), request.form.get("surface", "")
    series = dictionaries.administered_series(session, person, series_id)
    department_id = plain_number(request.form.get("department")) or 0
    entry = dictionaries.share(session, person, series, surface, department_id)
    assert entry.department
    flash(f"「{surface}」を{entry.department.name}の用語辞書に入れました。", "done")
    return redirect(url_for("dictionaries.show", series_id=series_id, q=request.form.get("q")))


@blueprint.post("/administration/dictionaries/entries/<int:entry_id>/removal")
@access.with_role(Role.ADMINISTRATOR)
def remove(person: Person, entry_id: int) -> ResponseReturnValue:
    session = database_session()
    entry = dictionaries.shared_entry(session, person, entry_id)
    dictionaries.remove(session, person, entry)
    flash(f"「{entry.surface}」を所属の用語辞書から外しました。", "done")
    return redirect(url_for("dictionaries.index"))
