"""Reading what people type: one clear sentence for everything that cannot be taken."""

import re
from datetime import date, datetime, time

from meetings.dates import TOKYO
from meetings.errors import InvalidInput

LONGEST_NAME = 200
EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]+")


def text(field: str, label: str, value: str | None, limit: int = LONGEST_NAME) -> str:
    """A text that must not be empty, without surrounding space, at most `limit` characters."""
    cleaned = optional_text(field, label, value, limit)
    if not cleaned:
        raise InvalidInput(field, f"{label}を入力してください。")
    return cleaned


def optional_text(field: str, label: str, value: str | None, limit: int = LONGEST_NAME) -> str:
    cleaned = (value or "").strip()
    if len(cleaned) > limit:
        raise InvalidInput(
            field,
            f"{label}は{limit:,}文字までです（いまは{len(cleaned):,}文字あります）。"
            "短くしてからもう一度送信してください。",
        )
    return cleaned


def email(field: str, label: str, value: str | None) -> str:
    """An address, or nothing."""
    cleaned = optional_text(field, label, value)
    if cleaned and not EMAIL.fullmatch(cleaned):
        raise InvalidInput(
            field, f"{label}「{cleaned[:40]}」の形が正しくありません。例：koga@city.example.jp"
        )
    return cleaned


def moment(field: str, label: str, day: str | None, clock: str | None) -> datetime:
    """「2026-11-23」 and 「14:00」, in the city's time, as an aware datetime."""
    return datetime.combine(date_of(field, label, day), _time(field, label, clock), tzinfo=TOKYO)


def minutes(field: str, label: str, value: str | None) -> int | None:
    """A whole number of minutes from 1 to 1,440, or nothing."""
    cleaned = (value or "").strip()
    if not cleaned:
        return None
    if not cleaned.isdecimal() or not 1 <= int(cleaned[:6]) <= 1440:
        raise InvalidInput(field, f"{label}は1から1,440までの整数（分）で入力してください。")
    return int(cleaned)


def whole_number(field: str, label: str, value: str | None, most: int = 3650) -> int | None:
    """From 0 to `most`, or nothing."""
    cleaned = (value or "").strip()
    if not cleaned:
        return None
    if not cleaned.isdecimal() or int(cleaned[:8]) > most:
        raise InvalidInput(field, f"{label}は0から{most:,}までの整数で入力してください。")
    return int(cleaned)


def date_of(field: str, label: str, value: str | None) -> date:
    """「2026-11-23」."""
    try:
        return date.fromisoformat((value or "").strip())
    except ValueError as problem:
        raise InvalidInput(
            field,
            f"{label}の日付「{(value or '')[:20]}」はありません。"
            "2026-11-23 のように、暦にある日付を入力してください。",
        ) from problem


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
    """What `moment` reads: 「2026-11-23」 and 「14:00」."""
    here = at.astimezone(TOKYO)
    return here.strftime("%Y-%m-%d"), here.strftime("%H:%M")
