"""The list of what is published, and searching in it. Words of one letter and more are found where
they stand, and by who said something, folded on both sides (models/texts.py). Only the lines of the
page that is shown are read, and of their texts only the paragraphs that are shown."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, bindparam, cast, func, or_, select, text
from sqlalchemy.orm import Session, selectinload

from meetings.rights import publications
from minutes.published import matching
from models.minutes import Publication, PublishedParagraph
from models.texts import folded, with_places, words_of

ON_A_PAGE = 20
MOST_PLACES = 3
MOST_WORDS = 8
LONGEST_QUERY = 200
BEFORE, AFTER = 20, 60
# The sign keeps SQLite on the indexes of the list: looked up one by one, and sorted, it is slower.
FOUND = (
    "+publication.id IN (SELECT rowid FROM published_search WHERE published_search MATCH :words)"
)


@dataclass(frozen=True)
class Place:
    """Where a word stands: `before`, `word`, `after` in one sentence of one section; `word` is
    empty where it is a part of the speaker's name alone (`is_by_speaker`)."""

    section: int
    paragraph: int
    speaker: str
    is_by_speaker: bool
    before: str
    word: str
    after: str


@dataclass(frozen=True)
class Found:
    """`others`: how many sentences have one of the words besides those at `places`."""

    publication: Publication
    places: list[Place] = field(default_factory=list)
    others: int = 0


class Group(NamedTuple):
    """How many one body has in one year."""

    series: str
    year: int
    total: int


@dataclass(frozen=True)
class Wanted:
    """`query`: words that must all be there, of which the first eight count. `series` and `year`
    choose among what is found; `page` from 1."""

    query: str = ""
    series: str = ""
    year: int | None = None
    page: int = 1

    @property
    def words(self) -> list[str]:
        """Folded, each once."""
        return words_of(self.query[:LONGEST_QUERY])[:MOST_WORDS]

    @property
    def is_cut(self) -> bool:
        """There were more words than are looked for."""
        return len(words_of(self.query)) > MOST_WORDS or len(self.query) > LONGEST_QUERY


@dataclass(frozen=True)
class Listing:
    """One page, the newest meeting first. `groups`: of everything that has the words, whichever
    series and year were chosen; `total` counts what was chosen; the page is `number` of `count`."""

    found: list[Found]
    groups: list[Group]
    total: int
    number: int
    count: int


def list_published(session: Session, wanted: Wanted) -> Listing:
    """The last page where there are fewer."""
    groups = _groups(session, wanted.words)
    total = sum(group.total for group in groups if _is_chosen(wanted, group))
    count = max(1, -(-total // ON_A_PAGE))
    number = min(max(1, wanted.page), count)
    shown = _page(session, wanted, number)
    return Listing(_found(session, shown, wanted.words), groups, total, number, count)


def _is_chosen(wanted: Wanted, group: Group) -> bool:
    is_of_series = wanted.series in ("", group.series)
    return is_of_series and wanted.year in (None, group.year)


def _groups(session: Session, words: Sequence[str]) -> list[Group]:
    counted = _having(publications(), words).with_only_columns(
        Publication.series, Publication.year, func.count()
    )
    rows = session.execute(counted.group_by(Publication.series, Publication.year))
    return list(map(Group._make, rows))


def _page(session: Session, wanted: Wanted, page: int) -> list[Publication]:
    chosen = _having(publications(), wanted.words)
    if wanted.series:
        chosen = chosen.where(Publication.series == wanted.series)
    if wanted.year is not None:
        chosen = chosen.where(Publication.year == wanted.year)
    newest = chosen.order_by(Publication.starts_at.desc(), Publication.id.desc())
    on_page = newest.limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)
    return list(session.scalars(on_page.options(selectinload(Publication.revision))))


def _having(chosen: Select[Any], words: Sequence[str]) -> Select[Any]:
    if not words:
        return chosen
    return chosen.where(text(FOUND).bindparams(bindparam("words", matching(words))))


def _found(session: Session, shown: Sequence[Publication], words: Sequence[str]) -> list[Found]:
    """Each with the first sentences that have most of the words, in their order."""
    places: dict[int, list[Place]] = defaultdict(list)
    totals: dict[int, int] = {}
    if words and shown:
        for row, total in session.execute(_best(shown, words)):
            places[row.publication_id].append(_place(row, words))
            totals[row.publication_id] = total
    return [
        Found(one, places[one.id], totals.get(one.id, 0) - len(places[one.id])) for one in shown
    ]


def _best(shown: Sequence[Publication], words: Sequence[str]) -> Select[Any]:
    """Rows of paragraphs, each with how many of its publication have one of the words."""
    one = PublishedParagraph
    having = (
        select(one.publication_id, one.section, one.paragraph, _count(words).label("words"))
        .where(one.publication_id.in_([publication.id for publication in shown]))
        .subquery()
    )
    its, place = having.c, (having.c.section, having.c.paragraph)
    best_first = (its.words.desc(), *place)
    rank = func.row_number().over(partition_by=its.publication_id, order_by=best_first)
    total = func.count().over(partition_by=its.publication_id)
    ranked = select(its.publication_id, *place, rank.label("rank"), total.label("total"))
    found = ranked.where(its.words > 0).subquery()
    keys = ("publication_id", "section", "paragraph")
    return (
        select(one, found.c.total)
        .join(found, and_(*(getattr(one, key) == found.c[key] for key in keys)))
        .where(found.c.rank <= MOST_PLACES)
        .order_by(*(found.c[key] for key in keys))
    )


def _count(words: Sequence[str]) -> Any:
    """How many of them a paragraph has, in its text or in its speaker's name."""
    one = PublishedParagraph
    said, by = func.coalesce(one.folded, one.text), func.folded(one.speaker)
    has = (or_(func.instr(said, word) > 0, func.instr(by, word) > 0) for word in words)
    return sum(cast(it, Integer) for it in has)


def _place(row: PublishedParagraph, words: Sequence[str]) -> Place:
    looked_in, by = with_places(row.text), folded(row.speaker)
    found = [(at, len(word)) for word in words if (at := looked_in.text.find(word)) >= 0]
    at, length = min(found, default=(0, 0))
    start, end = looked_in.original(at, at + length)
    return Place(
        section=row.section,
        paragraph=row.paragraph,
        speaker=row.speaker,
        is_by_speaker=any(word in by for word in words),
        before=("…" if start > BEFORE else "") + row.text[max(0, start - BEFORE) : start],
        word=row.text[start:end],
        after=row.text[end : end + AFTER] + ("…" if end + AFTER < len(row.text) else ""),
    )
