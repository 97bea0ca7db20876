"""会議: all meetings that one may see, what comes next before what was, a page at a time, and found
by words, 年度, series and what waits there."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from meetings import dates, finding
from meetings.entries import plain_number
from meetings.finding import MeetingFilter
from meetings.invitations.invitations import meetings_to_answer
from meetings.rights import has_anywhere, rights_of_many
from minutes.meeting_stages import WORK, MeetingState, shown_state, states_of, waiting_for
from models.meeting import Meeting, Series
from models.person import Person, Role
from web.shared.paging import Paged, page_number, paged, paged_from
from web.transaction import database_session
from web.views.meetings._meeting_head import badge_of

ROWS, NEXT_ROWS = 30, 10
LONGEST_WORDS, LAST_YEAR = 200, 9000
COMING, TO_ANSWER = "coming", "to-answer"
SHOWN = {
    COMING: "開催中とこれから",
    TO_ANSWER: "出欠の回答待ち",
    **{state.name.lower(): words for state, words in (
        (MeetingState.SENT_BACK, "差し戻された会議録"),
        (MeetingState.CORRECTING, "校正する会議"),
        (MeetingState.AWAITING, "承認を待っている会議録"),
        (MeetingState.APPROVED, "公開を待っている会議録"),
    )},
}  # fmt: skip
"""What a list can be narrowed to, by its word in the URL."""


def page(person: Person) -> str:
    session, wanted, shown = database_session(), _wanted(), request.args.get("shown", "")
    shown = shown if shown in SHOWN else ""
    is_narrowed = bool(shown) or not wanted.is_all
    number = page_number()
    found = _found(person, wanted, shown, number)
    coming: Paged[Meeting] | None = None
    if not is_narrowed and number == 1:
        coming = paged_from(session, finding.coming(person), 1, NEXT_ROWS)
    listed = [*(coming.entries if coming else []), *found.entries]
    return render_template(
        "meetings/index.html",
        coming=coming,
        found=found,
        badges=badges(person, listed),
        wanted=wanted,
        series=session.get(Series, wanted.series_id) if wanted.series_id else None,
        shown=shown,
        is_narrowed=is_narrowed,
        years=[(year, dates.fiscal_year_name(year)) for year in finding.years(session, person)],
        choices=[(word, words) for word, words in SHOWN.items() if _is_for(person, word)],
        heading=SHOWN.get(shown, "見つかった会議"),
        page_url=lambda other: _url(page=other),
        may_set_up=person.has_role(Role.ORGANISER),
    )


def badges(person: Person, listed: Sequence[Meeting]) -> dict[int, tuple[str, str]]:
    """Return the look and the word of the state of each meeting as this person is told it, by its
    id."""
    session = database_session()
    given, states = rights_of_many(session, person, listed), states_of(session, listed)
    words = {m.id: shown_state(m, states[m.id], given[m.id]) for m in listed}
    return {number: (badge_of(states[number], word), word) for number, word in words.items()}


def _found(person: Person, wanted: MeetingFilter, shown: str, number: int) -> Paged[Meeting]:
    session = database_session()
    if shown == TO_ANSWER:
        return paged_from(session, meetings_to_answer(person), number, ROWS)
    if shown == COMING:
        return paged_from(session, finding.coming(person), number, ROWS)
    if shown:
        waiting = paged(waiting_for(session, person)[MeetingState[shown.upper()]], number, ROWS)
        meetings = finding.meetings_by_id(session, waiting.entries)
        return Paged(meetings, waiting.total, waiting.number, waiting.count)
    if wanted.is_all:
        return paged_from(session, finding.past(person), number, ROWS)
    return paged_from(session, finding.meetings_for(person, wanted), number, ROWS)


def _wanted() -> MeetingFilter:
    given = request.args
    return MeetingFilter(
        words=" ".join(given.get("q", "")[:LONGEST_WORDS].split()),
        year=plain_number(given.get("year"), most=LAST_YEAR),
        series_id=plain_number(given.get("series")),
    )


def _is_for(person: Person, word: str) -> bool:
    """Return whether the choice is shown to this person: what waits for a role is shown to those
    who have it anywhere."""
    if word in (COMING, TO_ANSWER):
        return True
    return has_anywhere(person, WORK[MeetingState[word.upper()]])


def _url(**changes: Any) -> str:
    """Return the URL of this list with some of its filters changed."""
    kept = {name: value for name, value in request.args.items() if value} | changes
    return f"/meetings?{urlencode(kept)}"
