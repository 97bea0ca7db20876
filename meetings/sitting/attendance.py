"""Attendance, which is noted when a person opens the meeting, by the code at the door, or by a
secretary."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.errors import InvalidInput
from meetings.invitations.invitations import invitation_of, invited
from models.base import now
from models.meeting import InvitationKind, Meeting
from models.person import Person
from models.sitting import Attendance, WayIn

DOORS_OPEN = timedelta(minutes=30)
FAR = timedelta(days=1)
MEMBERS = (InvitationKind.CHAIR, InvitationKind.ATTENDEE)
"""The kinds of the body itself, whose voices count."""

MOST_LISTENERS = 100_000
LISTENERS = re.compile(r"傍聴(?:(?!傍聴).)*[0-9０-９一二三四五六七八九十]\s*[名人]")
"""「傍聴者 3名」: a number, no name."""


def note_arrival(
    session: Session, person: Person, meeting: Meeting, way: WayIn
) -> Attendance | None:
    """Note that somebody came, once per person, while the doors are open, for those who are
    invited; else return None.

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
    """Return whether it is between half an hour before the beginning and the end."""
    return meeting.starts_at - DOORS_OPEN <= at <= meeting.ends_at


def note_by_hand(
    session: Session,
    by: Person,
    meeting: Meeting,
    *,
    person: Person | None = None,
    name: str = "",
    came_at: datetime | None = None,
    kind: InvitationKind | None = None,
    proxy_for: Person | None = None,
) -> Attendance:
    """Note the secretary's entry: somebody of the city, or a name of somebody who has no account,
    with the `kind` (None: a member) and the invited person in whose place they came.
    `came_at`: where nobody says, now, or the beginning when the meeting is over. Raises
    InvalidInput for a time that is far from the meeting, for those who only listened, and for a
    proxy of somebody who is not invited or is there."""
    name = "" if person else entries.text("name", "氏名", name)
    if LISTENERS.search(name):
        raise InvalidInput(
            "name", "傍聴した人は出席者ではありません。「傍聴者の数」に人数を入力してください。"
        )
    if came_at is None:
        came_at = now() if are_doors_open(meeting, now()) else meeting.starts_at
    elif not meeting.starts_at - FAR <= came_at <= meeting.ends_at + FAR:
        raise InvalidInput("came_at", "来た時刻が会議の日から離れています。確かめてください。")
    known = _standing_of(session, meeting, person) if person else None
    if known is not None:
        return known
    if proxy_for is not None:
        _check_proxy(session, meeting, proxy_for)
    made = _add(session, by, meeting, WayIn.BY_HAND, person=person, name=name)
    made.came_at, made.kind = came_at, None if person else kind
    made.proxy_for = proxy_for
    return made


def capacity_of(meeting: Meeting, entry: Attendance) -> InvitationKind:
    """Return the capacity in which somebody came: that of a proxy is the one of whom they stand
    for, who else is not invited came as it was noted."""
    kinds = {i.person_id: InvitationKind(i.kind) for i in meeting.invitations}
    stands_for = entry.proxy_for_id or entry.person_id
    return kinds.get(stands_for or 0) or entry.kind or InvitationKind.ATTENDEE


def members_of(meeting: Meeting, came: Sequence[Attendance]) -> list[Attendance]:
    """Return those of them who are of the body itself: its chair and members, and their proxies."""
    return [entry for entry in came if capacity_of(meeting, entry) in MEMBERS]


def _check_proxy(session: Session, meeting: Meeting, absent: Person) -> None:
    if all(invitation.person_id != absent.id for invitation in invited(meeting)):
        raise InvalidInput("proxy_for", "代理を立てた人を、招集した人から選んでください。")
    for entry in attendances_of(session, meeting):
        if absent.id in (entry.person_id, entry.proxy_for_id):
            raise InvalidInput(
                "proxy_for", f"{absent.name}さんは、すでに本人か代理が出席しています。"
            )


def count_audience(session: Session, by: Person, meeting: Meeting, count: int | None) -> None:
    """Note how many listened (傍聴者) without being of the meeting; None for not counted."""
    count = entries.within("audience_count", "傍聴者の数", count, 0, MOST_LISTENERS)
    if meeting.audience_count != count:
        meeting.audience_count = count
        audit.note(session, by, "count_audience", meeting)


def of_the_meeting(meeting: Meeting, came: Sequence[Attendance]) -> list[Attendance]:
    """Return those of them who did not come only to listen."""
    kinds = {i.person_id: i.kind for i in meeting.invitations}
    listening = {person for person, kind in kinds.items() if kind == InvitationKind.AUDIENCE}
    return [entry for entry in came if entry.person_id not in listening]


def missing(session: Session, meeting: Meeting) -> list[Person]:
    """Return those who are invited and have not come, nor somebody in their place."""
    came = {
        one
        for entry in attendances_of(session, meeting)
        for one in (entry.person_id, entry.proxy_for_id)
    }
    return [entry.person for entry in invited(meeting) if entry.person_id not in came]


def strike_attendance(session: Session, by: Person, attendance: Attendance) -> None:
    attendance.struck_at, attendance.struck_by_id = now(), by.id
    audit.note(session, by, "strike", attendance)


def attendances_of(session: Session, meeting: Meeting) -> Sequence[Attendance]:
    """Return the entries that stand, as people came."""
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
