"""Measures how long people worked on a transcript."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meetings import department_years
from models.base import now
from models.person import Person
from models.transcript import EditingTime, Transcript

LATE_SECONDS = 5.0
"""How long a message may have been on its way."""


def note_time(session: Session, by: Person, transcript: Transcript, seconds: float) -> None:
    """Add seconds of work since the person's last message. Never adds more than the time that has
    passed since then, so that two screens of one person count once.
    """
    row = session.get(EditingTime, (transcript.id, by.id))
    at = now()
    if row is None:
        row = EditingTime(transcript_id=transcript.id, person_id=by.id, seconds=0.0)
        session.add(row)
        passed = seconds
    else:
        passed = (at - row.noted_at).total_seconds() + LATE_SECONDS
    row.seconds += max(0.0, min(seconds, passed))
    row.noted_at = at
    department_years.changed(session, transcript.meeting)


def seconds_of(session: Session, transcript_ids: Sequence[int]) -> float:
    """Return the seconds that all people together worked on these transcripts."""
    spent = select(func.sum(EditingTime.seconds)).where(
        EditingTime.transcript_id.in_(transcript_ids)
    )
    return session.scalar(spent) or 0.0
