"""One line for every change and for every look at what is not public."""

from typing import Any

from sqlalchemy.orm import Session

from models.audit import AuditLine
from models.base import Base
from models.meeting import Meeting
from models.person import Person


def note(session: Session, person: Person | None, verb: str, thing: Base) -> None:
    """Write down that `person` (nobody: a program) did `verb` to `thing`."""
    session.flush()
    identity: Any = getattr(thing, "id", None)
    session.add(
        AuditLine(
            person_id=person.id if person else None,
            verb=verb,
            thing=type(thing).__tablename__,
            thing_id=identity,
            meeting_id=_meeting_id(thing),
        )
    )


def _meeting_id(thing: Base) -> int | None:
    meeting = thing if isinstance(thing, Meeting) else getattr(thing, "meeting", None)
    return meeting.id if meeting else None
