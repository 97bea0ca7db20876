"""今日: the first page after signing in: what waits, and the coming week. Of what is more than a
screen holds it says how much there is, and where."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from meetings import finding, notices
from meetings.dates import local
from meetings.invitations import unanswered
from minutes.progress import MeetingState, waiting_for
from models.base import now
from models.meeting import Meeting
from models.person import Person
from web import access
from web.paging import Paged, paged_from
from web.transaction import database_session
from web.views.meeting_list import SHOWN, TO_ANSWER

blueprint = Blueprint("today", __name__)
COMING_DAYS = 7
ROWS, NOTICES = 5, 10


@dataclass(frozen=True)
class Waiting:
    """What waits for the person: the oldest of `total` meetings in this state. `shown`: the word
    by which the list of meetings shows all of them."""

    state: MeetingState
    total: int
    meetings: list[Meeting]

    @property
    def shown(self) -> str:
        return self.state.name.lower()

    @property
    def words(self) -> str:
        return SHOWN[self.shown]


@blueprint.get("/today")
@access.signed_in
def index(person: Person) -> Any:
    session = database_session()
    coming, told = _coming(person), notices.unseen(session, person)
    return render_template(
        "today.html",
        next_meeting=coming.entries[0] if coming.entries else None,
        coming=coming,
        notices=told,
        shown_notices=NOTICES,
        unanswered=paged_from(session, unanswered(person), 1, ROWS),
        to_answer=TO_ANSWER,
        waiting=_waiting(person),
        now=now(),
    )


@blueprint.post("/today/notices")
@access.signed_in
def mark_seen(person: Person) -> Any:
    notices.mark_seen(database_session(), person, NOTICES)
    return redirect(url_for("today.index"))


def _coming(person: Person) -> Paged[Meeting]:
    """Those of today that have not ended, and of the week after."""
    last = local(now()).replace(hour=0, minute=0) + timedelta(days=COMING_DAYS + 1)
    chosen = finding.coming(person).where(Meeting.starts_at < last, Meeting.called_off_at.is_(None))
    return paged_from(database_session(), chosen, 1, 2 * ROWS)


def _waiting(person: Person) -> list[Waiting]:
    session = database_session()
    return [
        Waiting(state, len(ids), finding.meetings_by_id(session, ids[:ROWS]))
        for state, ids in waiting_for(session, person).items()
        if ids
    ]
