"""Many published minutes, straight into the tables: texts that nobody had to hear."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from minutes.records import published
from minutes.records.content import Attendee, Content, Paragraph, Section
from models.base import now
from models.meeting import Meeting, Series
from models.minutes import Minutes, MinutesRevision, Publication
from models.recording import Recording, Transcription, WorkState
from models.transcript import Transcript
from tests.conftest import Cast

FIRST = datetime(2016, 4, 1, 5, tzinfo=UTC)


def publish_text(
    session: Session,
    cast: Cast,
    series: str,
    starts_at: datetime,
    texts: Sequence[str | tuple[str, str]],
    title: str = "定例会",
    attendees: Sequence[str] = (),
) -> Publication:
    """Minutes with one section of these paragraphs, or speakers and paragraphs, approved by nobody
    and public."""
    department = cast.organiser.department
    body = session.query(Series).filter_by(name=series).first()
    meeting = Meeting(
        series=body or Series(name=series, department=department),
        department=department,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        place="第1委員会室",
        created_by=cast.organiser,
    )
    transcript = _transcript(cast, meeting)
    content = Content(
        title=title,
        series=series,
        starts_at=starts_at.isoformat(),
        ends_at=meeting.ends_at.isoformat(),
        place=meeting.place,
        attendees=[Attendee(name=name, title="財政課長") for name in attendees],
        sections=[Section(title="発言", paragraphs=_paragraphs(texts))],
    )
    session.add(transcript)
    session.flush()
    revision = MinutesRevision(
        minutes=Minutes(meeting=meeting),
        transcript=transcript,
        transcript_ids=[transcript.id],
        number=1,
        content=content.model_dump(),
        written_by=cast.secretary,
    )
    publication = Publication(
        revision=revision,
        meeting=meeting,
        published_by=cast.approver,
        title=title,
        series=series,
        place=meeting.place,
        starts_at=starts_at,
        ends_at=meeting.ends_at,
        year=starts_at.year,
    )
    session.add(publication)
    session.flush()
    published.keep(session, publication, published.layout_of(session, revision))
    return publication


def publish_many(session: Session, cast: Cast, count: int) -> None:
    """Three bodies in turn, a meeting every thirty days."""
    for number in range(count):
        texts = [f"第{number}回の会議です。", "予算案について説明します。"]
        series = f"審議会{number % 3}"
        publish_text(session, cast, series, FIRST + timedelta(days=30 * number), texts)
    session.commit()


def _transcript(cast: Cast, meeting: Meeting) -> Transcript:
    recording = Recording(
        meeting=meeting,
        file_name="a.m4a",
        sha256="0" * 64,
        size_bytes=1,
        duration_seconds=60.0,
        codec="aac",
        received_by=cast.secretary,
        received_at=now(),
    )
    run = Transcription(recording=recording, state=WorkState.FINISHED, requested_by=cast.secretary)
    return Transcript(transcription=run)


def _paragraphs(texts: Sequence[str | tuple[str, str]]) -> list[Paragraph]:
    said = [("", text) if isinstance(text, str) else text for text in texts]
    return [
        Paragraph(speaker=who, text=text, start_seconds=float(place), end_seconds=place + 1.0)
        for place, (who, text) in enumerate(said)
    ]
