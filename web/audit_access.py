"""The traces of requests that only read: every look at what is not public, and that somebody came
to the meeting. They are written when the answer is ready, and reading never waits for them."""

import logging
import threading
from collections import deque
from contextlib import ExitStack
from datetime import datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import Engine, insert
from sqlalchemy.exc import OperationalError

from meetings import audit
from meetings.sitting import attendance
from models.audit import AuditLine
from models.base import Base
from models.database import reading, writing
from models.meeting import Meeting
from models.person import Person
from models.sitting import WayIn
from web.transaction import after_commit, engine_of

LOG = logging.getLogger(__name__)
PATIENCE_SECONDS = 0.2
RETRY_SECONDS = 1.0
MOST_WAITING = 20_000
MOST_REMEMBERED = 100_000
"""Looks of the hour that are remembered, about 20 MB; beyond them a second line may be written."""


class Looks:
    """A buffer of looks on their way into the audit table. Whichever thread has the write lock
    writes those of the others too; when nothing can be written (somebody else is writing, the disk
    is full) they wait here, and writing is tried again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: deque[dict[str, Any]] = deque(maxlen=MOST_WAITING)
        self._guard = threading.Lock()
        self._is_retrying = False
        self._hour: datetime | None = None
        self._of_hour = set[tuple[int | None, str, int | None]]()

    def note(self, look: dict[str, Any]) -> None:
        """Write a line for this look, now or as soon as it is possible."""
        self._remember(look)
        if len(self._waiting) == MOST_WAITING:
            LOG.error("the oldest look that could not be written is lost")
        self._waiting.append(look)
        self.write()

    def note_hourly(self, look: dict[str, Any]) -> None:
        """Write a line for this look unless this person has left one, of whatever verb, at this
        thing in the same hour of the clock."""
        if _hour_of(look) != self._hour or _who_and_what(look) not in self._of_hour:
            self.note(look)

    def _remember(self, look: dict[str, Any]) -> None:
        hour = _hour_of(look)
        if hour != self._hour or len(self._of_hour) == MOST_REMEMBERED:
            self._hour, self._of_hour = hour, set()
        self._of_hour.add(_who_and_what(look))

    def write(self) -> None:
        """Write all looks that wait, if it is our turn soon; otherwise try again later."""
        if not self._waiting:
            return
        try:
            self._write()
        except OperationalError as problem:
            LOG.warning("%d looks wait to be written: %s", len(self._waiting), problem.orig)
            self._retry()

    def _write(self) -> None:
        taken: list[dict[str, Any]] = []
        with ExitStack() as undo:
            undo.callback(lambda: self._waiting.extendleft(reversed(taken)))
            with writing(self._engine, patience_seconds=PATIENCE_SECONDS) as session:
                session.connection()
                while self._waiting:
                    taken.append(self._waiting.popleft())
                if taken:
                    session.execute(insert(AuditLine), taken)
                session.commit()
            undo.pop_all()

    def _retry(self) -> None:
        with self._guard:
            if self._is_retrying:
                return
            self._is_retrying = True
        again = threading.Timer(RETRY_SECONDS, self._write_again)
        again.daemon = True
        again.start()

    def _write_again(self) -> None:
        self._is_retrying = False
        self.write()


def _hour_of(look: dict[str, Any]) -> datetime:
    at: datetime = look["at"]
    return at.replace(minute=0, second=0, microsecond=0)


def _who_and_what(look: dict[str, Any]) -> tuple[int | None, str, int | None]:
    return look["person_id"], look["thing"], look["thing_id"]


def note_look(person: Person | None, verb: str, thing: Base) -> None:
    """Leave a line in the audit table each time: for what is opened, heard, printed or taken."""
    look = audit.line_of(person, verb, thing)
    looks = _looks()
    after_commit(lambda: looks.note(look))


def note_hourly_look(person: Person, thing: Base) -> None:
    """Leave a line at most once an hour for this person and thing: for what pages ask for by the
    dozen (pictures, memos, changes) and what shows a part of the thing."""
    look = audit.line_of(person, "look", thing)
    looks = _looks()
    after_commit(lambda: looks.note_hourly(look))


def _looks() -> Looks:
    return cast(Looks, current_app.extensions["looks"])


def note_opening(person: Person, meeting: Meeting) -> None:
    """Note after the commit that the person came to the meeting, by opening it. What cannot be
    written soon, the next opening will note."""
    person_id, meeting_id, engine = person.id, meeting.id, engine_of(current_app)
    if not _would_note(engine, person_id, meeting_id):
        return

    def note() -> None:
        try:
            _note(engine, person_id, meeting_id, WayIn.OPENED, PATIENCE_SECONDS)
        except OperationalError as problem:
            LOG.warning("an arrival could not be noted: %s", problem.orig)

    after_commit(note)


def note_arrival(person: Person, meeting: Meeting, way: WayIn) -> bool:
    """Note that the person came to the meeting, and return whether this was new."""
    engine = engine_of(current_app)
    if not _would_note(engine, person.id, meeting.id):
        return False
    _note(engine, person.id, meeting.id, way)
    return True


def _would_note(engine: Engine, person_id: int, meeting_id: int) -> bool:
    """Return whether there is an arrival to note. Asked without the write lock first: a terminal
    that opens one document after the other has come already."""
    with reading(engine) as session:
        person, meeting = session.get_one(Person, person_id), session.get_one(Meeting, meeting_id)
        return attendance.would_note(session, person, meeting)


def _note(
    engine: Engine,
    person_id: int,
    meeting_id: int,
    way: WayIn,
    patience_seconds: float | None = None,
) -> None:
    with writing(engine, patience_seconds=patience_seconds) as session, session.begin():
        person, meeting = session.get_one(Person, person_id), session.get_one(Meeting, meeting_id)
        attendance.note_arrival(session, person, meeting, way)
