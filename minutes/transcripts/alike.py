"""After a correction, finds the other places of the transcript where the same words stand, in the
same letters or with the same sound. It changes nothing; a person chooses what to correct.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from minutes.japanese import numerals
from minutes.japanese.readings import HIRAGANA, Token, plain, tokens
from minutes.japanese.similarity import folded, sounds
from minutes.terms import learning
from models.transcript import Segment

LONGEST_WORDS = 30
"""The most characters in a replacement."""
SHORTEST_SOUNDS = 4
"""The fewest sounds by which other places are found."""
MOST_WORDS = 6
"""The most words, as MeCab cuts them, that are compared by their sound."""

MOST_REPLACEMENTS = 20
"""The most replacements of one correction. A person who rewrites a long text does not look for all
of them elsewhere.
"""

MOST_PLACES = 200
"""The most places for one replacement."""
AROUND = 12
"""Characters shown before and after a place."""


@dataclass(frozen=True)
class WordReplacement:
    """Whole words and what a person put in their place. Neither begins or ends with a mark."""

    before: str
    after: str


@dataclass(frozen=True)
class SegmentMatch:
    """A place in a segment where `words` stand, from the character `start` on. `is_same_text`: they
    are in the same letters as the corrected ones, not only of the same sound.
    """

    segment: Segment
    start: int
    words: str
    is_same_text: bool

    @property
    def is_sure(self) -> bool:
        """Return whether the place may be corrected with others by one press: it has the same
        letters, and nobody has confirmed the segment.
        """
        return self.is_same_text and not self.segment.is_confirmed

    @property
    def leading(self) -> str:
        """Return the characters before the place."""
        return self.segment.text[max(0, self.start - AROUND) : self.start]

    @property
    def following(self) -> str:
        """Return the characters after the place."""
        end = self.start + len(self.words)
        return self.segment.text[end : end + AROUND]


def replacements(before: str, after: str) -> list[WordReplacement]:
    """Return the whole words that a correction replaced, at most MOST_REPLACEMENTS. Left out are
    words that were only added or removed, marks, single characters, and short words in hiragana,
    which are in every sentence.
    """
    found = (
        WordReplacement(_between(before, old), _between(after, new))
        for old, new in learning.pieces(plain(before), plain(after))
    )
    every = dict.fromkeys(one for one in found if _is_worth_it(one))
    return list(islice(every, MOST_REPLACEMENTS))


def places(
    wanted: Sequence[WordReplacement], segments: Iterable[Segment], *, but: Segment
) -> dict[WordReplacement, list[SegmentMatch]]:
    """Return for each replacement the places where its words stand, in the order of the sound, at
    most MOST_PLACES. Places in `but`, the corrected segment, are left out. Each segment is analysed
    once, however many replacements there are.
    """
    found: dict[WordReplacement, list[SegmentMatch]] = {one: [] for one in wanted}
    sound_of = {one: _sound_of(one.before) for one in wanted}
    sounds_wanted = {sound for sound in sound_of.values() if len(sound) >= SHORTEST_SOUNDS}
    for segment in segments:
        if segment.id == but.id:
            continue
        sounding = _sounding(segment.text, sounds_wanted)
        for one, kept in found.items():
            there = _in(segment, one, sounding.get(sound_of[one], []))
            kept.extend(islice(there, MOST_PLACES - len(kept)))
    return found


def _in(
    segment: Segment, replacement: WordReplacement, sounding: Sequence[tuple[int, int]]
) -> Iterator[SegmentMatch]:
    text, words = segment.text, replacement.before
    taken = bytearray(len(text))
    start = text.find(words)
    while start >= 0:
        taken[start : start + len(words)] = b"\1" * len(words)
        if not _stands_already(text, start, replacement):
            yield SegmentMatch(segment, start, words, is_same_text=True)
        start = text.find(words, start + len(words))
    for start, end in sounding:
        if 1 not in taken[start:end] and text[start:end] not in (words, replacement.after):
            taken[start:end] = b"\1" * (end - start)
            yield SegmentMatch(segment, start, text[start:end], is_same_text=False)


def _sounding(text: str, wanted: Set[str]) -> dict[str, list[tuple[int, int]]]:
    """Return start and end of runs of whole words that have one of these folded sounds, by
    sound.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    longest = max(map(len, wanted), default=0)
    words = _words(text) if wanted else ()
    for first, word in enumerate(words):
        said = ""
        for last in range(first, min(first + MOST_WORDS, len(words))):
            if words[last].is_mark:
                break
            said += words[last].kana
            sounded = folded(sounds(said))
            if sounded in wanted:
                found.setdefault(sounded, []).append((word.start, words[last].end))
            if len(sounded) > longest:
                break
    return found


def _stands_already(text: str, start: int, replacement: WordReplacement) -> bool:
    """Return whether the words are part of what was meant, like 「北九州」 in 「北九州市」 when
    that is the correction.
    """
    inside = replacement.after.find(replacement.before)
    return inside >= 0 and text.startswith(replacement.after, max(0, start - inside))


def _is_worth_it(replacement: WordReplacement) -> bool:
    before, after = replacement.before, replacement.after
    is_little = len(before) < 2 or (HIRAGANA.fullmatch(before) is not None and len(before) < 4)
    has_letters = any(c.isalnum() for c in before) and any(c.isalnum() for c in after)
    return before != after and has_letters and not is_little and len(before) <= LONGEST_WORDS


def _between(text: str, words: Sequence[Token]) -> str:
    """Return the text of the words without marks at its ends: a comma belongs to this one
    sentence.
    """
    spoken = [word for word in words if numerals.normalise(word.surface)]
    return text[spoken[0].start : spoken[-1].end] if spoken else ""


def _sound_of(words: str) -> str:
    return folded(sounds("".join(word.kana for word in _words(words))))


@lru_cache(10_000)
def _words(text: str) -> tuple[Token, ...]:
    return tuple(tokens(text))
