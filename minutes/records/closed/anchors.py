"""Finds closed passages again in a text: by the recording and the time at which they were said, and
by the sentence in which they stood. Whatever was edited around them may have changed; where the
passage itself has, it is not found.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel
from rapidfuzz.distance import Levenshtein

from minutes.records.audible import SentencePlace, sentences
from minutes.records.content import Content, Paragraph, Section
from models.closed_passage import ClosedPassage, ClosedScope


class Anchor(BaseModel):
    """A sentence as it was when something of it was marked, with its place in the sound (seconds of
    the recording). `start` and `end` are the marked characters in it.
    """

    recording_id: int
    transcript_id: int
    start_seconds: float
    end_seconds: float
    sentence: str = ""
    start: int = 0
    end: int = 0

    @property
    def quote(self) -> str:
        """Return the marked characters."""
        return self.sentence[self.start : self.end]


@dataclass(frozen=True)
class Marks:
    """The marked passages of a meeting, and the recording of each transcript of one revision, whose
    first one is `first_transcript_id`.
    """

    passages: Sequence[ClosedPassage]
    recordings: Mapping[int, int]
    first_transcript_id: int

    def transcript_of(self, paragraph: Paragraph) -> int:
        """Return the id of the transcript that the paragraph was drafted from."""
        return paragraph.transcript_id or self.first_transcript_id


@dataclass(frozen=True)
class Closing:
    """The characters from `start` to `end` of one sentence, which a passage closes. `place` is
    that of the sentence in the original.
    """

    place: SentencePlace
    start: int
    end: int
    passage: ClosedPassage


@dataclass(frozen=True)
class LocatedPassage:
    """What a passage closes in a text. `is_found` is false where a part of it is not there as it
    was marked; `around` is the text that stands at its place instead.
    """

    passage: ClosedPassage
    closings: list[Closing]
    is_found: bool
    around: str

    @property
    def is_absent(self) -> bool:
        """Return whether somebody saw that this very text does not hold the passage any more."""
        return not self.is_found and self.passage.absent_from == self.around

    @property
    def is_lost(self) -> bool:
        """Return whether a person must look where the passage has gone."""
        return not self.is_found and not self.is_absent


def anchors_of(passage: ClosedPassage) -> list[Anchor]:
    """Return the anchors of the passage, read from its JSON."""
    return [Anchor.model_validate(one) for one in passage.anchors]


def name_pattern(name: str) -> re.Pattern[str]:
    """Return a pattern for the name, however it is spaced."""
    return re.compile(r"\s*".join(map(re.escape, "".join(name.split()))))


class MarkedText:
    """A text, in which passages are looked for."""

    def __init__(self, content: Content, marks: Marks) -> None:
        self._content = content
        self._marks = marks

    def locate(self, passage: ClosedPassage) -> LocatedPassage:
        """Return what the passage closes in this text."""
        anchors = anchors_of(passage)
        near = [self._near(anchor) for anchor in anchors]
        match passage.scope:
            case ClosedScope.WORDS:
                pairs = zip(anchors, near, strict=True)
                found = [_words(passage, anchor, said) for anchor, said in pairs]
                is_found = all(one is not None for one in found)
                closings = [closing for one in found for closing in one or []]
            case ClosedScope.SENTENCES:
                closings = _whole(passage, near)
                is_found = all(near)
            case ClosedScope.SECTION:
                closings = _whole(passage, [*near, *self._sections(passage)])
                is_found = bool(closings)
            case ClosedScope.SPEAKER:
                closings = list(self._named(passage))
                is_found = bool(closings) or self._is_named(passage)
        return LocatedPassage(passage, closings, is_found, self._around(near))

    def near(self, passage: ClosedPassage) -> list[Closing]:
        """Return closings of all sentences whole that are said where the passage was said."""
        return _whole(passage, [self._near(anchor) for anchor in anchors_of(passage)])

    def _near(self, anchor: Anchor) -> list[tuple[SentencePlace, Paragraph]]:
        """Return the sentences that are said when the anchor was, in the order of the sound."""
        starts, said, longest = self._by_recording.get(anchor.recording_id, ([], [], 0.0))
        first = bisect_left(starts, anchor.start_seconds - longest)
        last = bisect_left(starts, max(anchor.end_seconds, anchor.start_seconds + 0.001))
        return [one for one in said[first:last] if _is_said_with(anchor, one[1])]

    @cached_property
    def _by_recording(
        self,
    ) -> dict[int, tuple[list[float], list[tuple[SentencePlace, Paragraph]], float]]:
        found: dict[int, list[tuple[SentencePlace, Paragraph]]] = defaultdict(list)
        for place, paragraph in sentences(self._content):
            recording = self._marks.recordings.get(self._marks.transcript_of(paragraph), 0)
            found[recording].append((place, paragraph))
        sorted_ = {
            number: sorted(said, key=lambda one: (one[1].start_seconds, one[0]))
            for number, said in found.items()
        }
        return {
            number: (
                [p.start_seconds for _, p in said],
                said,
                max(p.end_seconds - p.start_seconds for _, p in said),
            )
            for number, said in sorted_.items()
        }

    def _sections(self, passage: ClosedPassage) -> Iterator[list[tuple[SentencePlace, Paragraph]]]:
        for number, section in enumerate(self._content.sections):
            if is_section_of(passage, section):
                yield [((number, n), said) for n, said in enumerate(section.paragraphs)]

    def _named(self, passage: ClosedPassage) -> Iterator[Closing]:
        pattern = name_pattern(passage.quote)
        for place, paragraph in sentences(self._content):
            for found in pattern.finditer(paragraph.text):
                yield Closing(place, found.start(), found.end(), passage)

    def _is_named(self, passage: ClosedPassage) -> bool:
        pattern = name_pattern(passage.quote)
        content = self._content
        names = [one.name for one in (*content.attendees, *content.speakers)]
        names += [paragraph.speaker for _, paragraph in sentences(content)]
        return any(pattern.search(name) for name in names)

    def _around(self, near: list[list[tuple[SentencePlace, Paragraph]]]) -> str:
        """Return the recordings of the text and what stands at the passage's place."""
        recordings = " ".join(map(str, sorted(set(self._marks.recordings.values()))))
        return "\n".join([recordings, *("".join(p.text for _, p in said) for said in near)])


