"""Reads what the database knows for the assignment: the agenda with its documents, and what was
shown when.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.agenda import Node, flat, tree
from meetings.invitations.invitations import invited
from minutes.assignment.assigning import OUTSIDE, SpokenSegment
from minutes.assignment.topics import Topic
from minutes.recordings import parts
from minutes.recordings.recordings import recordings_of
from minutes.terms.terms import PersonName
from models.meeting import Meeting
from models.recording import Recording
from models.sitting import ItemChange, Turn
from models.transcript import AssignedBy, Segment


def topics_of(session: Session, meeting: Meeting) -> dict[int, Topic]:
    """Return the topics by the id of their item, in the order of the agenda. Only documents that
    everybody in the meeting may read are used, as for the vocabulary.
    """
    kana = {one.person.name: one.person.kana for one in invited(meeting)}
    return {
        node.entry.id: Topic(
            node.number,
            node.entry.title,
            PersonName(node.entry.presenter, kana.get(node.entry.presenter, "")),
            tuple(_texts(node)),
        )
        for node in flat(tree(session, meeting))
    }


def said_in(
    session: Session, recording: Recording, segments: Sequence[Segment], items: Sequence[int]
) -> list[SpokenSegment]:
    """Return the segments with what was shown meanwhile, and with what a person has decided.
    `items` are the ids of the agenda items in order.
    """
    place = {item: number for number, item in enumerate(items)}
    shown = items_shown(session, recording, segments)
    return [
        SpokenSegment(
            segment.text,
            segment.end_seconds - segment.start_seconds,
            None if item is None else place.get(item),
            _fixed(segment, place),
        )
        for segment, item in zip(segments, shown, strict=True)
    ]


def is_beginning(session: Session, recording: Recording) -> bool:
    """Return whether the meeting begins in this recording: it is the first part, or a spare of
    that.
    """
    return parts.place_of(session, recording).number <= 1


def items_shown(
    session: Session, recording: Recording, segments: Sequence[Segment]
) -> list[int | None]:
    """Return the id of the item under discussion in the middle of each segment, or None: that of
    the last change of item or page turn to a document of an item.

    All are None where the recording has no start time, or one by which no change lies within it or
    the parts before it: then the start time must be wrong.
    """
    nothing: list[int | None] = [None] * len(segments)
    if recording.began_at is None:
        return nothing
    rows = _rows(session, recording.meeting)
    until = [recording, *_earlier_parts(session, recording)]
    if not any(_is_within(one, at) for one in until for at, _ in rows):
        return nothing
    times = [at for at, _ in rows]
    found = []
    for segment in segments:
        middle = (segment.start_seconds + segment.end_seconds) / 2
        count = bisect_right(times, recording.began_at + timedelta(seconds=middle))
        found.append(rows[count - 1][1] if count else None)
    return found


def _rows(session: Session, meeting: Meeting) -> list[tuple[datetime, int]]:
    """Return when which item came under discussion, in order."""
    changes = session.execute(
        select(ItemChange.at, ItemChange.sequence, ItemChange.agenda_item_id).where(
            ItemChange.meeting_id == meeting.id
        )
    )
    turns = session.execute(
        select(Turn.at, Turn.sequence, Turn.agenda_item_id).where(
            Turn.meeting_id == meeting.id, Turn.agenda_item_id.is_not(None)
        )
    )
    return [(at, item) for at, _, item in sorted([*changes, *turns])]


def _earlier_parts(session: Session, recording: Recording) -> list[Recording]:
    return [
        other
        for other in recordings_of(session, recording.meeting)
        if other.began_at and recording.began_at and other.began_at < recording.began_at
    ]


def _is_within(recording: Recording, at: datetime) -> bool:
    began = recording.began_at
    return began is not None and began <= at <= began + timedelta(
        seconds=recording.duration_seconds
    )


def _texts(node: Node) -> list[str]:
    texts = []
    for document in node.documents:
        if document.readers or not document.released:
            continue
        texts.append(document.title)
        texts += [page.text for page in document.current.pages]
    return texts


def _fixed(segment: Segment, place: dict[int, int]) -> int | None:
    if segment.assigned_by != AssignedBy.PERSON:
        return None
    if segment.agenda_item_id is None:
        return OUTSIDE
    return place.get(segment.agenda_item_id)
