"""What the recogniser has to know of a language besides its code."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Writing:
    """Letters that are said in a second of detected speech, at most and at least, and what stands
    between two sentences. Only Japanese is punctuated by us: elsewhere the model's own stays.
    `letters`: what the text of a token consists of; None where nobody has looked."""

    fastest: float
    slowest: float
    space: str = ""
    is_punctuated_here: bool = False
    letters: re.Pattern[str] | None = None


JAPANESE_LETTERS = re.compile(
    r"[\x21-\x7e]*|[\x00-\x40\x5b-\x60\x7b-\x7f§°±·×÷"
    r"\u2000-\u206f\u2100-\u27bf\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]*"
)
"""Kana, kanji, figures, marks; of Latin letters what does not begin with a space, for in Japanese
no space stands before a foreign word."""

JAPANESE = Writing(fastest=14.0, slowest=4.0, is_punctuated_here=True, letters=JAPANESE_LETTERS)
"""The speech of our meetings has 5 to 9 letters a second."""

# Wide bounds from common rates of speech; no recording in these languages was measured.
WRITINGS = {
    "ja": JAPANESE,
    "en": Writing(fastest=32.0, slowest=4.0, space=" "),
    "ko": Writing(fastest=16.0, slowest=2.0, space=" "),
    "zh": Writing(fastest=12.0, slowest=1.5),
}


def writing_of(language: str) -> Writing:
    """Of an unknown language: the widest bounds."""
    return WRITINGS.get(language, Writing(fastest=32.0, slowest=1.5, space=" "))
