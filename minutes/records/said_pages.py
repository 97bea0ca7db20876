"""Finds the page of the documents that was shown beside each sentence of the official minutes."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload

from minutes.records import records
from minutes.records.audible import SentencePlace, sentences
from minutes.records.closed.anchors import anchors_of
from minutes.records.closed.public_copy import marks_of
from minutes.records.content import Content
from minutes.transcripts import shown_pages
from minutes.transcripts.shown_pages import Showings, ShownPage
from models.closed_passage import ClosedState
from models.document import Page
from models.minutes import MinutesRevision, Publication, PublishedParagraph
from models.person import Person
from models.recording import Recording


@dataclass(frozen=True)
class SpokenSentence:
    """Indexes of a sentence in the minutes, and its transcript and times (seconds) in the
    recording.
    """

    place: SentencePlace
    transcript_id: int
    start_seconds: float
    end_seconds: float


class PublicPages:
    """The pages that citizens may see beside a sentence: those with a picture, and only where the
    recording's start time is certain. A page that stands beside no sentence stays inside, and so
    does one that was shown while something was said with which the pages are closed.
    """

    def __init__(self, session: Session, revision: MinutesRevision) -> None:
        self._session = session
        showings = shown_pages.for_citizens(session, revision.meeting)
        sources = records.sources_of(session, revision) if showings.intervals else []
        self._recordings = {
            source.id: source.recording for source in sources if source.recording.is_beginning_sure
        }
        self._showings = showings.without(set(_closed_pages(session, revision, showings)))

    @cached_property
    def _pictured(self) -> dict[tuple[int, int], Page]:
        keys = {(s.page.version.id, s.page.number) for s in self._showings.intervals}
        if not keys:
            return {}
        rows = self._session.scalars(
            select(Page)
            .where(tuple_(Page.version_id, Page.number).in_(keys), Page.picture_sha256.is_not(None))
            .options(joinedload(Page.version))
        )
        return {(row.version_id, row.number): row for row in rows}

    @cached_property
    def stamp(self) -> str:
        """Return a hash that changes whenever another page stands beside a sentence, or a document
        shown there gets another title.
        """
        facts = [
            [
                (s.page.version.id, s.page.number, s.since, s.until)
                for s in self._showings.intervals
            ],
            [(number, one.began_at) for number, one in sorted(self._recordings.items())],
            sorted(
                (*key, page.picture_sha256, page.version.document.title)
                for key, page in self._pictured.items()
            ),
        ]
        return hashlib.sha256(repr(facts).encode()).hexdigest()

    def beside(self, said: Iterable[SpokenSentence]) -> dict[SentencePlace, Page]:
        """Return the page shown during each of the sentences; those without one are absent."""
        found = _beside(said, self._recordings, self._showings)
        pages = {p: self._pictured.get((s.version.id, s.number)) for p, s in found.items()}
        return {place: page for place, page in pages.items() if page is not None}


def _closed_pages(
    session: Session, revision: MinutesRevision, showings: Showings
) -> Iterator[ShownPage]:
    if not showings.intervals:
        return
    for passage in marks_of(session, revision).passages:
        if passage.state is ClosedState.DECIDED and passage.hides_pages:
            for anchor in anchors_of(passage):
                recording = session.get_one(Recording, anchor.recording_id)
                yield from showings.all_during(recording, anchor.start_seconds, anchor.end_seconds)


def pages_for(
    session: Session, person: Person, revision: MinutesRevision, content: Content
) -> dict[SentencePlace, ShownPage]:
    """Return, by sentence of the content, the page shown then, as far as `person` may read it."""
    recordings = {one.id: one.recording for one in records.sources_of(session, revision)}
    showings = shown_pages.for_person(session, person, revision.meeting)
    return _beside(said_in(revision, content), recordings, showings)


def said_in(revision: MinutesRevision, content: Content) -> Iterator[SpokenSentence]:
    """Yield every sentence of the content with its place in the recording."""
    for place, paragraph in sentences(content):
        transcript_id = paragraph.transcript_id or revision.transcript_id
        yield SpokenSentence(place, transcript_id, paragraph.start_seconds, paragraph.end_seconds)


def said_in_public(session: Session, publication: Publication) -> Iterator[SpokenSentence]:
    """Yield the same from the rows of a publication, without reading the text."""
    one = PublishedParagraph
    rows = session.execute(
        select(
            one.section, one.paragraph, one.transcript_id, one.start_seconds, one.end_seconds
        ).where(one.publication_id == publication.id)
    )
    for section, paragraph, transcript_id, start, end in rows:
        yield SpokenSentence((section, paragraph), transcript_id, start, end)


def _beside(
    said: Iterable[SpokenSentence], recordings: dict[int, Recording], showings: Showings
) -> dict[SentencePlace, ShownPage]:
    found: dict[SentencePlace, ShownPage] = {}
    if not recordings or not showings.intervals:
        return found
    for one in said:
        recording = recordings.get(one.transcript_id)
        if recording is None:
            continue
        page = showings.during(recording, one.start_seconds, one.end_seconds)
        if page is not None:
            found[one.place] = page
    return found
