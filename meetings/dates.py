"""Dates, times and lengths in the words of a municipal office."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
FIRST_MONTH = 4  # of a 年度
WEEKDAYS = "月火水木金土日"
# First days of the eras (元号を改める政令); the newest first.
ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
)


def local(at: datetime) -> datetime:
    return at.astimezone(TOKYO)


def beginning_of(day: date) -> datetime:
    """Return the first moment of the day in the city's time."""
    return datetime(day.year, day.month, day.day, tzinfo=TOKYO)


def era_year(day: date) -> str:
    """Return 「令和8年」; 「1912年」 before the eras that are known here."""
    for first, name in ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{name}{'元' if year == 1 else year}年"
    return f"{day.year}年"


def era_years(year: int) -> str:
    """Return 「令和8年」; 「平成31年・令和元年」 where an era ends within the year."""
    names = (era_year(date(year, 1, 1)), era_year(date(year, 12, 31)))
    return "・".join(dict.fromkeys(names))


def fiscal_year(at: datetime) -> int:
    """Return the year in whose April the 年度 of this moment began."""
    here = local(at)
    return here.year if here.month >= FIRST_MONTH else here.year - 1


def fiscal_year_bounds(year: int) -> tuple[datetime, datetime]:
    """Return the first moment of the 年度, and that of the next one."""
    first, following = (datetime(y, FIRST_MONTH, 1, tzinfo=TOKYO) for y in (year, year + 1))
    return first, following


def fiscal_year_name(year: int) -> str:
    """Return 「令和8年度」; the one in which an era begins has still the name of the one before."""
    return f"{era_year(date(year, FIRST_MONTH, 1))}度"


def in_full(at: datetime) -> str:
    """Return 「令和8年11月23日（月）」 in the city's time."""
    here = local(at)
    return f"{era_year(here.date())}{here.month}月{here.day}日（{WEEKDAYS[here.weekday()]}）"


def clock(at: datetime) -> str:
    return local(at).strftime("%H:%M")


def clock_in_seconds(at: datetime) -> str:
    return local(at).strftime("%H:%M:%S")


def span(starts_at: datetime, ends_at: datetime) -> str:
    """Return 「令和8年11月23日（月）14:00～16:00」."""
    is_same_day = local(starts_at).date() == local(ends_at).date()
    end = clock(ends_at) if is_same_day else in_full(ends_at) + clock(ends_at)
    return f"{in_full(starts_at)}{clock(starts_at)}～{end}"


def span_in_words(starts_at: datetime, ends_at: datetime) -> str:
    """Return 「令和8年11月23日（月）午後2時から午後4時30分まで」, as offices write on paper."""
    is_same_day = local(starts_at).date() == local(ends_at).date()
    end = "" if is_same_day else in_full(ends_at)
    return f"{in_full(starts_at)}{clock_in_words(starts_at)}から{end}{clock_in_words(ends_at)}まで"


def clock_in_words(at: datetime) -> str:
    """Return 「午前3時30分」「午後2時」「正午」."""
    here = local(at)
    if (here.hour, here.minute) == (12, 0):
        return "正午"
    minutes = f"{here.minute}分" if here.minute else ""
    return f"{'午前' if here.hour < 12 else '午後'}{here.hour % 12}時{minutes}"


def length(seconds: float) -> str:
    """Return a length in seconds as 「1時間12分」「5分14秒」「8秒」."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours}時間{minutes}分"
    return f"{minutes}分{rest}秒" if minutes else f"{rest}秒"


def position(seconds: float) -> str:
    """Return a place in a recording, in seconds, as 「0:05:14」."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
