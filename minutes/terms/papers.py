"""Collects the vocabulary of a meeting from the database: its documents, agenda and people, what
was said in earlier meetings of the same series, and what people taught.

The terms of the documents are stored (`CollectedTerms`). Two thousand pages take half a minute, so
the worker reads them once, and again only when something has changed.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from itertools import chain, islice

from sqlalchemy import Engine, Select, or_, select
from sqlalchemy.orm import Session

from meetings import setbacks
from meetings.agenda import flat, tree
from meetings.disk.storage import raising_storage_full
from meetings.documents.documents import reading_order
from meetings.invitations.invitations import invited
from minutes.terms import dictionaries
from minutes.terms.terms import (
    EARLIER,
    MeetingVocabulary,
    Paper,
    PersonName,
    Term,
    found_in,
    text_of,
    vocabulary,
    with_titles,
)
from models.base import now
from models.database import reading, writing
from models.document import Document, Page
from models.meeting import Meeting
from models.minutes import Publication, PublishedParagraph
from models.recording import Recording, Transcription
from models.term import CollectedTerms
from models.transcript import Segment, Transcript

KIND = "terms"
"""Kind of the setbacks of this work, which are counted for each meeting by its id."""

MOST_EARLIER, MOST_EARLIER_LETTERS = 3_000, 300_000
"""The most paragraphs and segments of earlier meetings, and the most characters in them: about
three long meetings, which are read in four seconds.
"""

FEW_LETTERS = 20_000
"""Up to so many characters are read at once, in less than a second; the worker reads more."""

FORM = "2"
"""Version of the stored lists. With another number all are collected anew."""


@dataclass(frozen=True)
class Collected:
    """The terms as they were collected last. `is_current`: from the sources as they are now."""

    terms: Sequence[Term]
    is_current: bool


def vocabulary_of(session: Session, meeting: Meeting) -> MeetingVocabulary:
    """Return the vocabulary of the meeting, from the documents that everybody in it may read:
    words of a closed document must not appear in the transcript. Pages without text (scans) teach
    nothing.
    """
    sources = sources_of(session, meeting)
    kept = collected(session, meeting, sources)
    found = kept.terms if kept.is_current else found_in(sources)
    taught = dictionaries.taught(session, meeting.series)
    return vocabulary(found, text_of(sources), people_of(meeting), taught)


def collected(
    session: Session, meeting: Meeting, sources: Sequence[Paper] | None = None
) -> Collected:
    """Return the stored terms of the meeting. `sources` saves a query if they were read
    already.
    """
    kept = session.get(CollectedTerms, meeting.id)
    if kept is None or not kept.terms:
        return Collected((), is_current=False)
    is_current = kept.sources_sha256 == _sha256(sources or sources_of(session, meeting))
    return Collected([Term(*fields) for fields in json.loads(kept.terms)], is_current)


def request(engine: Engine, meeting_id: int) -> None:
    """Request the terms of the meeting, because somebody looks at them and they are out of date. A
    few pages are read at once, more by the worker. Raises StorageFull.
    """
    with reading(engine) as session:
        sources = sources_of(session, session.get_one(Meeting, meeting_id))
    if sum(len(paper.text) for paper in sources) <= FEW_LETTERS:
        collect(engine, meeting_id)
        return
    with raising_storage_full(), writing(engine) as session, session.begin():
        _list_of(session, meeting_id, now()).wanted_at = now()


def collect_some(engine: Engine) -> bool:
    """Collect the terms of one meeting that somebody waits for. Returns False if there is none.
    May be called again at any time, from several processes.
    """
    waiting = or_(
        CollectedTerms.collected_at.is_(None),
        CollectedTerms.collected_at < CollectedTerms.wanted_at,
    )
    with reading(engine) as session:
        meeting_id = session.scalar(
            select(CollectedTerms.meeting_id)
            .where(waiting, CollectedTerms.meeting_id.not_in(setbacks.resting(KIND)))
            .order_by(CollectedTerms.wanted_at)
            .limit(1)
        )
    if meeting_id is None:
        return False
    with setbacks.counted(engine, KIND, meeting_id):
        collect(engine, meeting_id)
    return True


def collect(engine: Engine, meeting_id: int) -> None:
    """Collect and store the terms of the meeting, unless they are current. No transaction is open
    while it reads. Raises StorageFull.
    """
    began_at = now()
    with reading(engine) as session:
        meeting = session.get_one(Meeting, meeting_id)
        sources = sources_of(session, meeting)
        kept = collected(session, meeting, sources)
    terms = kept.terms if kept.is_current else found_in(sources)
    with raising_storage_full(), writing(engine) as session, session.begin():
        made = _list_of(session, meeting_id, began_at)
        made.terms = json.dumps([astuple(term) for term in terms], ensure_ascii=False)
        made.sources_sha256, made.collected_at = _sha256(sources), began_at


def people_of(meeting: Meeting) -> list[PersonName]:
    """Return the names of the people invited to the meeting."""
    people = [invitation.person for invitation in invited(meeting)]
    return [PersonName(person.name, person.kana, person.title) for person in people]


def sources_of(session: Session, meeting: Meeting) -> list[Paper]:
    """Return everything that the terms are collected from."""
    found = [
        Paper("会議", meeting.title),
        Paper("会議", meeting.place),
        *(Paper("議題", node.entry.title) for node in flat(tree(session, meeting))),
        *_pages(session, meeting),
        *_earlier(session, meeting),
    ]
    return with_titles(found, people_of(meeting))


def _sha256(sources: Sequence[Paper]) -> str:
    made = hashlib.sha256(FORM.encode())
    for paper in sources:
        made.update(json.dumps(astuple(paper)).encode())
    return made.hexdigest()


def _list_of(session: Session, meeting_id: int, wanted_at: datetime) -> CollectedTerms:
    kept = session.get(CollectedTerms, meeting_id)
    if kept is None:
        kept = CollectedTerms(meeting_id=meeting_id, wanted_at=wanted_at)
        session.add(kept)
    return kept


def open_documents(session: Session, meeting: Meeting) -> list[Document]:
    """Return the released documents that everybody in the meeting may read."""
    return [
        document
        for _, document in reading_order(session, meeting)
        if document.released and not document.readers
    ]


def _pages(session: Session, meeting: Meeting) -> Iterator[Paper]:
    """Yield the titles and pages of the open documents."""
    documents = open_documents(session, meeting)
    pages: dict[int, list[Page]] = defaultdict(list)
    shown = Page.version_id.in_([document.current.id for document in documents])
    for page in session.scalars(select(Page).where(shown).order_by(Page.number)):
        pages[page.version_id].append(page)
    for document in documents:
        yield Paper(document.title, document.title)
        for page in pages[document.current.id]:
            place = f"{document.title} {page.number}頁"
            yield Paper(place, page.text, page.id)


def _earlier(session: Session, meeting: Meeting) -> Iterator[Paper]:
    """Yield what was said in other meetings of the series, the newest first, until it is enough:
    their published minutes, which leave closed passages out, and of meetings that have none the
    confirmed segments.
    """
    texts = chain(
        session.scalars(_published_paragraphs(meeting)), session.scalars(_confirmed(meeting))
    )
    letters = 0
    for text in islice(texts, MOST_EARLIER):
        yield Paper(EARLIER, text)
        letters += len(text)
        if letters >= MOST_EARLIER_LETTERS:
            return


def _published_paragraphs(meeting: Meeting) -> Select[str]:
    return (
        select(PublishedParagraph.text)
        .join(Publication, PublishedParagraph.publication_id == Publication.id)
        .join(Meeting, Publication.meeting_id == Meeting.id)
        .where(Meeting.series_id == meeting.series_id, Meeting.id != meeting.id)
        .order_by(
            Publication.starts_at.desc(),
            PublishedParagraph.publication_id.desc(),
            PublishedParagraph.section,
            PublishedParagraph.paragraph,
        )
        .limit(MOST_EARLIER)
    )


def _confirmed(meeting: Meeting) -> Select[str]:
    is_published = select(PublishedParagraph.publication_id).join(
        Publication, PublishedParagraph.publication_id == Publication.id
    )
    return (
        select(Segment.text)
        .join(Transcript)
        .join(Transcription)
        .join(Recording)
        .join(Meeting)
        .where(
            Meeting.series_id == meeting.series_id,
            Meeting.id != meeting.id,
            Segment.confirmed_at.is_not(None),
            ~is_published.where(Publication.meeting_id == Meeting.id).exists(),
        )
        .order_by(Segment.id.desc())
        .limit(MOST_EARLIER)
    )
