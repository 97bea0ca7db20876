"""One line for every change and for every look at what is not public."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.audit import AuditLine
from models.base import Base, now
from models.meeting import Meeting
from models.person import Person


def note(session: Session, person: Person | None, verb: str, thing: Base) -> None:
    """Write down that `person` (nobody: a program) did `verb` to `thing`."""
    session.flush()
    session.add(AuditLine(**line_of(person, verb, thing)))


def note_each(session: Session, person: Person, verb: str, things: Sequence[Base]) -> None:
    """The same of many things of one meeting at once; they are in the database already."""
    lines = [line_of(person, verb, thing) for thing in things]
    if lines:
        session.execute(insert(AuditLine), lines)


def line_of(person: Person | None, verb: str, thing: Base) -> dict[str, Any]:
    """The columns of such a line, of now."""
    return {
        "at": now(),
        "person_id": person.id if person else None,
        "verb": verb,
        "thing": type(thing).__tablename__,
        "thing_id": getattr(thing, "id", None),
        "meeting_id": _meeting_id(thing),
    }


def _meeting_id(thing: Base) -> int | None:
    meeting = thing if isinstance(thing, Meeting) else getattr(thing, "meeting", None)
    return meeting.id if meeting else None
