"""What a transaction changes of what the terminals of a meeting are shown, seen in the rows that it
flushes: so no verb has to say it."""

from collections.abc import Iterator

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from models.base import Base
from models.meeting import Invitation, Meeting
from models.memo import Memo
from models.person import Person, RoleGrant, SignIn
from models.sitting import ItemChange, Presenting, Turn

LiveThing = Meeting | Memo | Person | SignIn
"""What terminals are told of: a meeting whose state became another one, a memo that was shared,
changed or taken back, a person who lost a role or an invitation, a sign-in that ended."""

SHOWN_OF_MEETING = ("documents_revision", "ends_at", "access_days")
"""Columns by which a meeting's `LiveState`, or who may know its page, becomes another."""


def changed_by_flush(session: Session) -> set[LiveThing]:
    """Return the things of which terminals must be told once the flush that was just done is on
    disk. It must be called by the session's event `after_flush`, where the values of before are
    still known."""
    deleted = (row for row in session.deleted if isinstance(row, RoleGrant))
    lost = {session.get_one(Person, grant.person_id) for grant in deleted}
    return lost.union(*(_changed_by(session, row) for row in (*session.new, *session.dirty)))


def _changed_by(session: Session, row: Base) -> Iterator[LiveThing]:
    match row:
        case Presenting() | Turn() | ItemChange():
            yield session.get_one(Meeting, row.meeting_id)  # a new row does not load it yet
        case Meeting() if any(_is_changed(row, name) for name in SHOWN_OF_MEETING):
            yield row
        case Memo() if row.shared_at is not None or _is_changed(row, "shared_at"):
            yield row
        case SignIn() if row.ended_at is not None and _is_changed(row, "ended_at"):
            yield row
        case Person() if row.has_left and _is_changed(row, "ended_at"):
            yield row
        case RoleGrant() if not row.is_in_force:
            yield row.person
        case Invitation() if row.withdrawn_at is not None and _is_changed(row, "withdrawn_at"):
            yield row.person


def _is_changed(row: Base, column: str) -> bool:
    return bool(inspect(row).attrs[column].history.has_changes())
