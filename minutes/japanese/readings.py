"""Splits a text into words with their reading in katakana, by MeCab with unidic-lite.

The dictionary's costs tell how natural a text is as Japanese: the cost of the cheapest path is the
sum of the costs of its words and of their connections (Kudo, Yamamoto, Matsumoto 2004).
"""

import csv
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

import MeCab
import unidic_lite

from models.texts import SAME
from models.texts import folded as letters_folded

KATAKANA = re.compile(r"[ァ-ヺー]+")
HIRAGANA = re.compile(r"[ぁ-ん]+")
DIGITS = re.compile(r"\d+(?:,\d{3})*")
LEMMA, PRONOUNCED, WRITTEN_AS_SAID = 7, 9, 17
"""Places in unidic's features: the lemma, which 頂き and いただき share; the pronunciation,
「テツズキ」; and the kana of the written form, 「テツヅキ」. Unknown words have none of them.
"""

SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Unicode variation selectors, which choose a shape of the letter before them (異体字)."""

UNUSUAL = re.compile(f"[{re.escape(''.join(SAME))}{SELECTORS}]")
"""Variant shapes of letters, and variation selectors."""
HALF_WIDTH_KANA = re.compile("[\uff65-\uff9f]+")
RADICALS = range(0x2E80, 0x2FE0)
"""Code points of the radicals, which browsers write into PDFs in place of letters."""
MOST_PARSED = 20_000
"""Size of the cache of parsed features."""

LONGEST_PIECE = 1_000
"""Characters that MeCab parses at once."""

LONGEST_NUMBER = 16
MOST_PATHS, MOST_READINGS = 8, 3
"""The most digits that are read as one number."""
LONGEST_SPELLED = 5
"""The most Latin capitals that are read letter by letter."""

ONES = ("", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー")
SMALL_UNITS = ((1000, "セン"), (100, "ヒャク"), (10, "ジュー"))
LARGE_UNITS = ((10**12, "チョー"), (10**8, "オク"), (10**4, "マン"))
CHANGED = {
    (3, 1000): "サンゼン",
    (8, 1000): "ハッセン",
    (3, 100): "サンビャク",
    (6, 100): "ロッピャク",
    (8, 100): "ハッピャク",
}
"""Readings of digit and unit that are not the two readings joined."""
SPELLED = """
    エー ビー シー ディー イー エフ ジー エイチ アイ ジェー ケー エル エム
    エヌ オー ピー キュー アール エス ティー ユー ブイ ダブリュー エックス ワイ ゼット
"""
LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", SPELLED.split(), strict=True))
AFTER_NUMBERS = {"月": "ガツ", "日": "ニチ", "年": "ネン", "人": "ニン"}
"""Readings of words after a number; the dictionary reads them as if they stood alone."""


_OF_THREAD = threading.local()


@dataclass(frozen=True)
class Token:
    """A word of a text. `start` is its place in characters; `kana` its reading in katakana; `cost`
    what the word and its connection to the one before add to MeCab's path, the lower the more
    natural. `lemma` is empty if the dictionary does not know the word.
    """

    surface: str
    kind: str
    subkind: str
    kana: str
    start: int
    cost: int
    lemma: str = ""
    spelling: str = ""

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
        """Return whether the word is punctuation or a space."""
        return self.kind in ("補助記号", "空白")


def plain(text: str) -> str:
    """Return the text in NFKC, with radicals as letters. It is converted character by character
    and those that would become several stay, so that every place in it is the same place in the
    text.
    """
    return "".join(_plain_letter(letter) for letter in text)


@cache
def _plain_letter(letter: str) -> str:
    normal = unicodedata.normalize("NFKC", letter)
    if ord(letter) in RADICALS:  # browsers write ⻑ for 長 into PDFs
        normal = letters_folded(letter)
    return normal if len(normal) == 1 else letter


def composed(text: str) -> str:
    """Return the text in NFC, so that letters and their marks are together; half-width kana become
    full width: パブ for ﾊﾟﾌﾞ.
    """
    whole = HALF_WIDTH_KANA.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return unicodedata.normalize("NFC", whole)


def tokens(text: str) -> list[Token]:
    """Return the words of the text. A number in digits is one word with the reading of the number.
    The surfaces are in NFKC as in `plain`, the places those of the text.
    """
    written = plain(text)
    usual, places = _usual(written)
    words = [_as_written(word, written, places) for word in _words(usual)]
    return list(_with_numbers_read(words))


class Parse(NamedTuple):
    """MeCab's cheapest path through a text: its `cost`, the lower, the more natural, and the number
    of its `words`."""

    cost: int
    words: int


def parsed(text: str) -> Parse:
    """Return what MeCab makes of the text."""
    found = [_path(piece) for piece in _pieces(_usual(plain(text))[0])]
    return Parse(sum(one.cost for one in found), sum(one.words for one in found))


def naturalness(text: str) -> int:
    """Return MeCab's cost of the text; the lower, the more natural."""
    return parsed(text).cost


