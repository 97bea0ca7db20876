"""Words of a text with how they are inflected, by MeCab with unidic-lite, at their places."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from minutes.japanese.readings import plain, tagger

SENTENCE = re.compile(r"[^。！？!?\n]{0,2000}[。！？!?\n]*")
"""A sentence, or two thousand letters of one that does not end: MeCab takes them one by one."""

MARKS = ("補助記号", "空白", "記号")
KIND, SUBKIND, THIRD, CONJUGATION, FORM, BASE = 0, 1, 2, 4, 5, 10


@dataclass(frozen=True)
class Morpheme:
    """`conjugation`: 「五段-カ行」; `form`: 「連用形-一般」; `base`: as it stands in a dictionary,
    in the letters of the text."""

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
        return self.start + len(self.surface)

    @property
    def is_number(self) -> bool:
        return self.subkind == "数詞"

    @property
    def is_mark(self) -> bool:
        return self.kind in MARKS

    @property
    def is_verb(self) -> bool:
        return self.kind == "動詞"

    def is_a(self, kind: str, *surfaces: str) -> bool:
        return self.kind == kind and (not surfaces or self.surface in surfaces)


@lru_cache(maxsize=8)
def words(text: str) -> tuple[Morpheme, ...]:
    """Each rule asks for the same text again, so the latest texts are kept."""
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
    """Of an unknown word the dictionary tells less."""
    known = next(csv.reader([features]))
    kind, subkind, third, conjugation, form = (
        known[n] if n < len(known) else "*" for n in (KIND, SUBKIND, THIRD, CONJUGATION, FORM)
    )
    return kind, subkind, third, conjugation, form, known[BASE] if len(known) > BASE else surface
