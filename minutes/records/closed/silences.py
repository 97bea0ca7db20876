"""Finds the seconds of the recordings in which citizens hear nothing, because what is said then is
closed: from the first closed word to the next open one, with a margin, since word times are not
exact. Where the times of the words are not known, the whole sentence is silent.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from rapidfuzz.distance import Levenshtein
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from minutes.records.audible import SentencePlace
from minutes.records.closed.anchors import Marks, anchors_of
from minutes.records.closed.public_copy import PublicCopy
from minutes.records.content import Content, Paragraph
from minutes.transcripts.word_times import TimedWord, words_of
from models.closed_passage import ClosedScope, ClosedState
from models.transcript import Segment

MARGIN_SECONDS = 0.25
"""How much longer than the closed words a silence is, before them and after."""

MOST_AT_ONCE = 500
"""How many rows one question to the database asks for."""

Silence = tuple[float, float]
"""Start and end in seconds of a recording."""


def silences_of(
    session: Session, content: Content, marks: Marks, copy: PublicCopy
) -> dict[int, list[Silence]]:
    """Return, by the id of the recording, what is silent in its sound, in order and without
    overlaps. `copy` is the public copy of `content`.
    """
    found: dict[int, list[Silence]] = defaultdict(list)
    closed = [
        (content.sections[section].paragraphs[place], spans)
        for (section, place), spans in _closed_characters(content, copy).items()
    ]
    segments = _segments(session, {number for said, _ in closed for number in said.segment_ids})
    for said, spans in closed:
        recording = marks.recordings[marks.transcript_of(said)]
        found[recording] += _seconds_of(segments, said, spans)
    for recording, silence in _of_whole_anchors(marks):
        found[recording].append(silence)
    return {number: _joined(map(_with_margin, ones)) for number, ones in found.items()}


def within(silences: Sequence[Silence], start: float, end: float) -> list[Silence]:
    """Return the silences as far as they lie between `start` and `end` seconds."""
    return [
        (max(start, first), min(end, last))
        for first, last in silences
        if first < end and last > start
    ]


def _closed_characters(
    content: Content, copy: PublicCopy
) -> dict[SentencePlace, list[tuple[int, int]]]:
    spans: dict[SentencePlace, list[tuple[int, int]]] = defaultdict(list)
    for closing in copy.closings:
        spans[closing.place].append((closing.start, closing.end))
    for section, paragraph in copy.unnamed:  # a voice is a name
        text = content.sections[section].paragraphs[paragraph].text
        spans[section, paragraph].append((0, len(text)))
    return spans


def _of_whole_anchors(marks: Marks) -> Iterator[tuple[int, Silence]]:
    """Yield the seconds of passages that are closed whole, whatever the text says there now."""
    for passage in marks.passages:
        if passage.state is not ClosedState.DECIDED:
            continue
        if passage.scope in (ClosedScope.SENTENCES, ClosedScope.SECTION):
            for anchor in anchors_of(passage):
                yield anchor.recording_id, (anchor.start_seconds, anchor.end_seconds)


def _segments(session: Session, segment_ids: Collection[int]) -> dict[int, Segment]:
    """Return the segments with their timings by their ids; those that are gone are left out."""
    found: dict[int, Segment] = {}
    wanted = sorted(segment_ids)
    for first in range(0, len(wanted), MOST_AT_ONCE):
        some = wanted[first : first + MOST_AT_ONCE]
        rows = select(Segment).where(Segment.id.in_(some)).options(undefer(Segment.token_timings))
        found |= {segment.id: segment for segment in session.scalars(rows)}
    return found


def _seconds_of(
    segments: Mapping[int, Segment], paragraph: Paragraph, spans: list[tuple[int, int]]
) -> Iterator[Silence]:
    """Yield when the characters of these spans of the paragraph's text are said."""
    whole = (paragraph.start_seconds, paragraph.end_seconds)
    closed = {n for start, end in spans for n in range(start, end)}
    if closed >= set(range(len(paragraph.text))):
        yield whole
        return
    words = _words(segments, paragraph.segment_ids)
    if not words:
        yield whole
        return
    spoken = _SpokenWords(words, paragraph, closed)
    for start, end in spans:
        yield spoken.seconds(start, end) or whole
        yield from spoken.repeated(paragraph.text[start:end])


def _words(segments: Mapping[int, Segment], segment_ids: Sequence[int]) -> list[TimedWord]:
    """Return the words of the segments with their times; none where those of one are unknown."""
    found: list[TimedWord] = []
    for number in segment_ids:
        segment = segments.get(number)
        words = words_of(segment, has_doubts=False) if segment else []
        if not words and (segment is None or segment.text):
            return []
        found += words
    return found


class _SpokenWords:
    """The words that were said in one sentence of the minutes, and which of their letters stay in
    the public copy.
    """

    def __init__(self, words: list[TimedWord], paragraph: Paragraph, closed: set[int]) -> None:
        self._words = words
        self._begins = [0, *accumulate(len(word.text) for word in words)]
        self._spoken = "".join(word.text for word in words)
        self._end_seconds = paragraph.end_seconds
        self._open: list[tuple[int, int]] = []
        for block in Levenshtein.opcodes(self._spoken, paragraph.text):
            if block.tag == "equal":
                places = zip(
                    range(block.src_start, block.src_end),
                    range(block.dest_start, block.dest_end),
                    strict=True,
                )
                self._open += [(said, written) for said, written in places if written not in closed]

    def seconds(self, start: int, end: int) -> Silence | None:
        """Return when these characters of the text are said, with all words beside them that do not
        stay. None where nobody knows.
        """
        before = [said for said, written in self._open if written < start]
        after = [said for said, written in self._open if written >= end]
        first = before[-1] + 1 if before else 0
        last = after[0] if after else len(self._spoken)
        return self._between(first, last) if first < last else None

    def repeated(self, quote: str) -> Iterator[Silence]:
        """Yield when the closed words are said once more, where the text left them out."""
        stays = {said for said, _ in self._open}
        at = self._spoken.find(quote)
        while at >= 0:
            said = range(at, at + len(quote))
            if not stays.intersection(said):
                yield self._between(said.start, said.stop)
            at = self._spoken.find(quote, at + 1)

    def _between(self, first: int, last: int) -> Silence:
        """Return when the letters from `first` to `last` are said. A word that was written
        otherwise than it was recognised has no time of its own.
        """
        from_word = bisect_right(self._begins, first) - 1
        to_word = bisect_left(self._begins, last)
        while from_word > 0 and self._words[from_word].probability is None:
            from_word -= 1
        while to_word < len(self._words) and self._words[to_word].probability is None:
            to_word += 1
        is_last = to_word >= len(self._words)
        end = self._end_seconds if is_last else self._words[to_word].seconds
        return self._words[from_word].seconds, end


def _with_margin(silence: Silence) -> Silence:
    return max(0.0, silence[0] - MARGIN_SECONDS), silence[1] + MARGIN_SECONDS


def _joined(silences: Iterable[Silence]) -> list[Silence]:
    joined: list[Silence] = []
    for start, end in sorted(silences):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
