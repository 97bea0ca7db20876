"""The audit as it is read: filtered, the newest lines first, page after page by the number of a
line, since nobody counts millions of them."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, literal_column, or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from meetings import dates
from meetings.audit import REFUSED
from meetings.auditing import words as japanese
from meetings.errors import NotFound
from meetings.finding import has_word
from models.audit import AuditLine, Result
from models.meeting import Meeting
from models.person import Person, SignIn
from models.texts import words_of

ON_A_PAGE = 50
DISORDER = timedelta(days=1)
"""Looks may be written later than they were made, by so much at most."""


@dataclass(frozen=True)
class AuditFilter:
    """What is wanted of the audit; nothing means everything. `verb` is a word of the code;
    `is_refused`: only what was refused, or only what was done; `login` and `meeting_id` may name
    somebody or something that is not there."""

    first_day: date | None = None
    last_day: date | None = None
    login: str = ""
    verb: str = ""
    meeting_id: int | None = None
    address: str = ""
    is_refused: bool | None = None
    words: str = ""
    before: int | None = None

    def next_after(self, line: AuditLine) -> "AuditFilter":
        """Return the filter for the lines that are older than this one."""
        return replace(self, before=line.id)


@dataclass(frozen=True)
class AuditPage:
    """Lines of the audit, the newest first. `next`: the filter that finds the next ones, None where
    there are no more; `meetings`: the titles by the ids of the meetings that the lines name;
    `ways`: how people proved who they are, by the ids of the sign-ins that the lines name."""

    lines: list[AuditLine]
    next: AuditFilter | None
    meetings: dict[int, str] = field(default_factory=dict)
    ways: dict[int, str] = field(default_factory=dict)


def page(session: Session, wanted: AuditFilter, size: int = ON_A_PAGE) -> AuditPage:
    """Return the newest lines that the filter wants."""
    chosen = _chosen(session, wanted).order_by(AuditLine.id.desc()).limit(size + 1)
    shown_with = (joinedload(AuditLine.person), undefer(AuditLine.link))
    lines = list(session.scalars(chosen.options(*shown_with)))
    more = wanted.next_after(lines[size - 1]) if len(lines) > size else None
    lines = lines[:size]
    return AuditPage(lines, more, _titles(session, lines), _ways(session, lines))


def one(session: Session, number: int) -> AuditPage:
    """Return the line with this number, alone on a page. Raises NotFound."""
    found = page(session, AuditFilter(before=number + 1), 1)
    if not found.lines or found.lines[0].id != number:
        raise NotFound()
    return replace(found, next=None)


def _chosen(session: Session, wanted: AuditFilter) -> Select[AuditLine]:
    conditions = [*_period(session, wanted), *_columns(session, wanted)]
    conditions += [_has_word(word) for word in words_of(wanted.words)[:10]]
    return select(AuditLine).where(*conditions)


def _columns(session: Session, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.before is not None:
        found.append(AuditLine.id < wanted.before)
    if wanted.login:
        person = select(Person.id).where(Person.login == wanted.login)
        found.append(AuditLine.person_id == (session.scalar(person) or 0))
    if wanted.verb:
        found.append(AuditLine.verb.in_([wanted.verb, REFUSED + wanted.verb]))
    if wanted.meeting_id is not None:
        found.append(AuditLine.meeting_id == wanted.meeting_id)
    if wanted.address:
        found.append(AuditLine.address == wanted.address)
    if wanted.is_refused is not None:
        # Not as a parameter: only so SQLite sees that it may use the index of the refused ones.
        refused = AuditLine.result != literal_column(f"'{Result.DONE}'")
        found.append(refused if wanted.is_refused else ~refused)
    return found


def _period(session: Session, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    """Return the conditions for the days: of the time, and of the numbers, by which the lines are
    read in order without sorting millions of them."""
    found: list[ColumnElement[bool]] = []
    if wanted.first_day:
        begins_at = dates.beginning_of(wanted.first_day)
        found += [AuditLine.at >= begins_at, AuditLine.id >= _first_since(session, begins_at)]
    if wanted.last_day:
        ends_at = dates.beginning_of(wanted.last_day + timedelta(days=1))
        found += [AuditLine.at < ends_at, AuditLine.id <= _last_until(session, ends_at)]
    return found


def _first_since(session: Session, at: datetime) -> int:
    since = select(AuditLine.id).where(AuditLine.at >= at - DISORDER)
    return session.scalar(since.order_by(AuditLine.at, AuditLine.id).limit(1)) or 0


def _last_until(session: Session, at: datetime) -> int:
    until = select(AuditLine.id).where(AuditLine.at < at + DISORDER)
    newest = until.order_by(AuditLine.at.desc(), AuditLine.id.desc()).limit(1)
    return session.scalar(newest) or 0


def _has_word(word: str) -> ColumnElement[bool]:
    """Return whether the word stands in what was done, to what, by whom, or where."""
    verbs, things = japanese.verbs_with(word), japanese.things_with(word)
    people = select(Person.id).where(has_word(word, Person.login, Person.name, Person.kana))
    meetings = select(Meeting.id).where(has_word(word, Meeting.title))
    return or_(
        AuditLine.verb.in_(verbs) if verbs else false(),
        AuditLine.thing.in_(things) if things else false(),
        AuditLine.person_id.in_(people),
        AuditLine.meeting_id.in_(meetings),
        AuditLine.address == word,
    )


def _titles(session: Session, lines: list[AuditLine]) -> dict[int, str]:
    ids = {line.meeting_id for line in lines if line.meeting_id is not None}
    found = session.execute(select(Meeting.id, Meeting.title).where(Meeting.id.in_(ids)))
    return {number: title for number, title in found}


def _ways(session: Session, lines: list[AuditLine]) -> dict[int, str]:
    ids = {line.thing_id for line in lines if line.thing == SignIn.__tablename__}
    found = session.execute(select(SignIn.id, SignIn.way).where(SignIn.id.in_(ids)))
    return {number: way.label for number, way in found}


COLUMNS = (
    "番号", "日時", "利用者ID", "氏名", "経路", "アドレス", "操作", "対象", "対象の番号",
    "会議の番号", "会議", "結果", "回数", "鎖",
)  # fmt: skip


def cells(line: AuditLine, page: AuditPage) -> dict[str, Any]:
    """Return a line in words, by `COLUMNS`, for lists and files."""
    person, meeting = line.person, line.meeting_id
    how = page.ways.get(line.thing_id or 0, "") if line.thing == SignIn.__tablename__ else ""
    way = f"{line.way.label}（{how}）" if how else line.way.label
    values = (
        line.id,
        dates.local(line.at).strftime("%Y-%m-%d %H:%M:%S"),
        person.login if person else "",
        person.name if person else "",
        way,
        line.address,
        japanese.verb(line.verb),
        japanese.thing(line.thing),
        line.thing_id,
        meeting,
        page.meetings.get(meeting, "") if meeting else "",
        line.result.label,
        line.times,
        line.link.hex() if line.link else "",
    )
    return dict(zip(COLUMNS, values, strict=True))
