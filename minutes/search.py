"""The list of what is published, and searching in it. Words of one letter and more are found where
they stand, compatibility forms folded (NFKC) on both sides. Only the lines of the page that is
shown are read, and of their texts only the paragraphs that are shown."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, or_, select, text, tuple_
from sqlalchemy.orm import Session, aliased, selectinload

from meetings.rights import publications
from meetings.texts import folded
from minutes.published import matching
from models.minutes import Publication, PublishedParagraph

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
    """Where a word stands: `before`, `word`, `after` in one sentence of one section."""

    section: int
    paragraph: int
    speaker: str
    before: str
    word: str
    after: str


@dataclass(frozen=True)
class Found:
    publication: Publication
    places: list[Place] = field(default_factory=list)


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
        return list(dict.fromkeys(folded(self.query[:LONGEST_QUERY]).split()))[:MOST_WORDS]

    @property
    def is_cut(self) -> bool:
        """There were more words than are looked for."""
        return len(set(folded(self.query).split())) > MOST_WORDS or len(self.query) > LONGEST_QUERY


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
    places = _places(session, shown, wanted.words)
    found = [Found(publication, places[publication.id]) for publication in shown]
    return Listing(found, groups, total, number, count)


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


def _places(
    session: Session, shown: Sequence[Publication], words: Sequence[str]
) -> dict[int, list[Place]]:
    """Of each the first sentences that have one of the words."""
    found: dict[int, list[Place]] = defaultdict(list)
    if not words or not shown:
        return found
    one, inner = PublishedParagraph, aliased(PublishedParagraph)
    first = (
        select(inner.section, inner.paragraph)
        .where(inner.publication_id == Publication.id, _has_one(inner, words))
        .order_by(inner.section, inner.paragraph)
        .limit(MOST_PLACES)
        .correlate(Publication)
    )
    rows = session.scalars(
        select(one)
        .join(Publication, Publication.id == one.publication_id)
        .where(
            Publication.id.in_([publication.id for publication in shown]),
            tuple_(one.section, one.paragraph).in_(first),
        )
        .order_by(one.publication_id, one.section, one.paragraph)
    )
    for row in rows:
        found[row.publication_id].append(_place(row, words))
    return found


def _has_one(row: Any, words: Sequence[str]) -> Any:
    where = func.coalesce(row.folded, row.text)
    return or_(*(func.instr(where, word) > 0 for word in words))


def _place(row: PublishedParagraph, words: Sequence[str]) -> Place:
    looked_in = row.folded or row.text
    start, word = min((looked_in.find(word), word) for word in words if word in looked_in)
    end = start + len(word)
    # Where folding moved nothing it is shown as it was written.
    shown = row.text if len(looked_in) == len(row.text) else looked_in
    return Place(
        section=row.section,
        paragraph=row.paragraph,
        speaker=row.speaker,
        before=("…" if start > BEFORE else "") + shown[max(0, start - BEFORE) : start],
        word=shown[start:end],
        after=shown[end : end + AFTER] + ("…" if end + AFTER < len(shown) else ""),
    )
