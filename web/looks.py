"""What a request that only reads leaves behind, in a short transaction of its own: every look at
what is not public, and that somebody came to the meeting.

Turning the request's transaction into a writing one half way would fail as soon as somebody else
writes at the same time.
"""

from flask import current_app

from meetings import attendance, audit
from models.base import Base
from models.database import reading, writing
from models.meeting import Meeting
from models.person import Person
from models.sitting import WayIn
from web.transaction import engine_of


def note_look(person: Person | None, verb: str, thing: Base) -> None:
    with writing(engine_of(current_app)) as session, session.begin():
        audit.note(session, person, verb, thing)


def note_arrival(person: Person, meeting: Meeting, way: WayIn) -> bool:
    """Whether this was noted now. Asked first without the write lock: a terminal that opens one
    document after the other has come already."""
    with reading(engine_of(current_app)) as session:
        if not attendance.would_note(session, person, meeting):
            return False
    with writing(engine_of(current_app)) as session, session.begin():
        attendance.note_arrival(
            session, session.get_one(Person, person.id), session.get_one(Meeting, meeting.id), way
        )
    return True
