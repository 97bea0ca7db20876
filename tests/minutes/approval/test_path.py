"""The way of a request through the steps that its series has set."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow
from meetings.invitations import roster
from meetings.people import people
from meetings.rights import Right, rights_to_text
from minutes import meeting_stages
from minutes.approval import comments, path, steps
from minutes.approval.steps import PlannedStep
from minutes.assignment import spans
from minutes.meeting_stages import MeetingState
from minutes.records import comparing, records
from minutes.records.content import content_of
from models.approval import RequestStep
from models.base import now
from models.meeting import InvitationKind
from models.minutes import ApprovalRequest, MinutesRevision
from models.notice import Notice, NoticeKind
from models.person import Person, Role
from models.transcript import Transcript
from tests.conftest import Cast


@pytest.fixture
def manager(session: Session, cast: Cast) -> Person:
    """Another approver, who has a mail address as all here."""
    made = people.add_person(
        session, login="kacho", name="課長 一郎", department=cast.approver.department,
        email="kacho@city.example.jp",
    )  # fmt: skip
    people.grant_role(session, made, Role.APPROVER)
    for person in (cast.secretary, cast.approver, cast.organiser):
        person.email = f"{person.login}@city.example.jp"
    session.flush()
    return made


@pytest.fixture
def revision(
    session: Session, cast: Cast, transcript: Transcript, manager: Person
) -> MinutesRevision:
    """Of a series with three steps: 書記, 課長 with a delegate and three days, and whoever may."""
    spans.leave_rest_out(session, cast.secretary, transcript)
    planned = [
        PlannedStep("書記", cast.secretary),
        PlannedStep("課長", manager, cast.approver, days=3),
        PlannedStep("会長"),
    ]
    steps.set_steps(session, cast.organiser, transcript.meeting.series, planned)
    return records.draft(session, cast.secretary, transcript)


@pytest.fixture
def request_made(session: Session, cast: Cast, revision: MinutesRevision) -> ApprovalRequest:
    return records.request_approval(session, cast.secretary, revision)


def turn(session: Session, request: ApprovalRequest) -> RequestStep:
    step = path.current_step(session, request)
    assert step is not None
    return step


def approve(session: Session, by: Person, request: ApprovalRequest) -> object:
    step_id = turn(session, request).id
    return records.approve(session, by, request.revision, step_id=step_id)


def told(session: Session, kind: NoticeKind) -> list[str]:
    found = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    return [notice.person.name for notice in found]


def test_a_request_goes_through_the_steps_in_order_and_the_last_one_approves(
    session: Session, cast: Cast, manager: Person, request_made: ApprovalRequest
) -> None:
    revision = request_made.revision
    assert approve(session, cast.secretary, request_made) is None
    assert not revision.is_approved and turn(session, request_made).name == "課長"
    assert approve(session, manager, request_made) is None
    assert approve(session, cast.approver, request_made) is not None
    session.refresh(request_made)
    assert revision.is_approved
    walked = path.steps_of(session, request_made)
    assert [s.decided_by for s in walked] == [cast.secretary, manager, cast.approver]


def test_nobody_decides_a_step_that_is_not_theirs(
    session: Session, cast: Cast, manager: Person, request_made: ApprovalRequest
) -> None:
    for person in (manager, cast.approver, cast.organiser, cast.outsider):
        with pytest.raises(NotPossibleNow, match="「書記」の"):
            approve(session, person, request_made)
    approve(session, cast.secretary, request_made)
    with pytest.raises(NotPossibleNow, match="代決は"):
        approve(session, cast.secretary, request_made)


def test_without_steps_only_who_may_approve_decides(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    steps.set_steps(session, cast.organiser, revision.meeting.series, [])
    records.request_approval(session, cast.secretary, revision)
    with pytest.raises(NotPossibleNow, match="承認者の役割のある人"):
        records.approve(session, cast.secretary, revision)
    assert records.approve(session, cast.approver, revision) is not None


def test_the_second_of_two_who_approve_at_once_is_told_who_was_first(
    session: Session, cast: Cast, manager: Person, request_made: ApprovalRequest
) -> None:
    approve(session, cast.secretary, request_made)
    seen = turn(session, request_made).id
    records.approve(session, cast.approver, request_made.revision, step_id=seen)
    with pytest.raises(NotPossibleNow, match=f"先に.*{cast.approver.name}さんに承認"):
        records.approve(session, manager, request_made.revision, step_id=seen)
    assert turn(session, request_made).name == "会長"  # which the manager might have decided
    with pytest.raises(InvalidInput, match="step_id"):
        records.approve(session, manager, request_made.revision)


def test_the_delegate_decides_in_the_persons_place_and_it_is_said(
    session: Session, cast: Cast, request_made: ApprovalRequest
) -> None:
    approve(session, cast.secretary, request_made)
    step = turn(session, request_made)
    approve(session, cast.approver, request_made)
    assert step.is_by_delegate and not path.steps_of(session, request_made)[0].is_by_delegate


def test_any_step_sends_the_whole_request_back(
    session: Session, cast: Cast, manager: Person, request_made: ApprovalRequest
) -> None:
    approve(session, cast.secretary, request_made)
    step_id = turn(session, request_made).id
    records.send_back(
        session, manager, request_made.revision, "数字を確かめてください。", step_id=step_id
    )
    session.refresh(request_made)
    assert request_made.decision is not None and not request_made.decision.is_approved
    with pytest.raises(NotPossibleNow, match=f"{manager.name}さんが差戻し"):
        records.approve(session, cast.approver, request_made.revision, step_id=step_id)


def test_a_request_keeps_its_steps_when_the_series_gets_others_and_loses_them_when_taken_back(
    session: Session, cast: Cast, request_made: ApprovalRequest
) -> None:
    revision = request_made.revision
    steps.set_steps(session, cast.organiser, revision.meeting.series, [])
    assert [s.name for s in path.steps_of(session, request_made)] == ["書記", "課長", "会長"]
    records.take_request_back(session, cast.secretary, revision)
    assert session.scalars(select(RequestStep)).all() == []


def test_a_step_asks_for_people_who_may_read_the_minutes(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    series = revision.meeting.series
    for person in (cast.attendee, cast.outsider):
        with pytest.raises(InvalidInput, match=f"{person.name}さんは、この会議録を読む役割"):
            steps.set_steps(session, cast.organiser, series, [PlannedStep("課長", person)])
    with pytest.raises(InvalidInput, match="別の人"):
        both = PlannedStep("課長", cast.approver, cast.approver)
        steps.set_steps(session, cast.organiser, series, [both])
    with pytest.raises(InvalidInput, match="段階の名前"):
        steps.set_steps(session, cast.organiser, series, [PlannedStep(" ")])
    assert len(steps.steps_of(session, series)) == 3


def test_whose_turn_it_is_is_told_and_finds_it_on_the_first_screen(
    session: Session, cast: Cast, manager: Person, request_made: ApprovalRequest
) -> None:
    approve(session, cast.secretary, request_made)
    assert told(session, NoticeKind.APPROVAL_ASKED) == [manager.name, cast.approver.name]
    waiting = {
        person.name: meeting_stages.waiting_for(session, person)[MeetingState.AWAITING]
        for person in (cast.secretary, manager, cast.approver)
    }
    assert [bool(found) for found in waiting.values()] == [False, True, True]


def test_a_late_step_reminds_its_people_once_a_week(
    session: Session, cast: Cast, manager: Person, request_made: ApprovalRequest
) -> None:
    approve(session, cast.secretary, request_made)
    step = turn(session, request_made)
    assert step.due_at is not None and step.began_at is not None
    assert step.due_at - step.began_at == timedelta(days=3)
    assert path.remind(session) == 0
    step.due_at = now() - timedelta(hours=1)
    assert (path.remind(session), path.remind(session)) == (1, 0)
    late = told(session, NoticeKind.APPROVAL_LATE)
    assert late == [manager.name, cast.approver.name, cast.secretary.name]
    step.reminded_at = now() - timedelta(days=8)
    assert path.remind(session) == 1


def test_a_person_who_has_left_is_replaced_and_everybody_is_told(
    session: Session, cast: Cast, manager: Person, request_made: ApprovalRequest
) -> None:
    approve(session, cast.secretary, request_made)
    step = turn(session, request_made)
    manager.ended_at = now()
    assert path.is_vacant(step) and path.remind(session) == 1
    assert cast.secretary.name in told(session, NoticeKind.APPROVAL_LATE)
    with pytest.raises(InvalidInput, match="もう利用者ではありません"):
        path.reassign(session, cast.organiser, request_made, step.id, manager)
    path.reassign(session, cast.organiser, request_made, step.id, cast.approver)
    assert not path.is_vacant(step)
    assert told(session, NoticeKind.APPROVAL_ASKED)[-1] == cast.approver.name
    approve(session, cast.approver, request_made)
    with pytest.raises(NotPossibleNow, match="すでに"):
        path.reassign(session, cast.organiser, request_made, step.id, cast.secretary)


def test_a_remark_stands_at_its_paragraph_until_the_revision_is_decided(
    session: Session, cast: Cast, request_made: ApprovalRequest
) -> None:
    revision = request_made.revision
    section = len(revision.content["sections"]) - 1
    comments.comment(session, cast.approver, revision, section, 0, "「定刻」では？")
    found = comments.by_place(comments.comments_of(session, revision))
    assert [one.text for one in found[section, 0]] == ["「定刻」では？"]
    with pytest.raises(InvalidInput, match="その発言はこの版にありません"):
        comments.comment(session, cast.approver, revision, section, 99, "？")
    step_id = turn(session, request_made).id
    records.send_back(session, cast.secretary, revision, "直す。", step_id=step_id)
    with pytest.raises(NotPossibleNow, match="コメントを加えられません"):
        comments.comment(session, cast.approver, revision, section, 0, "もう一つ")


def test_what_changed_is_counted_from_what_the_reader_saw_last(
    session: Session, cast: Cast, manager: Person, revision: MinutesRevision
) -> None:
    for number in (1, 2):
        content = content_of(revision.minutes.latest)
        content.place = f"場所{number}"
        records.revise(session, cast.secretary, revision.minutes, content, based_on=number)
    latest = revision.minutes.latest
    last = len(revision.content["sections"]) - 1
    comments.comment(session, manager, revision, last, 0, "読みました。")
    session.flush()
    assert comparing.base_for(session, manager, latest) is revision
    before = comparing.base_for(session, cast.secretary, latest)
    assert before is not None and before.number == 2


def test_a_step_waits_for_a_member_without_a_role_who_may_do_nothing_else(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    """The chair: on the roster, named by somebody who may read the minutes, and by nobody else."""
    meeting, chair, stranger = revision.meeting, cast.attendee, cast.outsider
    roster.add(session, cast.organiser, meeting.series, chair, InvitationKind.CHAIR)
    planned = [PlannedStep("書記", cast.secretary), PlannedStep("会長", chair)]
    with pytest.raises(InvalidInput, match="書記か承認者が選べます"):
        steps.set_steps(session, cast.organiser, meeting.series, planned)
    steps.set_steps(session, cast.secretary, meeting.series, planned)
    steps.set_steps(session, cast.organiser, meeting.series, planned)  # they stand there already
    request = records.request_approval(session, cast.secretary, revision)
    assert not may_review(session, chair, revision), "it is not their turn yet"
    approve(session, cast.secretary, request)
    assert may_review(session, chair, revision) and not may_review(session, stranger, revision)
    assert Right.HEAR not in rights_to_text(session, chair, revision)
    waiting = meeting_stages.waiting_for(session, chair)
    assert waiting[MeetingState.AWAITING] == [meeting.id]
    step_id = turn(session, request).id
    assert records.approve(session, chair, revision, step_id=step_id) is not None
    assert may_review(session, chair, revision), "what they approved"
    assert not meeting_stages.waiting_for(session, chair)[MeetingState.AWAITING]
    content = content_of(revision)
    content.place = "別の場所"
    newer = records.revise(
        session, cast.secretary, revision.minutes, content, based_on=revision.number
    )
    assert newer is not revision and not may_review(session, chair, newer)


def may_review(session: Session, person: Person, revision: MinutesRevision) -> bool:
    session.flush()
    return Right.REVIEW in rights_to_text(session, person, revision)
