"""Finds candidates: words that may be meant instead of others in a text, because they sound alike.

Every span of a few neighbouring words is compared with the terms of the meeting and with common
words of MeCab's dictionary. A span may hold several words, as a misrecognised word is often cut
into wrong words too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from minutes import accuracy
from minutes.japanese import dictionary
from minutes.japanese.readings import (
    HIRAGANA,
    Parse,
    Token,
    as_katakana,
    is_unbroken,
    parsed,
    plain,
    tokens,
)
from minutes.japanese.similarity import distance, folded, sounds
from minutes.terms.terms import Confused, MeetingVocabulary, Term
from models.transcript import Origin

LONGEST_SPAN = 9
"""The most words in a span."""
LONGEST_HOMOPHONE = 3
"""The most words in a span that is compared with words of the dictionary."""

LONGEST_SOUNDS = 40
"""The most sounds of a span."""
SHORTEST_SOUNDS = 3
"""The fewest sounds of a span."""

FAR = 0.3
"""The largest distance to a term, as a share of the longer one's sounds; beyond it is another
word.
"""

FAR_FOLDED = 0.4
"""The same for the quick comparison of folded sounds, which comes first."""
MOST_COMPARED = 4_000_000
"""The most pairs of a span and a term that are compared at once: 16 MB."""
FAR_HOMOPHONE = 0.6
"""The largest distance to a word of the dictionary, as `similarity.distance` measures it."""
MORE_NATURAL = 500
"""By how much a word of the dictionary must lower the cost of the text in MeCab, or it is no
candidate.
"""

FUNCTION_WORDS = ("助詞", "助動詞")
"""Parts of speech that carry no content: particles and auxiliary verbs."""
PARTICLES = (
    "が",
    "を",
    "は",
    "に",
    "の",
    "で",
    "と",
    "も",
    "へ",
    "や",
    "か",
    "から",
    "まで",
    "より",
)
WORD = re.compile(r"[一-鿿々]{2,}")
KANA = re.compile(r"[ぁ-んァ-ヺー]+")
KANJI = re.compile(r"[一-鿿々]")
COUNTING = str.maketrans("ヵヶ", "カカ")
"""3か月 is written with each of these, and with ケ."""
FIGURES = re.compile(r"\d+")
SPOKEN_DAYS = "ついたち ふつか みっか よっか いつか むいか なのか ようか ここのか とおか"
DAYS = {said: number for number, said in enumerate(SPOKEN_DAYS.split(), 1)}
KANJI_FIGURES = "〇一二三四五六七八九十"
SPOKEN_MONTH = re.compile(r"((?<!\d)\d{1,2}|[一二三四五六七八九十])つき")
SPOKEN_DAY = re.compile(r"(?<!\d)(\d{1,2})か(?!ら|も|月|所|ところ|しょ|国|年)")
SPOKEN_NAMED_DAY = re.compile(rf"(?:(?<=[月き])|(?P<tens>[12])0?)(?P<day>{'|'.join(DAYS)})")
"""A spoken day of the month. Without a month or tens before it, 「なのか」 is not the seventh."""


@dataclass(frozen=True)
class Candidate:
    """A replacement of the text's `old` from `start` to `end` by `new`, without the characters that
    both have in common at their ends.

    `far` is the distance in sound between the whole words, as a share of `length`, the number of
    sounds of the longer one. `gain` says by how much MeCab's cost of the text falls, `more_words`
    by how many words it grows. `heard` are the whole words that are replaced, `is_for_word` whether
    they are a single word in kanji. `times` counts the segments in which a person corrected them
    so, `is_sure` says whether these are enough to make the replacement at once. `conversion` is the
    gain of the same replacement in an input method's dictionary (`conversion/`), None where that
    does not suggest it; `lead` how much more that is than the gain of the best other one at its
    place; `margin` and `behind` are those of the conversion.
    `is_heard_again`: only the second hearing has these sounds.
    """

    start: int
    end: int
    old: str
    new: str
    origin: Origin
    far: float
    length: int
    gain: int
    term: Term | None = None
    heard: str = ""
    is_for_word: bool = False
    times: int = 0
    is_sure: bool = False
    conversion: int | None = None
    lead: int = 0
    margin: int = 0
    behind: int = 0
    is_heard_again: bool = False
    more_words: int = 0

    def applied_to(self, text: str) -> str:
        """Return the text with the replacement made."""
        return text[: self.start] + self.new + text[self.end :]

    def overlaps(self, other: "Candidate") -> bool:
        """Return whether both replace the same characters, or start at the same place."""
        return (self.start < other.end and other.start < self.end) or self.start == other.start


@dataclass(frozen=True)
class TextSpan:
    """A few neighbouring words of a text with their sounds. `words` counts them; `is_content`: not
    all are function words; `is_word`: it is a single word, written in kanji.
    """

    start: int
    end: int
    words: int
    sounds: str
    is_content: bool
    has_number: bool
    is_number: bool
    is_word: bool


def candidates(
    text: str, vocabulary: MeetingVocabulary, suggested: Iterable[Candidate] = ()
) -> list[Candidate]:
    """Return every replacement that is near enough in sound, and those `suggested` for the text,
    in no particular order. Places are those of the text in NFKC, which has as many characters.
    """
    text = plain(text)
    before, words = parsed(text), tokens(text)
    spans = _spans(words)
    best: dict[tuple[int, int, str], Candidate] = {}
    taught = vocabulary.taught
    found = [
        *_terms(text, spans, vocabulary),
        *_homophones(text, spans),
        *_dates(text),
        *_learned(text, spans, vocabulary),
        *suggested,
    ]
    for one in found:
        whole, one = one, _trimmed(one)
        refused = not taught.refused.isdisjoint([(whole.old, whole.new), (one.old, one.new)])
        if whole.new in taught.off or refused:
            continue
        key = one.start, one.end, one.new
        is_other = accuracy.comparable(one.old) != accuracy.comparable(one.new)
        is_same_word = _is_other_script(one) or _writes_kana_in_kanji(whole, words)
        if is_other and not (one.term is None and is_same_word):
            best[key] = _better(one, best.get(key, one))
    costed = (_weighed(one, text, before) for one in _with_leads(list(best.values())))
    return [one for one in costed if _is_possible(one)]


def _is_other_script(one: Candidate) -> bool:
    """Return whether both sides are the same kana, or the か of 3か月, in another script."""
    old, new = (as_katakana(part).translate(COUNTING) for part in (one.old, one.new))
    return bool(KANA.fullmatch(old)) and (old == new or {old, new} == {"カ", "ケ"})


def _writes_kana_in_kanji(one: Candidate, words: Sequence[Token]) -> bool:
    """Return whether the same word gets kanji for some of its kana, or kana for some of its kanji:
    受けつけ and 受付. A particle in it was no part of the word (届けで for 届け出).
    """
    old, new = (KANJI.findall(part) for part in (one.old, one.new))
    if one.far > 0 or not old or one.old[:1] != one.new[:1]:
        return False
    replaced = (word for word in words if one.start < word.end and word.start < one.end)
    has_particle = any(word.kind in FUNCTION_WORDS for word in replaced)
    return not has_particle and (_is_within(old, new) or _is_within(new, old))


def _is_within(few: Sequence[str], many: Sequence[str]) -> bool:
    """Return whether the letters of `few` stand in `many` in the same order."""
    rest = iter(many)
    return all(letter in rest for letter in few)


def _with_leads(found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the candidates with their leads; what was heard is a rival with a gain of 0."""
    gains = [(one, one.conversion) for one in found if one.conversion is not None]
    for one in found:
        if one.conversion is None:
            yield one
            continue
        others = [gain for other, gain in gains if other is not one and other.overlaps(one)]
        yield replace(one, lead=one.conversion - max([0, *others]))


