"""今日: the first page after signing in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from meetings import notices
from meetings.dates import local
from meetings.invitations import unanswered
from meetings.rights import Right, rights, visible_meetings
from minutes.progress import MeetingState, state_of
from models.base import now
from models.meeting import Meeting
from models.person import Person
from web import access
from web.transaction import database_session

blueprint = Blueprint("today", __name__)
COMING_DAYS = 7
# What somebody with this right has to do when a meeting stands there.
WORK = {
    MeetingState.CORRECTING: (Right.CORRECT, "校正する会議"),
    MeetingState.AWAITING: (Right.DECIDE, "承認を待っている会議録"),
    MeetingState.APPROVED: (Right.PUBLISH, "公開を待っている会議録"),
}


@dataclass(frozen=True)
class Waiting:
    """One short list of what waits for the person."""

    words: str
    state: MeetingState
    meetings: list[Meeting]


@blueprint.get("/today")
@access.signed_in
def index(person: Person) -> Any:
    coming = _coming(person)
    return render_template(
        "today.html",
        next_meeting=coming[0] if coming else None,
        coming=coming[1:],
        notices=notices.unseen(database_session(), person),
        unanswered=unanswered(database_session(), person),
        waiting=_waiting(person),
        now=now(),
    )


@blueprint.post("/today/notices")
@access.signed_in
def mark_seen(person: Person) -> Any:
    notices.mark_seen(database_session(), person)
    return redirect(url_for("today.index"))


def _coming(person: Person) -> list[Meeting]:
    """Those of today that have not ended, and of the week after."""
    last = local(now()).replace(hour=0, minute=0) + timedelta(days=COMING_DAYS + 1)
    chosen = visible_meetings(person).where(
        Meeting.ends_at > now(), Meeting.starts_at < last, Meeting.called_off_at.is_(None)
    )
    return list(database_session().scalars(chosen.order_by(Meeting.starts_at, Meeting.id)))


def _waiting(person: Person) -> list[Waiting]:
    session = database_session()
    if not person.grants:
        return []
    found: dict[MeetingState, list[Meeting]] = {state: [] for state in WORK}
    for meeting in session.scalars(visible_meetings(person).order_by(Meeting.starts_at)):
        state = state_of(session, meeting)
        if state in WORK and WORK[state][0] in rights(session, person, meeting):
            found[state].append(meeting)
    return [Waiting(WORK[state][1], state, them) for state, them in found.items() if them]
