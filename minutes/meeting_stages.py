"""Finds where meetings are on their way from preparation to publication."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import Session, joinedload

from meetings.rights import Right, rights_by_role, visible_meetings
from minutes.approval import path
from models.base import now
from models.meeting import Meeting
from models.minutes import (
    ApprovalRequest,
    Minutes,
    MinutesRevision,
    Publication,
)
from models.person import Department, Person
from models.recording import Recording, RecordingKind, Transcription, WorkState
from models.transcript import Segment, Transcript


class MeetingState(StrEnum):
    """Where a meeting is; its values are the Japanese words that people read."""

    CALLED_OFF = "中止"
    PREPARING = "準備中"
    HELD_NOW = "開催中"
    HELD = "録音待ち"
    TRANSCRIBING = "文字起こし中"
    CORRECTING = "校正中"
    SENT_BACK = "差戻し"
    AWAITING = "承認待ち"
    APPROVED = "承認済み"
    PUBLISHED = "公開"


OVER = "終了"
FOR_ALL = (
    MeetingState.CALLED_OFF,
    MeetingState.PREPARING,
    MeetingState.HELD_NOW,
    MeetingState.PUBLISHED,
)


def shown_state(meeting: Meeting, state: MeetingState, given: frozenset[Right]) -> str:
    """Return the word for the state that somebody with the rights `given` is shown. What the
    office does between the sitting and its publication is only for those who may hear the
    recording: others are shown 終了.
    """
    if state in FOR_ALL or Right.HEAR in given:
        return state.value
    sitting = _sitting(meeting)  # which may be recorded and transcribed while it goes on
    return sitting.value if sitting in FOR_ALL else OVER


WORK = {
    MeetingState.SENT_BACK: Right.CORRECT,
    MeetingState.CORRECTING: Right.CORRECT,
    MeetingState.AWAITING: Right.HEAR,  # whose turn it is, the path of approval says
    MeetingState.APPROVED: Right.PUBLISH,
}
"""States in which somebody with this right has something to do."""


def state_of(session: Session, meeting: Meeting) -> MeetingState:
    """Return the state of the meeting."""
    return states_of(session, [meeting])[meeting.id]


def states_of(session: Session, meetings: Sequence[Meeting]) -> dict[int, MeetingState]:
    """Return the states by the meetings' ids. It is one query for all, which reads no minutes and
    no transcript.
    """
    session.flush()
    wanted = select(Meeting.id, _of_the_record()).where(Meeting.id.in_([m.id for m in meetings]))
    found = {number: word for number, word in session.execute(wanted) if word} if meetings else {}
    return {
        meeting.id: MeetingState(found[meeting.id])
        if meeting.id in found and meeting.called_off_at is None
        else _sitting(meeting)
        for meeting in meetings
    }


def waiting_for(session: Session, person: Person) -> dict[MeetingState, list[int]]:
    """Return the ids of the meetings in which this person's roles, or a step of an approval, let
    them do something next, by state, oldest first. Only meetings in work are read, not those that
    were published in years.
    """
    waiting: dict[MeetingState, list[int]] = {state: [] for state in WORK}
    named = path.named_in(session, person)
    if not person.grants:
        waiting[MeetingState.AWAITING] = sorted(path.waiting_for(session, person, named))
        return waiting
    in_work = (
        visible_meetings(person)
        .where(Meeting.is_in_work)
        .join(Meeting.department)
        .with_only_columns(Meeting.id, _of_the_work(), Department)
        .order_by(Meeting.starts_at, Meeting.id)
    )
    for number, word, department in session.execute(in_work):
        state = MeetingState(word) if word else None
        if state in WORK and WORK[state] in rights_by_role(person, department):
            waiting[state].append(number)
    seen = waiting[MeetingState.AWAITING]
    awaited = [*seen, *sorted(named.difference(seen))]
    mine = path.waiting_for(session, person, awaited)
    waiting[MeetingState.AWAITING] = [number for number in awaited if number in mine]
    return waiting


def last_requests(session: Session, meeting_ids: Sequence[int]) -> dict[int, ApprovalRequest]:
    """Return the last request for approval of the minutes of each meeting, with its decision, by
    the meeting's id.
    """
    found = session.execute(
        select(Minutes.meeting_id, ApprovalRequest)
        .join(Minutes.revisions)
        .join(MinutesRevision.request)
        .where(Minutes.meeting_id.in_(meeting_ids))
        .order_by(MinutesRevision.number)
        .options(joinedload(ApprovalRequest.decision), joinedload(ApprovalRequest.addressee))
    )
    return {meeting_id: request for meeting_id, request in found}


def _of_the_record() -> ColumnElement[str | None]:
    """Return how far recording and minutes of a `Meeting` have come, as an SQL expression; NULL
    where there is nothing yet.
    """
    return case((_is_published(), MeetingState.PUBLISHED.value), else_=_of_the_work())


def _of_the_work() -> ColumnElement[str | None]:
    """Return the same of a meeting in work, whether an earlier revision is public or not."""
    return case(
        (_is_latest_revision_published(), MeetingState.PUBLISHED.value),
        (_latest_revision_is(_undecided()), MeetingState.AWAITING.value),
        (_latest_revision_is(ApprovalRequest.decision.has(is_approved=True)),
         MeetingState.APPROVED.value),
        (_latest_revision_is(ApprovalRequest.decision.has(is_approved=False)),
         MeetingState.SENT_BACK.value),
        (_is_transcribed_now(), MeetingState.TRANSCRIBING.value),
        (_has_words(), MeetingState.CORRECTING.value),
    )  # fmt: skip


def _is_published() -> ColumnElement[bool]:
    public = select(Publication.id).where(
        Publication.meeting_id == Meeting.id, ~Publication.withdrawal.has()
    )
    return public.correlate(Meeting).exists()


def _undecided() -> ColumnElement[bool]:
    return ~ApprovalRequest.decision.has()


def _is_latest_revision_published() -> ColumnElement[bool]:
    public = select(Publication.id).where(
        Publication.revision_id == _latest_revision(), ~Publication.withdrawal.has()
    )
    return public.correlate(Meeting).exists()


def _latest_revision_is(asked: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that approval of the latest revision was requested, and the request is
    as asked.
    """
    requested = select(ApprovalRequest.id).where(
        ApprovalRequest.revision_id == _latest_revision(), asked
    )
    return requested.correlate(Meeting).exists()