def _is_possible(one: Candidate) -> bool:
    is_word_of_unidic = one.origin == Origin.DICTIONARY and one.conversion is None
    return not is_word_of_unidic or one.gain >= MORE_NATURAL


def _better(one: Candidate, other: Candidate) -> Candidate:
    """Return the better of two sources of the same replacement, with what both know."""
    best = one if _rank(one) > _rank(other) else other
    known = other if one.conversion is None else one
    return replace(best, conversion=known.conversion, margin=known.margin, behind=known.behind)


def _rank(one: Candidate) -> tuple[int, bool, float]:
    return one.times, one.origin != Origin.DICTIONARY, -one.far


def _spans(words: Sequence[Token]) -> list[TextSpan]:
    """Return all spans of neighbouring words without a mark between them. A span of kanji that
    make no word may occur twice, with a second way to read it.
    """
    spans = []
    for first in range(len(words)):
        for last in range(first + 1, min(len(words), first + LONGEST_SPAN) + 1):
            part = list(words[first:last])
            said = _sounds_of(part)
            if not is_unbroken(part) or len(said) > LONGEST_SOUNDS:
                break
            heard = dict.fromkeys((said, _spelled(part)))
            spans += [_span(part, one) for one in heard if len(one) >= SHORTEST_SOUNDS]
    return spans


