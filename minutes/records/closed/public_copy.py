"""Makes the public copy (公開用の写し) of the minutes: the one function through which everything
goes that citizens read, search and hear.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.digests.points import DigestPoint, DigestSentence
from minutes.records.audible import SentencePlace
from minutes.records.closed.anchors import Closing, LocatedPassage, MarkedText, Marks, name_pattern
from minutes.records.content import Attendee, Content, Paragraph, Section, content_of
from models.closed_passage import ClosedPassage, ClosedScope, ClosedState
from models.minutes import MinutesRevision
from models.recording import Transcription
from models.transcript import Transcript


@dataclass
class PublicCopy:
    """The text without what is closed, in the official layer alone: it holds nothing that citizens
    may not read.

    `origins` gives for each sentence the places of those of the original that it stands for, and
    `whole` are the sentences of which nothing is left. `closings` are the closed characters of the
    original, and `unnamed` its sentences whose speaker is hidden.
    """

    content: Content
    closings: list[Closing]
    origins: dict[SentencePlace, list[SentencePlace]] = field(default_factory=dict)
    whole: set[SentencePlace] = field(default_factory=set)
    unnamed: set[SentencePlace] = field(default_factory=set)


def public_copy_of(session: Session, revision: MinutesRevision) -> PublicCopy:
    """Return the public copy of the revision, as the marks of its minutes are now."""
    return public_copy(content_of(revision), marks_of(session, revision))


def marks_of(session: Session, revision: MinutesRevision) -> Marks:
    """Return all passages that are marked in the minutes of the revision, the oldest mark first,
    whatever was decided about them.
    """
    passages = session.scalars(
        select(ClosedPassage)
        .where(ClosedPassage.minutes_id == revision.minutes_id)
        .order_by(ClosedPassage.id)
    )
    recordings = session.execute(
        select(Transcript.id, Transcription.recording_id)
        .join(Transcript.transcription)
        .where(Transcript.id.in_({*revision.transcript_ids, revision.transcript_id}))
    )
    return Marks(passages.all(), {row[0]: row[1] for row in recordings}, revision.transcript_id)


def public_copy(content: Content, marks: Marks) -> PublicCopy:
    """Return the copy of `content` that citizens get: without the decided ones of the marked
    passages. Where one of them is not found as it was marked, the sentences that are said at its
    place are closed whole: an older text is public, or nobody has looked yet.
    """
    text = MarkedText(content, marks)
    found = [text.locate(p) for p in marks.passages if p.state is ClosedState.DECIDED]
    names = _HiddenNames(one for one in found if one.passage.scope is ClosedScope.SPEAKER)
    lost = [closing for one in found if one.is_lost for closing in text.near(one.passage)]
    closings = [closing for one in found for closing in one.closings]
    closings += [one for one in lost if one.passage.scope is not ClosedScope.SPEAKER]
    copy = PublicCopy(names.hidden_in(content), closings)
    if copy.content.head is not None:
        closed = [one.place[0] for one in closings if one.passage.scope is ClosedScope.SECTION]
        items = {content.sections[number].agenda_item_id for number in closed} - {None}
        copy.content.head = copy.content.head.for_citizens(items)
    copy.unnamed |= {one.place for one in lost if one.passage.scope is ClosedScope.SPEAKER}
    for number, section in enumerate(content.sections):
        _SectionCopy(copy, names, number).fill(section)
    return copy


class _HiddenNames:
    """The names of speakers that citizens do not get, each with what they read instead."""

    def __init__(self, found: Iterable[LocatedPassage]) -> None:
        self._patterns = [
            (name_pattern(one.passage.quote), one.passage.replacement) for one in found
        ]

    def hidden_in(self, content: Content) -> Content:
        """Return the content without these names in its head, and with empty sections."""
        return content.model_copy(
            update={
                "title": self.without(content.title),
                "place": self.without(content.place),
                "attendees": list(map(self._attendee, content.attendees)),
                "speakers": list(map(self._attendee, content.speakers)),
                "head": content.head and content.head.with_texts(self.without),
                "sections": [
                    section.model_copy(
                        update={
                            "title": self.without(section.title),
                            "paragraphs": [],
                            "digest": None,
                        }
                    )
                    for section in content.sections
                ],
            }
        )

    def without(self, text: str) -> str:
        """Return the text without these names."""
        for pattern, replacement in self._patterns:
            text = replacement.join(pattern.split(text))
        return text

    def _attendee(self, one: Attendee) -> Attendee:
        return Attendee(name=self.without(one.name), title=self.without(one.title))


class _SectionCopy:
    """Makes the copy of one section's sentences. Where nothing is left of one sentence after the
    other, one stands for all of them.
    """

    def __init__(self, copy: PublicCopy, names: _HiddenNames, number: int) -> None:
        self._copy = copy
        self._names = names
        self._number = number
        self._paragraphs = copy.content.sections[number].paragraphs
        self._closings: dict[SentencePlace, list[Closing]] = {}
        for closing in copy.closings:
            if closing.place[0] == number:
                self._closings.setdefault(closing.place, []).append(closing)

    def fill(self, section: Section) -> None:
        """Add the copies of the section's sentences."""
        for n, original in enumerate(section.paragraphs):
            place = (self._number, n)
            closings = self._closings.get(place, [])
            text, is_whole = _without(original.text, closings)
            said = Paragraph(
                speaker=self._speaker(place, original, closings),
                text=text,
                start_seconds=original.start_seconds,
                end_seconds=original.end_seconds,
                transcript_id=original.transcript_id,
                goes_on=original.goes_on,
            )
            self._add(place, said, is_whole)
        if section.digest is not None:
            self._copy.content.sections[self._number].digest = self._digest(section)

    def _digest(self, section: Section) -> list[DigestPoint]:
        """Return the points without the sentences that rest on a closed passage or repeat one."""
        closed = {section.paragraphs[n].place for _, n in self._closings}
        quotes = [one.passage.quote for one in self._copy.closings]
        points = []
        for point in section.digest or []:
            kept = [
                DigestSentence(text=self._names.without(one.text), sources=one.sources)
                for one in point.sentences
                if not any(source.place in closed for source in one.sources)
                and not any(quote and quote in one.text for quote in quotes)
            ]
            if kept:
                speaker = self._digest_speaker(section, point)
                points.append(point.model_copy(update={"speaker": speaker, "sentences": kept}))
        return points

    def _digest_speaker(self, section: Section, point: DigestPoint) -> str:
        unnamed = {section.paragraphs[n].place for s, n in self._copy.unnamed if s == self._number}
        is_hidden = any(s.place in unnamed for one in point.sentences for s in one.sources)
        return "" if is_hidden else self._names.without(point.speaker)

    def _speaker(self, place: SentencePlace, original: Paragraph, closings: list[Closing]) -> str:
        if any(one.passage.scope is ClosedScope.SECTION for one in closings):
            return ""
        name = self._names.without(original.speaker)
        if name != original.speaker:
            self._copy.unnamed.add(place)
        elif place in self._copy.unnamed:
            return ""
        return name

    def _add(self, place: SentencePlace, said: Paragraph, is_whole: bool) -> None:
        here = (self._number, len(self._paragraphs))
        last = (here[0], here[1] - 1)
        if is_whole and last in self._copy.whole and _is_like(self._paragraphs[-1], said):
            before = self._paragraphs[-1]
            before.end_seconds = max(before.end_seconds, said.end_seconds)
            self._copy.origins[last].append(place)
            return
        self._paragraphs.append(said)
        self._copy.origins[here] = [place]
        if is_whole:
            self._copy.whole.add(here)


def _is_like(last: Paragraph, said: Paragraph) -> bool:
    return (last.text, last.speaker, last.transcript_id) == (
        said.text,
        said.speaker,
        said.transcript_id,
    )


def _without(text: str, closings: list[Closing]) -> tuple[str, bool]:
    """Return the text without the closed characters, and whether nothing is left of it. Passages
    that touch are one.
    """
    kept, place = "", 0
    for one in sorted(closings, key=lambda closing: (closing.start, -closing.end)):
        if one.start > place or not (kept or place):
            kept += text[place : one.start] + one.passage.replacement
        place = max(place, one.end)
    rest = text[place:]
    is_whole = bool(closings) and not _open_letters(text, closings)
    return (closings[0].passage.replacement, True) if is_whole else (kept + rest, False)


def _open_letters(text: str, closings: list[Closing]) -> bool:
    """Return whether a letter of the text stays, marks and spaces aside."""
    closed = {n for one in closings for n in range(one.start, one.end)}
    return any(letter.isalnum() for n, letter in enumerate(text) if n not in closed)
