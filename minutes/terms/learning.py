"""Learns from corrections: finds which words of a final text are corrected errors of recognition,
and stores them for the series of the meeting.

Both texts are cut into words by MeCab and aligned by characters (Levenshtein 1966). A replacement
reaches from one word border that both texts share to the next.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein
from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from minutes import accuracy
from minutes.japanese.annotations import spoken
from minutes.japanese.dictionary import spelled
from minutes.japanese.readings import HIRAGANA, Token, plain, tokens
from minutes.japanese.similarity import distance, sounds
from minutes.terms.terms import reading_of, why_no_term
from models.meeting import Meeting
from models.recording import Recording, Transcription
from models.term import Confusion
from models.transcript import Segment, Transcript

FAR, FAR_OF_WORDS = 0.3, 0.17
"""The largest distance in sound, as a share of the sounds, at which a replacement corrects an error
of recognition and not the wording. Between two words that the dictionary knows it is smaller: 会合
for 会議 is other wording.
"""

MOST_WORDS, MOST_LETTERS = 6, 20
"""The most words and characters of a replacement; a longer one is new text."""

SHORTEST_WORD = 2
"""The fewest characters of a replacement."""
LONGEST = 2_000
"""The most characters of a segment that is learned from. Half a minute of speech has some two
hundred; a segment that was joined from many would take seconds.
"""

MOST_NEW_WORDS, MOST_BEFORE = 50, 1_000
"""The most words that are looked for in earlier segments at once, and the most segments in which
they are noted, newest first.
"""

MOST_KEPT = 20_000
"""Size of the cache of lessons, in segments: more than one transcript has."""

FUNCTION_WORDS = ("助詞", "助動詞")
KANA = re.compile(r"[ぁ-んァ-ヺー]+")


@dataclass(frozen=True, order=True)
class LearnedReplacement:
    """Words as they were recognised, and as a person corrected them."""

    heard: str
    meant: str


class FinalText(NamedTuple):
    """The texts of a confirmed segment: as heard, as the machine changed it, and final."""

    heard: str
    machine: str
    text: str


def learn(session: Session, segment: Segment) -> None:
    """Store what the segment teaches now, in place of what it taught before. A segment that is not
    confirmed teaches nothing, and neither does what was corrected automatically from documents.
    """
    final = FinalText(segment.heard, segment.machine, segment.text)
    learn_all(
        session,
        segment.meeting.series_id,
        {segment.id: final if segment.is_confirmed else None},
    )


def learn_all(session: Session, series_id: int, texts: Mapping[int, FinalText | None]) -> None:
    """Store what many segments teach, by their ids, in place of what they taught before. None:
    nobody has confirmed the segment, so it teaches nothing.

    A word that somebody corrected, in whatever segment of the series, is also noted where it was
    confirmed as it was heard: as corrected to itself.
    """
    taught = {
        (identity, one)
        for identity, text in texts.items()
        if text
        for one in lessons(text.heard, text.machine, text.text)
    }
    with session.no_autoflush:
        known = _corrected_words(session, series_id, texts)
        chosen = select(Confusion.id, Confusion.segment_id, Confusion.heard, Confusion.meant)
        standing = session.execute(chosen.where(Confusion.segment_id.in_(texts))).all()
    words = known | {one.heard for _, one in taught}
    kept = {
        (identity, LearnedReplacement(word, word))
        for identity, text in texts.items()
        if text
        for word in kept_words(text.heard, text.text, words)
    }
    before = {
        (row.segment_id, LearnedReplacement(row.heard, row.meant)): row.id for row in standing
    }
    gone = [before[one] for one in before.keys() - taught - kept]
    if gone:
        session.execute(delete(Confusion).where(Confusion.id.in_(gone)))
    _store(session, series_id, (taught | kept) - before.keys())
    _note_kept_before(session, series_id, words - known)
    _forget_kept(session, series_id, {one.heard for _, one in before} - words)


def _store(session: Session, series_id: int, new: Iterable[tuple[int, LearnedReplacement]]) -> None:
    rows = [
        {"series_id": series_id, "segment_id": identity, "heard": one.heard, "meant": one.meant}
        for identity, one in sorted(new)
    ]
    if rows:
        session.execute(insert(Confusion), rows)


def _corrected_words(session: Session, series_id: int, besides: Iterable[int]) -> set[str]:
    """Return the words that somebody corrected in the series, in other segments than these."""
    corrected = select(Confusion.heard).where(
        Confusion.series_id == series_id,
        Confusion.heard != Confusion.meant,
        Confusion.segment_id.not_in(besides),
    )
    return set(session.scalars(corrected.distinct()))


def _forget_kept(session: Session, series_id: int, words: set[str]) -> None:
    """Delete what was noted for words that nobody has corrected any more."""
    if words:
        noted = Confusion.series_id == series_id, Confusion.heard == Confusion.meant
        session.execute(delete(Confusion).where(*noted, Confusion.heard.in_(words)))


def _note_kept_before(session: Session, series_id: int, words: set[str]) -> None:
    """Note for words that are corrected for the first time where they were confirmed before."""
    if not words:
        return
    noted = select(Confusion.segment_id, Confusion.heard).where(
        Confusion.series_id == series_id, Confusion.heard == Confusion.meant
    )
    known = {(row.segment_id, row.heard) for row in session.execute(noted)}
    occurs = [Segment.heard.contains(w, autoescape=True) for w in sorted(words)[:MOST_NEW_WORDS]]
    confirmed = (
        select(Segment.id, Segment.heard, Segment.text)
        .join(Transcript, Segment.transcript_id == Transcript.id)
        .join(Transcription, Transcript.transcription_id == Transcription.id)
        .join(Recording, Transcription.recording_id == Recording.id)
        .join(Meeting, Recording.meeting_id == Meeting.id)
        .where(Meeting.series_id == series_id, Segment.confirmed_at.is_not(None), or_(*occurs))
        .order_by(Segment.id.desc())
        .limit(MOST_BEFORE)
    )
    _store(
        session,
        series_id,
        {
            (row.id, LearnedReplacement(word, word))
            for row in session.execute(confirmed)
            for word in kept_words(row.heard, row.text, words)
            if (row.id, word) not in known
        },
    )


def kept_words(heard: str, text: str, words: Iterable[str]) -> list[str]:
    """Return those of the words that were heard and stand in the final text, in both as whole
    words.
    """
    heard, text = plain(heard), plain(spoken(text))
    if max(len(heard), len(text)) > LONGEST:
        return []
    return [
        word
        for word in words
        if word in heard and word in text and _has_word(heard, word) and _has_word(text, word)
    ]


def _has_word(text: str, word: str) -> bool:
    """Return whether the letters stand in the text between borders of words."""
    found = tokens(text)
    starts, ends = {one.start for one in found}, {one.end for one in found}
    places = (match.start() for match in re.finditer(re.escape(word), text))
    return any(place in starts and place + len(word) in ends for place in places)


@lru_cache(MOST_KEPT)
def lessons(heard: str, machine: str, text: str) -> frozenset[LearnedReplacement]:
    """Return the corrected errors that a confirmed segment teaches. It is slow, so results are
    cached: callers may call it in advance.
    """
    text = spoken(text)
    if text == machine or max(len(heard), len(text)) > LONGEST:
        return frozenset()
    return frozenset(replacements(heard, text)) - frozenset(replacements(heard, machine))


def replacements(heard: str, text: str) -> list[LearnedReplacement]:
    """Return the corrected errors of recognition: short replacements of nearly the same sound.
    Left out are other wording, other spellings of the same word, numbers and marks.
    """
    heard, text = plain(heard), plain(text)
    if heard == text:
        return []
    return [
        LearnedReplacement(_surface(before), _surface(after))
        for before, after in pieces(heard, text)
        if _is_recognition_error(before, after)
    ]


def pieces(heard: str, text: str) -> Iterator[tuple[list[Token], list[Token]]]:
    """Yield the words of one text that stand in place of words of the other, as pairs."""
    before, after = tokens(heard), tokens(text)
    borders = {0, len(heard), *(word.start for word in before), *(word.end for word in before)}
    others = {0, len(text), *(word.start for word in after), *(word.end for word in after)}
    i = j = 0
    for end, other_end in _ways(heard, text):
        if end in borders and other_end in others:
            if heard[i:end] != text[j:other_end]:
                yield (
                    [word for word in before if i <= word.start < end],
                    [word for word in after if j <= word.start < other_end],
                )
            i, j = end, other_end


def _ways(heard: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield pairs of indices that belong together: on both sides of each character that stayed,
    and the ends.
    """
    for block in Levenshtein.opcodes(heard, text):
        if block.tag == "equal":
            for step in range(block.src_end - block.src_start + 1):
                yield block.src_start + step, block.dest_start + step
    yield len(heard), len(text)


