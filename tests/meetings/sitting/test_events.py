"""The course of a sitting: what can follow what, who is there."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow
from meetings.sitting import attendance, events, presenting
from models.base import now
from models.meeting import Meeting
from models.proceedings import SittingEvent, SittingEventKind
from tests.conftest import Cast

Kind = SittingEventKind
OPENED, BEGAN, SUSPENDED, RESUMED = Kind.OPENED, Kind.BEGAN, Kind.SUSPENDED, Kind.RESUMED
ADJOURNED, CLOSED, LEFT, CAME_IN = Kind.ADJOURNED, Kind.CLOSED, Kind.LEFT, Kind.CAME_IN


class Sitting:
    """Notes events by the minutes since the planned beginning."""

    def __init__(self, session: Session, cast: Cast, meeting: Meeting) -> None:
        self.session, self.cast, self.meeting = session, cast, meeting

    def at(self, minutes: int) -> datetime:
        return self.meeting.starts_at + timedelta(minutes=minutes)

    def note(
        self, kind: SittingEventKind, minutes: int, who: attendance.Attendance | None = None
    ) -> SittingEvent:
        return events.note_event(
            self.session,
            self.cast.secretary,
            self.meeting,
            kind,
            at=self.at(minutes),
            attendance=who,
        )

    def kinds(self) -> list[SittingEventKind]:
        return [event.kind for event in events.events_of(self.session, self.meeting)]


@pytest.fixture
def sitting(session: Session, cast: Cast, meeting: Meeting) -> Sitting:
    return Sitting(session, cast, meeting)


def test_events_stand_in_the_order_in_which_they_happened_whenever_they_are_noted(
    sitting: Sitting,
) -> None:
    sitting.note(OPENED, 0)
    sitting.note(CLOSED, 90)
    sitting.note(BEGAN, 0)
    sitting.note(SUSPENDED, 30)
    sitting.note(RESUMED, 40)
    assert sitting.kinds() == [OPENED, BEGAN, SUSPENDED, RESUMED, CLOSED]


@pytest.mark.parametrize(
    ("before", "kind", "sentence"),
    [
        ([], RESUMED, "休憩が記録されていない"),
        ([], CLOSED, "開会か開議より前に閉会"),
        ([OPENED], RESUMED, "休憩が記録されていない"),
        ([OPENED], OPENED, "開会はすでに"),
        ([OPENED, SUSPENDED], SUSPENDED, "先に再開"),
        ([OPENED, SUSPENDED], BEGAN, "「再開」を記録"),
        ([OPENED, BEGAN], BEGAN, "すでに開議"),
        ([OPENED, ADJOURNED], SUSPENDED, "先に開議"),
        ([OPENED, CLOSED], BEGAN, "閉会のあとに"),
    ],
)
def test_an_order_that_cannot_be_is_refused_with_its_reason(
    sitting: Sitting, before: list[SittingEventKind], kind: SittingEventKind, sentence: str
) -> None:
    for minutes, earlier in enumerate(before):
        sitting.note(earlier, minutes)
    with pytest.raises(NotPossibleNow, match=sentence):
        sitting.note(kind, 60)
    assert sitting.kinds() == before


def test_what_later_events_rest_on_is_neither_struck_nor_moved_behind_them(
    session: Session, cast: Cast, sitting: Sitting
) -> None:
    sitting.note(OPENED, 0)
    pause = sitting.note(SUSPENDED, 30)
    end = sitting.note(RESUMED, 40)
    session.commit()
    with pytest.raises(NotPossibleNow, match="先に再開を取り消して"):
        events.strike_event(session, cast.secretary, pause)
    with pytest.raises(NotPossibleNow, match="の再開と順序が合いません"):
        events.change_event(session, cast.secretary, pause, at=sitting.at(50))
    session.rollback()
    events.strike_event(session, cast.secretary, end)
    events.strike_event(session, cast.secretary, pause)
    session.commit()
    assert sitting.kinds() == [OPENED]
    assert pause.struck_by_id == cast.secretary.id


def test_only_who_came_leaves_and_only_who_left_comes_in_again(
    session: Session, cast: Cast, meeting: Meeting, sitting: Sitting
) -> None:
    came = attendance.note_by_hand(session, cast.secretary, meeting, person=cast.attendee)
    came.came_at = sitting.at(0)
    sitting.note(OPENED, 0)
    with pytest.raises(InvalidInput, match="出席した人から選んで"):
        sitting.note(LEFT, 10)
    with pytest.raises(NotPossibleNow, match="退席していません"):
        sitting.note(CAME_IN, 10, came)
    sitting.note(LEFT, 10, came)
    with pytest.raises(NotPossibleNow, match="退席しています"):
        sitting.note(LEFT, 20, came)
    there = events.present_at([came], events.events_of(session, meeting))
    sitting.note(CAME_IN, 30, came)
    back = events.present_at([came], events.events_of(session, meeting))
    assert (there, back) == ([], [came])
    attendance.strike_attendance(session, cast.secretary, came)
    assert sitting.kinds() == [OPENED]


def test_an_event_knows_the_item_that_was_discussed_then(
    session: Session, cast: Cast, meeting: Meeting, sitting: Sitting
) -> None:
    item = meeting.agenda_items[1]
    change = presenting.change_item(session, cast.secretary, meeting, item)
    change.at = sitting.at(5)
    session.flush()
    assert [sitting.note(OPENED, 0).agenda_item, sitting.note(BEGAN, 6).agenda_item] == [None, item]


def test_a_press_is_of_now_and_only_while_the_meeting_may_be_going_on(
    session: Session, cast: Cast, meeting: Meeting, sitting: Sitting
) -> None:
    pressed = events.note_event(session, cast.secretary, meeting, OPENED)
    assert abs(pressed.at - now()) < timedelta(minutes=1)
    with pytest.raises(InvalidInput, match="離れています"):
        sitting.note(CLOSED, 60 * 24 * 9)
    meeting.starts_at -= timedelta(days=3)
    meeting.ends_at -= timedelta(days=3)
    with pytest.raises(NotPossibleNow, match="会議の時間ではありません"):
        events.note_event(session, cast.secretary, meeting, BEGAN)
