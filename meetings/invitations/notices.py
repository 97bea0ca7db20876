"""Notices (お知らせ): written with the change that they tell of, in the same transaction.

They stand on the person's first screen until they are read, and go out by mail when the person
has an address and the city a mail server (`meetings/invitations/mail.py`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from meetings import dates
from meetings.errors import NotPossibleNow
from meetings.finding import not_ended
from models.base import now
from models.meeting import Invitation, Meeting
from models.notice import Notice, NoticeKind
from models.person import Person


def notify(session: Session, invitation: Invitation, kind: NoticeKind, words: str = "") -> None:
    """Tell the invited person, unless the meeting is over. What a calendar must take over counts
    as the next in sequence."""
    if invitation.meeting.ends_at <= now():
        return
    if kind.changes_calendar and kind != NoticeKind.INVITATION:
        invitation.sequence += 1
    notice = Notice(
        invitation=invitation,
        kind=kind,
        words=words or _words(invitation.meeting, kind),
        sequence=invitation.sequence,
        address=invitation.person.email,
    )
    session.add(notice)


def tell(session: Session, person: Person, meeting: Meeting, kind: NoticeKind, words: str) -> None:
    """Write to somebody who works on the meeting's minutes, where they have a mail address. On the
    screen they are told by what waits for them."""
    if person.email and not person.has_left:
        session.add(
            Notice(
                of_person=person,
                of_meeting=meeting,
                kind=kind,
                words=words,
                address=person.email,
            )
        )


def what_changed(meeting: Meeting, before: tuple[str, datetime, datetime, str]) -> str:
    """Return a sentence for each of title, time and place that is not as it was; "" when all
    are."""
    title, starts_at, ends_at, place = before
    sentences = []
    if meeting.title != title:
        sentences.append(f"会議名が「{title}」から「{meeting.title}」に変わりました。")
    if (meeting.starts_at, meeting.ends_at) != (starts_at, ends_at):
        old = dates.span_in_words(starts_at, ends_at)
        new = dates.span_in_words(meeting.starts_at, meeting.ends_at)
        sentences.append(f"日時が{old}から{new}に変わりました。")
    if meeting.place != place:
        sentences.append(f"場所が「{place}」から「{meeting.place}」に変わりました。")
    return "".join(sentences)


def unseen(session: Session, person: Person) -> Sequence[Notice]:
    """Return what this person has not been told on the screen and still holds, the oldest first,
    what is about their account or the server before all; an invitation is shown as such there."""
    of_no_meeting = session.scalars(
        select(Notice)
        .where(
            Notice.person_id == person.id,
            Notice.kind.in_((NoticeKind.ACCOUNT, NoticeKind.BACKUP_FAILED)),
            Notice.seen_at.is_(None),
        )
        .order_by(Notice.id)
    ).all()
    return [*of_no_meeting, *_of_meetings(session, person)]


def _of_meetings(session: Session, person: Person) -> list[Notice]:
    found = session.scalars(
        select(Notice)
        .join(Notice.invitation)
        .join(Invitation.meeting)
        .where(
            Invitation.person_id == person.id,
            Notice.seen_at.is_(None),
            Notice.kind != NoticeKind.INVITATION,
            Invitation.meeting_id.in_(not_ended()),
            Meeting.removed_at.is_(None),
        )
        .order_by(Notice.id)
        .options(contains_eager(Notice.invitation).contains_eager(Invitation.meeting))
    )
    return [notice for notice in found if still_holds(notice)]


def still_holds(notice: Notice) -> bool:
    """Return False for a reminder of a meeting that was called off since, and for a request for
    an answer that was given since: nobody is asked for what is not wanted any more."""
    if notice.invitation is None or notice.kind not in (NoticeKind.REMINDER, NoticeKind.URGED):
        return True
    is_answered = notice.kind == NoticeKind.URGED and notice.invitation.answer is not None
    return notice.meeting.called_off_at is None and not is_answered


def mark_seen(session: Session, person: Person, count: int | None = None) -> None:
    """Mark all notices of the person as seen, or the oldest `count` of them."""
    for notice in unseen(session, person)[:count]:
        notice.seen_at = now()


def last_of(session: Session, meeting: Meeting) -> dict[int, Notice]:
    """Return the newest notice of each invitation, by the invitation's id."""
    newest = select(func.max(Notice.id)).join(Invitation).where(Invitation.meeting_id == meeting.id)
    found = session.scalars(
        select(Notice).where(Notice.id.in_(newest.group_by(Notice.invitation_id)))
    )
    return {notice.invitation_id: notice for notice in found if notice.invitation_id is not None}


def add_reminders(session: Session, days: int) -> int:
    """Add a reminder for every standing invitation to a meeting that begins within so many days,
    and return how many."""
    reminded = select(Notice.id).where(
        Notice.invitation_id == Invitation.id, Notice.kind == NoticeKind.REMINDER
    )
    near = session.scalars(
        select(Invitation)
        .join(Meeting)
        .where(
            Invitation.withdrawn_at.is_(None),
            Meeting.removed_at.is_(None),
            Meeting.called_off_at.is_(None),
            Meeting.starts_at > now(),
            Meeting.starts_at <= now() + timedelta(days=days),
            ~reminded.exists(),
        )
        .options(joinedload(Invitation.meeting), joinedload(Invitation.person))
    ).all()
    # Whoever was invited within that time has just been told.
    due = [i for i in near if i.invited_at <= i.meeting.starts_at - timedelta(days=days)]
    for invitation in due:
        notify(session, invitation, NoticeKind.REMINDER)
    return len(due)


def urge(session: Session, meeting: Meeting) -> int:
    """Ask everybody who has not answered once more. Returns how many these are. Raises
    NotPossibleNow for a meeting that was called off."""
    if meeting.called_off_at is not None:
        raise NotPossibleNow("この会議は中止になりました。出欠の回答は要りません。")
    waiting = [i for i in meeting.invitations if i.withdrawn_at is None and not i.answers]
    for invitation in waiting:
        notify(session, invitation, NoticeKind.URGED)
    return len(waiting)


def _words(meeting: Meeting, kind: NoticeKind) -> str:
    match kind:
        case NoticeKind.INVITATION:
            return "次の会議を開催します。出欠を回答してください。"
        case NoticeKind.WITHDRAWAL:
            return "この会議への招集は取り消されました。"
        case NoticeKind.CALLED_OFF:
            reason = f"理由：{meeting.called_off_reason}" if meeting.called_off_reason else ""
            return (
                f"{_when_and_where(meeting)}に開く予定だったこの会議は、中止になりました。{reason}"
            )
        case NoticeKind.REINSTATED:
            return (
                f"中止を取り消しました。{_when_and_where(meeting)}で開催します。"
                "先にいただいた出欠の回答は、そのまま生きています。"
            )
        case NoticeKind.URGED:
            return "出欠の回答をまだいただいていません。回答をお願いします。"
        case NoticeKind.REMINDER:
            return "会議が近づきました。"
    return "会議の内容が変わりました。"


def _when_and_where(meeting: Meeting) -> str:
    return f"{dates.span_in_words(meeting.starts_at, meeting.ends_at)}、{meeting.place}"