def _is_recognition_error(before: Sequence[Token], after: Sequence[Token]) -> bool:
    heard, meant = _surface(before), _surface(after)
    if not _is_small(before) or not _is_small(after):
        return False
    if any(word.is_mark or word.is_number for word in (*before, *after)):
        return False
    if after[0].kind in FUNCTION_WORDS or after[-1].kind in FUNCTION_WORDS:
        return False
    if HIRAGANA.fullmatch(meant) or why_no_term(meant, _kana(after)) is not None:
        return False
    if accuracy.comparable(heard) == accuracy.comparable(meant) or _is_notation(before, after):
        return False
    are_words = len(before) == len(after) == 1 and bool(before[0].lemma and after[0].lemma)
    far = FAR_OF_WORDS if are_words else FAR
    return any(_is_alike(read, _kana(after), far) for read in (_kana(before), spelled(before)))


def _is_alike(one: str, other: str, far: float) -> bool:
    said, sound = sounds(one), sounds(other)
    return bool(said) and distance(said, sound) <= far * max(len(said), len(sound))


def _is_small(words: Sequence[Token]) -> bool:
    return 0 < len(words) <= MOST_WORDS and SHORTEST_WORD <= len(_surface(words)) <= MOST_LETTERS


def _is_notation(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Return whether both are the same word in another spelling: 頂き for いただき, 受付 for
    受け付け. Never for names, of which only one spelling is right.
    """
    if any(word.subkind == "固有名詞" for word in after):
        return False
    heard, meant, lemmas = _surface(before), _surface(after), _lemmas(before)
    kanji = KANA.sub("", heard)
    if kanji and kanji == KANA.sub("", meant) and heard[0] == meant[0]:
        return True
    is_in_kana = bool(HIRAGANA.fullmatch(heard)) and _kana(before) == _kana(after)
    return bool(lemmas) and (lemmas == _lemmas(after) or is_in_kana)


def _lemmas(words: Sequence[Token]) -> list[str]:
    """Return the lemmas of the content words; empty if the dictionary does not know one of
    them.
    """
    found = [word.lemma for word in words if word.kind not in FUNCTION_WORDS]
    return found if all(found) else []


def _surface(words: Sequence[Token]) -> str:
    return "".join(word.surface for word in words)


def _kana(words: Sequence[Token]) -> str:
    return reading_of(words)[0]
