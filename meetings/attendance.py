"""Who came: noted when a person opens the meeting, by the code at the door, or by a secretary."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.invitations import invitation_of, invited
from models.base import now
from models.meeting import Meeting
from models.person import Person
from models.sitting import Attendance, WayIn

DOORS_OPEN = timedelta(minutes=30)


def note_arrival(
    session: Session, person: Person, meeting: Meeting, way: WayIn
) -> Attendance | None:
    """Once per person, while the doors are open, for those who are invited; else nothing.

    Somebody whom a secretary struck stays struck: opening the meeting again says nothing new.
    """
    if not would_note(session, person, meeting):
        return None
    return _add(session, person, meeting, way, person=person)


def would_note(session: Session, person: Person, meeting: Meeting) -> bool:
    if not are_doors_open(meeting, now()):
        return False
    invitation = invitation_of(session, meeting, person)
    if invitation is None or invitation.withdrawn_at is not None:
        return False
    known = select(Attendance.id).where(
        Attendance.meeting_id == meeting.id, Attendance.person_id == person.id
    )
    return session.scalar(known.limit(1)) is None


def are_doors_open(meeting: Meeting, at: datetime) -> bool:
    """From half an hour before the beginning to the end."""
    return meeting.starts_at - DOORS_OPEN <= at <= meeting.ends_at


def note_by_hand(
    session: Session, by: Person, meeting: Meeting, *, person: Person | None = None, name: str = ""
) -> Attendance:
    """The secretary's entry: somebody of the city, or a name of somebody who has no account."""
    name = "" if person else entries.text("name", "氏名", name)
    known = _standing_of(session, meeting, person) if person else None
    if known is not None:
        return known
    return _add(session, by, meeting, WayIn.BY_HAND, person=person, name=name)


def missing(session: Session, meeting: Meeting) -> list[Person]:
    """Those who are invited and have not come."""
    came = {entry.person_id for entry in attendances_of(session, meeting)}
    return [entry.person for entry in invited(meeting) if entry.person_id not in came]


def strike_attendance(session: Session, by: Person, attendance: Attendance) -> None:
    attendance.struck_at, attendance.struck_by_id = now(), by.id
    audit.note(session, by, "strike", attendance)


def attendances_of(session: Session, meeting: Meeting) -> Sequence[Attendance]:
    """Those that stand, as they came."""
    return session.scalars(
        select(Attendance)
        .where(Attendance.meeting_id == meeting.id, Attendance.struck_at.is_(None))
        .order_by(Attendance.came_at, Attendance.id)
    ).all()


def _standing_of(session: Session, meeting: Meeting, person: Person) -> Attendance | None:
    return next((a for a in attendances_of(session, meeting) if a.person_id == person.id), None)


def _add(
    session: Session,
    by: Person,
    meeting: Meeting,
    way: WayIn,
    *,
    person: Person | None,
    name: str = "",
) -> Attendance:
    attendance = Attendance(meeting=meeting, person=person, name=name, way=way, noted_by_id=by.id)
    session.add(attendance)
    audit.note(session, by, "attend", attendance)
    return attendance
