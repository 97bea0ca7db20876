"""Reading what people type, with one clear sentence (InvalidInput) for everything that cannot be
taken."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from meetings import clean_text
from meetings.dates import TOKYO
from meetings.errors import InvalidInput

LONGEST_NAME = 200
EMAIL = re.compile(r"[!-~]+")
HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
LARGEST_ID = 2**63 - 1
"""SQLite knows no larger number."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
LONGEST_MEETING = timedelta(days=366)
MOST_MINUTES = 1440
MOST_DAYS = 3650


def text(field: str, label: str, value: str | None, limit: int = LONGEST_NAME) -> str:
    """Return a text that must not be empty, in one line, without surrounding space and without what
    has no shape, at most `limit` characters. Raises InvalidInput."""
    cleaned = optional_text(field, label, value, limit)
    if not cleaned:
        raise InvalidInput(field, f"{label}を入力してください。")
    return cleaned


def optional_text(field: str, label: str, value: str | None, limit: int = LONGEST_NAME) -> str:
    """Return a text as `text` does, which may be empty."""
    return _at_most(field, label, clean_text.line(value or ""), limit)


def long_text(field: str, label: str, value: str | None, limit: int) -> str:
    """Return a text as `optional_text` does, in as many lines as it has."""
    return _at_most(field, label, clean_text.lines(value or "").strip(), limit)


def _at_most(field: str, label: str, cleaned: str, limit: int) -> str:
    if len(cleaned) > limit:
        raise InvalidInput(
            field,
            f"{label}は{limit:,}文字までです（いまは{len(cleaned):,}文字あります）。"
            "短くしてからもう一度送信してください。",
        )
    return cleaned


def email(field: str, label: str, value: str | None) -> str:
    """Return an address as mail servers take it, or an empty text. What a Japanese keyboard wrote
    in full width is read as its half width. Raises InvalidInput."""
    cleaned = optional_text(field, label, unicodedata.normalize("NFKC", value or ""))
    if cleaned and not is_address(cleaned):
        raise InvalidInput(
            field,
            f"{label}「{cleaned[:40]}」の形が正しくありません。半角の英数字で入力してください。"
            "例：koga@city.example.jp",
        )
    return cleaned


def is_address(address: str) -> bool:
    """Return whether it is `name@host.domain` in ASCII."""
    name, _, host = address.rpartition("@")
    is_plain = EMAIL.fullmatch(address) and not set(address) & set(" ,;<>\"'()[]\\:")
    is_host = "." in host and all(host.split("."))
    return bool(is_plain and name and "@" not in name and is_host)


def moment(field: str, label: str, day: str | None, clock: str | None) -> datetime:
    """Return 「2026-11-23」 and 「14:00」, in the city's time, as an aware datetime. Raises
    InvalidInput."""
    return datetime.combine(date_of(field, label, day), _time(field, label, clock), tzinfo=TOKYO)


def minutes(field: str, label: str, value: str | None) -> int | None:
    """Return a whole number of minutes from 1 to 1,440; None for nothing. Raises InvalidInput."""
    return _read(field, f"{label}は1から{MOST_MINUTES:,}までの整数（分）", value, 1, MOST_MINUTES)


def whole_number(field: str, label: str, value: str | None, most: int = MOST_DAYS) -> int | None:
    """Return a whole number from 0 to `most`; None for nothing. Raises InvalidInput."""
    return _read(field, f"{label}は0から{most:,}までの整数", value, 0, most)


def _read(field: str, wanted: str, value: str | None, least: int, most: int) -> int | None:
    """Return the number that was typed; None for nothing. Figures of a Japanese keyboard (full
    width) are figures too."""
    cleaned = (value or "").strip().translate(HALF_WIDTH)
    if not cleaned:
        return None
    number = plain_number(cleaned)
    if number is None or not least <= number <= most:
        raise InvalidInput(field, f"{wanted}で入力してください。")
    return number


def plain_number(value: str | None, most: int = LARGEST_ID) -> int | None:
    """Return the whole number from 0 to `most` that these ASCII figures say; None for anything
    else. For numbers that a program wrote: ids, revisions, pages."""
    if not value or not value.isascii() or not value.isdecimal():
        return None
    if len(value) > len(str(LARGEST_ID)):  # Python would read ten million figures, slowly
        return None
    number = int(value)
    return number if number <= most else None


def within(field: str, label: str, value: int | None, least: int, most: int) -> int | None:
    """Return a number that was read already, or None. Raises InvalidInput beyond the bounds."""
    if value is not None and not least <= value <= most:
        raise InvalidInput(field, f"{label}は{least:,}から{most:,}までにしてください。")
    return value


def date_of(field: str, label: str, value: str | None) -> date:
    """Return the date of 「2026-11-23」, from 1900 to 2200. Raises InvalidInput."""
    try:
        day = date.fromisoformat((value or "").strip())
    except ValueError as problem:
        raise InvalidInput(
            field,
            f"{label}の日付「{(value or '')[:20]}」はありません。"
            "2026-11-23 のように、暦にある日付を入力してください。",
        ) from problem
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidInput(
            field,
            f"{label}の日付「{day.isoformat()}」は扱えません。"
            f"{FIRST_DAY.year}年から{LAST_DAY.year}年までの日付を入力してください。",
        )
    return day


def check_span(starts_at: datetime, ends_at: datetime) -> None:
    """Check that a meeting can be from then to then. Raises InvalidInput."""
    if ends_at <= starts_at:
        raise InvalidInput("ends", "終了の時刻は、開始の時刻より後にしてください。")
    if not FIRST_DAY <= starts_at.date() <= ends_at.date() <= LAST_DAY:
        raise InvalidInput(
            "date", f"日時は{FIRST_DAY.year}年から{LAST_DAY.year}年までにしてください。"
        )
    if ends_at - starts_at > LONGEST_MEETING:
        raise InvalidInput(
            "ends",
            f"会議の長さは{LONGEST_MEETING.days}日までです。終了の日時を確かめてください。",
        )


def _time(field: str, label: str, value: str | None) -> time:
    try:
        return time.fromisoformat((value or "").strip()).replace(
            second=0, microsecond=0, tzinfo=None
        )
    except ValueError as problem:
        raise InvalidInput(
            field,
            f"{label}の時刻「{(value or '')[:20]}」は読めません。14:00 のように入力してください。",
        ) from problem


def local_fields(at: datetime) -> tuple[str, str]:
    """Return what `moment` reads: 「2026-11-23」 and 「14:00」."""
    here = at.astimezone(TOKYO)
    return here.strftime("%Y-%m-%d"), here.strftime("%H:%M")
