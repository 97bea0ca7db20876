"""Checks a sentence that a language model wrote against the sentences that it cites: it may name no
number and nobody that they do not name.
"""

import re
import unicodedata
from collections.abc import Iterable

from minutes.japanese.numerals import normalise
from minutes.japanese.words import words

NUMBER = re.compile(r"[0-9]+%?")
PROPER = "固有名詞"


def unsupported(sentence: str, cited: Iterable[str], names: Iterable[str] = ()) -> list[str]:
    """Return the numbers and names in the sentence that stand in none of the `cited` texts, in
    their order. `names` are those of the people at the meeting, as 「桐生 正臣」: they count as
    names whether MeCab knows them or not.
    """
    ground = normalise("\n".join(cited))
    figures = [one for one in NUMBER.findall(normalise(sentence)) if one not in _figures(ground)]
    called = [one for one in _names(sentence, names) if normalise(one) not in ground]
    return list(dict.fromkeys([*figures, *called]))


def _figures(ground: str) -> set[str]:
    return set(NUMBER.findall(ground))


def _names(sentence: str, people: Iterable[str]) -> list[str]:
    text = unicodedata.normalize("NFKC", sentence)
    parts = {part for name in people for part in name.split() if len(part) > 1}
    known = [part for part in sorted(parts) if part in text]
    return known + [word.surface for word in words(text) if word.subkind == PROPER]
