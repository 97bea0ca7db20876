"""Writes years by era or by the Western count: 令和8年 or 2026年. In the year in which an era
began, the month decides; without a month the year stays, and is reported by `unsure`.
"""

import re
from collections.abc import Iterator

from meetings.style_choices import Years
from minutes.style.changes import Edit, Rule

ERAS = (("令和", 2019, 5), ("平成", 1989, 2), ("昭和", 1927, 1), ("大正", 1913, 1))
"""Name, first year, and the month of it from which the era is certain. 昭和 and 大正 are listed by
their second years: 昭和 began in the last days of its first year."""

SECOND_YEARS = ("昭和", "大正")
FIRST = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912}
LAST = {"令和": 99, "平成": 31, "昭和": 64, "大正": 15}
NO_DATE = "間前後ぶ以代余来目もを経"
WESTERN = re.compile(
    rf"(?<![0-9０-９,，.．\-－A-Za-z暦（(／/])((?:19|20|１９|２０)[0-9０-９]{{2}})年"
    rf"(?![{NO_DATE}（(／/])(?P<fiscal>度)?(?=(?P<month>[0-9０-９]{{1,2}})?)"
)
ERA = re.compile(r"(?<![（(／/])(令和|平成|昭和|大正)(元|[0-9０-９]{1,2})年(?![（(／/])")


def edits(text: str, choice: Years) -> Iterator[Edit]:
    """Yield the edits of years to the count that was chosen."""
    return _to_era(text) if choice is Years.ERA else _to_western(text)


def unsure(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of years in which two eras met and no month is given."""
    for match in WESTERN.finditer(text):
        if _era(int(match[1]), _month(match), is_fiscal=bool(match["fiscal"])) is None:
            yield match.span(1)


def _to_era(text: str) -> Iterator[Edit]:
    for match in WESTERN.finditer(text):
        written = _era(int(match[1]), _month(match), is_fiscal=bool(match["fiscal"]))
        if written:
            yield Edit(*match.span(1), written, Rule.ERA)


def _to_western(text: str) -> Iterator[Edit]:
    for match in ERA.finditer(text):
        number = 1 if match[2] == "元" else int(match[2])
        if 0 < number <= LAST[match[1]]:
            year = str(FIRST[match[1]] + number - 1)
            yield Edit(match.start(1), match.end(2), year, Rule.WESTERN)


def _era(year: int, month: int | None, *, is_fiscal: bool) -> str | None:
    """Return the year by era, such as 「令和8」; None where it cannot be known."""
    for place, (era, first, from_month) in enumerate(ERAS):
        if year > first or (year == first and era in SECOND_YEARS):
            return f"{era}{year - FIRST[era] + 1}"
        if year == first:
            if month is None or is_fiscal or (era == "平成" and month == 1):
                return None
            earlier = ERAS[place + 1]
            last = year - FIRST[earlier[0]] + 1
            return f"{era}元" if month >= from_month else f"{earlier[0]}{last}"
    return None


def _month(match: re.Match[str]) -> int | None:
    found = match["month"]
    is_month = found and match.string.startswith("月", match.end() + len(found))
    return int(found) if is_month else None