def _path(piece: str) -> Parse:
    """Return the cost of the cheapest path, which MeCab stores in its last node, and its words
    between the two ends."""
    node, cost, nodes = tagger().parseToNode(piece), 0, 0
    while node:
        cost, nodes = node.cost, nodes + 1
        node = node.next
    return Parse(cost, max(0, nodes - 2))


def as_katakana(text: str) -> str:
    """Return the text with hiragana as katakana."""
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def guessed(surface: str) -> str:
    """Return a probable reading in katakana of a word that the dictionary does not know, character
    by character if necessary; empty if even a character is unknown.
    """
    usual, _ = _usual(surface)
    parts = list(_words(usual))
    if not all(KATAKANA.fullmatch(part.kana) for part in parts):
        parts = [part for letter in usual for part in _words(letter)]
    kana = "".join(part.kana for part in parts)
    return kana if KATAKANA.fullmatch(kana) else ""


def letters_in(text: str) -> int:
    """Return how many characters a reader counts: variation selectors are left out."""
    return len(re.sub(f"[{SELECTORS}]", "", text))


def _as_written(word: Token, text: str, places: Sequence[int]) -> Token:
    """Return the word with its surface as in the text. It counts as unknown if the dictionary has
    it only in another shape.
    """
    start, end = places[word.start], places[word.end]
    written = text[start:end]
    lemma = word.lemma if written == word.surface else ""
    return replace(word, surface=written, start=start, lemma=lemma)


def _usual(text: str) -> tuple[str, Sequence[int]]:
    """Return the text in letters that the dictionary has, without selectors; and for each of them
    its place in the text, followed by the text's length.
    """
    if not UNUSUAL.search(text):
        return text, range(len(text) + 1)
    kept = [(place, usual) for place, letter in enumerate(text) if (usual := _usual_letter(letter))]
    return "".join(usual for _, usual in kept), [*(place for place, _ in kept), len(text)]


@cache
def _usual_letter(letter: str) -> str:
    """Return the letter if the dictionary has it or it has no other shape; otherwise its usual
    shape. Empty for a selector.
    """
    if not UNUSUAL.match(letter):
        return letter
    is_known = any(word.lemma for word in _words(letter))
    return letter if is_known else SAME.get(letter, "")


def number_read(number: int) -> str:
    """Return the reading of a whole number from 0: センサンビャク for 1300."""
    if number == 0:
        return "ゼロ"
    said = ""
    for unit, name in LARGE_UNITS:
        many, number = divmod(number, unit)
        if many:
            said += number_read(many) + name
    for unit, name in SMALL_UNITS:
        many, number = divmod(number, unit)
        if many:
            said += CHANGED.get((many, unit)) or (ONES[many] if many > 1 else "") + name
    return said + ONES[number]


def tagger() -> MeCab.Tagger:
    """Return this thread's tagger of MeCab. The nodes of a parse belong to their tagger and are
    valid until its next parse, so threads cannot share one.
    """
    tagger: MeCab.Tagger | None = getattr(_OF_THREAD, "tagger", None)
    if tagger is None:
        tagger = _OF_THREAD.tagger = MeCab.Tagger(f'-r /dev/null -d "{unidic_lite.DICDIR}"')
    return tagger


def _words(text: str) -> Iterator[Token]:
    start = 0
    for piece in _pieces(text):
        yield from _words_of(piece, start)
        start += len(piece)


