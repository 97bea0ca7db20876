"""Hears doubtful words a second time, in kana.

What the speech model writes in kanji is often a word that it made up for sounds that it heard
rightly. With every token suppressed that has a kanji, it has to write the sounds (提告: ていこく).
It does so only if it is told, in kana too, what was said before the place; so the words before are
given, and what follows is decoded until it meets the text of the first hearing again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from rapidfuzz.distance import Levenshtein

from minutes.conversion.reading_graph import HIRAGANA, OtherReading
from minutes.japanese.kana import as_hiragana, spelled_out
from minutes.japanese.readings import KATAKANA, Token, plain, tokens
from minutes.recognition.heard import HeardSegment
from minutes.recognition.whisper import TICK_SECONDS, Encoded, Whisper
from minutes.recognition.words import AFTER_SECONDS, BEFORE_SECONDS

UNSURE = 0.25
"""Probability of a word's least likely token below which it is heard again."""
FUNCTION_WORDS = ("助詞", "助動詞")
"""Parts of speech that are not heard again for their own sake: the borders of such short words are
hard to place."""

MOST_A_SECOND = 0.25
"""The most places that are heard again in a second of sound, the least sure ones."""
BATCH = 8
"""Places in one batch."""

WORDS_BEFORE = 8
"""The most words before a place that are given."""
TOKENS_BEFORE = 10
"""The same in tokens of the model."""
SPARE_SECONDS = 0.3
"""Sound before the given words."""
SECONDS_AFTER = 1.0
"""Sound after a place."""

LONGEST_KANA, SHORTEST_KANA = 16, 2
"""Kana of a place as it was heard first."""
ANCHOR_KANA, SHORTEST_ANCHOR = 5, 3
"""Kana after a place in which both hearings have to agree."""
MOST_DIFFERENT = 1
"""Of these, how many may differ."""
SPARE_TOKENS = 3
"""Tokens that are decoded beyond the kana of a place and of what follows."""


@dataclass(frozen=True)
class WindowWord:
    """A word of a segment, with the second of the window at which it begins, and the probability
    of its least likely token. `kana` is how it is given to the model, `said` its hiragana.
    """

    segment: int
    token: Token
    seconds: float
    probability: float
    kana: str
    said: str


@dataclass(frozen=True)
class HeardWindow:
    """Sound that was encoded at once, and the segments in it. `origin` is its start in seconds of
    the recording.
    """

    encoded: Encoded
    segments: Sequence[HeardSegment]
    origin: float


@dataclass(frozen=True)
class DoubtfulPlace:
    """Neighbouring words of one segment that are heard again: those of the window's `words` from
    the number `first` on, before the number `last`. `before` are the tokens that are given, which
    begin at `first_tick` of the window; `last_tick` ends the sound.
    """

    window: int
    words: Sequence[WindowWord]
    first: int
    last: int
    before: tuple[int, ...]
    first_tick: int
    last_tick: int

    @property
    def said(self) -> str:
        """Return the hiragana of what was heard first."""
        return "".join(word.said for word in self.words[self.first : self.last])

    @property
    def anchor(self) -> str:
        """Return the first hiragana of what follows."""
        following = self.words[self.last : self.last + ANCHOR_KANA]
        return "".join(word.said for word in following)[:ANCHOR_KANA]

    @property
    def length(self) -> int:
        """Return the ticks of its sound."""
        return self.last_tick - self.first_tick


def heard_again(whisper: Whisper, windows: Sequence[HeardWindow]) -> list[list[list[OtherReading]]]:
    """Return for each segment of each window the readings of its doubtful words that the second
    hearing found. Several windows take less time together.
    """
    found: list[list[list[OtherReading]]] = [[[] for _ in window.segments] for window in windows]
    places = [
        place for number, window in enumerate(windows) for place in _places(whisper, number, window)
    ]
    for place, written in _written(whisper, [window.encoded for window in windows], places):
        reading = rejoined(as_said(written), place.said, place.anchor)
        if reading:
            first, last = place.words[place.first], place.words[place.last - 1]
            again = OtherReading(first.token.start, last.token.end, reading)
            found[place.window][first.segment].append(again)
    return found


def as_said(text: str) -> str:
    """Return the hiragana of a text without marks and spaces. Long vowels are spelled out."""
    return spelled_out(
        as_hiragana("".join(letter for letter in text if letter.isalnum() or letter == "ー"))
    )


def _places(whisper: Whisper, number: int, window: HeardWindow) -> list[DoubtfulPlace]:
    words = _words(whisper, window)
    spans = _doubtful(words, window.encoded.shape[1] * TICK_SECONDS)
    return [_place(whisper, number, words, *span) for span in spans]


def _words(whisper: Whisper, window: HeardWindow) -> list[WindowWord]:
    found = list[WindowWord]()
    for number, segment in enumerate(window.segments):
        text = plain(segment.text)
        start = max(0.0, segment.start_seconds - window.origin - BEFORE_SECONDS)
        first, last = (
            round(start / TICK_SECONDS),
            _tick(segment.end_seconds - window.origin + AFTER_SECONDS),
        )
        timings = whisper.token_timings(window.encoded[:, first:last], segment.text)
        seconds = [start + one.seconds for one in timings for _ in range(one.letters)]
        sure = [one.probability for one in timings for _ in range(one.letters)]
        for word in tokens(text) if timings else ():
            probability = min(sure[word.start : word.end])
            kana = _kana(word)
            found.append(
                WindowWord(number, word, seconds[word.start], probability, kana, as_said(kana))
            )
    return found


