"""用語: the words of a meeting, and the dictionary of its series."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.errors import InvalidInput
from meetings.rights import Right
from minutes.terms import dictionaries
from minutes.terms.listing import TermFilter, gaps_of, has_words
from minutes.terms.terms import SURE_FROM
from models.meeting import Meeting
from models.person import Person
from web import access
from web.audit_access import note_hourly_look
from web.shared.paging import page_number, paged
from web.shared.terms import current_terms, pages_of
from web.transaction import database_session
from web.views.meetings._meeting_head import meeting_head

blueprint = Blueprint("terms", __name__)

MOST_SHOWN = 10
"""The most recordings that are shown as evidence for one substitution."""


@blueprint.get("/meetings/<int:meeting_id>/terms")
@access.to(Meeting, Right.HEAR)
def index(person: Person, meeting: Meeting) -> ResponseReturnValue:
    page = _page(person, meeting)
    note_hourly_look(
        person, meeting
    )  # after it: collecting begins anew, and forgets what was noted
    return page


@blueprint.post("/meetings/<int:meeting_id>/terms")
@access.to(Meeting, Right.CORRECT)
def add(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Add a word to the dictionary, or a reading for one."""
    surface, kana = request.form.get("surface", ""), request.form.get("kana", "")
    try:
        entry = dictionaries.add(database_session(), person, meeting.series, surface, kana)
    except InvalidInput as problem:
        return _page(person, meeting, problem), 422
    flash(f"「{entry.surface}」を読み「{entry.kana}」で用語辞書に入れました。", "done")
    return _back(meeting)


@blueprint.post("/meetings/<int:meeting_id>/terms/switched-off")
@access.to(Meeting, Right.CORRECT)
def switch_off(person: Person, meeting: Meeting) -> ResponseReturnValue:
    surface, heard = request.form.get("surface", ""), request.form.get("heard", "")
    dictionaries.switch_off(database_session(), person, meeting.series, surface, heard)
    flash(f"{_named(surface, heard)}を、この会議体では使いません。いつでも元に戻せます。", "done")
    return _back(meeting)


@blueprint.post("/meetings/<int:meeting_id>/terms/switched-on")
@access.to(Meeting, Right.CORRECT)
def switch_on(person: Person, meeting: Meeting) -> ResponseReturnValue:
    surface, heard = request.form.get("surface", ""), request.form.get("heard", "")
    dictionaries.switch_on(database_session(), person, meeting.series, surface, heard)
    flash(f"{_named(surface, heard)}を、また使います。", "done")
    return _back(meeting)


@blueprint.get("/meetings/<int:meeting_id>/dictionary")
@access.to(Meeting, Right.HEAR)
def show_dictionary(person: Person, meeting: Meeting) -> ResponseReturnValue:
    session, series, words = database_session(), meeting.series, request.values.get("q", "")
    every = dictionaries.dictionary_of(session, series)
    head = meeting_head(person, meeting)
    departments = dictionaries.departments_of(series)
    return render_template(
        "terms/dictionary.html",
        meeting=meeting,
        may_correct=Right.CORRECT in head.rights,
        found=paged([word for word in every if has_words(word.term, words)], page_number()),
        words=words,
        is_empty=not every,
        shared=dictionaries.entries_of_departments(session, departments),
    )


@blueprint.get("/meetings/<int:meeting_id>/dictionary/learned")
@access.to(Meeting, Right.HEAR)
def show_learned(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Show what corrections taught the series, with the evidence, and a switch for each."""
    session, words = database_session(), request.values.get("q", "")
    every = dictionaries.learned(session, meeting.series)
    return render_template(
        "terms/learned.html",
        meeting=meeting,
        may_correct=Right.CORRECT in meeting_head(person, meeting).rights,
        every=every,
        found=paged([one for one in every if one.has(words)], page_number()),
        words=words,
        sure_from=SURE_FROM,
        most_shown=MOST_SHOWN,
    )


@blueprint.post("/meetings/<int:meeting_id>/dictionary/<int:entry_id>/removal")
@access.to(Meeting, Right.CORRECT)
def remove(person: Person, meeting: Meeting, entry_id: int) -> ResponseReturnValue:
    session = database_session()
    entry = dictionaries.entry_of(session, meeting.series, entry_id)
    dictionaries.remove(session, person, entry)
    flash(f"「{entry.surface}」を用語辞書から外しました。", "done")
    return redirect(url_for("terms.show_dictionary", meeting_id=meeting.id))


def _page(person: Person, meeting: Meeting, problem: InvalidInput | None = None) -> str:
    words, shown = request.values.get("q", ""), _shown()
    every = current_terms(meeting, words, shown)
    found, head = paged(every.terms, page_number()), meeting_head(person, meeting)
    return render_template(
        "terms/index.html",
        meeting=meeting,
        head=head,
        tab="recordings",
        may_correct=Right.CORRECT in head.rights,
        found=found,
        is_current=every.is_current,
        gaps=gaps_of(database_session(), meeting),
        page_of=pages_of(found.entries),
        words=words,
        shown=shown,
        choices=[(choice.value, choice.label) for choice in TermFilter],
        problem=problem,
    )


def _shown() -> TermFilter:
    wanted = request.values.get("shown", "")
    return TermFilter(wanted) if wanted in list(TermFilter) else TermFilter.ALL


def _named(surface: str, heard: str) -> str:
    return f"「{heard}」の候補としての「{surface}」" if heard else f"「{surface}」"


def _back(meeting: Meeting) -> ResponseReturnValue:
    """Redirect to the same place of the list, to the dictionary, or to what was learned."""
    if request.form.get("from") == "dictionary":
        return redirect(url_for("terms.show_dictionary", meeting_id=meeting.id))
    form = request.form
    if form.get("from") == "learned":
        words, page = form.get("q") or None, form.get("page") or None
        return redirect(url_for("terms.show_learned", meeting_id=meeting.id, q=words, page=page))
    return redirect(
        url_for(
            "terms.index",
            meeting_id=meeting.id,
            q=form.get("q") or None,
            shown=form.get("shown") or None,
            page=form.get("page") or None,
        )
    )
