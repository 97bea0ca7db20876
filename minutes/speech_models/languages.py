"""What the recogniser has to know of a language besides its code."""

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Writing:
    """How a language is spoken and written. `fastest` and `slowest` are bounds for the characters
    in a second of detected speech, `brisk` is what ordinary speech seldom exceeds; `space` is what
    stands between two sentences.

    `is_punctuated_here`: sentences are found and punctuated by our rules, as only Japanese is;
    otherwise the model's punctuation stays. `letters` matches the text of the tokens that the
    language needs; None means that all are needed.
    """

    fastest: float
    slowest: float
    brisk: float = math.inf
    space: str = ""
    is_punctuated_here: bool = False
    letters: re.Pattern[str] | None = None


JAPANESE_LETTERS = re.compile(
    r"[\x21-\x7e]*|[\x00-\x40\x5b-\x60\x7b-\x7f§°±·×÷"
    r"\u2000-\u206f\u2100-\u27bf\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]*"
)
"""Kana, kanji, digits, marks, and Latin letters without a space before them: in Japanese no space
stands before a foreign word.
"""

JAPANESE = Writing(
    fastest=14.0, slowest=4.0, brisk=8.0, is_punctuated_here=True, letters=JAPANESE_LETTERS
)
"""The bounds are wide: speech in our meetings has 5 to 9 characters a second."""

# Wide bounds from common rates of speech; nothing was measured on recordings in these languages.
WRITINGS = {
    "ja": JAPANESE,
    "en": Writing(fastest=32.0, slowest=4.0, space=" "),
    "ko": Writing(fastest=16.0, slowest=2.0, space=" "),
    "zh": Writing(fastest=12.0, slowest=1.5),
}


def writing_of(language: str) -> Writing:
    """Return the writing of the language; for an unknown one, the widest bounds."""
    return WRITINGS.get(language, Writing(fastest=32.0, slowest=1.5, space=" "))
