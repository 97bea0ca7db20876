"""Brings Latin letters to one width, with digits that belong to them (5G), and katakana to full
width.
"""

import re
import unicodedata
from collections.abc import Iterator

from meetings.style_choices import Letters
from minutes.style.changes import Edit, Rule

WORD = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ0-9０-９]+")
LETTER = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")
KATAKANA = re.compile(r"[ｦ-ﾟ]+")
TO_FULL = {n: n + ord("Ａ") - ord("A") for n in range(ord("0"), ord("z") + 1) if chr(n).isalnum()}
TO_HALF = {full: half for half, full in TO_FULL.items()}


def katakana(text: str) -> Iterator[Edit]:
    """Yield the edits of half-width katakana to full width."""
    for match in KATAKANA.finditer(text):
        yield Edit(*match.span(), unicodedata.normalize("NFKC", match[0]), Rule.KATAKANA)


def widths(text: str, choice: Letters) -> Iterator[Edit]:
    """Yield the edits of Latin letters, with their digits, to the width that was chosen."""
    is_full = choice is Letters.FULL
    for match in WORD.finditer(text):
        wanted = match[0].translate(TO_FULL if is_full else TO_HALF)
        if wanted != match[0] and LETTER.search(match[0]):
            rule = Rule.FULL_LETTERS if is_full else Rule.HALF_LETTERS
            yield Edit(*match.span(), wanted, rule)
