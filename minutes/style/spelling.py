"""Applies the city's spelling (用字), a small list of its own: ください for 下さい, こと for 事."""

import re
from collections.abc import Iterator, Sequence

from minutes.japanese.words import Morpheme, words
from minutes.style.changes import Edit, Rule

MODIFIERS = ("動詞", "助動詞", "形容詞", "連体詞")
SUPPORTING = ("て", "で")
ASKED_FOR = ("下さ", "くださ")
"""Forms of 下さる, changed only after another verb (見て下さい): in 「資料を下さい」 it is the verb
itself."""


def pair(entry: str) -> tuple[str, str] | None:
    """Return the two sides of an entry such as 「事=こと」; None for what is no such pair."""
    before, sign, after = (part.strip() for part in entry.partition("="))
    return (before, after) if sign and before and after and before != after else None


def edits(text: str, spelling: Sequence[str]) -> Iterator[Edit]:
    """Yield the edits to the city's spelling."""
    pairs = dict(filter(None, map(pair, spelling)))
    if not pairs or not any(before in text for before in pairs):
        return
    pattern = re.compile("|".join(map(re.escape, sorted(pairs, key=len, reverse=True))))
    places = {match.start(): match[0] for match in pattern.finditer(text)}
    said = words(text)
    for word, last in zip(said, [None, *said], strict=False):
        found = places.get(word.start, "")
        if found and _is_meant(word, last, found):
            yield Edit(word.start, word.start + len(found), pairs[found], Rule.SPELLING)


def _is_meant(word: Morpheme, last: Morpheme | None, found: str) -> bool:
    """Return whether an entry applies to this word: verbs by their beginning; of nouns only formal
    ones (する事, そんな時), never a part of another word (事業、出来事).
    """
    if word.is_verb:
        if word.surface.startswith(ASKED_FOR):
            return last is not None and last.surface in SUPPORTING
        return word.surface.startswith(found)
    is_modified = last is not None and (last.kind in MODIFIERS or last.surface == "の")
    return (
        word.kind in ("名詞", "接続詞", "副詞")
        and word.surface == found
        and (is_modified or word.kind != "名詞")
    )
