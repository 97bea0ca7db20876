"""引き継ぎ: what waits for people who have left, or will, so that nothing hangs on somebody who is
gone. Nothing is handed over by itself: who may do the work is told, and decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from meetings import audit
from meetings.errors import NotPossibleNow
from meetings.rights import Right, rights_by_role
from models.approval import ApprovalStep, RequestStep
from models.base import now
from models.meeting import Invitation, Meeting, Series
from models.minutes import Approval, ApprovalRequest
from models.person import Department, Person
from models.speech_check import SpeechCheck

OF_MEETING = (
    selectinload(Meeting.series),
    selectinload(Meeting.department).selectinload(Department.parent),
)
"""What is told of a meeting, fetched for all of them at once."""

OF_STAFF = frozenset({Right.PREPARE, Right.CORRECT})
"""Whoever has one of these by a role can hand the work of a department over."""


class HandoverKind(StrEnum):
    """What waits for somebody."""

    ORGANISES = "organises"
    INVITED = "invited"
    DECIDES = "decides"
    ON_PATH = "on_path"
    CHECKS = "checks"

    @property
    def label(self) -> str:
        """Return it in words."""
        return {
            "organises": "これからの会議の主催",
            "invited": "これからの会議への招集",
            "decides": "会議録の承認",
            "on_path": "会議体の承認の段階",
            "checks": "発言の確認",
        }[self]


@dataclass(frozen=True)
class Handover:
    """One thing that waits for `person`: of a meeting or, without one, of the whole series."""

    kind: HandoverKind
    person: Person
    series: Series
    meeting: Meeting | None = None

    @property
    def department(self) -> Department:
        """Return the department whose work it is."""
        return self.meeting.department if self.meeting else self.series.department


def waiting_for(session: Session, person: Person) -> list[Handover]:
    """Return what waits for this person, whether they have left or not."""
    return list(_of(session, select(Person.id).where(Person.id == person.id)))


def of_those_who_left(session: Session) -> list[Handover]:
    """Return everything that waits for people who have left, by as many queries as there are
    kinds."""
    return list(_of(session, select(Person.id).where(Person.has_left, ~Person.is_guest)))


def that_may_be_done_by(session: Session, person: Person) -> list[Handover]:
    """Return what waits for people who have left and what this person could hand over, by their
    roles."""
    if not person.grants:
        return []
    return [
        one
        for one in of_those_who_left(session)
        if not OF_STAFF.isdisjoint(rights_by_role(person, one.department))
    ]


def may_take_over(person: Person, one: Handover) -> bool:
    """Return whether this person may become the organiser of the meeting, by a role."""
    is_organising = one.kind is HandoverKind.ORGANISES
    return is_organising and Right.PREPARE in rights_by_role(person, one.department)


def take_over(session: Session, by: Person, meeting: Meeting) -> None:
    """Let `by` be the organiser of a meeting whose own has left. Raises NotPossibleNow while that
    one is still here."""
    if not meeting.created_by.has_left:
        raise NotPossibleNow(f"主催者の{meeting.created_by.name}さんが、まだ利用者にいます。")
    meeting.created_by = by
    audit.note(session, by, "take_over", meeting)


def _of(session: Session, people: Select[int]) -> Iterator[Handover]:
    coming = (
        Meeting.ends_at > now(),
        Meeting.removed_at.is_(None),
        Meeting.called_off_at.is_(None),
    )
    for meeting in session.scalars(
        select(Meeting)
        .where(Meeting.created_by_id.in_(people), *coming)
        .options(*OF_MEETING, selectinload(Meeting.created_by))
    ):
        yield Handover(HandoverKind.ORGANISES, meeting.created_by, meeting.series, meeting)
    invited = select(Invitation).join(Invitation.meeting)
    invited = invited.where(
        Invitation.person_id.in_(people), Invitation.withdrawn_at.is_(None), *coming
    )
    told = contains_eager(Invitation.meeting).options(*OF_MEETING)
    for invitation in session.scalars(invited.options(told)):
        meeting = invitation.meeting
        yield Handover(HandoverKind.INVITED, invitation.person, meeting.series, meeting)
    yield from _of_minutes(session, people)


def _of_minutes(session: Session, people: Select[int]) -> Iterator[Handover]:
    steps = select(RequestStep).where(
        RequestStep.person_id.in_(people), RequestStep.decided_at.is_(None)
    )
    requests = select(ApprovalRequest).where(
        ApprovalRequest.addressee_id.in_(people),
        ApprovalRequest.id.not_in(select(Approval.request_id)),
    )
    waiting: list[tuple[Person | None, Meeting]] = [
        *((one.person, one.request.revision.meeting) for one in session.scalars(steps)),
        *((one.addressee, one.revision.meeting) for one in session.scalars(requests)),
    ]
    for person, meeting in waiting:
        if person is not None and meeting.removed_at is None:
            yield Handover(HandoverKind.DECIDES, person, meeting.series, meeting)
    on_path = select(ApprovalStep).where(
        or_(ApprovalStep.person_id.in_(people), ApprovalStep.delegate_id.in_(people))
    )
    numbers = set(session.scalars(people))
    for step in session.scalars(on_path):
        for person in (step.person, step.delegate):
            if person is not None and person.id in numbers:
                yield Handover(HandoverKind.ON_PATH, person, step.series)
    open_checks = select(SpeechCheck).where(
        SpeechCheck.person_id.in_(people),
        SpeechCheck.ended_at.is_(None),
        SpeechCheck.answered_at.is_(None),
        SpeechCheck.until > now(),
    )
    for check in session.scalars(open_checks):
        meeting = check.revision.meeting
        yield Handover(HandoverKind.CHECKS, check.person, meeting.series, meeting)


def counts(handovers: Sequence[Handover]) -> dict[tuple[HandoverKind, str], int]:
    """Return how many things of each kind wait in each department, and of what nothing: for the
    administrator, who reads no meeting."""
    counted: dict[tuple[HandoverKind, str], int] = {}
    for one in handovers:
        key = (one.kind, one.department.full_name)
        counted[key] = counted.get(key, 0) + 1
    return counted