def _pieces(text: str) -> Iterator[str]:
    """Yield the text in pieces of at most LONGEST_PIECE characters, cut after a mark or a space if
    there is one. MeCab's time for letters without a gap grows with the square of their number.
    """
    while len(text) > LONGEST_PIECE:
        cut = max(text.rfind(mark, 0, LONGEST_PIECE) for mark in "。、 \n") + 1 or LONGEST_PIECE
        yield text[:cut]
        text = text[cut:]
    yield text


def _words_of(text: str, start: int) -> Iterator[Token]:
    node, place, before = tagger().parseToNode(text), 0, 0
    while node:
        if node.surface:
            place = text.index(node.surface, place)
            kind, subkind, lemma, kana, spelling = _parsed(node.surface, node.feature)
            cost = node.cost - before
            at = start + place
            yield Token(node.surface, kind, subkind, kana, at, cost, lemma, spelling)
            place += len(node.surface)
        before, node = node.cost, node.next


@lru_cache(MOST_PARSED)
def _parsed(surface: str, feature: str) -> tuple[str, str, str, str, str]:
    """Return part of speech, its subdivision, lemma, reading, and the reading's spelling."""
    features = next(csv.reader([feature]))
    lemma = features[LEMMA] if len(features) > WRITTEN_AS_SAID else ""
    return features[0], features[1], lemma, _kana(surface, features), _spelling(surface, features)


def _spelling(surface: str, features: list[str]) -> str:
    spelling = features[WRITTEN_AS_SAID] if len(features) > WRITTEN_AS_SAID else ""
    spelling = spelling if KATAKANA.fullmatch(spelling) else as_katakana(surface)
    return spelling if KATAKANA.fullmatch(spelling) else ""


@lru_cache(MOST_PARSED)
def other_readings(surface: str) -> tuple[str, ...]:
    """Return the spellings in katakana of all readings of a word among MeCab's MOST_PATHS best
    paths through it, the likeliest first.
    """
    known = tagger()
    known.parseNBestInit(surface)
    found: dict[str, None] = {}
    for _ in range(MOST_PATHS):
        node, spelling = known.nextNode(), ""
        if node is None:
            break
        while node:
            if node.surface:
                spelling += _parsed(node.surface, node.feature)[-1] or "?"
            node = node.next
        if KATAKANA.fullmatch(spelling):
            found[spelling] = None
    return tuple(found)[:MOST_READINGS]


def _kana(surface: str, features: list[str]) -> str:
    """Return the reading: of Latin capitals letter by letter, otherwise as the dictionary has it
    or as the word is written.
    """
    if surface.isascii() and surface.isupper() and len(surface) <= LONGEST_SPELLED:
        return "".join(LETTERS.get(letter, "") for letter in surface)
    said = features[PRONOUNCED] if len(features) > WRITTEN_AS_SAID else ""
    return said if KATAKANA.fullmatch(said) else as_katakana(surface)


def _with_numbers_read(words: list[Token]) -> Iterator[Token]:
    place, is_after_number = 0, False
    while place < len(words):
        word, last = words[place], place + 1
        if word.surface.isdecimal():
            while last + 1 < len(words) and _goes_on(words[last], words[last + 1]):
                last += 2
            word = _number(words[place:last])
        elif is_after_number and word.surface in AFTER_NUMBERS:
            word = _said(word, AFTER_NUMBERS[word.surface])
        is_after_number = word.is_number
        yield word
        place = last


def _goes_on(mark: Token, figures: Token) -> bool:
    return mark.surface == "," and figures.surface.isdecimal() and len(figures.surface) == 3


def _number(parts: list[Token]) -> Token:
    surface = "".join(part.surface for part in parts)
    figures = surface.replace(",", "")
    if len(figures) > LONGEST_NUMBER:  # nobody reads it as one number
        kana = "".join(ONES[int(figure)] or "ゼロ" for figure in figures)
    else:
        kana = number_read(int(figures))
    cost = sum(part.cost for part in parts)
    return Token(surface, "名詞", "数詞", kana, parts[0].start, cost, surface)


def _said(word: Token, kana: str) -> Token:
    return replace(word, kana=kana)


def is_unbroken(words: list[Token]) -> bool:
    """Return whether the words follow each other without a mark or space."""
    return not any(word.is_mark for word in words) and all(
        a.end == b.start for a, b in pairwise(words)
    )
