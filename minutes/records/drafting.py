"""Drafts the minutes from the transcripts, one for each part of the meeting: under the headings of
the agenda, in a style. Writes nothing to the database. It takes seconds, so it runs before a
transaction for writing begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.agenda import flat, tree
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.invitations.invitations import invited
from meetings.invitations.roster import standing
from minutes.recordings import parts
from minutes.records.content import Attendee, Content, Section
from minutes.records.head import head_of
from minutes.records.paragraphs import drafted
from minutes.records.proper_names import names_of
from minutes.style.choice import USUAL, Style
from minutes.transcripts import transcripts
from models.meeting import Meeting
from models.transcript import Segment, Speaker, Transcript

UNASSIGNED = "議題に分けていない発言"
BEFORE, LEFT_OUT, AFTER = "開会", "議題外の発言", "閉会"
WITHOUT_AGENDA = "発言"


@dataclass(frozen=True)
class DraftedText:
    """A drafted content, its `sources`, and in `read` the rows that were read of them when it was
    made.
    """

    sources: tuple[Transcript, ...]
    content: Content
    read: Sequence[Any]

    def is_of_now(self, session: Session) -> bool:
        """Return whether the transcripts still say what they said when the draft was made."""
        return _read(session, self.sources) == self.read


def prepare(session: Session, *chosen: Transcript, style: Style = USUAL) -> DraftedText:
    """Return a draft of the chosen transcripts. Raises NotPossibleNow while none of them has
    words, InvalidInput when two of them are of the same recording.
    """
    sources = _one_of_each(parts.in_order(session, chosen))
    read = _read(session, sources)
    segments = [s for source in sources for s in transcripts.segments_of(session, source)]
    if not any(segment.text for segment in segments):
        raise NotPossibleNow(
            "逐語録にまだ発話がありません。文字起こしが進んでから作成してください。"
        )
    content = _from_segments(session, sources[0].meeting, segments, style)
    content.transcript_ids = [source.id for source in sources]
    if len(sources) > 1:
        _name_voices_by_part(content)
    return DraftedText(tuple(sources), content, read)


def _read(session: Session, sources: Sequence[Transcript]) -> Sequence[Any]:
    return session.execute(
        select(
            Segment.id,
            Segment.start_seconds,
            Segment.end_seconds,
            Segment.text,
            Segment.agenda_item_id,
            Segment.assigned_by,
            Speaker.name,
        )
        .outerjoin(Segment.speaker)
        .where(Segment.transcript_id.in_([source.id for source in sources]))
        .order_by(Segment.transcript_id, Segment.start_seconds, Segment.id)
    ).all()


def _name_voices_by_part(content: Content) -> None:
    part = {identity: number for number, identity in enumerate(content.transcript_ids, 1)}
    for section in content.sections:
        for paragraph in section.paragraphs:
            if paragraph.transcript_id is not None:
                number = part[paragraph.transcript_id]
                paragraph.speaker = parts.voice_of_part(paragraph.speaker, number)


def _one_of_each(sources: list[Transcript]) -> list[Transcript]:
    if len({source.recording.id for source in sources}) < len(sources):
        raise InvalidInput(
            "transcript_ids", "同じ録音の逐語録が2つあります。1つの録音から1つだけ選んでください。"
        )
    return sources


def _from_segments(
    session: Session, meeting: Meeting, segments: list[Segment], style: Style
) -> Content:
    sections = _sections(session, meeting, segments, style)
    head = head_of(session, meeting)
    attendees = [Attendee(name=one.name, title=one.office) for one in head.attending]
    return Content(
        title=meeting.title,
        series=meeting.series.name,
        starts_at=meeting.starts_at.isoformat(),
        ends_at=meeting.ends_at.isoformat(),
        place=meeting.place,
        attendees=attendees,
        sections=sections,
        speakers=_others_who_speak(meeting, sections, attendees),
        style=style,
        head=head,
    )


def _sections(
    session: Session, meeting: Meeting, segments: list[Segment], style: Style
) -> list[Section]:
    """Return a section for each agenda item, and those of what was said outside of them."""
    names, before = names_of(session, meeting), _before(segments)

    def section(
        said: list[Segment], title: str, number: str = "", agenda_item_id: int | None = None
    ) -> Section:
        paragraphs = drafted([one for one in said if one.text], style, names, before)
        return Section(
            agenda_item_id=agenda_item_id, number=number, title=title, paragraphs=paragraphs
        )

    sections = [
        section(
            [s for s in segments if s.agenda_item_id == node.entry.id],
            node.entry.title,
            node.number,
            node.entry.id,
        )
        for node in flat(tree(session, meeting))
    ]
    opening, left_out, closing = _outside(segments)
    unassigned = [segment for segment in segments if segment.is_unassigned]
    loose = UNASSIGNED if sections else WITHOUT_AGENDA
    others = [(LEFT_OUT, left_out), (AFTER, closing), (loose, unassigned)]
    return [
        *([section(opening, BEFORE)] if opening else []),
        *sections,
        *(section(said, title) for title, said in others if _has_words(said)),
    ]


def _before(segments: list[Segment]) -> dict[int, int]:
    """Return, by the id of each segment with words, the id of the segment with words right before
    it in the same recording.
    """
    with_words = [segment for segment in segments if segment.text]
    return {
        after.id: one.id
        for one, after in pairwise(with_words)
        if one.transcript_id == after.transcript_id
    }


def _outside(segments: list[Segment]) -> tuple[list[Segment], list[Segment], list[Segment]]:
    """Return the segments that belong to no agenda item: before the first item begins, between
    items, and after the last one.
    """
    placed = [n for n, one in enumerate(segments) if one.agenda_item_id]
    first, last = (placed[0], placed[-1]) if placed else (0, len(segments))
    before = [one for one in segments[:first] if one.is_left_out and one.text]
    between = [one for one in segments[first:last] if one.is_left_out]
    return before, between, [one for one in segments[last:] if one.is_left_out]


def _has_words(segments: list[Segment]) -> bool:
    return any(segment.text for segment in segments)


def _others_who_speak(
    meeting: Meeting, sections: list[Section], attendees: list[Attendee]
) -> list[Attendee]:
    """Return the speakers that nobody noted as attending but whose title is known from the roster
    or the invitations.
    """
    speaking = {p.speaker for section in sections for p in section.paragraphs}
    speaking -= {one.name for one in attendees}
    asked = [(entry.person.name, entry.person.title) for entry in standing(meeting.series)]
    asked += [(invitation.person.name, invitation.title) for invitation in invited(meeting)]
    known = {name: title for name, title in asked if title}
    return [Attendee(name=name, title=known[name]) for name in sorted(speaking & known.keys())]
