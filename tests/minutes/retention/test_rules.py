"""How long what is kept, and what is held."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from meetings import dates
from meetings.errors import InvalidInput, NotPossibleNow
from minutes.retention import holds, rules
from minutes.retention.rules import KeptFor
from models.meeting import Meeting
from models.retention import CountedFrom, KeptKind, PeriodUnit
from tests.cast import Cast

DAYS, YEARS = PeriodUnit.DAYS, PeriodUnit.YEARS
EVENING = datetime(2026, 11, 29, 23, 30, tzinfo=dates.TOKYO)
JANUARY = datetime(2027, 1, 15, 10, 0, tzinfo=dates.TOKYO)


@pytest.mark.parametrize(
    ("kept_for", "event", "ends"),
    [
        (KeptFor(30, DAYS), EVENING, "2026-12-30"),
        (KeptFor(1, YEARS), EVENING, "2027-11-30"),
        (KeptFor(5, YEARS, is_from_april=True), EVENING, "2032-04-01"),
        (KeptFor(5, YEARS, is_from_april=True), JANUARY, "2032-04-01"),
        (KeptFor(60, DAYS, is_from_april=True), JANUARY, "2027-05-31"),
        (KeptFor(1, YEARS), datetime(2028, 2, 28, tzinfo=dates.TOKYO), "2029-03-01"),
        (KeptFor(), EVENING, None),
    ],
)
def test_a_period_ends_at_a_midnight_of_the_city_and_the_day_of_the_event_does_not_count(
    kept_for: KeptFor, event: datetime, ends: str | None
) -> None:
    found = kept_for.ends_at(event)
    assert (found and found.isoformat()) == (ends and f"{ends}T00:00:00+09:00")


def test_a_period_is_said_in_the_words_of_an_office() -> None:
    april = KeptFor(5, YEARS, CountedFrom.APPROVAL, is_from_april=True)
    assert april.words == "5年（会議録の承認の翌年度の4月1日から）"
    assert KeptFor(90, DAYS, CountedFrom.END).words == "90日（会議の終わりから）"
    assert KeptFor().words == "永年"


def test_everything_is_kept_for_ever_until_there_is_a_rule_and_a_series_goes_before_the_city(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    series = meeting.series

    def sound() -> tuple[str, bool]:
        found = rules.in_force(session, series)[KeptKind.SOUND]
        return found.kept_for.words, found.is_own

    assert sound() == ("永年", False)
    rules.set_rule(session, cast.administrator, None, KeptKind.SOUND, KeptFor(90, DAYS))
    assert sound() == ("90日（会議録の承認から）", False)
    rules.set_rule(session, cast.organiser, series, KeptKind.SOUND, KeptFor(1, YEARS))
    assert sound() == ("1年（会議録の承認から）", True)
    assert rules.in_force(session, None)[KeptKind.SOUND].kept_for == KeptFor(90, DAYS)
    rules.follow_the_city(session, cast.organiser, series, KeptKind.SOUND)
    assert sound() == ("90日（会議録の承認から）", False)


@pytest.mark.parametrize(
    ("kind", "kept_for"),
    [
        (KeptKind.SOUND, KeptFor(0, DAYS)),
        (KeptKind.SOUND, KeptFor(101, YEARS)),
        (KeptKind.ORIGINAL, KeptFor(30, DAYS)),
        (KeptKind.MEETING, KeptFor(1, YEARS)),
    ],
)
def test_a_rule_that_no_office_would_make_is_refused(
    session: Session, cast: Cast, kind: KeptKind, kept_for: KeptFor
) -> None:
    with pytest.raises(InvalidInput):
        rules.set_rule(session, cast.administrator, None, kind, kept_for)


def test_a_hold_is_of_a_meeting_or_of_all_meetings_of_its_series_and_has_a_reason(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    with pytest.raises(InvalidInput, match="理由"):
        holds.place(session, cast.organiser, meeting, " ")
    mine = holds.place(session, cast.organiser, meeting, "住民監査請求")
    ours = holds.place(session, cast.organiser, meeting.series, "訴訟")
    assert list(holds.standing(session, meeting)) == [mine, ours]
    holds.lift(session, cast.organiser, mine)
    assert list(holds.standing(session, meeting)) == [ours]
    with pytest.raises(NotPossibleNow):
        holds.lift(session, cast.organiser, mine)
