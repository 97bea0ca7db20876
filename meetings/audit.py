"""The audit has one line for every change and for every look at what is not public; of what was
refused, one a minute for each person, address and kind, with a count, so that nobody can fill the
disk with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from models.audit import AuditLine
from models.base import Base, now
from models.meeting import Meeting
from models.person import Person


@dataclass(frozen=True)
class Named:
    """A row as an audit line names it, after its session is closed."""

    table: str = ""
    id: int | None = None
    meeting_id: int | None = None

    @classmethod
    def of(cls, thing: Base) -> Self:
        return cls(type(thing).__tablename__, getattr(thing, "id", None), _meeting_id(thing))


NOTHING = Named()


def note(session: Session, person: Person | None, verb: str, thing: Base) -> None:
    """Write down that `person` (nobody: a program) did `verb` to `thing`."""
    session.flush()
    session.add(AuditLine(**line_of(person, verb, thing)))


def note_each(session: Session, person: Person, verb: str, things: Sequence[Base]) -> None:
    """Note the same of many things of one meeting at once; they are in the database already."""
    _write(session, [line_of(person, verb, thing) for thing in things])


def note_rows(
    session: Session,
    person: Person,
    verb: str,
    kind: type[Base],
    identities: Iterable[int],
    meeting: Meeting,
) -> None:
    """Note the same of thousands of rows of one kind and meeting, without making objects of
    them."""
    shared = {"at": now(), "person_id": person.id, "verb": verb, "meeting_id": meeting.id}
    lines = [{**shared, "thing": kind.__tablename__, "thing_id": one} for one in identities]
    _write(session, lines)


def _write(session: Session, lines: Sequence[dict[str, Any]]) -> None:
    if lines:
        session.execute(insert(AuditLine), lines)


def line_of(person: Person | None, verb: str, thing: Base) -> dict[str, Any]:
    """Return the columns of an audit line of this moment."""
    return {
        "at": now(),
        "person_id": person.id if person else None,
        "verb": verb,
        "thing": type(thing).__tablename__,
        "thing_id": getattr(thing, "id", None),
        "meeting_id": _meeting_id(thing),
    }


REFUSED = "refused_"
MOST_A_MINUTE = 100
"""Different lines of refusals; what is refused beyond them is counted in one without address."""


def note_refusal(
    session: Session,
    verb: str,
    address: str,
    person_id: int | None = None,
    thing: Named = NOTHING,
    times: int = 1,
) -> None:
    """Write down that `verb` was refused `times` more to this person (None: who is not known) at
    this address. Only the first thing of the minute is named, and never what was typed."""
    verb, address = REFUSED + verb, address[:45]
    line = _of_this_minute(session, verb, address, person_id)
    if line is None and _refusals_this_minute(session) >= MOST_A_MINUTE:
        verb, address, person_id, thing = f"{REFUSED}many", "", None, NOTHING
        line = _of_this_minute(session, verb, address, person_id)
    if line is not None:
        line.times += times
        return
    session.add(
        AuditLine(
            at=now().replace(second=0, microsecond=0),
            person_id=person_id,
            verb=verb,
            thing=thing.table,
            thing_id=thing.id,
            meeting_id=thing.meeting_id,
            address=address,
            times=times,
        )
    )


def _of_this_minute(
    session: Session, verb: str, address: str, person_id: int | None
) -> AuditLine | None:
    minute = now().replace(second=0, microsecond=0)
    return session.scalar(
        select(AuditLine).where(
            AuditLine.at == minute,
            AuditLine.verb == verb,
            AuditLine.address == address,
            AuditLine.person_id.is_not_distinct_from(person_id),
        )
    )


def _refusals_this_minute(session: Session) -> int:
    minute = now().replace(second=0, microsecond=0)
    lines = select(func.count()).where(AuditLine.at == minute, AuditLine.verb.startswith(REFUSED))
    return session.scalar(lines) or 0


def _meeting_id(thing: Base) -> int | None:
    meeting = thing if isinstance(thing, Meeting) else getattr(thing, "meeting", None)
    return meeting.id if meeting else None
