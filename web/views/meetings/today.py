"""今日: the first page after signing in: the doors of today's meetings, what waits, and the coming
week. Of what is more than a screen holds it says how much there is, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from meetings import finding
from meetings.dates import local
from meetings.invitations import notices
from meetings.invitations.invitations import unanswered
from meetings.rights import Right, rights_of_many
from minutes import handovers
from minutes.checks import checks
from minutes.meeting_stages import MeetingState, last_requests, waiting_for
from models.base import now
from models.meeting import Meeting
from models.minutes import ApprovalRequest
from models.person import Person
from web import access
from web.shared.paging import Paged, paged_from
from web.transaction import database_session
from web.views.meetings.meeting_list import SHOWN, TO_ANSWER, badges

blueprint = Blueprint("today", __name__)
COMING_DAYS = 7
ROWS, NOTICES = 5, 10
REQUESTED = (MeetingState.SENT_BACK, MeetingState.AWAITING)


@dataclass(frozen=True)
class Waiting:
    """The meetings in one state that wait for the person: the oldest of `total`, and, where their
    minutes wait for approval or were sent back, the request by the meeting's id. `shown` is the
    word by which the list of meetings shows all of them."""

    state: MeetingState
    total: int
    meetings: list[Meeting]
    requests: dict[int, ApprovalRequest]

    @property
    def shown(self) -> str:
        return self.state.name.lower()

    @property
    def words(self) -> str:
        return SHOWN[self.shown]


@blueprint.get("/today")
@access.signed_in
def index(person: Person) -> ResponseReturnValue:
    session = database_session()
    today, coming, unseen = _today(person), _coming(person), notices.unseen(session, person)
    doors = _doors(person, today.entries) or _next([*today.entries, *coming.entries])
    return render_template(
        "today.html",
        handovers=len(handovers.that_may_be_done_by(session, person)),
        doors=doors,
        today=today,
        coming=coming,
        badges=badges(person, [*today.entries, *coming.entries]),
        notices=unseen,
        shown_notices=NOTICES,
        unanswered=paged_from(session, unanswered(person), 1, ROWS),
        to_answer=TO_ANSWER,
        waiting=_waiting(person),
        checks=checks.waiting_of(session, person),
        now=now(),
    )


@blueprint.post("/today/notices")
@access.signed_in
def mark_seen(person: Person) -> ResponseReturnValue:
    notices.mark_seen(database_session(), person, NOTICES)
    return redirect(url_for("today.index"))


def _today(person: Person) -> Paged[Meeting]:
    """Return the meetings of today, also those that are over or called off: first those that have
    not ended."""
    midnight, tomorrow = _midnight(), _midnight(1)
    chosen = finding.meetings_for(person).where(
        Meeting.starts_at < tomorrow, Meeting.ends_at > midnight
    )
    by_time = Meeting.ends_at <= now(), Meeting.starts_at, Meeting.id
    return paged_from(database_session(), chosen.order_by(None).order_by(*by_time), 1, 4 * ROWS)


def _coming(person: Person) -> Paged[Meeting]:
    """Return the meetings of the week after today."""
    chosen = finding.coming(person).where(
        Meeting.starts_at >= _midnight(1), Meeting.starts_at < _midnight(COMING_DAYS + 1)
    )
    return paged_from(database_session(), chosen, 1, 2 * ROWS)


def _midnight(days: int = 0) -> datetime:
    """Return when today begins, or the day so many days later."""
    return local(now()).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)


def _doors(person: Person, today: Sequence[Meeting]) -> list[Meeting]:
    """Return the meetings that are held now, first those to which this person is invited; each has
    a door as large as the others'."""
    held = [m for m in today if m.called_off_at is None and m.is_now(now())]
    given = rights_of_many(database_session(), person, held)
    return sorted(held, key=lambda meeting: Right.ANSWER not in given[meeting.id])[:ROWS]


def _next(coming: Sequence[Meeting]) -> list[Meeting]:
    """Return the meeting that begins next, as a list of one; empty where there is none."""
    return [m for m in coming if m.called_off_at is None and m.starts_at > now()][:1]


def _waiting(person: Person) -> list[Waiting]:
    session = database_session()
    return [
        Waiting(
            state,
            len(ids),
            finding.meetings_by_id(session, ids[:ROWS]),
            last_requests(session, ids[:ROWS]) if state in REQUESTED else {},
        )
        for state, ids in waiting_for(session, person).items()
        if ids
    ]
