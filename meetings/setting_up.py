"""Setting up a meeting, changing it, calling it off, and making the next one of its series."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import agenda, audit, dates, department_years, entries
from meetings.errors import NotPossibleNow, StaleRevision
from meetings.invitations import invitations, notices
from models.base import now
from models.meeting import AgendaItem, Meeting, Series
from models.notice import NoticeKind
from models.person import Department, Person
from models.texts import folded


def series_named(session: Session, name: str, department: Department) -> Series:
    """Return the series of this department with this name, however its letters are typed; it is
    made if it is new."""
    name = entries.text("series", "会議体", name)
    wanted = folded(name)
    for known in session.scalars(select(Series).where(Series.department_id == department.id)):
        if folded(known.name) == wanted:
            return known
    series = Series(name=name, department=department)
    session.add(series)
    session.flush()
    return series


def set_up_meeting(
    session: Session,
    by: Person,
    *,
    series: Series | None,
    department: Department,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    access_days: int | None,
) -> Meeting:
    """Make a meeting of this series; without one it stands alone, and its series is called as it is
    itself. Whether it is open to listeners is as it was at the last one of its series. Those who
    are only invited read its documents until `access_days` after it, None for no end. Raises
    InvalidInput."""
    entries.check_span(starts_at, ends_at)
    title = entries.text("title", "会議名", title)
    series = series or series_named(session, title, department)
    last = _last_before(session, series, starts_at)
    meeting = Meeting(
        series=series,
        openness=last.openness if last else None,
        openness_reason=last.openness_reason if last else "",
        department=department,
        title=title,
        access_days=_access_days(access_days),
        starts_at=starts_at,
        ends_at=ends_at,
        place=entries.text("place", "場所", place),
        created_by=by,
    )
    session.add(meeting)
    audit.note(session, by, "set_up", meeting)
    return meeting


def _last_before(session: Session, series: Series, starts_at: datetime) -> Meeting | None:
    """Return the last meeting of the series that was, or is to be, held before this time."""
    held = select(Meeting).where(
        Meeting.series_id == series.id,
        Meeting.starts_at < starts_at,
        Meeting.removed_at.is_(None),
        Meeting.called_off_at.is_(None),
    )
    return session.scalar(held.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(1))


def change_meeting(
    session: Session,
    by: Person,
    meeting: Meeting,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    based_on: int,
) -> None:
    """Raise StaleRevision when somebody changed the meeting since revision `based_on`."""
    if meeting.revision != based_on:
        theirs = (
            f"{meeting.title}／{dates.span(meeting.starts_at, meeting.ends_at)}／{meeting.place}"
        )
        raise StaleRevision(
            f"{title}／{dates.span(starts_at, ends_at)}／{place}", theirs, meeting.revision
        )
    entries.check_span(starts_at, ends_at)
    before = meeting.title, meeting.starts_at, meeting.ends_at, meeting.place
    meeting.title = entries.text("title", "会議名", title)
    meeting.place = entries.text("place", "場所", place)
    department_years.changed(session, meeting)  # which it may leave for another one
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    department_years.changed(session, meeting)
    meeting.revision += 1
    _tell(session, meeting, NoticeKind.CHANGE, notices.what_changed(meeting, before))
    audit.note(session, by, "change", meeting)


def limit_access(session: Session, by: Person, meeting: Meeting, days: int | None) -> None:
    """Let those who are only invited read the documents until so many days after the meeting; None
    for no end."""
    days = _access_days(days)
    if meeting.access_days != days:
        meeting.access_days = days
        audit.note(session, by, "limit_access", meeting)


def _access_days(days: int | None) -> int | None:
    return entries.within("access_days", "資料を読める日数", days, 0, entries.MOST_DAYS)


def call_off(session: Session, by: Person, meeting: Meeting, reason: str) -> None:
    """Call the meeting off (中止). It stays readable, and everybody is told. Raises
    NotPossibleNow."""
    if meeting.called_off_at is not None:
        raise NotPossibleNow("この会議は、すでに中止になっています。")
    if meeting.ends_at <= now():
        raise NotPossibleNow("終わった会議は中止にできません。")
    meeting.called_off_at, meeting.called_off_by_id = now(), by.id
    meeting.called_off_reason = entries.optional_text("reason", "中止の理由", reason)
    meeting.revision += 1
    _tell(session, meeting, NoticeKind.CALLED_OFF, "")
    audit.note(session, by, "call_off", meeting)


def reinstate(session: Session, by: Person, meeting: Meeting) -> None:
    """Take the calling off back, and tell everybody. Answers stand as they were given. Raises
    NotPossibleNow."""
    if meeting.called_off_at is None:
        raise NotPossibleNow("この会議は中止になっていません。")
    if meeting.ends_at <= now():
        raise NotPossibleNow(
            "予定の日時を過ぎているため、中止を取り消せません。"
            "「次回をつくる」で、新しい日時の会議を登録してください。"
        )
    meeting.called_off_at = meeting.called_off_by_id = None
    meeting.called_off_reason = ""
    meeting.revision += 1
    _tell(session, meeting, NoticeKind.REINSTATED, "")
    audit.note(session, by, "reinstate", meeting)


def copy_meeting(
    session: Session,
    by: Person,
    source: Meeting,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
) -> Meeting:
    """Make the next meeting of the series, with the agenda of this one and no documents. Its people
    are asked by an act of its own (`invitations.invite_as_before`)."""
    meeting = set_up_meeting(
        session,
        by,
        series=source.series,
        department=source.department,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        access_days=source.access_days,
    )
    meeting.copied_from_id = source.id
    session.flush()
    _copy_items(session, by, source, meeting)
    return meeting


def _copy_items(session: Session, by: Person, source: Meeting, meeting: Meeting) -> None:
    copies: dict[int, AgendaItem] = {}
    for node in agenda.flat(agenda.tree(session, source)):
        entry = node.entry
        copies[entry.id] = agenda.add_agenda_item(
            session,
            by,
            meeting,
            title=entry.title,
            presenter=entry.presenter,
            planned_minutes=entry.planned_minutes,
            parent=copies[entry.parent_id] if entry.parent_id else None,
        )
        session.flush()


def _tell(session: Session, meeting: Meeting, kind: NoticeKind, words: str) -> None:
    """Notify everybody whose invitation stands; nobody when nothing changed for them."""
    if kind == NoticeKind.CHANGE and not words:
        return
    for invitation in invitations.invited(meeting):
        notices.notify(session, invitation, kind, words)
