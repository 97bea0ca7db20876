"""Finds what has changed in a transcript since a screen last asked, so that several people at work
see each other's changes.

Every change has a line in the audit table, and lines are numbered in the order in which they were
written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from minutes.transcripts import transcripts
from models.audit import AuditLine
from models.transcript import Proposal, Segment, Transcript

CONCERNS_MANY = (
    "start_agenda_item",
    "confirm_item",
    "place_again",
    "name_voice",
    "split_voice",
    "name_speakers",
    "dismiss_voice_suggestion",
)
"""Verbs that change more segments than the one that their audit line names."""

MOST = 300
"""From so many changes on, the whole transcript is read again."""


@dataclass(frozen=True)
class Changes:
    """The changes since a line of the audit table. `latest`: the line from which to ask next time.
    `gone`: ids of segments that no longer exist. `is_everything`: so much has changed that the
    whole transcript should be read again.
    """

    latest: int
    segments: list[Segment] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    is_everything: bool = False


def latest(session: Session) -> int:
    """Return the number of the newest audit line, 0 if there is none."""
    return session.scalar(select(func.max(AuditLine.id))) or 0


def since(session: Session, transcript: Transcript, line: int, newest: int) -> Changes:
    """Return the changes after the audit line `line`, and segments with an id above `newest`; to
    who has seen a line that is not there, as before a backup was brought back, everything."""
    now = latest(session)
    if line > now:
        return Changes(now, is_everything=True)
    lines = session.execute(
        select(AuditLine.thing, AuditLine.thing_id, AuditLine.verb)
        .where(
            AuditLine.id > line,
            AuditLine.meeting_id == transcript.meeting.id,
            AuditLine.thing.in_((Segment.__tablename__, Proposal.__tablename__)),
        )
        .limit(MOST)
    ).all()
    if len(lines) == MOST or any(one.verb in CONCERNS_MANY for one in lines):
        return Changes(now, is_everything=True)
    touched = _segments_of(session, [(one.thing, one.thing_id) for one in lines])
    segments = transcripts.segments_of(session, transcript, touched=touched, newer_than=newest)
    if len(segments) >= MOST:
        return Changes(now, is_everything=True)
    known = set(session.scalars(select(Segment.id).where(Segment.id.in_(touched))))
    return Changes(now, segments, sorted(touched - known))


def _segments_of(session: Session, things: Iterable[tuple[str, int | None]]) -> set[int]:
    things = list(things)
    named = {number for thing, number in things if thing == Segment.__tablename__ and number}
    proposals = [number for thing, number in things if thing == Proposal.__tablename__]
    decided = session.scalars(select(Proposal.segment_id).where(Proposal.id.in_(proposals)))
    return named | set(decided)
