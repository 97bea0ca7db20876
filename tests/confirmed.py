"""Recordings of a meeting whose segments a secretary has corrected and confirmed."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from minutes.recognition.heard import HeardSegment
from minutes.transcripts import transcripts
from models.meeting import Meeting
from models.recording import Recording
from models.transcript import Transcript
from tests.cast import Cast
from web.demo import builders

Said = tuple[str, str]
"""A segment as it was heard, and its final text."""


def add_confirmed(session: Session, cast: Cast, meeting: Meeting, *said: Said) -> Transcript:
    """Another recording of the meeting, without a file, with these confirmed segments."""
    number = session.scalar(select(func.count(Recording.id)))
    recording = Recording(
        meeting=meeting,
        file_name="録音.m4a",
        sha256=f"{number:064x}",
        size_bytes=1,
        duration_seconds=60.0,
        codec="aac",
        received_by=cast.secretary,
    )
    session.add(recording)
    session.flush()
    heard = [HeardSegment(n, n + 1, text, 0.7) for n, (text, _) in enumerate(said)]
    made = builders.add_transcript(session, cast.secretary, recording, heard)
    for segment, (_, text) in zip(made.segments, said, strict=True):
        transcripts.correct(session, cast.secretary, segment, text, based_on=0)
        transcripts.confirm(session, cast.secretary, segment)
    session.flush()
    return made


def add_later(session: Session, cast: Cast, meeting: Meeting, series: str = "") -> Meeting:
    """The next meeting of the series, or one of another series."""
    made = builders.add_meeting(
        session,
        cast.organiser,
        builders.folder("dx-council"),
        series=series or meeting.series.name,
        department=meeting.department,
        starts_at=meeting.ends_at,
    )
    session.flush()
    return made
