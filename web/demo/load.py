"""The demo city: today's meeting with documents, one in correction, one published."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.dates import TOKYO
from meetings.disk.storage import Storage
from minutes.recordings import recordings
from minutes.records import digest, drafting, publication, records
from minutes.transcripts.transcripts import segments_of
from models.base import now
from models.database import connect, writing
from models.person import Department, Person
from models.recording import RecordingKind
from web.demo import builders
from web.demo.people import add_people

LATE = timedelta(seconds=12)
"""The chair waits for silence, the recorder is on."""


def load(config: Config) -> bool:
    """Load the demo, and return True; False, and nothing done, when the city has people already."""
    with writing(connect(config.database)) as session, session.begin():
        if session.scalar(select(Person.id).limit(1)):
            return False
        storage = Storage(config.home)
        cast = add_people(session)
        add_todays(session, storage, cast)
        add_one_in_correction(session, storage, cast)
        add_published(session, storage, cast)
    return True


def add_todays(session: Session, storage: Storage, cast: dict[str, Person]) -> None:
    """Add today's meeting. It has begun and lasts until the evening, so that it is today's whenever
    one looks."""
    source = builders.folder("dx-council")
    start = now().astimezone(TOKYO).replace(minute=0, second=0, microsecond=0)
    meeting = builders.add_meeting(
        session,
        cast["koga"],
        source,
        series="DX推進計画策定懇話会",
        department=cast["koga"].department,
        starts_at=start,
        length=_until_evening(start),
    )
    builders.add_materials(session, storage, cast["koga"], meeting, source)


def add_one_in_correction(session: Session, storage: Storage, cast: dict[str, Person]) -> None:
    """Add a meeting in correction: the first third is corrected and confirmed, the rest waits for
    the secretary. When the recording began is what its file says, and nobody has checked it."""
    source = builders.folder("section-meeting")
    meeting = builders.add_meeting(
        session,
        cast["koga"],
        source,
        series="市民課 課内定例会議",
        department=_department(session, "市民課"),
        starts_at=builders.held_at(source.facts),
    )
    builders.add_materials(session, storage, cast["koga"], meeting, source)
    builders.everybody_comes(session, meeting)
    began_at = meeting.starts_at + LATE
    builders.show_pages(session, meeting, source, began_at)
    secretary = cast["morishita"]
    recording = builders.add_recording(session, storage, secretary, meeting, source, began_at)
    transcript = builders.add_transcript(session, secretary, recording, source.heard)
    builders.place_by_reference(session, secretary, transcript, source)
    segments = segments_of(session, transcript)
    builders.correct_by_reference(session, secretary, segments[: len(segments) // 3], source)


def add_published(session: Session, storage: Storage, cast: dict[str, Person]) -> None:
    source = builders.folder("finance-committee")
    meeting = builders.add_meeting(
        session,
        cast["koga"],
        source,
        series="総務財政委員会",
        department=_department(session, "議会事務局"),
        starts_at=builders.held_at(source.facts),
    )
    builders.add_materials(session, storage, cast["koga"], meeting, source)
    builders.everybody_comes(session, meeting)
    began_at = meeting.starts_at + LATE
    builders.show_pages(session, meeting, source, began_at)
    builders.note_course(session, cast["koga"], meeting, began_at)
    secretary, approver = cast["morishita"], cast["nagano"]
    recording = builders.add_recording(session, storage, secretary, meeting, source)
    recordings.place_recording(
        session, secretary, recording, kind=RecordingKind.PART, began_at=began_at
    )
    transcript = builders.add_transcript(session, secretary, recording, source.heard)
    builders.split_at_turns(session, secretary, transcript, source)
    builders.place_by_reference(session, secretary, transcript, source)
    builders.correct_by_reference(session, secretary, segments_of(session, transcript), source)
    drafted = drafting.prepare(session, transcript)
    with_points = replace(drafted, content=digest.with_digest(drafted.content))
    revision = records.add_draft(session, secretary, with_points)
    records.request_approval(session, secretary, revision)
    records.approve(session, approver, revision)
    publication.publish(session, approver, revision)


def _department(session: Session, name: str) -> Department:
    return session.scalars(select(Department).where(Department.name == name)).one()


def _until_evening(start: datetime) -> timedelta:
    evening = start.replace(hour=21)
    return max(evening - start, timedelta(hours=2))
