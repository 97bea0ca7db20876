"""Every look at what is not public leaves a line, in a short transaction of its own.

The request that looks only reads; turning its transaction into a writing one half way would
fail as soon as somebody else writes at the same time.
"""

from flask import current_app

from meetings import audit
from models.base import Base
from models.database import writing
from models.person import Person
from web.transaction import engine_of


def note_look(person: Person | None, verb: str, thing: Base) -> None:
    with writing(engine_of(current_app)) as session, session.begin():
        audit.note(session, person, verb, thing)
