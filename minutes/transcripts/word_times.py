"""Stores when each character of a segment was spoken and how sure the speech model was of it, and
derives from that the times of words in the text as it is now.

A segment's `token_timings` are pieces of its recognised text in order: for each the number of its
characters, the second of the recording at which it begins, and the speech model's probability of
it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from minutes.japanese.readings import Token, tokens
from minutes.recognition.heard import HeardSegment, TokenTiming
from minutes.transcripts import word_doubts
from models.transcript import Segment, StoredTimings, Transcript

PARTED_WORD = re.compile(r"\S+\s*|\s+")
"""A word of a language with spaces between words."""


@dataclass(frozen=True)
class TimedWord:
    """A word of a text with the second at which it begins. `probability` is that of its least
    likely character, `doubt` that of its being wrong; None if a person wrote it other than it was
    recognised.
    """

    text: str
    seconds: float
    probability: float | None
    doubt: float | None = None

    @property
    def is_unsure(self) -> bool:
        """Return whether the word is worth a look, because it is probably wrong."""
        has_letters = any(letter.isalnum() for letter in self.text)
        return has_letters and self.doubt is not None and self.doubt >= word_doubts.UNSURE


@dataclass(frozen=True)
class LetterTiming:
    """Time and probability of one recognised character."""

    seconds: float
    probability: float


def keep(
    session: Session,
    transcript: Transcript,
    heard: Mapping[int, str],
    found: Mapping[int, Sequence[TokenTiming]],
) -> None:
    """Store the token timings `found` for segments by their ids. Segments that were split or
    joined since their text was `heard` are left out.
    """
    rows = session.execute(
        select(Segment.id, Segment.heard).where(Segment.transcript_id == transcript.id)
    )
    kept = [
        {"id": row.id, "token_timings": _stored(found[row.id])}
        for row in rows
        if row.id in found
        and row.heard == heard[row.id]
        and sum(one.letters for one in found[row.id]) == len(row.heard)
    ]
    if kept:
        session.execute(update(Segment), kept)


def _stored(found: Sequence[TokenTiming]) -> StoredTimings:
    return [(one.letters, round(one.seconds, 2), one.probability) for one in found]


def words_of(segment: Segment, *, has_doubts: bool = True) -> list[TimedWord]:
    """Return the words of the segment's text with their times; concatenated they are the text.
    Empty if no timings are known. Without `has_doubts` nobody is told how doubtful they are, which
    takes half the time.
    """
    letters = _letters(segment.token_timings or [], segment.end_seconds)
    if not letters:
        return []
    heard = _heard_letters(segment.heard, segment.text, letters)
    language = segment.transcript.transcription.language
    return list(_words(segment.text, heard, language, segment.start_seconds, has_doubts=has_doubts))


def heard_words(
    heard: HeardSegment, found: Sequence[TokenTiming], language: str = "ja"
) -> list[TimedWord]:
    """Return the words of a recognised text with the times `found` for it; concatenated they are
    the text.
    """
    timings = [(one.letters, one.seconds, one.probability) for one in found]
    letters = _letters(timings, heard.end_seconds)
    return list(_words(heard.text, letters, language, heard.start_seconds))


def second_at(segment: Segment, place: int) -> float | None:
    """Return the second at which the recognised character `place` was spoken, or None if
    unknown.
    """
    letters = _letters(segment.token_timings or [], segment.end_seconds)
    return letters[place].seconds if 0 <= place < len(letters) else None


def cut(
    timings: StoredTimings | None, place: int
) -> tuple[StoredTimings | None, StoredTimings | None]:
    """Return the timings of the characters before `place` and of those after it."""
    if timings is None:
        return None, None
    first, second, begin = StoredTimings(), StoredTimings(), 0
    for letters, seconds, probability in timings:
        before = min(max(place - begin, 0), letters)
        if before:
            first.append((before, seconds, probability))
        if before < letters:
            second.append((letters - before, seconds, probability))
        begin += letters
    return first, second


def joined(one: Segment, other: Segment, gap: int) -> StoredTimings | None:
    """Return the timings of two segments whose recognised texts are joined with `gap` characters
    between them. None if those of one are unknown.
    """
    if one.token_timings is None or other.token_timings is None:
        return None
    between: StoredTimings = [(gap, one.end_seconds, 1.0)] if gap else []
    return [*one.token_timings, *between, *other.token_timings]


def _letters(timings: StoredTimings, end_seconds: float) -> list[LetterTiming]:
    """Return the timing of each recognised character; the characters of one piece share its time
    evenly.
    """
    found = list[LetterTiming]()
    ends = [*(seconds for _, seconds, _ in timings[1:]), end_seconds]
    for (letters, seconds, probability), end in zip(timings, ends, strict=False):
        step = max(0.0, end - seconds) / letters
        found += [LetterTiming(round(seconds + n * step, 2), probability) for n in range(letters)]
    return found


def _heard_letters(heard: str, text: str, letters: list[LetterTiming]) -> list[LetterTiming | None]:
    """Return for each character of the text the timing of the recognised character it is aligned
    with, or None if it was changed.
    """
    found: list[LetterTiming | None] = [None] * len(text)
    for block in Levenshtein.opcodes(heard, text):
        if block.tag == "equal":
            found[block.dest_start : block.dest_end] = letters[block.src_start : block.src_end]
    return found


def _words(
    text: str,
    heard: Sequence[LetterTiming | None],
    language: str,
    seconds: float,
    *,
    has_doubts: bool = True,
) -> Iterator[TimedWord]:
    """Yield the words of the text. A word that a person typed gets the time of the word before
    it.
    """
    words = tokens(text) if language == "ja" else None
    doubts = _doubts(words or [], heard) if has_doubts else {}
    for start, end in _spans(text, words):
        known = [letter for letter in heard[start:end] if letter]
        seconds = max(seconds, known[0].seconds) if known else seconds
        if len(known) < end - start:
            yield TimedWord(text[start:end], seconds, None)
            continue
        probability = min(letter.probability for letter in known)
        doubt = doubts.get(start, word_doubts.doubt(probability))
        yield TimedWord(text[start:end], seconds, probability, doubt)


def _doubts(words: Sequence[Token], heard: Sequence[LetterTiming | None]) -> dict[int, float]:
    """Return the doubts of Japanese words by their places; those that a person wrote count as
    certain.
    """
    letters = [heard[word.start : word.end] for word in words]
    probabilities = [min((one.probability for one in of if one), default=1.0) for of in letters]
    doubts = word_doubts.doubts(words, probabilities)
    return {word.start: doubt for word, doubt in zip(words, doubts, strict=True)}


def _spans(text: str, words: Sequence[Token] | None) -> Iterator[tuple[int, int]]:
    """Yield start and end of each word, with everything up to the next one."""
    if words is not None:
        starts = [word.start for word in words]
    else:
        starts = [found.start() for found in PARTED_WORD.finditer(text)]
    return pairwise(sorted({0, *starts, len(text)}))
