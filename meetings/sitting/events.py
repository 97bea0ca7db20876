"""The course of a sitting as rows: noted while it goes on, added and changed later, struck where it
was wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, dates
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.sitting import course, presenting
from meetings.sitting.attendance import DOORS_OPEN, FAR
from models.base import now
from models.meeting import AgendaItem, Meeting
from models.person import Person
from models.proceedings import SittingEvent, SittingEventKind
from models.sitting import Attendance
from models.transcript import Segment

OVERTIME = timedelta(hours=6)
"""How long after its planned end a sitting may still be going on."""


def events_of(session: Session, meeting: Meeting) -> list[SittingEvent]:
    """Return the events that stand, as they happened. Those of somebody whose attendance was struck
    are left out."""
    found = session.scalars(
        select(SittingEvent).where(
            SittingEvent.meeting_id == meeting.id, SittingEvent.struck_at.is_(None)
        )
    )
    standing = [e for e in found if e.attendance is None or e.attendance.struck_at is None]
    return course.in_order(standing)


def is_going_on(meeting: Meeting, at: datetime) -> bool:
    """Return whether an event may be noted as happening at this moment: between half an hour before
    the meeting's beginning and some hours after its planned end."""
    return meeting.starts_at - DOORS_OPEN <= at <= meeting.ends_at + OVERTIME


def note_event(
    session: Session,
    by: Person,
    meeting: Meeting,
    kind: SittingEventKind,
    *,
    at: datetime | None = None,
    attendance: Attendance | None = None,
    agenda_item: AgendaItem | None = None,
    segment: Segment | None = None,
) -> SittingEvent:
    """Note that this happened `at` that time (None: now), while `agenda_item` was discussed (None:
    the item that was under discussion then).

    Raises InvalidInput for a time that is far from the meeting, or for somebody who is missing or
    of another meeting; NotPossibleNow, with the reason, where the event cannot stand there.
    """
    if at is None and not is_going_on(meeting, now()):
        raise NotPossibleNow(
            "会議の時間ではありません。「会議の記録」で、時刻を入れて記録してください。"
        )
    event = SittingEvent(
        meeting=meeting, kind=kind, at=at or now(), segment=segment, noted_by=by, noted_at=now()
    )
    with session.no_autoflush:
        _place(session, event, attendance, agenda_item)
        _check_course(session, meeting, event)
    session.add(event)
    audit.note(session, by, "note_event", event)
    return event


def change_event(
    session: Session,
    by: Person,
    event: SittingEvent,
    *,
    at: datetime,
    attendance: Attendance | None = None,
    agenda_item: AgendaItem | None = None,
) -> None:
    """Change when it happened, to whom and during which item. Raises what `note_event` raises, and
    NotPossibleNow for an event that was struck."""
    if event.struck_at is not None:
        raise NotPossibleNow("この記録は取り消されています。もう一度記録してください。")
    with session.no_autoflush:
        event.at = at
        _place(session, event, attendance, agenda_item)
        _check_course(session, event.meeting, event)
    audit.note(session, by, "change", event)


def strike_event(session: Session, by: Person, event: SittingEvent) -> None:
    """Strike the event. Raises NotPossibleNow where another one could not stand without it."""
    if event.struck_at is not None:
        return
    rest = [one for one in events_of(session, event.meeting) if one is not event]
    error = course.first_error(rest)
    if error is not None:
        raise NotPossibleNow(
            f"この{event.kind.label}を取り消すと、{_named(error.event)}が成り立たなくなります。"
            f"先に{error.event.kind.label}を取り消してください。"
        )
    event.struck_at, event.struck_by_id = now(), by.id
    audit.note(session, by, "strike", event)


def present_at(came: Sequence[Attendance], events: Sequence[SittingEvent]) -> list[Attendance]:
    """Return those of `came` who have not left, or have come back, after these events."""
    absent = set[int | None]()
    for event in events:
        if event.kind is SittingEventKind.LEFT:
            absent.add(event.attendance_id)
        elif event.kind is SittingEventKind.CAME_IN:
            absent.discard(event.attendance_id)
    return [entry for entry in came if entry.id not in absent]


def _place(
    session: Session,
    event: SittingEvent,
    attendance: Attendance | None,
    agenda_item: AgendaItem | None,
) -> None:
    meeting = event.meeting
    if not meeting.starts_at - FAR <= event.at <= meeting.ends_at + FAR:
        raise InvalidInput("at", "時刻が会議の日から離れています。確かめてください。")
    if event.kind.is_of_somebody:
        is_there = attendance is not None and attendance.meeting_id == meeting.id
        if attendance is None or not is_there or attendance.struck_at is not None:
            raise InvalidInput(
                "attendance_id",
                f"{event.kind.label}した人を、出席した人から選んでください。"
                "いなければ、先に出席を記録してください。",
            )
    entry = attendance if event.kind.is_of_somebody else None
    event.attendance, event.attendance_id = entry, entry.id if entry else None
    if agenda_item is not None and agenda_item.meeting_id != meeting.id:
        raise InvalidInput("agenda_item_id", "この会議の議題から選んでください。")
    item_id = agenda_item.id if agenda_item else presenting.item_at(session, meeting, event.at)
    event.agenda_item = session.get(AgendaItem, item_id) if item_id else None


def _check_course(session: Session, meeting: Meeting, event: SittingEvent) -> None:
    others = [one for one in events_of(session, meeting) if one is not event]
    error = course.first_error(course.in_order([*others, event]))
    if error is None:
        return
    if error.event is event:
        raise NotPossibleNow(error.sentence)
    raise NotPossibleNow(
        f"{dates.clock(event.at)}に{event.kind.label}を入れると、{_named(error.event)}と"
        f"順序が合いません。{error.sentence}"
    )


def _named(event: SittingEvent) -> str:
    return f"{dates.clock(event.at)}の{event.kind.label}"
