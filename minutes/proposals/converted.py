"""Candidates from an input method: a text's reading, put back into kanji (`conversion/`)."""

import re
from collections.abc import Iterator, Sequence

from minutes.conversion.conversions import Conversion, Converter
from minutes.conversion.lattice import NOT_HEARD
from minutes.conversion.reading_graph import OtherReading
from minutes.japanese import dictionary
from minutes.japanese.numerals import normalise
from minutes.japanese.readings import Token, as_katakana, tokens
from minutes.japanese.similarity import distance, sounds
from minutes.proposals.candidates import Candidate
from models.transcript import Origin

KANA, FIGURES = re.compile(r"[ぁ-んァ-ヺー]+"), re.compile(r"\d+")
LEAST_GAIN = -1_000
"""Costs that much more are no candidate, unless a term of the meeting is in it."""


def converted(
    text: str, converter: Converter, again: Sequence[OtherReading] = ()
) -> Iterator[Candidate]:
    """Yield what another spelling of the same sounds may mean, for a text in NFKC. Another way to
    write the same word (ただいま, 只今) is none, unless it is a term of the meeting. Parts of the
    text were heard `again` otherwise.
    """
    words = tokens(text)
    for one in converter.conversions(text, again):
        candidate = _candidate(one, words)
        is_hopeless = one.gain < LEAST_GAIN or _is_same_word(one, text, words)
        is_hopeless = is_hopeless or _breaks_number(one, words)
        if (one.term is not None or not is_hopeless) and not _is_other_kana(candidate):
            yield candidate


def _candidate(one: Conversion, words: Sequence[Token]) -> Candidate:
    replaced = [word for word in words if one.start < word.end and word.start < one.end]
    said = sounds(as_katakana(one.said))
    heard = [sounds("".join(word.kana for word in replaced)), sounds(dictionary.spelled(replaced))]
    far = min(distance(each, said) for each in heard if each or not heard[0])
    if one.is_heard_again:
        far = 0
    length = max(len(said), *map(len, heard), 1)
    is_for_word = len(replaced) == 1 and replaced[0].surface == one.old
    return Candidate(
        one.start,
        one.end,
        one.old,
        one.new,
        _origin(one),
        far / length,
        length,
        0,
        one.term,
        one.old,
        is_for_word,
        conversion=one.gain,
        margin=one.margin,
        behind=one.behind,
        is_heard_again=one.is_heard_again,
    )


def _origin(one: Conversion) -> Origin:
    if one.term is None:
        return Origin.DICTIONARY
    return Origin.NAME if one.term.is_name else Origin.TERM


def _is_other_kana(one: Candidate) -> bool:
    """Return whether only kana differ, in the same sounds: 打ち合わせ and 打合せ are the same
    word, also where a document prints it.
    """
    return one.far == 0 and KANA.sub("", one.old) == KANA.sub("", one.new)


def _breaks_number(one: Conversion, words: Sequence[Token]) -> bool:
    """Return whether a number, or what is counted by it, was heard and would change. It gives way
    only where hardly anything else is cheaper (第3会 for 第3回), and never to another number.
    """
    beside = [word for word in words if one.start <= word.end and word.start < one.end]
    if not any(word.is_number for word in beside):
        return False
    heard, new = (FIGURES.findall(normalise(part)) for part in (one.old, one.new))
    return one.behind >= NOT_HEARD or (bool(heard) and bool(new) and heard != new)


def _is_same_word(one: Conversion, text: str, words: Sequence[Token]) -> bool:
    """Return whether both spellings are of the same words for MeCab's dictionary: whether いったい
    should be 一体 only a document can tell.
    """
    changed = tokens(text[: one.start] + one.new + text[one.end :])
    growth = len(one.new) - len(one.old)
    before = _lemmas(words, one.start, one.end)
    return before == _lemmas(changed, one.start, one.end + growth)


def _lemmas(words: Sequence[Token], start: int, end: int) -> list[str]:
    return [word.lemma or word.surface for word in words if start < word.end and word.start < end]
