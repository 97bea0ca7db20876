"""What people type, and dates in the words of the office."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import dates, entries
from meetings.errors import InvalidInput


def test_a_title_of_ten_thousand_characters_is_told_with_its_length() -> None:
    with pytest.raises(InvalidInput, match=r"200文字まで.*10,000文字"):
        entries.text("title", "会議名", "長" * 10_000)


@pytest.mark.parametrize("value", [None, "", "  ", "　"])
def test_an_empty_text_is_asked_for(value: str | None) -> None:
    with pytest.raises(InvalidInput, match="会議名を入力"):
        entries.text("title", "会議名", value)


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "明日", "", None, "0000-00-00"])
def test_a_date_that_does_not_exist_is_told(day: str | None) -> None:
    with pytest.raises(InvalidInput, match="開催日の日付"):
        entries.moment("date", "開催日", day, "14:00")


@pytest.mark.parametrize("clock", ["25:00", "14時", "", None])
def test_a_time_that_does_not_exist_is_told(clock: str | None) -> None:
    with pytest.raises(InvalidInput, match="開催日の時刻"):
        entries.moment("date", "開催日", "2026-11-23", clock)


def test_times_are_those_of_the_city() -> None:
    at = entries.moment("date", "開催日", "2026-11-23", "14:00")
    assert at == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))
def test_what_a_form_shows_is_read_back_the_same(at: datetime) -> None:
    minute = at.replace(second=0, microsecond=0, tzinfo=UTC)
    assert entries.moment("date", "日", *entries.local_fields(minute)) == minute


@pytest.mark.parametrize("value", ["0", "-1", "1441", "十", "1.5", "9" * 50])
def test_minutes_are_a_whole_number_of_a_day(value: str) -> None:
    with pytest.raises(InvalidInput, match="予定時間"):
        entries.minutes("planned_minutes", "予定時間", value)


def test_minutes_may_be_left_out() -> None:
    assert entries.minutes("m", "予定時間", " ") is None
    assert entries.minutes("m", "予定時間", "90") == 90


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 23), "令和8年"),
        (date(2019, 5, 1), "令和元年"),
        (date(2019, 4, 30), "平成31年"),
        (date(1989, 1, 8), "平成元年"),
        (date(1989, 1, 7), "昭和64年"),
        (date(1900, 1, 1), "1900年"),
    ],
)
def test_years_are_counted_in_eras(day: date, words: str) -> None:
    assert dates.era_year(day) == words


def test_a_sitting_is_written_as_the_office_writes_it() -> None:
    start = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
    assert dates.span(start, start + timedelta(hours=2)) == "令和8年11月23日（月）14:00～16:00"


@pytest.mark.parametrize(
    ("seconds", "words"), [(8, "8秒"), (314, "5分14秒"), (4320, "1時間12分"), (0, "0秒")]
)
def test_lengths_have_their_units(seconds: float, words: str) -> None:
    assert dates.length(seconds) == words


@pytest.mark.parametrize("value", ["00000000999999999", "3651", "1e3", "²", "-1", "9" * 5000])
def test_a_number_is_bounded_however_it_is_written(value: str) -> None:
    with pytest.raises(InvalidInput, match="0から3,650まで"):
        entries.whole_number("access_days", "日数", value)


def test_a_number_may_be_typed_with_a_japanese_keyboard() -> None:
    assert entries.whole_number("access_days", "日数", " ３０ ") == 30
    assert entries.minutes("planned_minutes", "予定時間", "０９０") == 90


@pytest.mark.parametrize("value", ["", None, "１", "٣", "²", " 1", "+1", "1_0", "9" * 20, "1e3"])
def test_a_number_that_a_program_wrote_is_read_strictly(value: str | None) -> None:
    assert entries.plain_number(value) is None


def test_a_number_that_a_program_wrote_fits_into_the_database() -> None:
    assert entries.plain_number("9223372036854775807") == 2**63 - 1
    assert entries.plain_number("9223372036854775808") is None


@pytest.mark.parametrize("day", ["1899-12-31", "2201-01-01", "9999-12-31", "0001-01-01"])
def test_a_date_with_which_nobody_can_reckon_is_refused(day: str) -> None:
    with pytest.raises(InvalidInput, match="1900年から2200年"):
        entries.moment("date", "開催日", day, "14:00")


def test_a_meeting_has_an_end_within_reach() -> None:
    start = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
    entries.check_span(start, start + timedelta(days=366))
    for end in (start, start - timedelta(hours=1), start + timedelta(days=367)):
        with pytest.raises(InvalidInput):
            entries.check_span(start, end)
    with pytest.raises(InvalidInput, match="1900年から2200年"):
        entries.check_span(start, datetime(9999, 12, 31, 23, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("hanako@ｅxample.jp", "hanako@example.jp"),
        ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp"),
        ("okuma@city.example.jp\u200b\n", "okuma@city.example.jp"),
        ("", ""),
    ],
)
def test_an_address_is_read_in_half_width(typed: str, kept: str) -> None:
    assert entries.email("email", "メールアドレス", typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["はなこ@example.jp", "a@b@example.jp", "a@example", "a@.jp", "@example.jp", "a b@example.jp",
     "a@例え.jp", "a@example.jp\r\nBcc: b@example.jp", "<a@example.jp>", "a\\@example.jp"],
)  # fmt: skip
def test_an_address_that_no_server_takes_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match="半角の英数字"):
        entries.email("email", "メールアドレス", typed)
