"""When each word of a segment was said and how sure the machine was of it: kept for the letters
that were heard, told for the text as it stands by now.

A segment's `moments` are pieces of its heard text in their order: how many letters, the second of
the recording at which they begin, and the speech model's probability of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from minutes.japanese.readings import tokens
from minutes.recognition.heard import HeardSegment, TokenTiming
from models.transcript import Moments, Segment, Transcript

PARTED_WORD = re.compile(r"\S+\s*|\s+")


UNSURE = 0.4
"""Of the words below this probability more than half are wrong (docs/accuracy.md)."""


@dataclass(frozen=True)
class TimedWord:
    """`probability`: of its least likely letter; missing where a person wrote it otherwise than it
    was heard."""

    text: str
    seconds: float
    probability: float | None

    @property
    def is_unsure(self) -> bool:
        has_letters = any(letter.isalnum() for letter in self.text)
        return has_letters and self.probability is not None and self.probability < UNSURE


@dataclass(frozen=True)
class LetterTiming:
    """One heard letter."""

    seconds: float
    probability: float


def keep(
    session: Session,
    transcript: Transcript,
    heard: Mapping[int, str],
    found: Mapping[int, Sequence[TokenTiming]],
) -> None:
    """By the ids of segments: of those that were not cut or joined since their text was `heard`."""
    rows = session.execute(
        select(Segment.id, Segment.heard).where(Segment.transcript_id == transcript.id)
    )
    kept = [
        {"id": row.id, "moments": _moments(found[row.id])}
        for row in rows
        if row.id in found
        and row.heard == heard[row.id]
        and sum(one.letters for one in found[row.id]) == len(row.heard)
    ]
    if kept:
        session.execute(update(Segment), kept)


def _moments(found: Sequence[TokenTiming]) -> Moments:
    return [(one.letters, round(one.seconds, 2), one.probability) for one in found]


def words_of(segment: Segment) -> list[TimedWord]:
    """Together the text of the segment; none where no moments are known."""
    letters = _letters(segment.moments or [], segment.end_seconds)
    if not letters:
        return []
    heard = _heard_letters(segment.heard, segment.text, letters)
    language = segment.transcript.transcription.language
    return list(_words(segment.text, heard, language, segment.start_seconds))


def heard_words(
    heard: HeardSegment, found: Sequence[TokenTiming], language: str = "ja"
) -> list[TimedWord]:
    """Together the heard text, with what was found for it."""
    moments = [(one.letters, one.seconds, one.probability) for one in found]
    letters = _letters(moments, heard.end_seconds)
    return list(_words(heard.text, letters, language, heard.start_seconds))


def second_at(segment: Segment, place: int) -> float | None:
    """When the heard letter at `place` was said, if that is known."""
    letters = _letters(segment.moments or [], segment.end_seconds)
    return letters[place].seconds if 0 <= place < len(letters) else None


def cut(moments: Moments | None, place: int) -> tuple[Moments | None, Moments | None]:
    """Those of the letters before `place` and those after it."""
    if moments is None:
        return None, None
    first, second, begin = Moments(), Moments(), 0
    for letters, seconds, probability in moments:
        before = min(max(place - begin, 0), letters)
        if before:
            first.append((before, seconds, probability))
        if before < letters:
            second.append((letters - before, seconds, probability))
        begin += letters
    return first, second


def joined(one: Segment, other: Segment, gap: int) -> Moments | None:
    """Of two segments whose heard texts are put together with `gap` letters between them."""
    if one.moments is None or other.moments is None:
        return None
    between: Moments = [(gap, one.end_seconds, 1.0)] if gap else []
    return [*one.moments, *between, *other.moments]


def _letters(moments: Moments, end_seconds: float) -> list[LetterTiming]:
    """For each heard letter; those of one piece follow each other evenly."""
    found = list[LetterTiming]()
    ends = [*(seconds for _, seconds, _ in moments[1:]), end_seconds]
    for (letters, seconds, probability), end in zip(moments, ends, strict=False):
        step = max(0.0, end - seconds) / letters
        found += [LetterTiming(round(seconds + n * step, 2), probability) for n in range(letters)]
    return found


def _heard_letters(heard: str, text: str, letters: list[LetterTiming]) -> list[LetterTiming | None]:
    """For each letter of the text the heard one that it is, if it was heard so."""
    found: list[LetterTiming | None] = [None] * len(text)
    for block in Levenshtein.opcodes(heard, text):
        if block.tag == "equal":
            found[block.dest_start : block.dest_end] = letters[block.src_start : block.src_end]
    return found


def _words(
    text: str, heard: Sequence[LetterTiming | None], language: str, seconds: float
) -> Iterator[TimedWord]:
    """One that was not heard so is said when the one before it was."""
    for start, end in _spans(text, language):
        known = [letter for letter in heard[start:end] if letter]
        seconds = max(seconds, known[0].seconds) if known else seconds
        is_heard = len(known) == end - start
        probability = min(letter.probability for letter in known) if is_heard else None
        yield TimedWord(text[start:end], seconds, probability)


def _spans(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Start and end of each word, each with what stands between it and the next one."""
    if language == "ja":
        starts = [word.start for word in tokens(text)]
    else:
        starts = [found.start() for found in PARTED_WORD.finditer(text)]
    return pairwise(sorted({0, *starts, len(text)}))
