"""Lists of people as personnel offices keep them: a CSV file with a head of columns. What is
written here can be changed in a spreadsheet and read again."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from meetings import clean_text, dates, entries
from meetings.errors import InvalidInput
from models.person import Person, Role, RoleGrant

LOGIN, NAME, DEPARTMENT, BUREAU = "利用者ID", "氏名", "所属", "局"
POSTS, ROLES, ENDS = "兼務", "役割", "終了日"
DETAILS = {
    "氏名": "name",
    "ふりがな": "kana",
    "職名": "title",
    "メール": "email",
    "電話": "phone",
}
"""Columns whose cell stands in the person's row as it is, with the name that it has there."""
COLUMNS = (
    LOGIN,
    NAME,
    "ふりがな",
    BUREAU,
    DEPARTMENT,
    "職名",
    POSTS,
    "メール",
    "電話",
    ROLES,
    ENDS,
)
LARGEST_MB = 10
MOST_LINES = 20_000
BETWEEN = "、"
ROLE_WORDS = {word: role for role in Role for word in (role.value, role.label)}
ROLE_BEGINS = re.compile(rf"(?<![\s、,])[\s、,]++(?=(?:{'|'.join(ROLE_WORDS)})(?:[=@\s、,]|$))")
ROLE_CELL = re.compile(
    rf"(?P<role>{'|'.join(ROLE_WORDS)})"
    r"(?:=(?P<place>[^@]+))?(?:@(?P<first>[0-9-]*)\.\.(?P<last>[0-9-]*))?"
)


@dataclass(frozen=True)
class ListLine:
    """A line of the file, by its number there: the cells of those columns that the file has."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class RoleCell:
    """One role of the column 役割: 「書記=財政課@2027-04-01..2027-04-30」. `place` "": the city."""

    role: Role
    place: str = ""
    from_on: date | None = None
    until_on: date | None = None


def lines_of(content: bytes) -> list[ListLine]:
    """Return the lines of a CSV file in UTF-8 or Shift_JIS, without empty ones. Raises InvalidInput
    when it cannot be read as one, or its head has other columns."""
    reader = csv.reader(io.StringIO(_text(content), newline=""))
    try:
        head = [cell.strip() for cell in next(reader, [])]
        _check_head(head)
        lines = list(_lines(reader, head))
    except csv.Error as problem:
        raise InvalidInput("file", f"{reader.line_num}行目を読めません: {problem}") from problem
    if not lines:
        raise InvalidInput("file", "見出しのほかに、1行もありません。")
    return lines


def roles_in(cell: str) -> list[RoleCell]:
    """Return the roles of a cell, which stand apart by 「、」 or spaces. Raises InvalidInput."""
    every = [word.strip(" 　、,") for word in ROLE_BEGINS.split(cell)]
    return [_role(word) for word in every if word]


def posts_in(cell: str) -> list[tuple[str, str]]:
    """Return the departments of a cell 兼務 with the title there: 「企画課=課長補佐、広報課」."""
    every = (word.partition("=") for word in re.split("[、,;]", cell) if word.strip())
    return [(name.strip(), title.strip()) for name, _, title in every]


def day_in(field: str, cell: str) -> date | None:
    """Return the date of 「2027-04-01」 or, as spreadsheets write it, 「2027/4/1」. Raises
    InvalidInput."""
    if not cell:
        return None
    parts = cell.replace("/", "-").split("-")
    return entries.date_of(field, field, "-".join(part.zfill(2) for part in parts))


def written(people: Iterable[Person]) -> str:
    """Return these people as such a file, for spreadsheets that write what is read again."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for person in people:
        writer.writerow(clean_text.spreadsheet_cell(cell) for cell in _cells(person))
    return out.getvalue()


def _cells(person: Person) -> Sequence[str]:
    bureau = person.department.parent
    return (
        person.login,
        person.name,
        person.kana,
        bureau.name if bureau else "",
        person.department.name,
        person.title,
        BETWEEN.join(_post_words(post.department.name, post.title) for post in person.posts),
        person.email,
        person.phone,
        BETWEEN.join(role_words(grant) for grant in person.all_grants if not grant.has_lapsed),
        dates.local(person.ended_at).date().isoformat() if person.ended_at else "",
    )


def role_words(grant: RoleGrant) -> str:
    """Return the role as `roles_in` reads it."""
    place = f"={grant.department.name}" if grant.department else ""
    first, last = first_day(grant), last_day(grant)
    span = f"@{first or ''}..{last or ''}" if first or last else ""
    return f"{Role(grant.role).label}{place}{span}"


def first_day(grant: RoleGrant) -> date | None:
    """Return the first day on which the role is in force; None where there is none."""
    return dates.local(grant.from_at).date() if grant.from_at else None


def last_day(grant: RoleGrant) -> date | None:
    """Return the last day on which the role is in force; None where there is none."""
    return dates.local(grant.until_at).date() - timedelta(days=1) if grant.until_at else None


def _post_words(department: str, title: str) -> str:
    return f"{department}={title}" if title else department


def _role(word: str) -> RoleCell:
    found = ROLE_CELL.fullmatch(word.replace("＝", "=").replace("＠", "@"))
    if found is None:
        raise InvalidInput(
            ROLES,
            f"役割「{word[:60]}」を読めません。「書記=財政課」や「承認者」のように、"
            f"{'・'.join(role.label for role in Role)}のどれかで書いてください。",
        )
    return RoleCell(
        ROLE_WORDS[found["role"]],
        (found["place"] or "").strip(),
        day_in(ROLES, found["first"] or ""),
        day_in(ROLES, found["last"] or ""),
    )


def _check_head(head: list[str]) -> None:
    unknown = [name for name in head if name and name not in COLUMNS]
    twice = sorted({name for name in head if name and head.count(name) > 1})
    if LOGIN not in head or unknown or twice:
        wrong = f"「{unknown[0][:40]}」という列はありません。" if unknown else ""
        wrong = wrong or (f"「{twice[0]}」の列が2つあります。" if twice else "")
        raise InvalidInput(
            "file",
            f"1行目は見出しです。{wrong}{LOGIN} は必ず、ほかに {'、'.join(COLUMNS[1:])} を"
            "書けます。",
        )


def _lines(reader: Iterator[list[str]], head: list[str]) -> Iterator[ListLine]:
    for count, cells in enumerate(reader, start=1):
        if count > MOST_LINES:
            raise InvalidInput(
                "file", f"一度に読めるのは{MOST_LINES:,}行までです。分けてください。"
            )
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(head) - len(cells))]
            named = zip(head, padded[: len(head)], strict=True)
            number = getattr(reader, "line_num", count + 1)
            yield ListLine(number, {name: _plain(cell) for name, cell in named if name})


def _plain(cell: str) -> str:
    """Return what stands in a cell, without the apostrophe that keeps it from being a formula."""
    stripped = cell.strip()
    return stripped[1:] if stripped[:1] == "'" else stripped


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput("file", "文字コードを読めません。UTF-8 か Shift_JIS で保存してください。")
