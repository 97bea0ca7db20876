"""Sends notices to those who make minutes: that approval is asked for, given or refused, and what
became of what was public. Whoever did it gets none.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from meetings.invitations import notices
from models.minutes import Approval, ApprovalRequest, MinutesRevision
from models.notice import NoticeKind
from models.person import Person


def tell_of_request(session: Session, request: ApprovalRequest) -> None:
    """Send a notice to the approver who is asked. A request to all approvers sends none: it stands
    on their first screens.
    """
    words = f"{request.requested_by.name}さんから、会議録の承認をお願いします。"
    _tell(
        session,
        request.requested_by,
        request.revision,
        NoticeKind.APPROVAL_ASKED,
        words + (f"\n\n{request.word}" if request.word else ""),
        [request.addressee],
    )


def tell_of_request_taken_back(session: Session, by: Person, request: ApprovalRequest) -> None:
    """Send a notice to the approver who was asked."""
    words = "会議録の承認の依頼は取り下げられました。承認していただくことは、いまはありません。"
    kind = NoticeKind.APPROVAL_TAKEN_BACK
    _tell(session, by, request.revision, kind, words, [request.addressee])


def tell_of_decision(session: Session, decision: Approval) -> None:
    """Send a notice to those who wrote the text and who asked for approval, saying what to do
    now.
    """
    revision, request = decision.request.revision, decision.request
    if decision.is_approved:
        kind, words = NoticeKind.APPROVED, "会議録が承認されました。公開できます。"
    else:
        kind = NoticeKind.SENT_BACK
        words = (
            f"会議録（第{revision.number}版）が差し戻されました。文を直して保存すると新しい版になり、"
            f"もう一度承認を依頼できます。\n\n理由：{decision.reason}"
        )
    people = [request.requested_by, revision.written_by]
    _tell(session, decision.decided_by, revision, kind, words, people)


def tell_of_withdrawal(
    session: Session, by: Person, revision: MinutesRevision, reason: str, newer: int | None
) -> None:
    """Send a notice to those who wrote, approved and published a revision that is public no more.
    `newer` is the number of the revision that took its place, if one did.
    """
    if newer is None:
        kind = NoticeKind.WITHDRAWN
        words = f"公開していた会議録（第{revision.number}版）の公開を取り下げました。"
    else:
        kind = NoticeKind.REPLACED
        words = f"公開していた会議録（第{revision.number}版）を、第{newer}版に差し替えました。"
    people = [revision.written_by, *(p.published_by for p in revision.publications)]
    if revision.request is not None:
        decision = revision.request.decision
        people += [revision.request.requested_by, *([decision.decided_by] if decision else [])]
    _tell(session, by, revision, kind, f"{words}\n\n理由：{reason}", people)


def _tell(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    kind: NoticeKind,
    words: str,
    people: Iterable[Person | None],
) -> None:
    for person in dict.fromkeys(people):
        if person is not None and person is not by:
            notices.tell(session, person, revision.meeting, kind, words)
