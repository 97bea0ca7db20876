"""After a correction: the other places of the transcript that say the same, in the same letters or
with the same sound. Nothing is changed here; a person chooses."""

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
SHORTEST_SOUNDS = 4
MOST_WORDS = 6
"""Words of the dictionary in one replacement."""

MOST_REPLACEMENTS = 20
"""Of one correction: who writes a long text anew has other places in mind than all of them."""

MOST_PLACES = 200
AROUND = 12


@dataclass(frozen=True)
class WordReplacement:
    """Whole words that stood there, and what was meant; neither begins or ends with a mark."""

    before: str
    after: str


@dataclass(frozen=True)
class SegmentMatch:
    """Where `words` stand in a segment, with what stands before and after them there."""

    segment: Segment
    start: int
    words: str
    is_same_text: bool

    @property
    def is_sure(self) -> bool:
        """Whether it may be corrected with the others at one press: the same letters, in a segment
        that nobody has passed yet."""
        return self.is_same_text and not self.segment.is_confirmed

    @property
    def leading(self) -> str:
        return self.segment.text[max(0, self.start - AROUND) : self.start]

    @property
    def following(self) -> str:
        end = self.start + len(self.words)
        return self.segment.text[end : end + AROUND]


def replacements(before: str, after: str) -> list[WordReplacement]:
    """What one correction replaced, in whole words, at most MOST_REPLACEMENTS. Words that came or
    went, marks, and little words that every sentence has, teach nothing about other places."""
    found = (
        WordReplacement(_between(before, old), _between(after, new))
        for old, new in learning.pieces(plain(before), plain(after))
    )
    every = dict.fromkeys(one for one in found if _is_worth_it(one))
    return list(islice(every, MOST_REPLACEMENTS))


def places(
    wanted: Sequence[WordReplacement], segments: Iterable[Segment], *, but: Segment
) -> dict[WordReplacement, list[SegmentMatch]]:
    """Of each replacement in the order of the sound, at most MOST_PLACES; those in the corrected
    segment are not among them. Each segment is read once, however many replacements there are."""
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
    """From where to where some whole words have one of these sounds."""
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
    """「北九州」 in 「北九州市」, where 「北九州市」 is what was meant."""
    inside = replacement.after.find(replacement.before)
    return inside >= 0 and text.startswith(replacement.after, max(0, start - inside))


def _is_worth_it(replacement: WordReplacement) -> bool:
    before, after = replacement.before, replacement.after
    is_little = len(before) < 2 or (HIRAGANA.fullmatch(before) is not None and len(before) < 4)
    has_letters = any(c.isalnum() for c in before) and any(c.isalnum() for c in after)
    return before != after and has_letters and not is_little and len(before) <= LONGEST_WORDS


def _between(text: str, words: Sequence[Token]) -> str:
    """Without the marks at its edges: a comma that came along belongs to this one sentence."""
    spoken = [word for word in words if numerals.normalise(word.surface)]
    return text[spoken[0].start : spoken[-1].end] if spoken else ""


def _sound_of(words: str) -> str:
    return folded(sounds("".join(word.kana for word in _words(words))))


@lru_cache(10_000)
def _words(text: str) -> tuple[Token, ...]:
    return tuple(tokens(text))
