"""Stores what is public so that citizens find, read and hear it without anybody reading the whole
text: a row for each paragraph, and a full-text index of all its letters.

Japanese writes no spaces between words, so the index (SQLite's FTS5) holds pairs of letters: a word
is found where its pairs stand one after the other. The letters are written as numbers of their code
points, so that none of them is an operator to the index.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine, delete, insert, select, text, tuple_
from sqlalchemy.orm import Session

from meetings import setbacks
from meetings.rights import publications
from minutes.records.audible import SentencePlace, heard_until, sentences
from minutes.records.closed.anchors import Marks
from minutes.records.closed.public_copy import PublicCopy, marks_of, public_copy
from minutes.records.closed.silences import Silence, silences_of, within
from minutes.records.content import Content, Paragraph, content_of
from minutes.records.head_lines import decision_lines
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


def layout_of(session: Session, revision: MinutesRevision) -> PublishedLayout:
    """Return the layout of the revision's public copy, as its marks are now. Slow, and it writes
    nothing.
    """
    marks = marks_of(session, revision)
    original = content_of(revision)
    return laid_out(session, revision, original, marks, public_copy(original, marks))


def laid_out(
    session: Session, revision: MinutesRevision, original: Content, marks: Marks, copy: PublicCopy
) -> PublishedLayout:
    """Return the layout of this public copy, which was made of the revision's `original` content
    with these marks. It writes nothing.
    """
    heard = _heard(copy, heard_until(session, revision, original))
    silences = silences_of(session, original, marks, copy)
    rows = []
    for place, said in sentences(copy.content):
        transcript_id = marks.transcript_of(said)
        silent = silences.get(marks.recordings[transcript_id], [])
        rows.append(_row(place, said, transcript_id, heard.get(place), silent))
    return PublishedLayout(rows, " ".join(_tokens(_lines(copy.content))))


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
        layout = layout_of(session, publication.revision)
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


def _heard(copy: PublicCopy, original: dict[SentencePlace, float]) -> dict[SentencePlace, float]:
    """Return up to which second each sentence of the copy may be heard: none of which nothing is
    left, or whose speaker has no name.
    """
    return {
        place: original[origins[0]]
        for place, origins in copy.origins.items()
        if origins[0] in original and place not in copy.whole and origins[0] not in copy.unnamed
    }


def _row(
    place: SentencePlace,
    said: Paragraph,
    transcript_id: int,
    heard: float | None,
    silences: Sequence[Silence],
) -> dict[str, Any]:
    same = folded(said.text)
    silent = within(silences, said.start_seconds, heard) if heard is not None else []
    return {
        "section": place[0],
        "paragraph": place[1],
        "speaker": said.speaker,
        "text": said.text,
        "folded": None if same == said.text else same,
        "transcript_id": transcript_id,
        "start_seconds": said.start_seconds,
        "end_seconds": said.end_seconds,
        "heard_until": None if silent == [(said.start_seconds, heard)] else heard,
        "silences": silent,
    }


def _lines(content: Content) -> Iterator[str]:
    """Yield every line that is searched, each name once."""
    yield from (content.title, content.series, content.place)
    said = [paragraph for _, paragraph in sentences(content)]
    known = [*content.attendees, *content.speakers]
    yield from dict.fromkeys(word for one in known for word in (one.name, one.title))
    yield from dict.fromkeys(paragraph.speaker for paragraph in said)
    head = content.shown_head
    yield from dict.fromkeys(one.name for one in head.absent)
    yield from ("　".join(pair) for pair in decision_lines(head))
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