def _tick(seconds: float) -> int:
    return max(0, round(seconds / TICK_SECONDS))


def _kana(word: Token) -> str:
    """Return a word as it is given to the model."""
    if word.is_mark or KATAKANA.fullmatch(word.surface):
        return word.surface
    return as_hiragana(word.spelling or word.kana)


def _doubtful(words: Sequence[WindowWord], seconds: float) -> list[tuple[int, int]]:
    """Return the spans of words to be heard again, the least sure ones first, as far as
    MOST_A_SECOND allows it.
    """
    spans = list[tuple[int, int]]()
    for number, word in enumerate(words):
        if word.probability >= UNSURE or word.token.kind in FUNCTION_WORDS or word.token.is_mark:
            continue
        first, last = _with_neighbours(words, number)
        if spans and first <= spans[-1][1]:
            first = spans.pop()[0]
        spans.append((first, last))
    kept = [span for span in spans if _has_fitting_length(words, *span)]
    kept.sort(key=lambda span: min(word.probability for word in words[span[0] : span[1]]))
    return kept[: round(seconds * MOST_A_SECOND)]


def _with_neighbours(words: Sequence[WindowWord], number: int) -> tuple[int, int]:
    """Return a word with those beside it that carry content: a wrong word is often cut into
    several."""
    first, last = number, number + 1
    if number and _is_joined(words[number - 1], words[number]):
        first = number - 1
    if last < len(words) and _is_joined(words[last], words[number]):
        last += 1
    return first, last


def _is_joined(other: WindowWord, word: WindowWord) -> bool:
    is_content = other.token.kind not in FUNCTION_WORDS and not other.token.is_mark
    return is_content and other.segment == word.segment


def _has_fitting_length(words: Sequence[WindowWord], first: int, last: int) -> bool:
    said = "".join(word.said for word in words[first:last])
    return SHORTEST_KANA <= len(said) <= LONGEST_KANA


def _place(
    whisper: Whisper, window: int, words: Sequence[WindowWord], first: int, last: int
) -> DoubtfulPlace:
    start = max(0, first - WORDS_BEFORE)
    given = [
        (token, word.seconds)
        for word in words[start:first]
        for token in whisper.tokens_of(word.kana)
    ][-TOKENS_BEFORE:]
    begins = given[0][1] if given else words[first].seconds
    ends = words[last].seconds if last < len(words) else words[last - 1].seconds + SECONDS_AFTER
    return DoubtfulPlace(
        window,
        words,
        first,
        last,
        tuple(token for token, _ in given),
        _tick(begins - SPARE_SECONDS),
        _tick(ends + SECONDS_AFTER),
    )


def _written(
    whisper: Whisper, encoded: Sequence[Encoded], places: Sequence[DoubtfulPlace]
) -> Iterator[tuple[DoubtfulPlace, str]]:
    """Yield each place with what the model wrote for it and for what follows. In a batch all have
    equally many tokens before and equally much sound.
    """

    def order(place: DoubtfulPlace) -> tuple[int, int]:
        return len(place.before), place.length

    for _, alike in groupby(sorted(places, key=order), lambda place: len(place.before)):
        group = list(alike)
        for few in (group[n : n + BATCH] for n in range(0, len(group), BATCH)):
            length = max(place.length for place in few)
            sounds = [_sound(encoded[place.window], place, length) for place in few]
            most = max(len(place.said) for place in few) + ANCHOR_KANA + SPARE_TOKENS
            before = [place.before for place in few]
            yield from zip(few, whisper.kana_after(sounds, before, most), strict=True)


def _sound(encoded: Encoded, place: DoubtfulPlace, length: int) -> Encoded:
    """Return `length` ticks from the beginning of the place on; what the window lacks of them is
    empty.
    """
    sound = encoded[:, place.first_tick : place.first_tick + length]
    return np.pad(sound, ((0, 0), (0, length - sound.shape[1]), (0, 0)))


def rejoined(written: str, heard: str, anchor: str) -> str:
    """Return what was written for a place that was `heard` so: up to where the first hearing goes
    on, with the `anchor`. All are in hiragana. Returns an empty text if it does not go on so, or if
    nothing new was written.
    """
    if len(anchor) < SHORTEST_ANCHOR:
        return ""
    longest = min(len(written) - len(anchor) + MOST_DIFFERENT, 2 * len(heard) + 2)

    def differs(end: int) -> tuple[int, int]:
        following = written[end : end + len(anchor)]
        return Levenshtein.distance(following, anchor), abs(end - len(heard))

    ends = range(max(1, len(heard) // 2), longest + 1)
    end = min(ends, key=differs, default=0)
    found = written[:end]
    is_new = found != heard and HIRAGANA.fullmatch(found)
    return found if is_new and differs(end)[0] <= MOST_DIFFERENT else ""
