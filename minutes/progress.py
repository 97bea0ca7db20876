"""Where a meeting stands on its way from preparation to publication."""

from enum import StrEnum

from sqlalchemy.orm import Session

from meetings.rights import published_revision
from minutes.parts import is_spare
from minutes.recordings import recordings_of
from minutes.records import minutes_of
from minutes.transcripts import has_words
from models.base import now
from models.meeting import Meeting
from models.recording import WorkState


class MeetingState(StrEnum):
    PREPARING = "準備中"
    HELD_NOW = "開催中"
    HELD = "録音待ち"
    TRANSCRIBING = "文字起こし中"
    CORRECTING = "校正中"
    AWAITING = "承認待ち"
    APPROVED = "承認済み"
    PUBLISHED = "公開"


def state_of(session: Session, meeting: Meeting) -> MeetingState:
    if published_revision(session, meeting.id) is not None:
        return MeetingState.PUBLISHED
    return _written(session, meeting) or _recorded(session, meeting) or _sitting(meeting)


def _written(session: Session, meeting: Meeting) -> MeetingState | None:
    minutes = minutes_of(session, meeting)
    request = minutes.latest.request if minutes else None
    if request is None:
        return None
    if request.decision is None:
        return MeetingState.AWAITING
    return MeetingState.APPROVED if request.decision.is_approved else None


def _recorded(session: Session, meeting: Meeting) -> MeetingState | None:
    """A spare that is still being transcribed keeps nobody from correcting the parts."""
    recordings = recordings_of(session, meeting)
    awaited = [r for r in recordings if not is_spare(r)] or recordings
    runs = [t for recording in awaited for t in recording.transcriptions]
    if any(WorkState(run.state).is_open for run in runs):
        return MeetingState.TRANSCRIBING
    return MeetingState.CORRECTING if has_words(session, meeting) else None


def _sitting(meeting: Meeting) -> MeetingState:
    if meeting.is_now(now()):
        return MeetingState.HELD_NOW
    return MeetingState.PREPARING if now() < meeting.starts_at else MeetingState.HELD
