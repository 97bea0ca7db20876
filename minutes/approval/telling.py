"""Notices of the way to an approval, by mail as the others: whose turn it is, who need not decide
any more, what is late, whose person has left.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from meetings import dates
from meetings.invitations import notices
from models.approval import RequestStep
from models.notice import NoticeKind
from models.person import Person


def tell_of_turn(session: Session, by: Person, step: RequestStep) -> None:
    """Ask the person of the step and their delegate to decide. A step that names nobody stands on
    the first screens of all who may approve.
    """
    until = f"{dates.in_full(step.due_at)}までにお願いします。" if step.due_at else ""
    asked = step.request
    words = (
        f"会議録の承認が「{step.name}」の段階になりました。{until}"
        f"依頼したのは{asked.requested_by.name}さんです。"
        + (f"\n\n{asked.word}" if asked.word else "")
    )
    _tell(session, step, NoticeKind.APPROVAL_ASKED, words, (step.person, step.delegate), but=by)


def tell_of_being_relieved(
    session: Session, by: Person, step: RequestStep, before: Person | None
) -> None:
    """Tell the person who was waited for until now that somebody else decides."""
    if before is not step.person:
        words = f"会議録の承認の「{step.name}」の段階は、別の人が受け持つことになりました。"
        _tell(session, step, NoticeKind.APPROVAL_TAKEN_BACK, words, (before,), but=by)


def tell_of_lateness(session: Session, step: RequestStep) -> None:
    """Remind the person of the step and their delegate, and tell whoever asked for approval."""
    assert step.due_at is not None
    until = dates.in_full(step.due_at)
    words = f"会議録の承認の「{step.name}」の段階が、期限（{until}）を過ぎています。"
    people = (step.person, step.delegate, step.request.requested_by)
    _tell(session, step, NoticeKind.APPROVAL_LATE, words, people)


def tell_of_vacancy(session: Session, step: RequestStep) -> None:
    """Tell whoever asked for approval that the step's person has left, and the delegate that the
    step waits for them.
    """
    assert step.person is not None
    words = (
        f"会議録の承認の「{step.name}」の{step.person.name}さんは、もう利用者でないか、役割が"
        "変わりました。「承認の段階」の画面で、別の人に替えてください。"
    )
    people = (step.delegate, step.request.requested_by, step.request.revision.meeting.created_by)
    _tell(session, step, NoticeKind.APPROVAL_LATE, words, people)


def _tell(
    session: Session,
    step: RequestStep,
    kind: NoticeKind,
    words: str,
    people: Iterable[Person | None],
    but: Person | None = None,
) -> None:
    for person in dict.fromkeys(people):
        if person is not None and person is not but:
            notices.tell(session, person, step.request.revision.meeting, kind, words)
