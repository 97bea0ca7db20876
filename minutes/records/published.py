"""What is public, laid out so that citizens find, read and hear it without anybody reading the
whole text: a row for each paragraph, and an index of all its letters.

Japanese parts no words, so the index knows pairs of letters: a word is found where its pairs stand
one after the other. Written as the numbers of their letters they mean nothing to the index.
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
"""Of the setbacks of publications, by their id."""

LAY_OUT_SECONDS = 2.0
"""Between two publications that are laid out later: everybody else's changes come between."""

ID_BITS = 24
ID_MASK = (1 << ID_BITS) - 1
"""Of a row in the index: the publication's id."""

END = "\n"
"""Behind every line: its last letter is half of a pair too, and no word goes on to the next one."""


@dataclass(frozen=True)
class PublishedLayout:
    """What citizens find and hear of a text: a row for each paragraph, and the pairs of letters."""

    rows: list[dict[str, Any]]
    words: str


def layout_of(session: Session, revision: MinutesRevision, content: Content) -> PublishedLayout:
    """Slow, and it changes nothing: nobody waits for it."""
    return PublishedLayout(
        list(_rows(session, revision, content)), " ".join(_tokens(_lines(content)))
    )


def keep(session: Session, publication: Publication, layout: PublishedLayout) -> None:
    """From now on it is found."""
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
    """Nothing of it is found or heard any more."""
    rows = PublishedParagraph.publication_id == publication.id
    session.execute(delete(PublishedParagraph).where(rows))
    # Under its id alone it stands until it is laid out anew, where it was published long ago.
    places = ({"place": place} for place in (place_in_index(publication), publication.id))
    session.execute(text("DELETE FROM published_search WHERE rowid = :place"), list(places))


def place_in_index(publication: Publication) -> int:
    """Its row in the index: by the minute in which the meeting began, then by its id, so that the
    newest meetings are found first, and whoever shows some of them reads no others."""
    minutes = int(publication.starts_at.timestamp() // 60)
    return minutes << ID_BITS | publication.id


def lay_out_one(engine: Engine) -> bool:
    """One of those that were published before there was this. Never more at once: whoever saves
    something waits for it."""
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
    """In the language of the index: everything that has all of these folded words."""
    return " ".join(
        f'"{" ".join(_pairs(word)) if len(word) > 1 else _one(word)}"' for word in words
    )


def public_sentences(session: Session, publication: Publication) -> set[tuple[int, int]]:
    """The places of those that may be heard."""
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
    """The places of the sentences before and after it that may be heard."""
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
    """All in which words are looked for, each name once."""
    yield from (content.title, content.series, content.place)
    said = [paragraph for _, paragraph in sentences(content)]
    known = [*content.attendees, *content.speakers]
    yield from dict.fromkeys(word for one in known for word in (one.name, one.title))
    yield from dict.fromkeys(paragraph.speaker for paragraph in said)
    yield from (section.title for section in content.sections)
    yield from (paragraph.text for paragraph in said)


def _tokens(lines: Iterable[str]) -> Iterator[str]:
    """The pairs in their order, and each letter once for those who look for one alone."""
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
