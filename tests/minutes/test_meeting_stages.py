"""Where a meeting stands: one word on every screen."""

from datetime import timedelta

from sqlalchemy.orm import Session

from meetings import setting_up
from meetings.rights import Right
from minutes.assignment import spans
from minutes.meeting_stages import (
    WORK,
    MeetingState,
    last_requests,
    shown_state,
    state_of,
    waiting_for,
)
from minutes.records import publication, records
from minutes.records.content import content_of
from minutes.transcription import work
from models.base import now
from models.meeting import Meeting
from models.recording import Recording
from models.transcript import Transcript
from tests.conftest import Cast


def test_before_during_and_after_the_sitting(session: Session, meeting: Meeting) -> None:
    assert state_of(session, meeting) == MeetingState.HELD_NOW
    meeting.starts_at, meeting.ends_at = now() + timedelta(hours=1), now() + timedelta(hours=2)
    assert state_of(session, meeting) == MeetingState.PREPARING
    meeting.starts_at, meeting.ends_at = now() - timedelta(hours=2), now() - timedelta(hours=1)
    assert state_of(session, meeting) == MeetingState.HELD


def test_a_meeting_that_was_called_off_says_so_at_its_hour_and_after_it(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    setting_up.call_off(session, cast.organiser, meeting, "")
    assert state_of(session, meeting) == MeetingState.CALLED_OFF
    meeting.starts_at, meeting.ends_at = now() - timedelta(hours=2), now() - timedelta(hours=1)
    assert state_of(session, meeting) == MeetingState.CALLED_OFF


def test_what_the_office_does_after_the_sitting_is_not_told_to_those_who_were_only_there(
    meeting: Meeting,
) -> None:
    invited, office = frozenset({Right.SEE}), frozenset({Right.SEE, Right.HEAR})
    state = shown_state(meeting, MeetingState.TRANSCRIBING, invited)
    assert state == "開催中", "recorded as it goes on"
    meeting.starts_at, meeting.ends_at = now() - timedelta(hours=2), now() - timedelta(hours=1)
    assert {shown_state(meeting, state, invited) for state in MeetingState} == {
        "中止", "準備中", "開催中", "終了", "公開",
    }  # fmt: skip
    for state in MeetingState:
        assert shown_state(meeting, state, office) == state.value


def test_while_a_transcription_runs_and_after_it(
    session: Session, cast: Cast, recording: Recording
) -> None:
    meeting = recording.meeting
    run = work.request_transcription(session, cast.secretary, recording)
    session.flush()
    assert state_of(session, meeting) == MeetingState.TRANSCRIBING
    work.cancel_transcription(session, cast.secretary, run)
    session.flush()
    assert state_of(session, meeting) != MeetingState.TRANSCRIBING


def test_a_run_that_heard_nothing_leaves_nothing_to_correct(
    session: Session, cast: Cast, recording: Recording
) -> None:
    run = work.request_transcription(session, cast.secretary, recording)
    work.fail(session, run.steps[0], "読めません。")
    session.flush()
    assert state_of(session, recording.meeting) == MeetingState.HELD_NOW


def test_from_correction_over_approval_to_publication_and_back(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    meeting = transcript.meeting
    seen = [state_of(session, meeting)]
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    seen.append(state_of(session, meeting))
    records.request_approval(session, cast.secretary, revision)
    session.flush()
    seen.append(state_of(session, meeting))
    records.approve(session, cast.approver, revision)
    session.flush()
    seen.append(state_of(session, meeting))
    publication.publish(session, cast.approver, revision)
    session.flush()
    seen.append(state_of(session, meeting))
    publication.withdraw(session, cast.approver, revision, "確認のため")
    session.flush()
    seen.append(state_of(session, meeting))
    assert seen == [
        MeetingState.CORRECTING,
        MeetingState.CORRECTING,
        MeetingState.AWAITING,
        MeetingState.APPROVED,
        MeetingState.PUBLISHED,
        MeetingState.APPROVED,
    ]


def test_what_is_sent_back_is_told_with_its_reason_until_it_is_mended(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    records.send_back(session, cast.approver, revision, "発言者を直してください。")
    session.flush()
    meeting = transcript.meeting
    assert state_of(session, meeting) == MeetingState.SENT_BACK
    assert waiting_for(session, cast.secretary)[MeetingState.SENT_BACK] == [meeting.id]
    decision = last_requests(session, [meeting.id])[meeting.id].decision
    assert decision and decision.reason == "発言者を直してください。"
    content = content_of(revision)
    content.sections[-1].paragraphs[0].text = "直した文"
    records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    session.flush()
    assert state_of(session, meeting) == MeetingState.CORRECTING


def test_a_newer_revision_waits_for_its_people_though_an_earlier_one_is_public(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision, meeting = records.draft(session, cast.secretary, transcript), transcript.meeting
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    publication.publish(session, cast.approver, revision)
    content = content_of(revision)
    content.sections[-1].paragraphs[0].text = "公開後に直した文"
    newer = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    records.request_approval(session, cast.secretary, newer)
    session.flush()
    assert waiting_for(session, cast.approver)[MeetingState.AWAITING] == [meeting.id]
    assert state_of(session, meeting) == MeetingState.PUBLISHED, "what citizens read stands"
    records.approve(session, cast.approver, newer)
    publication.publish(session, cast.approver, newer, reason="誤字を直した")
    session.flush()
    assert not meeting.is_in_work
    assert waiting_for(session, cast.approver) == {state: [] for state in WORK}


def test_what_is_published_is_not_in_work_any_more_until_it_is_withdrawn(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    """Years of published meetings are not looked through to tell what waits for somebody."""
    meeting = transcript.meeting
    assert meeting.is_in_work
    assert waiting_for(session, cast.secretary)[MeetingState.CORRECTING] == [meeting.id]
    assert waiting_for(session, cast.attendee) == {state: [] for state in WORK}
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    assert waiting_for(session, cast.approver)[MeetingState.AWAITING] == [meeting.id]
    assert waiting_for(session, cast.secretary)[MeetingState.AWAITING] == []
    records.approve(session, cast.approver, revision)
    publication.publish(session, cast.approver, revision)
    assert not meeting.is_in_work
    publication.withdraw(session, cast.approver, revision, "確認のため")
    assert meeting.is_in_work
    assert waiting_for(session, cast.approver)[MeetingState.APPROVED] == [meeting.id]
