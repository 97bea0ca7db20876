"""Finding one's meetings among those of ten years, and people among everybody in the city."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from meetings import dates
from meetings.rights import visible_meetings
from models.base import now
from models.meeting import Meeting, Series
from models.person import Department, Person
from models.texts import words_of

MOST_WORDS = 5
APART = "|"
"""Between two texts: no word goes on from one to the next."""


@dataclass(frozen=True)
class MeetingFilter:
    """The filter of the list of meetings. `words`: all of them in the title or in the name of the
    series; `year`: the 年度 in which it is held; nothing said means all."""

    words: str = ""
    year: int | None = None
    series_id: int | None = None

    @property
    def is_all(self) -> bool:
        return self == EVERYTHING


EVERYTHING = MeetingFilter()


def meetings_for(person: Person, wanted: MeetingFilter = EVERYTHING) -> Select[Meeting]:
    """Select those that this person may see, the newest first, with what a list of them shows."""
    chosen = visible_meetings(person).options(*of_a_list())
    words = _words(wanted.words)
    if words:
        chosen = chosen.join(Meeting.series)
    for word in words:
        chosen = chosen.where(has_word(word, Meeting.title, Series.name))
    if wanted.series_id is not None:
        chosen = chosen.where(Meeting.series_id == wanted.series_id)
    if wanted.year is not None:
        first, next_one = dates.fiscal_year_bounds(wanted.year)
        chosen = chosen.where(Meeting.starts_at >= first, Meeting.starts_at < next_one)
    return chosen.order_by(Meeting.starts_at.desc(), Meeting.id.desc())


def coming(person: Person) -> Select[Meeting]:
    """Select those that have not ended, the next one first."""
    chosen = meetings_for(person).where(Meeting.ends_at > now())
    return chosen.order_by(None).order_by(Meeting.starts_at, Meeting.id)


def not_ended() -> Select[int]:
    """Select the ids of all meetings that are held now or to come. Among them somebody's own are
    found at once, which among all that they were ever invited to are not."""
    return select(Meeting.id).where(Meeting.ends_at > now())


def past(person: Person) -> Select[Meeting]:
    return meetings_for(person).where(Meeting.ends_at <= now())


def meetings_by_id(session: Session, wanted: Sequence[int]) -> list[Meeting]:
    """Return the meetings in the order of the ids, without those that are not there."""
    found = session.scalars(select(Meeting).where(Meeting.id.in_(wanted)).options(*of_a_list()))
    by_id = {meeting.id: meeting for meeting in found}
    return [by_id[number] for number in wanted if number in by_id]


def years(session: Session, person: Person) -> list[int]:
    """Return every 年度 from the newest to the oldest of this person's meetings."""
    ends = func.min(Meeting.starts_at), func.max(Meeting.starts_at)
    oldest, newest = session.execute(visible_meetings(person).with_only_columns(*ends)).one()
    if oldest is None or newest is None:
        return []
    return list(range(dates.fiscal_year(newest), dates.fiscal_year(oldest) - 1, -1))


def of_a_list() -> tuple[Any, ...]:
    """Return the loading options for what a list of meetings shows beside their own columns."""
    return joinedload(Meeting.series), joinedload(Meeting.department)


def people_named(words: str) -> Select[Person]:
    """Select whoever works here and has all these words in name, ふりがな, 職名 or 所属, in the
    order of ふりがな."""
    parent = aliased(Department)
    chosen = (
        select(Person)
        .join(Person.department)
        .outerjoin(parent, Department.parent)
        .where(~Person.has_left, ~Person.is_guest)
        .order_by(Person.kana, Person.id)
    )
    for word in _words(words):
        chosen = chosen.where(
            has_word(word, Person.name, Person.kana, Person.title, Department.name, parent.name)
        )
    return chosen


def _words(typed: str) -> list[str]:
    return words_of(typed)[:MOST_WORDS]


def has_word(word: str, *columns: Any) -> ColumnElement[bool]:
    """Say of a row that the folded `word` stands in one of these columns, as it is written or in
    letters that are the same to a reader."""
    return func.instr(func.folded(func.concat_ws(APART, *columns)), word) > 0
