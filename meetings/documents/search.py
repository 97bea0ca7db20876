"""Full text over the documents of one meeting. Words of two characters work: there is no index of
words, the pages themselves are looked through."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.documents.documents import readable
from models.document import Document, Page
from models.meeting import Meeting
from models.person import Person
from models.texts import folded, with_places, words_of

BEFORE, AFTER = 24, 60
MOST_HITS = 200


@dataclass(frozen=True)
class PageHit:
    """A page that has all words; in `excerpt` one of them stands at `start`, `length` long."""

    document: Document
    page: Page
    excerpt: str
    start: int
    length: int


def find(
    session: Session, person: Person, meeting: Meeting, query: str
) -> tuple[list[PageHit], bool]:
    """Return the pages of the current versions that this person may read and that have all words,
    in reading order, and whether there were more than are returned."""
    words = words_of(query)
    hits: list[PageHit] = []
    if not words:
        return hits, False
    for _, document in readable(session, person, meeting):
        pages = select(Page).where(Page.version_id == document.current.id).order_by(Page.number)
        for page in session.scalars(pages):
            hit = _hit(document, page, words)
            if hit and len(hits) == MOST_HITS:
                return hits, True
            if hit:
                hits.append(hit)
    return hits, False


def _hit(document: Document, page: Page, words: list[str]) -> PageHit | None:
    text = folded(page.text)
    if not all(word in text for word in words):
        return None
    position, length = min((text.find(word), len(word)) for word in words)
    start, end = with_places(page.text).original(position, position + length)
    before, word, after = map(_unbroken, (page.text[:start], page.text[start:end], page.text[end:]))
    return PageHit(
        document=document,
        page=page,
        excerpt=before[-BEFORE:] + word + after[:AFTER],
        start=len(before[-BEFORE:]),
        length=len(word),
    )


def _unbroken(text: str) -> str:
    """Return the text as it is written, but for blanks and line ends: a PDF has them in the middle
    of words."""
    return "".join(text.split())
