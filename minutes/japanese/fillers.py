"""Finds fillers (ケバ): sounds without meaning, like 「えー」. What could be a word is left
alone.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from minutes.japanese.words import words

# Hesitations without meaning; 「あの」 and 「え」 by themselves only before a pause.
HESITATION = re.compile(
    r"えーっ?と|えっと[ーぉ～]*|ええっ?と|え[ーぇ]+|あの[ーう～]+|"
    r"(?<![ぁ-んァ-ヶ一-龥々])(?:え|ええ|あの)(?=[、,\s])"
)
"""Left out on both sides when the normalised accuracy is computed. 「ええ」, which may be a yes, is
among them.
"""

PAUSE = "、,，\\s…"
"""Characters that stand for a pause, for use in a character class."""
LONG = re.compile(
    r"え[ーぇ〜～]+っ?と?[ーぉ〜～]*|え[えっ]?っと[ーぉ〜～]*|あの[ーぅ〜～]+|その[ーぅ〜～]+"
)
"""Between two words, these can be nothing but fillers."""

CALLED = (
    rf"(?:あのう|[あうん][ーぁぅ〜～]+んと?|[あうん][ーぁぅ〜～]+|うーんと?|え)(?=[{PAUSE}。]|$)"
)
BETWEEN_PAUSES = rf"(?<=[{PAUSE}])(?:その|あの|ま|まあ|まー)(?=[{PAUSE}])"
AT_THE_START = rf"(?:(?<=[。！？])|^)(?:あの|ま|まあ|まー)(?=[{PAUSE}])"
ALONE = re.compile(rf"(?:(?<=[{PAUSE}。！？])|^)(?:{CALLED})|{BETWEEN_PAUSES}|{AT_THE_START}", re.M)
"""Words that are fillers only between pauses."""

LITTLE_WORDS = ("助詞", "助動詞", "副詞", "接続詞", "感動詞")
"""Parts of speech after which 「えー」 is a filler even without a pause (「それではえー」). After
others it may be a part of the word (「見えー」).
"""

FOLLOWING_PAUSE = re.compile(rf"[{PAUSE}]+")
ENDS = "。！？"


def letters(text: str) -> int:
    """Return how many characters of the text are fillers, with the pauses that belong to them."""
    return sum(end - start for start, end in spans(text))


@lru_cache(maxsize=30_000)
def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end of each filler in order, with the pause that belongs to it."""
    found = sorted({*_long(text), *(match.span() for match in ALONE.finditer(text))})
    taken: list[tuple[int, int]] = []
    for start, end in found:
        before = taken[-1][1] if taken else 0
        if start >= before:
            taken.append(_with_pause(text, before, start, end))
    return tuple(taken)


def _long(text: str) -> Iterator[tuple[int, int]]:
    borders: set[int] | None = None
    for match in LONG.finditer(text):
        is_free = match.start() == 0 or not text[match.start() - 1].isalpha()
        if not is_free and borders is None:
            borders = {word.end for word in words(text) if word.kind in LITTLE_WORDS}
        if is_free or (borders and match.start() in borders):
            yield match.span()


def _with_pause(text: str, before: int, start: int, end: int) -> tuple[int, int]:
    """Return the span with the pause after it. At the end of a sentence it includes the pause
    before instead; if nothing else is in the sentence, also its full stop.
    """
    pause = FOLLOWING_PAUSE.match(text, end)
    if pause:
        return start, pause.end()
    is_last = end == len(text) or text[end] in ENDS
    while is_last and start > before and FOLLOWING_PAUSE.fullmatch(text[start - 1]):
        start -= 1
    is_whole = start == 0 or text[start - 1] in ENDS
    return start, end + (is_last and is_whole and end < len(text))
