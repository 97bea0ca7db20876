"""Removes a transcript that was imported by mistake. The recording and all its other transcripts
stay.
"""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import NotPossibleNow
from models.minutes import Minutes, MinutesRevision
from models.person import Person
from models.recording import Step, StepKind, WorkState
from models.transcript import Correction, EditingTime, Proposal, Segment, Speaker, Transcript

NOT_IMPORTED = "消せるのは、取り込んだ逐語録だけです。文字起こしの逐語録は残ります。"
APPROVED = "この逐語録から作った会議録（第{}版）が承認されているため、消せません。"
AWAITED = (
    "この逐語録から作った会議録（第{}版）は承認を依頼中です。差し戻しを待ってから消してください。"
)


def remove(session: Session, by: Person, transcript: Transcript) -> None:
    """Delete its segments, with everything that people did to them and what they taught. The row
    of the transcript stays: drafts that were made from it can still be read and heard.

    Raises NotPossibleNow for a transcript of the machine, and while minutes need it.
    """
    problem = obstacle(session, transcript)
    if problem:
        raise NotPossibleNow(problem)
    segments = select(Segment.id).where(Segment.transcript_id == transcript.id)
    for of_segment in (Correction, Proposal):
        session.execute(delete(of_segment).where(of_segment.segment_id.in_(segments)))
    for of_transcript in (Segment, Speaker, EditingTime):
        session.execute(delete(of_transcript).where(of_transcript.transcript_id == transcript.id))
    run = transcript.transcription
    session.execute(
        update(Step)
        .where(Step.transcription_id == run.id, Step.kind != StepKind.PLAYBACK)
        .values(state=WorkState.CANCELLED, lease=None, lease_until=None)
    )
    run.state = WorkState.REMOVED
    audit.note(session, by, "remove", run)
    session.expire_all()


def obstacle(session: Session, transcript: Transcript) -> str:
    """Return a sentence that says why the transcript cannot be removed, or an empty text."""
    if not transcript.transcription.is_imported:
        return NOT_IMPORTED
    revisions = session.scalars(
        select(MinutesRevision)
        .join(Minutes)
        .where(Minutes.meeting_id == transcript.meeting.id)
        .order_by(MinutesRevision.number.desc())
    )
    for revision in revisions:
        if transcript.id in revision.transcript_ids:
            if revision.is_approved:
                return APPROVED.format(revision.number)
            if revision.is_awaited:
                return AWAITED.format(revision.number)
    return ""


def count_corrected(session: Session, transcript: Transcript) -> int:
    """Return how many segments' text people have changed since the import."""
    corrected = select(func.count(Segment.id)).where(
        Segment.transcript_id == transcript.id, Segment.revision > 0
    )
    return session.scalar(corrected) or 0
