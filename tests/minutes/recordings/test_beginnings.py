"""When a recording begins, as people type it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.errors import InvalidInput
from minutes.recordings.beginnings import after_first_part, read_beginning, typed_beginning
from models.recording import Recording
from tests.conftest import Cast
from tests.parts import STARTS_AT, build_two_parts


@pytest.fixture
def second(session: Session, storage: Storage, cast: Cast) -> Recording:
    """Of a meeting from 14:00 to 16:00 whose first part begins at 14:00:05."""
    return build_two_parts(session, storage, cast).second.recording


READ = {
    "14:00:05": 5,
    "14:30": 1800,
    " １４：００：０５ ": 5,
    "14時00分05秒": 5,
    "14時30分": 1800,
    "9:05:00": -17700,
    "＋1:02:03": 5 + 3723,
    "+0:00:00": 5,
    "−0:00:05": 0,
    "－0:00:05": 0,
}
NOT_READ = {
    "25:00:00": "「25:00:00」は読めません",
    "14:60:00": "読めません",
    "二時ごろ": "読めません",
    "14": "読めません",
    "14:00:05.5": "読めません",
    "+2:10": "＋1:02:03 のように「時:分:秒」",
    "+0:61:00": "時:分:秒",
    "+": "時:分:秒",
    "①" * 300: "読めません",
}


def test_clock_and_distance_are_read_in_the_ways_in_which_people_write_them(
    session: Session, second: Recording
) -> None:
    for typed, seconds in READ.items():
        expected = STARTS_AT + timedelta(seconds=seconds)
        assert read_beginning(session, second, typed) == expected, typed


def test_nothing_typed_is_unknown(session: Session, second: Recording) -> None:
    assert read_beginning(session, second, " 　") is None


def test_nonsense_is_told_with_an_example(session: Session, second: Recording) -> None:
    for typed, words in NOT_READ.items():
        with pytest.raises(InvalidInput) as refused:
            read_beginning(session, second, typed)
        assert refused.value.field == "began_at", typed
        assert words in refused.value.message and len(refused.value.message) < 160, typed


def test_a_day_that_is_none_is_told(session: Session, second: Recording) -> None:
    for day in ("2026-02-30", "昨日", "2026"):
        with pytest.raises(InvalidInput, match="暦にある日付"):
            read_beginning(session, second, "14:00:05", day)


def test_over_midnight_a_time_falls_on_the_day_that_is_nearest(
    session: Session, second: Recording
) -> None:
    meeting = second.meeting
    meeting.starts_at = datetime(2026, 11, 23, 13, tzinfo=UTC)  # 22:00 in the city
    meeting.ends_at = meeting.starts_at + timedelta(hours=3)
    for typed, hours in (("23:30:00", 1.5), ("0:15:00", 2.25), ("21:50:00", -1 / 6)):
        expected = meeting.starts_at + timedelta(hours=hours)
        assert read_beginning(session, second, typed) == expected
    assert read_beginning(session, second, "0:15:00", "2026-11-23") == meeting.starts_at - (
        timedelta(hours=21, minutes=45)
    )


def test_the_first_part_is_no_distance_from_itself(session: Session, second: Recording) -> None:
    first = build_first(second)
    with pytest.raises(InvalidInput, match="この録音が第1部"):
        after_first_part(session, first, timedelta(seconds=1))


def test_a_distance_needs_to_know_when_the_first_part_begins(
    session: Session, second: Recording
) -> None:
    second.began_at = None
    first = build_first(second)
    first.began_at = None
    session.flush()
    # Without clocks they stand as they came: the second one was received first.
    with pytest.raises(InvalidInput, match=r"後半\.flac.*まだ分かりません.*先に第1部"):
        read_beginning(session, first, "+0:10:00")


def test_what_the_form_shows_is_read_back_as_the_same_instant(
    session: Session, second: Recording
) -> None:
    for hours, needs_day in ((0, False), (1.5, False), (30, True), (-20, True)):
        second.began_at = STARTS_AT + timedelta(hours=hours, seconds=7)
        clock, day = typed_beginning(second)
        assert read_beginning(session, second, clock, day) == second.began_at
        assert bool(day) == needs_day, "the day is asked for only where it is needed"


def build_first(second: Recording) -> Recording:
    session = Session.object_session(second)
    assert session is not None
    return session.query(Recording).filter_by(file_name="前半.flac").one()