def is_section_of(passage: ClosedPassage, section: Section) -> bool:
    """Return whether the section is the one that the passage closes as a whole."""
    if passage.agenda_item_id is not None:
        return section.agenda_item_id == passage.agenda_item_id
    return section.agenda_item_id is None and section.title == passage.quote


def _is_said_with(anchor: Anchor, said: Paragraph) -> bool:
    """Return whether they share at least half of the shorter one's seconds."""
    if (anchor.start_seconds, anchor.end_seconds) == (said.start_seconds, said.end_seconds):
        return True
    last = min(anchor.end_seconds, said.end_seconds)
    shared = last - max(anchor.start_seconds, said.start_seconds)
    lengths = (
        anchor.end_seconds - anchor.start_seconds,
        said.end_seconds - said.start_seconds,
    )
    return shared > 0 and shared >= min(lengths) / 2


def _whole(
    passage: ClosedPassage, said: list[list[tuple[SentencePlace, Paragraph]]]
) -> list[Closing]:
    found = dict(one for ones in said for one in ones)
    return [Closing(place, 0, len(p.text), passage) for place, p in sorted(found.items())]


def _words(
    passage: ClosedPassage, anchor: Anchor, near: list[tuple[SentencePlace, Paragraph]]
) -> list[Closing] | None:
    """Return the characters that the anchor marks in the sentences near it; None where they are
    not there. A sentence may have been cut or joined since.
    """
    span = _carried(anchor, "".join(said.text for _, said in near))
    if span is None:
        return None
    closings, begin = [], 0
    for place, said in near:
        start, end = max(span[0] - begin, 0), min(span[1] - begin, len(said.text))
        if start < end:
            closings.append(Closing(place, start, end, passage))
        begin += len(said.text)
    return closings


def _carried(anchor: Anchor, text: str) -> tuple[int, int] | None:
    """Return where the marked characters stand in a later text of the sentence."""
    sentence, quote = anchor.sentence, anchor.quote
    if text.count(sentence) == 1:
        at = text.index(sentence)
        return at + anchor.start, at + anchor.end
    letters: dict[int, int] = {}
    for block in Levenshtein.opcodes(sentence, text):
        if block.tag == "equal":
            moved = block.dest_start - block.src_start
            letters |= {n: n + moved for n in range(block.src_start, block.src_end)}
    first, last = letters.get(anchor.start), letters.get(anchor.end - 1)
    if first is not None and last is not None and text[first : last + 1] == quote:
        return first, last + 1
    if sentence.count(quote) == text.count(quote) == 1:
        at = text.index(quote)
        return at, at + len(quote)
    return None
