"""Lists and searches what is published. Words of one letter and more are found inside the text and
in speakers' names, folded on both sides (models/texts.py). Only the rows of the page that is shown
are read, and of their texts only the paragraphs that are shown.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import (
    Integer,
    Select,
    and_,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session, selectinload

from meetings.rights import publications
from minutes.records.published import ID_MASK, matching
from models.minutes import Publication, PublishedParagraph
from models.texts import folded, with_places, words_of

ON_A_PAGE = 20
MOST_PLACES = 3
MOST_WORDS = 8
LONGEST_QUERY = 200
BEFORE, AFTER = 20, 60
MOST_HITS = 500
"""Most hits that are listed and counted; beyond it, the reader narrows the search by more words."""
SEARCH = table("published_search", column("rowid", Integer))


@dataclass(frozen=True)
class KeywordInContext:
    """A word found in one sentence of one section, with up to `BEFORE` and `AFTER` characters
    around it. `is_by_speaker`: the name of the speaker has one of the words; then `word` may be
    empty.
    """

    section: int
    paragraph: int
    speaker: str
    is_by_speaker: bool
    before: str
    word: str
    after: str


@dataclass(frozen=True)
class Found:
    """A publication with the sentences that match best. `others` counts its matching sentences
    beside those at `places`.
    """

    publication: Publication
    places: list[KeywordInContext] = field(default_factory=list)
    others: int = 0


class Group(NamedTuple):
    """The number of minutes of one body in one year; None where too many were found to count
    them.
    """

    series: str
    year: int
    total: int | None


class MinutesHit(NamedTuple):
    """A publication that has the words."""

    publication_id: int
    series: str
    year: int


@dataclass(frozen=True)
class MinutesQuery:
    """A search of published minutes. `query` holds words that must all occur, of which the first
    eight count; `series` and `year` choose among what is found; `page` counts from 1.
    """

    query: str = ""
    series: str = ""
    year: int | None = None
    page: int = 1

    @property
    def words(self) -> list[str]:
        """Return the words of the query, folded, each once, at most eight."""
        return words_of(self.query[:LONGEST_QUERY])[:MOST_WORDS]

    @property
    def is_cut(self) -> bool:
        """Return whether the query has more words or letters than are searched for."""
        return len(words_of(self.query)) > MOST_WORDS or len(self.query) > LONGEST_QUERY

    @property
    def is_narrowed(self) -> bool:
        """Return whether a series or a year was chosen."""
        return bool(self.series) or self.year is not None


EVERYTHING = MinutesQuery()


@dataclass(frozen=True)
class Listing:
    """One page of results, the newest meeting first.

    `groups` count everything that has the words, whichever series and year were chosen; `total`
    counts what was chosen; the page is `number` of `count`. `is_more` is true when there are more
    hits than `total`, all of them older.
    """

    found: list[Found]
    groups: list[Group]
    total: int
    number: int
    count: int
    is_more: bool = False


def list_published(session: Session, wanted: MinutesQuery) -> Listing:
    """Return the wanted page of results, or the last page where there are fewer."""
    return _search(session, wanted) if wanted.words else _list(session, wanted)


def _list(session: Session, wanted: MinutesQuery) -> Listing:
    groups = _all_groups(session)
    total = sum(group.total or 0 for group in groups if _is_chosen(wanted, group))
    number, count = _page_of(wanted, total)
    newest = _chosen(publications(), wanted).order_by(
        Publication.starts_at.desc(), Publication.id.desc()
    )
    on_page = newest.limit(ON_A_PAGE).offset((number - 1) * ON_A_PAGE)
    shown = session.scalars(on_page.options(selectinload(Publication.revision)))
    return Listing(list(map(Found, shown)), groups, total, number, count)


def _search(session: Session, wanted: MinutesQuery) -> Listing:
    """Return the results for the query's words. The index is read from the newest meeting on, and
    no further than needed.
    """
    every = _hits(session, wanted.words)
    if len(every) > MOST_HITS:
        groups = [group._replace(total=None) for group in _all_groups(session)]
        hits = _hits(session, wanted.words, wanted) if wanted.is_narrowed else every
    else:
        counted = Counter((hit.series, hit.year) for hit in every)
        groups = [Group(*group, total) for group, total in counted.items()]
        hits = [hit for hit in every if _is_chosen(wanted, hit)]
    total = min(len(hits), MOST_HITS)
    number, count = _page_of(wanted, total)
    on_page = hits[:total][(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    found = _found(session, _by_id(session, [hit.publication_id for hit in on_page]), wanted.words)
    return Listing(found, groups, total, number, count, is_more=len(hits) > MOST_HITS)


def _page_of(wanted: MinutesQuery, total: int) -> tuple[int, int]:
    """Return the number of the page that is shown, and of the last one."""
    count = max(1, -(-total // ON_A_PAGE))
    return min(max(1, wanted.page), count), count


def _is_chosen(wanted: MinutesQuery, one: Group | MinutesHit) -> bool:
    return wanted.series in ("", one.series) and wanted.year in (None, one.year)


def _chosen(select_: Select[Any], wanted: MinutesQuery) -> Select[Any]:
    if wanted.series:
        select_ = select_.where(Publication.series == wanted.series)
    if wanted.year is not None:
        select_ = select_.where(Publication.year == wanted.year)
    return select_


def _all_groups(session: Session) -> list[Group]:
    """Return the groups of all that is public."""
    by = (Publication.series, Publication.year)
    rows = session.execute(publications().with_only_columns(*by, func.count()).group_by(*by))
    return list(map(Group._make, rows))


def _hits(
    session: Session, words: Sequence[str], wanted: MinutesQuery = EVERYTHING
) -> list[MinutesHit]:
    """Return up to `MOST_HITS` hits, the newest meeting first, and one more where there are
    more.
    """
    found = (
        _chosen(publications(), wanted)
        .with_only_columns(Publication.id, Publication.series, Publication.year)
        .select_from(SEARCH)
        .join(Publication, Publication.id == SEARCH.c.rowid.op("&")(ID_MASK))
        .where(text("published_search MATCH :words").bindparams(words=matching(words)))
        .order_by(SEARCH.c.rowid.desc())
        .limit(MOST_HITS + 1)
    )
    return list(map(MinutesHit._make, session.execute(found)))


def _by_id(session: Session, wanted: Sequence[int]) -> list[Publication]:
    """Return the publications in the order of the ids."""
    chosen = select(Publication).where(Publication.id.in_(wanted))
    found = session.scalars(chosen.options(selectinload(Publication.revision)))
    by_id = {publication.id: publication for publication in found}
    return [by_id[number] for number in wanted]


def _found(session: Session, shown: Sequence[Publication], words: Sequence[str]) -> list[Found]:
    """Return each publication with its sentences that have most of the words, in reading order."""
    places: dict[int, list[KeywordInContext]] = defaultdict(list)
    totals: dict[int, int] = {}
    if words and shown:
        for row, total in session.execute(_best(session, shown, words)):
            places[row.publication_id].append(_place(row, words))
            totals[row.publication_id] = total
    return [
        Found(one, places[one.id], totals.get(one.id, 0) - len(places[one.id])) for one in shown
    ]


def _best(session: Session, shown: Sequence[Publication], words: Sequence[str]) -> Select[Any]:
    """Select the best rows of paragraphs, each with how many paragraphs of its publication
    match.
    """
    one = PublishedParagraph
    publications = one.publication_id.in_([publication.id for publication in shown])
    speakers = session.scalars(select(one.speaker).where(publications).distinct()).all()
    has = [_has(word, speakers) for word in words]
    count = sum((cast(it, Integer) for it in has), literal(0))
    best_first = (count.desc(), one.section, one.paragraph)
    rank = func.row_number().over(partition_by=one.publication_id, order_by=best_first)
    total = func.count().over(partition_by=one.publication_id)
    keys = (one.publication_id, one.section, one.paragraph)
    ranked = select(*keys, rank.label("rank"), total.label("total"))
    found = ranked.where(publications, or_(*has)).subquery()
    return (
        select(one, found.c.total)
        .join(found, and_(*(key == found.c[key.key] for key in keys)))
        .where(found.c.rank <= MOST_PLACES)
        .order_by(*keys)
    )


def _has(word: str, speakers: Sequence[str]) -> Any:
    """Return the condition that a paragraph's text or speaker has the word. Speakers are few and
    are looked through here, texts are many.
    """
    one = PublishedParagraph
    named = [speaker for speaker in speakers if word in folded(speaker)]
    said = func.instr(func.coalesce(one.folded, one.text), word) > 0
    return or_(said, one.speaker.in_(named)) if named else said


def _place(row: PublishedParagraph, words: Sequence[str]) -> KeywordInContext:
    looked_in, by = with_places(row.text), folded(row.speaker)
    found = [(at, len(word)) for word in words if (at := looked_in.text.find(word)) >= 0]
    at, length = min(found, default=(0, 0))
    start, end = looked_in.original(at, at + length)
    return KeywordInContext(
        section=row.section,
        paragraph=row.paragraph,
        speaker=row.speaker,
        is_by_speaker=any(word in by for word in words),
        before=("…" if start > BEFORE else "") + row.text[max(0, start - BEFORE) : start],
        word=row.text[start:end],
        after=row.text[end : end + AFTER] + ("…" if end + AFTER < len(row.text) else ""),
    )
