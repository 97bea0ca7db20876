"""Stores what is public so that citizens find, read and hear it without anybody reading the whole
text: a row for each paragraph, and a full-text index of all its letters.

Japanese writes no spaces between words, so the index (SQLite's FTS5) holds pairs of letters: a word
is found where its pairs stand one after the other. The letters are written as numbers of their code
points, so that none of them is an operator to the index.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine, delete, insert, select, text, tuple_
from sqlalchemy.orm import Session

from meetings import setbacks
from meetings.rights import publications
from minutes.records.audible import heard_until, sentences
from minutes.records.content import Content, content_of
from models.base import now
from models.database import reading, writing
from models.minutes import MinutesRevision, Publication, PublishedParagraph
from models.texts import folded

KIND = "layout"
"""Kind of the setbacks that belong to publications, whose ids are their keys."""

LAY_OUT_SECONDS = 2.0
"""Pause between two publications that are laid out later, so that everybody else can write."""

ID_BITS = 24
ID_MASK = (1 << ID_BITS) - 1
"""Low bits of a row's number in the index: the id of the publication."""

END = "\n"
"""Closes every line of the index: its last letter is half of a pair too, and no word goes on to the
next line."""


@dataclass(frozen=True)
class PublishedLayout:
    """Rows of PublishedParagraph, without the publication's id, and the words of the index."""

    rows: list[dict[str, Any]]
    words: str


def layout_of(session: Session, revision: MinutesRevision, content: Content) -> PublishedLayout:
    """Return the layout of the content. Slow, and it writes nothing: made before a transaction for
    writing begins.
    """
    return PublishedLayout(
        list(_rows(session, revision, content)), " ".join(_tokens(_lines(content)))
    )


def keep(session: Session, publication: Publication, layout: PublishedLayout) -> None:
    """Write the layout: from now on the publication is found and may be heard."""
    session.flush()
    rows = [{"publication_id": publication.id, **row} for row in layout.rows]
    if rows:
        session.execute(insert(PublishedParagraph), rows)
    session.execute(
        text("INSERT INTO published_search (rowid, words) VALUES (:place, :words)"),
        {"place": place_in_index(publication), "words": layout.words},
    )
    publication.laid_out_at = now()


def clear(session: Session, publication: Publication) -> None:
    """Delete the layout: nothing of the publication is found or heard any more."""
    rows = PublishedParagraph.publication_id == publication.id
    session.execute(delete(PublishedParagraph).where(rows))
    # Under its id alone it stands until it is laid out anew, where it was published long ago.
    places = ({"place": place} for place in (place_in_index(publication), publication.id))
    session.execute(text("DELETE FROM published_search WHERE rowid = :place"), list(places))


def place_in_index(publication: Publication) -> int:
    """Return the publication's row number in the index: the minute in which the meeting began,
    then the id, so that the newest meetings are found first and the search stops early.
    """
    minutes = int(publication.starts_at.timestamp() // 60)
    return minutes << ID_BITS | publication.id


def lay_out_one(engine: Engine) -> bool:
    """Make the layout of one publication that has none, because it is older than layouts or is to
    be made anew. Returns False: there is never more to do at once, since writers wait for it.
    """
    waiting = publications().where(Publication.laid_out_at.is_(None)).limit(1)
    with reading(engine) as session:
        publication = session.scalar(waiting.where(Publication.id.not_in(setbacks.resting(KIND))))
    if publication is not None:
        with setbacks.counted(engine, KIND, publication.id):
            _lay_out(engine, publication.id)
    return False


def _lay_out(engine: Engine, publication_id: int) -> None:
    waiting = publications().where(
        Publication.laid_out_at.is_(None), Publication.id == publication_id
    )
    with reading(engine) as session:
        publication = session.scalar(waiting)
        if publication is None:
            return
        revision = publication.revision
        layout = layout_of(session, revision, content_of(revision))
    with writing(engine) as session, session.begin():
        still = session.scalar(waiting)
        if still is not None:
            clear(session, still)  # of a layout that somebody wants made anew
            keep(session, still, layout)


def matching(words: Iterable[str]) -> str:
    """Return the FTS5 query for everything that holds all of these folded words."""
    return " ".join(
        f'"{" ".join(_pairs(word)) if len(word) > 1 else _one(word)}"' for word in words
    )


def public_sentences(session: Session, publication: Publication) -> set[tuple[int, int]]:
    """Return (section, paragraph), from 0, of the sentences that may be heard."""
    rows = session.execute(
        select(PublishedParagraph.section, PublishedParagraph.paragraph).where(
            PublishedParagraph.publication_id == publication.id,
            PublishedParagraph.heard_until.is_not(None),
        )
    )
    return {(section, paragraph) for section, paragraph in rows}


def neighbours(
    session: Session, said: PublishedParagraph
) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Return the places (section, paragraph) of the sentences before and after this one that may
    be heard; None where there is no such sentence.
    """
    one = PublishedParagraph
    place, here = tuple_(one.section, one.paragraph), (said.section, said.paragraph)
    heard = select(one.section, one.paragraph).where(
        one.publication_id == said.publication_id, one.heard_until.is_not(None)
    )
    last = heard.where(place < here).order_by(one.section.desc(), one.paragraph.desc())
    following = heard.where(place > here).order_by(one.section, one.paragraph)
    before, after = (session.execute(ones.limit(1)).first() for ones in (last, following))
    return before and (before[0], before[1]), after and (after[0], after[1])


def _rows(
    session: Session, revision: MinutesRevision, content: Content
) -> Iterator[dict[str, Any]]:
    heard = heard_until(session, revision, content)
    for place, paragraph in sentences(content):
        same = folded(paragraph.text)
        yield {
            "section": place[0],
            "paragraph": place[1],
            "speaker": paragraph.speaker,
            "text": paragraph.text,
            "folded": None if same == paragraph.text else same,
            "transcript_id": paragraph.transcript_id or revision.transcript_id,
            "start_seconds": paragraph.start_seconds,
            "end_seconds": paragraph.end_seconds,
            "heard_until": heard.get(place),
        }


def _lines(content: Content) -> Iterator[str]:
    """Yield every line that is searched, each name once."""
    yield from (content.title, content.series, content.place)
    said = [paragraph for _, paragraph in sentences(content)]
    known = [*content.attendees, *content.speakers]
    yield from dict.fromkeys(word for one in known for word in (one.name, one.title))
    yield from dict.fromkeys(paragraph.speaker for paragraph in said)
    yield from (section.title for section in content.sections)
    yield from (paragraph.text for paragraph in said)


def _tokens(lines: Iterable[str]) -> Iterator[str]:
    """Yield the pairs of letters in their order, and each letter once for searches of a single
    letter.
    """
    whole = END.join(folded(line) for line in lines) + END
    yield from _pairs(whole)
    yield from map(_one, dict.fromkeys(whole))


def _pairs(letters: str) -> Iterator[str]:
    return (_pair(one, following) for one, following in pairwise(letters))


@lru_cache(maxsize=100_000)
def _pair(one: str, following: str) -> str:
    return f"{ord(one):x}x{ord(following):x}"


def _one(letter: str) -> str:
    return f"{ord(letter):x}"
