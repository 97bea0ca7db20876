"""The vocabulary of a meeting in the database: its papers, agenda and people, and what was said in
earlier meetings of the same body."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.agenda import flat, tree
from meetings.documents import reading_order
from meetings.invitations import invited
from minutes.proposals.terms import EARLIER, Paper, PersonName, Vocabulary, collect
from models.meeting import Meeting
from models.recording import Recording, Transcription
from models.transcript import Segment, Transcript

MOST_EARLIER = 3_000
"""Confirmed segments of earlier meetings, the newest first: about three long sittings."""


def vocabulary_of(session: Session, meeting: Meeting) -> Vocabulary:
    """Of all papers that everybody in the meeting may read: a closed one must not show in the
    transcript. Pages without text (scans) teach nothing."""
    people = [invitation.person for invitation in invited(meeting)]
    names = [PersonName(person.name, person.kana, person.title) for person in people]
    return collect(
        [
            Paper("会議", meeting.title),
            Paper("会議", meeting.place),
            *(Paper("議題", node.entry.title) for node in flat(tree(session, meeting))),
            *_pages(session, meeting),
            *_earlier(session, meeting),
        ],
        names,
    )


def _pages(session: Session, meeting: Meeting) -> Iterator[Paper]:
    for _, document in reading_order(session, meeting):
        if document.readers or not document.released:
            continue
        yield Paper(document.title, document.title)
        for page in document.current.pages:
            place = f"{document.title} {page.number}頁"
            yield Paper(place, page.text, page.id)


def _earlier(session: Session, meeting: Meeting) -> Iterator[Paper]:
    said = session.scalars(
        select(Segment.text)
        .join(Transcript)
        .join(Transcription)
        .join(Recording)
        .join(Meeting)
        .where(
            Meeting.series_id == meeting.series_id,
            Meeting.id != meeting.id,
            Segment.confirmed_at.is_not(None),
        )
        .order_by(Segment.id.desc())
        .limit(MOST_EARLIER)
    )
    for text in said:
        yield Paper(EARLIER, text)
