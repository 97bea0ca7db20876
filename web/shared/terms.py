"""The terms of a meeting, for screens and API: collected anew when that is quickly done."""

from collections.abc import Iterable

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import selectinload

from meetings.errors import StorageFull
from minutes.terms import papers
from minutes.terms.listing import ListedTerm, TermFilter, TermsOfMeeting, terms_of
from models.database import is_locked
from models.document import Page
from models.meeting import Meeting
from web.transaction import database_session, engine_of, release

PATIENCE_SECONDS = 0.2


def current_terms(meeting: Meeting, words: str, shown: TermFilter) -> TermsOfMeeting:
    """Return the meeting's terms that contain `words`. What was read so far in this request is read
    anew: while a meeting's terms are written, nothing may be locked."""
    session, meeting_id = database_session(), meeting.id
    every = terms_of(session, meeting, words, shown)
    if every.is_current:
        return every
    release()
    _want(meeting_id)
    return terms_of(session, session.get_one(Meeting, meeting_id), words, shown)


def _want(meeting_id: int) -> None:
    """Ask for the terms to be collected. When that cannot be written now, what is known is shown,
    and the next look asks again."""
    engine = engine_of(current_app).execution_options(patience_seconds=PATIENCE_SECONDS)
    try:
        papers.request(engine, meeting_id)
    except (StorageFull, OperationalError) as problem:
        if isinstance(problem, OperationalError) and not is_locked(problem):
            raise


def pages_of(listed: Iterable[ListedTerm]) -> dict[int, Page]:
    """Return the pages that print these terms and can be opened, by their id."""
    wanted = {one.term.page_id for one in listed if one.term.page_id}
    found = select(Page).where(Page.id.in_(wanted)).options(selectinload(Page.version))
    return {page.id: page for page in database_session().scalars(found)}
