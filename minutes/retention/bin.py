"""会議の削除: a meeting that somebody deletes is in the bin first, from which it can be put back;
after some days everything of it goes.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, department_years, entries
from meetings.errors import NotFound, NotPossibleNow
from meetings.rights import Right, rights_by_role
from minutes.retention import holds
from models.base import now
from models.meeting import Meeting
from models.minutes import Minutes, MinutesRevision, Publication
from models.person import Person


def remove(session: Session, by: Person, meeting: Meeting, reason: str) -> None:
    """Put the meeting into the bin: nobody sees it any more. Raises InvalidInput without a reason,
    NotPossibleNow for one whose minutes were approved or published (its parts go when their time is
    over), for one that is held, and for one to come to which people are invited.
    """
    said = entries.text("reason", "削除の理由", reason)
    _refuse(session, meeting)
    meeting.removed_at, meeting.removed_by_id, meeting.removed_reason = now(), by.id, said
    meeting.revision += 1
    department_years.changed(session, meeting)
    audit.note(session, by, "remove", meeting)


def put_back(session: Session, by: Person, meeting: Meeting) -> None:
    """Take the meeting out of the bin as it was. Raises NotPossibleNow for one that is not
    there."""
    if meeting.removed_at is None or meeting.emptied_at is not None:
        raise NotPossibleNow("この会議は、ごみ箱にありません。")
    meeting.removed_at = meeting.removed_by_id = None
    meeting.removed_reason = ""
    meeting.revision += 1
    department_years.changed(session, meeting)
    audit.note(session, by, "restore", meeting)


def removed_meetings(session: Session, person: Person) -> Sequence[Meeting]:
    """Return the meetings in the bin that this person may put back, the newest first."""
    found = session.scalars(
        select(Meeting)
        .where(Meeting.removed_at.is_not(None), Meeting.emptied_at.is_(None))
        .order_by(Meeting.removed_at.desc(), Meeting.id)
    )
    return [one for one in found if Right.PREPARE in rights_by_role(person, one.department)]


def removed_meeting(session: Session, person: Person, meeting_id: int) -> Meeting:
    """Return one of `removed_meetings`. Raises NotFound."""
    for meeting in removed_meetings(session, person):
        if meeting.id == meeting_id:
            return meeting
    raise NotFound()


def _refuse(session: Session, meeting: Meeting) -> None:
    if meeting.removed_at is not None:
        raise NotPossibleNow("この会議は、すでに削除しています。")
    if holds.standing(session, meeting):
        raise NotPossibleNow(
            "この会議は保存を凍結しています。削除できるのは、凍結を解いたあとです。"
        )
    if _is_official(session, meeting):
        raise NotPossibleNow(
            "会議録を承認または公開した会議は、手では削除できません。録音や資料は、保存期間が"
            "終わると自動で削除されます。"
        )
    is_awaited = any(one.withdrawn_at is None for one in meeting.invitations)
    if is_awaited and meeting.ends_at > now() and meeting.called_off_at is None:
        raise NotPossibleNow(
            "招集した人がいる、これからの会議です。先に「会議の内容を変える」で中止にしてください。"
        )


def _is_official(session: Session, meeting: Meeting) -> bool:
    published = select(Publication.id).where(Publication.meeting_id == meeting.id).limit(1)
    if session.scalar(published) is not None:
        return True
    revisions = session.scalars(
        select(MinutesRevision)
        .join(MinutesRevision.minutes)
        .where(Minutes.meeting_id == meeting.id)
    )
    return any(one.is_approved or one.is_awaited for one in revisions)
