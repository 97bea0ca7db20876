"""Splits a text into words with their inflection and place, by MeCab with unidic-lite."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from minutes.japanese.readings import plain, tagger

SENTENCE = re.compile(r"[^。！？!?\n]{0,2000}[。！？!?\n]*")
"""A sentence, or two thousand characters of one that does not end; MeCab parses one at a time."""

MARKS = ("補助記号", "空白", "記号")
"""Parts of speech that are not words."""
KIND, SUBKIND, THIRD, CONJUGATION, FORM, BASE = 0, 1, 2, 4, 5, 10


@dataclass(frozen=True)
class Morpheme:
    """A word as MeCab cuts it, with the parts of speech of unidic in three levels.

    `conjugation` is its class, as 「五段-カ行」; `form` its form, as 「連用形-一般」; `base` its
    dictionary form, written as in the text; `start` its place in characters.
    """

    surface: str
    kind: str
    subkind: str
    third: str
    conjugation: str
    form: str
    base: str
    start: int

    @property
    def end(self) -> int:
        """Return the place after the word's last character."""
        return self.start + len(self.surface)

    @property
    def is_number(self) -> bool:
        """Return whether the word is a number."""
        return self.subkind == "数詞"

    @property
    def is_mark(self) -> bool:
        """Return whether the word is punctuation, a symbol or a space."""
        return self.kind in MARKS

    @property
    def is_verb(self) -> bool:
        """Return whether the word is a verb."""
        return self.kind == "動詞"

    def is_a(self, kind: str, *surfaces: str) -> bool:
        """Return whether the word is of this part of speech and, if surfaces are given, one of
        them.
        """
        return self.kind == kind and (not surfaces or self.surface in surfaces)


@lru_cache(maxsize=8)
def words(text: str) -> tuple[Morpheme, ...]:
    """Return the words of the text in order. The results for the latest texts are cached, as each
    rule of the official style asks for the same text.
    """
    found: list[Morpheme] = []
    for sentence in SENTENCE.finditer(plain(text)):
        found += _of(sentence[0], sentence.start())
    return tuple(found)


def _of(sentence: str, origin: int) -> Iterator[Morpheme]:
    node, place = tagger().parseToNode(sentence), 0
    while node:
        if node.surface:
            place = sentence.index(node.surface, place)
            yield Morpheme(node.surface, *_features(node.surface, node.feature), origin + place)
            place += len(node.surface)
        node = node.next


@lru_cache(maxsize=20_000)
def _features(surface: str, features: str) -> tuple[str, str, str, str, str, str]:
    """Return the features that are used; "*" stands for those that an unknown word does not
    have.
    """
    known = next(csv.reader([features]))
    kind, subkind, third, conjugation, form = (
        known[n] if n < len(known) else "*" for n in (KIND, SUBKIND, THIRD, CONJUGATION, FORM)
    )
    return kind, subkind, third, conjugation, form, known[BASE] if len(known) > BASE else surface