def _latest_revision() -> ColumnElement[int]:
    return (
        select(MinutesRevision.id)
        .join(Minutes)
        .where(Minutes.meeting_id == Meeting.id)
        .order_by(MinutesRevision.number.desc())
        .limit(1)
        .correlate(Meeting)
        .scalar_subquery()
    )


def _is_transcribed_now() -> ColumnElement[bool]:
    """Return the condition that a part is being transcribed. A spare does not count beside parts:
    nobody needs it to correct these.
    """
    parts = select(Recording.id).where(
        Recording.meeting_id == Meeting.id, Recording.kind != RecordingKind.SPARE
    )
    running = (
        select(Transcription.id)
        .join(Recording)
        .where(
            Recording.meeting_id == Meeting.id,
            Transcription.state.in_([state for state in WorkState if state.is_open]),
            or_(
                Recording.kind != RecordingKind.SPARE,
                ~parts.correlate(Meeting).exists(),
            ),
        )
    )
    return running.correlate(Meeting).exists()


def _has_words() -> ColumnElement[bool]:
    heard = (
        select(Segment.id)
        .join(Transcript)
        .join(Transcription)
        .join(Recording)
        .where(Recording.meeting_id == Meeting.id)
    )
    return heard.correlate(Meeting).exists()


def _sitting(meeting: Meeting) -> MeetingState:
    if meeting.called_off_at is not None:
        return MeetingState.CALLED_OFF
    if meeting.is_now(now()):
        return MeetingState.HELD_NOW
    return MeetingState.PREPARING if now() < meeting.starts_at else MeetingState.HELD