def _spelled(part: Sequence[Token]) -> str:
    """Return the sounds of kanji compounds in which characters make no word of the dictionary
    (提告), read as in words of Chinese origin; empty for other spans.
    """
    is_compound = WORD.fullmatch("".join(word.surface for word in part))
    return sounds(dictionary.spelled(part)) if is_compound else ""


def _span(part: Sequence[Token], said: str) -> TextSpan:
    return TextSpan(
        part[0].start,
        part[-1].end,
        len(part),
        said,
        is_content=any(word.kind not in FUNCTION_WORDS for word in part),
        has_number=any(word.is_number for word in part),
        is_number=all(word.is_number for word in part),
        is_word=len(part) == 1 and bool(WORD.fullmatch(part[0].surface)),
    )


def _near_terms(spans: Sequence[TextSpan], terms: Sequence[str]) -> Iterator[tuple[TextSpan, int]]:
    """Yield the pairs of a span and a term, by its number, whose folded sounds are near. Not all
    are compared at once: a long segment has ten thousand spans, and many papers as many terms.
    """
    size = max(1, MOST_COMPARED // len(terms))
    for few in (spans[n : n + size] for n in range(0, len(spans), size)):
        near = cdist(
            [folded(span.sounds) for span in few],
            terms,
            scorer=Levenshtein.normalized_distance,
            score_cutoff=FAR_FOLDED,
            dtype=np.float32,
        )
        for place, which in np.argwhere(near <= FAR_FOLDED).tolist():
            yield few[place], which


def _terms(
    text: str, spans: Sequence[TextSpan], vocabulary: MeetingVocabulary
) -> Iterator[Candidate]:
    """Yield the terms of the meeting that sound like a span of the text."""
    terms, words = vocabulary.terms, tokens(text)
    if not spans or not terms:
        return
    by_term: dict[int, list[tuple[float, TextSpan]]] = {}
    for span, which in _near_terms(spans, vocabulary.folded_sounds):
        term = terms[which]
        far = distance(span.sounds, term.sounds) / max(len(span.sounds), len(term.sounds))
        if far <= FAR and not span.is_number:
            by_term.setdefault(which, []).append((far, span))
    for which, found in by_term.items():
        term = terms[which]
        origin = Origin.NAME if term.is_name else Origin.TERM
        for far, span in _nearest(found):
            old = text[span.start : span.end]
            said = [word for word in words if span.start <= word.start and word.end <= span.end]
            new = _with_particles(said, term)
            if new is None or _is_other_figure(old, new) or _is_other_spelling(old, term):
                continue
            length = max(len(span.sounds), len(term.sounds))
            yield _instead(span, text, new, origin, far, length, term)


def _with_particles(said: Sequence[Token], term: Term) -> str | None:
    """Return the term with the particles that were spoken between its words: in 経常収支比率が94
    for 経常収支比率94 the particle stays. None if its place in the term is unknown.

    A particle counts as spoken if the words are nearer to the term without it.
    """
    new, far = term.surface, distance(_sounds_of(said), term.sounds)
    for number in range(len(said) - 1, -1, -1):
        word, before, after = said[number], said[:number], said[number + 1 :]
        if word.kind != "助詞" or word.surface not in PARTICLES:
            continue
        if distance(_sounds_of([*before, *after]), term.sounds) >= far:
            continue
        head, tail = ("".join(one.surface for one in part) for part in (before, after))
        if new.endswith(tail):
            place = len(new) - len(tail)
        elif new.startswith(head):
            place = len(head)
        else:
            return None
        new = new[:place] + word.surface + new[place:]
    return new


def _sounds_of(words: Sequence[Token]) -> str:
    return sounds("".join(word.kana for word in words))


def _instead(
    span: TextSpan,
    text: str,
    new: str,
    origin: Origin,
    far: float,
    length: int,
    term: Term | None = None,
) -> Candidate:
    old = text[span.start : span.end]
    return Candidate(
        span.start, span.end, old, new, origin, far, length, 0, term, old, span.is_word
    )


def _nearest(found: list[tuple[float, TextSpan]]) -> list[tuple[float, TextSpan]]:
    """Return the nearest of each group of overlapping spans, so that a particle behind a word is
    not replaced with it.
    """
    kept: list[tuple[float, TextSpan]] = []
    for far, span in sorted(found, key=lambda one: (one[0], one[1].words)):
        if not any(span.start < other.end and other.start < span.end for _, other in kept):
            kept.append((far, span))
    return kept


def _is_other_spelling(old: str, term: Term) -> bool:
    """Return whether both are the same word in another spelling, like 受け付け and 受付: then it
    was recognised correctly.
    """
    kanji = KANA.sub("", old)
    return bool(kanji) and kanji == KANA.sub("", term.surface) and old[0] == term.surface[0]


def _is_other_figure(old: str, new: str) -> bool:
    """Return whether a recognised number would change. It stays: a different number in a document
    proves nothing.
    """
    heard = FIGURES.findall(old)
    return bool(heard) and heard != FIGURES.findall(new)


def _homophones(text: str, spans: Iterable[TextSpan]) -> Iterator[Candidate]:
    """Yield words of the dictionary that sound like a span. Spans in hiragana have none: whether
    いったい should be 一体 only a document can tell.
    """
    for span in spans:
        if span.words > LONGEST_HOMOPHONE or not span.is_content or span.has_number:
            continue
        if HIRAGANA.fullmatch(text, span.start, span.end):
            continue
        for word in dictionary.alike(span.sounds):
            far = distance(span.sounds, word.sounds)
            if far <= FAR_HOMOPHONE:
                length = max(len(span.sounds), len(word.sounds))
                share = far / length
                yield _instead(span, text, word.surface, Origin.DICTIONARY, share, length)


def _learned(
    text: str, spans: Iterable[TextSpan], vocabulary: MeetingVocabulary
) -> Iterator[Candidate]:
    """Yield substitutions that persons made before, for whole words, however different they
    sound.
    """
    by_heard: dict[str, list[Confused]] = {}
    for known in vocabulary.taught.confused:
        if known.is_proposed:
            by_heard.setdefault(known.heard, []).append(known)
    for span in spans if by_heard else ():
        for known in by_heard.get(text[span.start : span.end], ()):
            term = vocabulary.by_surface.get(known.meant)
            if term is not None:
                length = max(len(span.sounds), len(term.sounds))
                far = distance(span.sounds, term.sounds) / length
                one = _instead(span, text, term.surface, Origin.LEARNED, far, length, term)
                yield replace(one, times=known.times, is_sure=known.is_sure)


def _dates(text: str) -> Iterator[Candidate]:
    """Yield corrections of spoken dates: 「27か」 to 27日, 「3つき」 to 3月, 「20ようか」 to
    28日.
    """

    def instead(match: re.Match[str], new: str) -> Candidate:
        old = match.group()
        return Candidate(match.start(), match.end(), old, new, Origin.DATE, 0.0, len(old), 0)

    for match in SPOKEN_MONTH.finditer(text):
        said = match.group(1)
        month = int(said) if said.isdecimal() else KANJI_FIGURES.index(said)
        if 1 <= month <= 12:
            yield instead(match, f"{month}月")
    for match in SPOKEN_DAY.finditer(text):
        if 1 <= int(match.group(1)) <= 31:
            yield instead(match, f"{match.group(1)}日")
    for match in SPOKEN_NAMED_DAY.finditer(text):
        day = DAYS[match.group("day")] + 10 * int(match.group("tens") or 0)
        yield instead(match, f"{day}日")


def _trimmed(one: Candidate) -> Candidate:
    """Return the candidate without the characters that both sides have in common at the start and
    end.
    """
    old, new, start, end = one.old, one.new, one.start, one.end
    while old and new and old[0] == new[0]:
        old, new, start = old[1:], new[1:], start + 1
    while old and new and old[-1] == new[-1]:
        old, new, end = old[:-1], new[:-1], end - 1
    return replace(one, start=start, end=end, old=old, new=new)


def _weighed(one: Candidate, text: str, before: Parse) -> Candidate:
    """Return the candidate with what MeCab makes of the changed text; `before` is what it makes of
    the text.
    """
    after = parsed(one.applied_to(text))
    return replace(one, gain=before.cost - after.cost, more_words=after.words - before.words)
