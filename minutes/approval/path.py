"""The way of one request for approval through its steps: whose turn it is, who may decide, and what
is done about a step that is late or whose person has left.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, joinedload

from meetings import audit, dates
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.rights import Right, awaited_steps, may_be_asked, rights_by_role
from minutes.approval import steps, telling
from models.approval import RequestStep
from models.base import now
from models.meeting import Meeting
from models.minutes import ApprovalRequest, Minutes, MinutesRevision
from models.person import Person

REMINDED_AGAIN = timedelta(days=7)


def begin(session: Session, request: ApprovalRequest) -> None:
    """Give the request the steps of its series, and let the first one begin."""
    for planned in steps.steps_of(session, request.revision.meeting.series):
        session.add(
            RequestStep(
                request=request,
                position=planned.position,
                name=planned.name,
                person=planned.person,
                delegate=planned.delegate,
                days=planned.days,
            )
        )
    session.flush()
    first = current_step(session, request)
    if first is not None:
        _let_begin(session, first)


def steps_of(session: Session, request: ApprovalRequest) -> Sequence[RequestStep]:
    """Return the steps of the request in order; none where whoever may approve decides at once."""
    wanted = select(RequestStep).where(RequestStep.request_id == request.id)
    return session.scalars(wanted.order_by(RequestStep.position)).all()


def current_step(session: Session, request: ApprovalRequest) -> RequestStep | None:
    """Return the step whose turn it is; None when all have approved, or there are none."""
    return next((s for s in steps_of(session, request) if s.decided_at is None), None)


def drop(session: Session, request: ApprovalRequest) -> None:
    """Delete the steps of a request that is taken back."""
    session.execute(delete(RequestStep).where(RequestStep.request_id == request.id))


def may_decide(session: Session, person: Person, request: ApprovalRequest) -> bool:
    """Return whether this person may decide now: the person of the step or their delegate; whoever
    may approve where the step names nobody, or there are no steps.
    """
    return _may_decide(person, request, current_step(session, request))


def decide(
    session: Session,
    by: Person,
    request: ApprovalRequest,
    *,
    step_id: int | None,
    is_approved: bool,
) -> RequestStep | None:
    """Note the decision in the step whose turn it is, and let the next one begin. Returns the step
    that was decided; None where the request has none.

    `step_id` is the step that the person saw: raises NotPossibleNow when it is another one's turn
    by now, or somebody else's to decide.
    """
    step = current_step(session, request)
    _refuse_other_turn(session, request, step, step_id)
    if not _may_decide(by, request, step):
        raise NotPossibleNow(
            f"いま決められるのは{_waited_for(step)}です。{by.name}さんの番ではありません。"
        )
    if step is None:
        return None
    step.is_approved, step.decided_by, step.decided_at = is_approved, by, now()
    session.flush()
    following = current_step(session, request) if is_approved else None
    if following is not None:
        audit.note(session, by, "approve_step", request.revision)
        _let_begin(session, following, by)
    return step


def reassign(
    session: Session,
    by: Person,
    request: ApprovalRequest,
    step_id: int,
    person: Person | None,
    delegate: Person | None = None,
) -> RequestStep:
    """Let somebody else decide a step that is not decided yet, such as of a person who has left.
    Whoever is waited for now is told, and whoever was before.

    Raises NotPossibleNow when it was decided, InvalidInput for a step of another request or people
    who may not read the minutes.
    """
    step = next((s for s in steps_of(session, request) if s.id == step_id), None)
    if step is None:
        raise InvalidInput("step_id", "その段階はこの承認依頼にありません。開き直してください。")
    if step.decided_at is not None:
        raise NotPossibleNow(f"「{step.name}」は、すでに{_when(step)}に決まっています。")
    meeting = request.revision.meeting
    steps.check_people(session, by, step.name, (person, delegate), meeting.series, meeting)
    steps.check_delegate(step.name, person, delegate)
    before = step.person
    step.person, step.delegate = person, delegate
    audit.note(session, by, "reassign_approval_step", request.revision)
    if step.began_at is not None:
        step.reminded_at = None
        telling.tell_of_turn(session, by, step)
        telling.tell_of_being_relieved(session, by, step, before)
    return step


def is_vacant(step: RequestStep) -> bool:
    """Return whether the person of the step has left, or has neither a role nor a seat any more."""
    meeting = step.request.revision.meeting
    return step.person is not None and not may_be_asked(step.person, meeting.series, meeting)


def remind(session: Session) -> int:
    """Remind the people of late steps, and tell those who asked for approval of steps whose person
    has left; again after a week. Returns how many steps that were.
    """
    at = now()
    waiting = session.scalars(
        select(RequestStep).where(
            RequestStep.began_at.is_not(None),
            RequestStep.decided_at.is_(None),
            or_(RequestStep.reminded_at.is_(None), RequestStep.reminded_at < at - REMINDED_AGAIN),
        )
    )
    due = [step for step in waiting if is_vacant(step) or step.is_late(at)]
    for step in due:
        step.reminded_at = at
        if is_vacant(step):
            telling.tell_of_vacancy(session, step)
        else:
            telling.tell_of_lateness(session, step)
    return len(due)


def named_in(session: Session, person: Person) -> set[int]:
    """Return the ids of the meetings whose approval waits for this person by name."""
    found = [one.request.revision.meeting for one in session.scalars(awaited_steps(person))]
    return {one.id for one in found if one.removed_at is None}


def waiting_for(session: Session, person: Person, meeting_ids: Collection[int]) -> set[int]:
    """Return the ids of those of these meetings whose newest request waits for this person."""
    if not meeting_ids:
        return set()
    requests = session.execute(
        select(Minutes.meeting_id, ApprovalRequest)
        .join(Minutes.revisions)
        .join(MinutesRevision.request)
        .where(Minutes.meeting_id.in_(meeting_ids))
        .order_by(MinutesRevision.number)
        .options(
            joinedload(ApprovalRequest.revision)
            .joinedload(MinutesRevision.minutes)
            .joinedload(Minutes.meeting)
            .joinedload(Meeting.department)
        )
    )
    newest = {meeting_id: request for meeting_id, request in requests}
    current = _current_steps(session, newest.values())
    return {
        meeting_id
        for meeting_id, request in newest.items()
        if _may_decide(person, request, current.get(request.id))
    }


def _current_steps(session: Session, requests: Iterable[ApprovalRequest]) -> dict[int, RequestStep]:
    """Return the step whose turn it is by the id of its request, for all of them at once."""
    wanted = select(RequestStep).where(
        RequestStep.request_id.in_([request.id for request in requests]),
        RequestStep.decided_at.is_(None),
    )
    last_first = session.scalars(wanted.order_by(RequestStep.position.desc()))
    return {step.request_id: step for step in last_first}


def _may_decide(person: Person, request: ApprovalRequest, step: RequestStep | None) -> bool:
    meeting = request.revision.meeting
    if step is None or step.person_id is None:
        return Right.DECIDE in rights_by_role(person, meeting.department)
    is_named = person.id in (step.person_id, step.delegate_id)
    return is_named and may_be_asked(person, meeting.series, meeting)


def _let_begin(session: Session, step: RequestStep, by: Person | None = None) -> None:
    step.began_at = now()
    step.due_at = step.began_at + timedelta(days=step.days) if step.days else None
    telling.tell_of_turn(session, by or step.request.requested_by, step)


def _refuse_other_turn(
    session: Session, request: ApprovalRequest, step: RequestStep | None, step_id: int | None
) -> None:
    if step is None or step.id == step_id:
        return
    if step_id is None:
        raise InvalidInput(
            "step_id", f"いまは「{step.name}」の段階です。その step_id を添えて送ってください。"
        )
    seen = next((s for s in steps_of(session, request) if s.id == step_id), None)
    if seen is not None and seen.decided_at is not None:
        raise NotPossibleNow(
            f"「{seen.name}」の段階は、先に{_when(seen)}に承認されています。いまは"
            f"「{step.name}」の段階です。画面を開き直してください。"
        )
    raise NotPossibleNow(f"いまは「{step.name}」の段階です。画面を開き直してください。")


def _when(step: RequestStep) -> str:
    assert step.decided_at is not None and step.decided_by is not None
    at = f"{dates.in_full(step.decided_at)}{dates.clock(step.decided_at)}"
    return f"{at}、{step.decided_by.name}さん"


def _waited_for(step: RequestStep | None) -> str:
    if step is None or step.person is None:
        return f"{f'「{step.name}」の段階で、' if step else ''}承認者の役割のある人"
    delegate = f"（代決は{step.delegate.name}さん）" if step.delegate else ""
    return f"「{step.name}」の{step.person.name}さん{delegate}"
