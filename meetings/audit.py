"""The audit has one line for every change and for every look at what is not public, with who, when,
from where, what, on what, and what became of it; of what was refused many times within a minute one
at each doubling, so that nobody can fill the disk with them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.audit import AuditLine, RefusalTally, Result, Way, minute_of
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


@dataclass(frozen=True)
class LineOrigin:
    """The way in which what is done now was asked for, and the terminal's address; of a command the
    account of the machine."""

    way: Way
    address: str = ""


BY_ITSELF = LineOrigin(Way.PROGRAM)
_origin: ContextVar[LineOrigin | None] = ContextVar("origin", default=None)


@contextmanager
def coming_from(origin: LineOrigin) -> Iterator[None]:
    """Let lines that are noted within have this origin; elsewhere it is the program itself."""
    before = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(before)


def note(session: Session, person: Person | None, verb: str, thing: Base) -> None:
    """Write down that `person` (nobody: a program) did `verb` to `thing`."""
    session.flush()
    session.add(AuditLine(**line_of(person, verb, thing)))


def note_each(session: Session, person: Person | None, verb: str, things: Sequence[Base]) -> None:
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
    shared = _line(person, verb, Named(kind.__tablename__, None, meeting.id))
    _write(session, [{**shared, "thing_id": one} for one in identities])


def _write(session: Session, lines: Sequence[dict[str, Any]]) -> None:
    if lines:
        session.execute(insert(AuditLine), lines)


def line_of(person: Person | None, verb: str, thing: Base) -> dict[str, Any]:
    """Return the columns of an audit line of this moment."""
    return _line(person, verb, Named.of(thing))


def _line(person: Person | None, verb: str, thing: Named) -> dict[str, Any]:
    origin = _origin.get() or BY_ITSELF
    return {
        "at": now(),
        "person_id": person.id if person else None,
        "verb": verb,
        "thing": thing.table,
        "thing_id": thing.id,
        "meeting_id": thing.meeting_id,
        "way": origin.way,
        "address": origin.address,
    }


REFUSED = "refused_"
MANY = f"{REFUSED}many"
MOST_A_MINUTE = 100
"""Different refusals; what is refused beyond them is counted together, without address."""


def note_refusal(
    session: Session,
    verb: str,
    address: str,
    person_id: int | None = None,
    thing: Named = NOTHING,
    times: int = 1,
    result: Result = Result.REFUSED,
) -> None:
    """Write down that `verb` was refused `times` more to this person (None: who is not known) at
    this address, and why: a line at the 1st, 2nd, 4th, 8th … time within a minute, and one for the
    rest when it is over. Never what was typed."""
    tell_rest(session)
    at = now()
    refusal = RefusalTally(
        minute=minute_of(at), last_at=at, person_id=person_id, verb=REFUSED + verb,
        way=(_origin.get() or BY_ITSELF).way, address=address[:45], result=result, times=0, told=0,
    )  # fmt: skip
    tally = _tally_of(session, refusal)
    tally.times, tally.last_at = tally.times + times, at
    if tally.times >= 2 * tally.told:
        _tell(session, tally, thing if tally.verb == refusal.verb else NOTHING)


def tell_rest(session: Session) -> None:
    """Write the lines for what was refused in minutes that are over and has none yet."""
    over = select(RefusalTally).where(RefusalTally.minute != minute_of(now()))
    for tally in session.scalars(over):
        if tally.times > tally.told:
            _tell(session, tally, NOTHING)
        session.delete(tally)


def _tally_of(session: Session, refusal: RefusalTally) -> RefusalTally:
    """Return the tally of what is refused, or that of everything when there are many."""
    tallies = session.scalars(select(RefusalTally)).all()
    alike = [tally for tally in tallies if tally.is_alike(refusal)]
    if not alike and len(tallies) >= MOST_A_MINUTE:
        refusal.verb, refusal.address, refusal.person_id = MANY, "", None
        refusal.way, refusal.result = Way.UNKNOWN, Result.REFUSED
        alike = [tally for tally in tallies if tally.is_alike(refusal)]
    if alike:
        return alike[0]
    session.add(refusal)
    return refusal


def _tell(session: Session, tally: RefusalTally, thing: Named) -> None:
    line = AuditLine(
        at=tally.last_at, person_id=tally.person_id, verb=tally.verb, thing=thing.table,
        thing_id=thing.id, meeting_id=thing.meeting_id, way=tally.way, address=tally.address,
        result=tally.result, times=tally.times - tally.told,
    )  # fmt: skip
    session.add(line)
    tally.told = tally.times


def _meeting_id(thing: Base) -> int | None:
    meeting = thing if isinstance(thing, Meeting) else getattr(thing, "meeting", None)
    return meeting.id if meeting else None
