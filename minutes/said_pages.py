"""The page that was shown beside each sentence of the official minutes."""

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload

from minutes import records, shown
from minutes.content import content_of
from minutes.shown import Showings, ShownPage
from models.document import Page
from models.minutes import MinutesRevision
from models.person import Person

Sentence = tuple[int, int]
"""The places of section and paragraph in the content, from 0."""


def pages_for(
    session: Session, person: Person, revision: MinutesRevision
) -> dict[Sentence, ShownPage]:
    """What this person may read of what was shown."""
    return _beside(session, revision, shown.for_person(session, person, revision.meeting))


def published_pages(session: Session, revision: MinutesRevision) -> dict[Sentence, Page]:
    """What citizens see beside it: pages with a picture, and only where the recording surely
    stands right. A page of the meeting that stands beside no sentence stays inside."""
    showings = shown.for_citizens(session, revision.meeting)
    beside = _beside(session, revision, showings, is_sure=True)
    keys = {(page.version.id, page.number) for page in beside.values()}
    rows = session.scalars(
        select(Page)
        .where(tuple_(Page.version_id, Page.number).in_(keys), Page.picture_sha256.is_not(None))
        .options(joinedload(Page.version))
    )
    pictured = {(row.version_id, row.number): row for row in rows}
    found = {place: pictured.get((page.version.id, page.number)) for place, page in beside.items()}
    return {place: page for place, page in found.items() if page is not None}


def _beside(
    session: Session, revision: MinutesRevision, showings: Showings, *, is_sure: bool = False
) -> dict[Sentence, ShownPage]:
    recordings = {
        source.id: source.recording
        for source in records.sources_of(session, revision)
        if source.recording.is_beginning_sure or not is_sure
    }
    found: dict[Sentence, ShownPage] = {}
    for section, part in enumerate(content_of(revision).sections):
        for place, said in enumerate(part.paragraphs):
            recording = recordings.get(said.transcript_id or revision.transcript_id)
            if recording is None:
                continue
            page = showings.during(recording, said.start_seconds, said.end_seconds)
            if page is not None:
                found[section, place] = page
    return found
