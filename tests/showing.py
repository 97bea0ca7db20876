"""Pages shown at a meeting, at given seconds: the rows that the sitting leaves."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from models.document import Document, DocumentVersion
from models.meeting import Meeting
from models.person import Person
from models.sitting import Presenting, Turn
from tests.conftest import Cast
from tests.parts import STARTS_AT
from web.demo import builders


def at(seconds: float) -> datetime:
    """So long after the planned beginning of the meeting of `tests.parts`."""
    return STARTS_AT + timedelta(seconds=seconds)


def add_papers(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> list[DocumentVersion]:
    """Two documents of one page each, the page of the first one read by the worker."""
    builders.add_materials(session, storage, cast.organiser, meeting, builders.folder("dx-council"))
    session.flush()
    found = session.scalars(select(Document).where(Document.meeting_id == meeting.id))
    versions = [document.current for document in found.all()]
    for version in versions:
        version.prepared_pages = 1
        version.pages[0].picture_sha256 = version.thumbnail_sha256
    session.flush()
    return versions


def present(session: Session, meeting: Meeting, by: Person, begins: float, ends: float) -> None:
    spell = Presenting(
        meeting_id=meeting.id,
        sequence=next_sequence(session, meeting),
        person_id=by.id,
        given_by_id=by.id,
        began_at=at(begins),
        ended_at=at(ends),
    )
    session.add(spell)
    session.flush()


def turn(
    session: Session, version: DocumentVersion, seconds: float, page: int = 1, **how: object
) -> None:
    meeting = version.meeting
    session.add(
        Turn(
            meeting_id=meeting.id,
            sequence=next_sequence(session, meeting),
            at=at(seconds),
            presenter_id=meeting.created_by_id,
            version_id=version.id,
            page_number=page,
            **how,
        )
    )
    session.flush()


def next_sequence(session: Session, meeting: Meeting) -> int:
    taken = [
        row.sequence
        for kind in (Presenting, Turn)
        for row in session.query(kind).filter_by(meeting_id=meeting.id)
    ]
    return max(taken, default=0) + 1
