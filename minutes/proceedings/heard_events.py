"""Proposes events of the sitting from the phrases by which a chair opens, interrupts and closes
it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.errors import NotFound
from meetings.sitting import events
from minutes.proceedings.said import SaidPlace, said_in
from models.base import now
from models.meeting import Meeting
from models.person import Person
from models.proceedings import SittingEvent, SittingEventKind

DO = r"と?(?:いた|致)?(?:します(?!か)|すること|したい|させて)"
BEGINNING = "ただ今|ただいま|これより|これから|定刻|時間になり|お揃い|おそろい|それでは|では"
NOW = rf"(?:{BEGINNING})(?:(?!次回).){{0,60}}?"
BY_THIS = r"(?:これで|これにて|以上で|本日は|(?:これ|以上)を(?:もち|もっ|お?持)).{0,60}?"
BODY = r"(?:会議|会|委員会|審議会|協議会|懇話会|部会|本会)"
PHRASES: list[tuple[SittingEventKind, re.Pattern[str]]] = [
    (kind, re.compile(pattern))
    for kind, pattern in (
        (SittingEventKind.OPENED, rf"{NOW}(?:開会|開催){DO}"),
        (SittingEventKind.OPENED, rf"{NOW}{BODY}を?(?:開き|始め|はじめ)(?:ます|たい|させ)"),
        (SittingEventKind.BEGAN, rf"本日の会議を開き|開議{DO}"),
        (SittingEventKind.SUSPENDED, rf"休憩{DO}|休憩に入(?:ります|りたい|らせて)"),
        (SittingEventKind.RESUMED, r"休憩前に引き続き.{0,12}(?:会議|審査|審議|質疑)"),
        (SittingEventKind.RESUMED, rf"{BODY}を?再開{DO}"),
        (SittingEventKind.DEFERRED, rf"延会{DO}"),
        (SittingEventKind.ADJOURNED, rf"{BY_THIS}散会{DO}"),
        (SittingEventKind.CLOSED, rf"{BY_THIS}(?:閉会{DO}|閉じ(?:ます|たい|させ))"),
        (SittingEventKind.CLOSED, rf"{BY_THIS}{BODY}を?終(?:了|わ)"),
        (SittingEventKind.CLOSED, r"(?:この辺|この辺り|ここまで)で(?:終わ(?:ら|り)|終了|閉じ)"),
    )
]
"""How each event is announced, in words without punctuation."""

FIRST_WORDS = [(SittingEventKind.RESUMED, re.compile(rf"再開{DO}"))]
"""Phrases that announce an event only where somebody begins with them."""

ONCE = {SittingEventKind.OPENED, SittingEventKind.CLOSED}
SAME = timedelta(minutes=10)
"""An event of the same kind that is noted within this time is the one that was announced."""


@dataclass(frozen=True)
class HeardEvent:
    """An event that was announced, and where."""

    kind: SittingEventKind
    place: SaidPlace


def heard_events(session: Session, meeting: Meeting) -> list[HeardEvent]:
    """Return the events that were announced and that nobody has noted or turned down, as they
    happened.
    """
    standing = events.events_of(session, meeting)
    answered = _answered(session, meeting)

    def is_open(one: HeardEvent) -> bool:
        if (one.place.segment.id, one.kind) in answered:
            return False
        same = [event for event in standing if event.kind is one.kind]
        if one.kind in ONCE and same:
            return False
        return all(abs(event.at - one.place.at) > SAME for event in same)

    return [one for one in _announced(session, meeting) if is_open(one)]


def take_heard_event(
    session: Session, by: Person, meeting: Meeting, segment_id: int, kind: SittingEventKind
) -> SittingEvent:
    """Note the event that was announced in this segment, at the time when that was said. Raises
    NotFound where it is not proposed any more, NotPossibleNow where it cannot stand there.
    """
    place = _find(session, meeting, segment_id, kind).place
    item = place.segment.agenda_item
    return events.note_event(
        session, by, meeting, kind, at=place.at, agenda_item=item, segment=place.segment
    )


def turn_down_heard_event(
    session: Session, by: Person, meeting: Meeting, segment_id: int, kind: SittingEventKind
) -> None:
    """Turn the proposal down, so that it is not shown again: a row that is struck at once. Raises
    NotFound where it is not proposed any more.
    """
    place = _find(session, meeting, segment_id, kind).place
    session.add(
        SittingEvent(
            meeting=meeting,
            kind=kind,
            at=place.at,
            segment=place.segment,
            noted_by=by,
            struck_at=now(),
            struck_by_id=by.id,
        )
    )


def _find(
    session: Session, meeting: Meeting, segment_id: int, kind: SittingEventKind
) -> HeardEvent:
    for one in heard_events(session, meeting):
        if (one.place.segment.id, one.kind) == (segment_id, kind):
            return one
    raise NotFound()


def _answered(session: Session, meeting: Meeting) -> set[tuple[int | None, SittingEventKind]]:
    rows = session.execute(
        select(SittingEvent.segment_id, SittingEvent.kind).where(
            SittingEvent.meeting_id == meeting.id, SittingEvent.segment_id.is_not(None)
        )
    )
    return {(segment_id, kind) for segment_id, kind in rows}


def _announced(session: Session, meeting: Meeting) -> list[HeardEvent]:
    """Return every announcement; of several of one kind in a row the first, of ends the last."""
    every = sorted(_found(session, meeting), key=lambda one: (one.place.at, one.kind.rank))
    kept: list[HeardEvent] = []
    for one in every:
        if one.kind is SittingEventKind.OPENED and any(k.kind is one.kind for k in kept):
            continue
        if kept and kept[-1].kind is one.kind:
            if one.kind is SittingEventKind.CLOSED:
                kept[-1] = one
            continue
        kept.append(one)
    return kept


def _found(session: Session, meeting: Meeting) -> Iterator[HeardEvent]:
    for said in said_in(session, meeting):
        for kind, pattern in PHRASES:
            for found in pattern.finditer(said.text):
                yield HeardEvent(kind, said.place_at(found.end() - 1))
        for kind, pattern in FIRST_WORDS:
            for place, start in zip(said.places, said.starts, strict=True):
                if pattern.match(said.text, start):
                    yield HeardEvent(kind, place)
