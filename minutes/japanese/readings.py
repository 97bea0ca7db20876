"""Readings: a text as words with their sound in katakana, by MeCab with unidic-lite.

The dictionary's own costs tell how natural a text is as Japanese: the cheapest path through its
words, their likelihood and their joints (Kudo, Yamamoto, Matsumoto 2004).
"""

import csv
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

import MeCab
import unidic_lite

from models.texts import SAME
from models.texts import folded as letters_folded

KATAKANA = re.compile(r"[ァ-ヺー]+")
HIRAGANA = re.compile(r"[ぁ-ん]+")
DIGITS = re.compile(r"\d+(?:,\d{3})*")
LEMMA, PRONOUNCED, WRITTEN_AS_SAID = 7, 9, 17
"""Places in unidic's features: the word that 頂き and いただき are forms of, and its two readings,
「テツズキ」 and 「テツヅキ」. A word that it does not know has none of them."""

SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""What chooses one of the shapes of the letter before it (異体字)."""

UNUSUAL = re.compile(f"[{re.escape(''.join(SAME))}{SELECTORS}]")
HALF_WIDTH_KANA = re.compile("[\uff65-\uff9f]+")
RADICALS = range(0x2E80, 0x2FE0)
MOST_PARSED = 20_000

LONGEST_PIECE = 1_000
"""Characters that are parsed at once."""

LONGEST_NUMBER = 16
LONGEST_SPELLED = 5
"""Latin capitals up to here are read letter by letter."""

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
SPELLED = """
    エー ビー シー ディー イー エフ ジー エイチ アイ ジェー ケー エル エム
    エヌ オー ピー キュー アール エス ティー ユー ブイ ダブリュー エックス ワイ ゼット
"""
LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", SPELLED.split(), strict=True))
AFTER_NUMBERS = {"月": "ガツ", "日": "ニチ", "年": "ネン", "人": "ニン"}
"""Where the dictionary reads the word as it stands alone."""


_OF_THREAD = threading.local()


@dataclass(frozen=True)
class Token:
    """A word of a text in NFKC. `start`: its place in characters; `cost`: what the word and the
    joint before it add to the path, the less the more natural; `lemma`: empty for a word that the
    dictionary does not know."""

    surface: str
    kind: str
    subkind: str
    kana: str
    start: int
    cost: int
    lemma: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.surface)

    @property
    def is_number(self) -> bool:
        return self.subkind == "数詞"

    @property
    def is_mark(self) -> bool:
        return self.kind in ("補助記号", "空白")


def plain(text: str) -> str:
    """NFKC letter by letter, radicals as the letters that they are, so that every place in it is
    the same place in the text."""
    return "".join(_plain_letter(letter) for letter in text)


@cache
def _plain_letter(letter: str) -> str:
    normal = unicodedata.normalize("NFKC", letter)
    if ord(letter) in RADICALS:  # browsers write ⻑ for 長 into PDFs
        normal = letters_folded(letter)
    return normal if len(normal) == 1 else letter


def composed(text: str) -> str:
    """Letters and their marks together (NFC), half-width kana too: パブ for ﾊﾟﾌﾞ."""
    whole = HALF_WIDTH_KANA.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return unicodedata.normalize("NFC", whole)


def tokens(text: str) -> list[Token]:
    """The words of the text as it is written, figures as one word with the sound of the number."""
    written = plain(text)
    usual, places = _usual(written)
    words = [_as_written(word, written, places) for word in _words(usual)]
    return list(_with_numbers_read(words))


def naturalness(text: str) -> int:
    """The cost of the cheapest path; less is more natural."""
    return sum(_cost(piece) for piece in _pieces(_usual(plain(text))[0]))


def _cost(piece: str) -> int:
    node, cost = tagger().parseToNode(piece), 0
    while node:
        cost = node.cost
        node = node.next
    return cost


def as_katakana(text: str) -> str:
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def guessed(surface: str) -> str:
    """How a word that the dictionary does not know is probably read, letter by letter if it must
    be; empty where even a letter is unknown."""
    usual, _ = _usual(surface)
    parts = list(_words(usual))
    if not all(KATAKANA.fullmatch(part.kana) for part in parts):
        parts = [part for letter in usual for part in _words(letter)]
    kana = "".join(part.kana for part in parts)
    return kana if KATAKANA.fullmatch(kana) else ""


def letters_in(text: str) -> int:
    """How many a reader counts: without the selectors of variants."""
    return len(re.sub(f"[{SELECTORS}]", "", text))


def _as_written(word: Token, text: str, places: Sequence[int]) -> Token:
    """What the dictionary has in another shape only, it does not know in this one."""
    start, end = places[word.start], places[word.end]
    written = text[start:end]
    lemma = word.lemma if written == word.surface else ""
    return replace(word, surface=written, start=start, lemma=lemma)


def _usual(text: str) -> tuple[str, Sequence[int]]:
    """In letters that the dictionary has, without selectors; the place in the text of each of
    them, and its end."""
    if not UNUSUAL.search(text):
        return text, range(len(text) + 1)
    kept = [(place, usual) for place, letter in enumerate(text) if (usual := _usual_letter(letter))]
    return "".join(usual for _, usual in kept), [*(place for place, _ in kept), len(text)]


@cache
def _usual_letter(letter: str) -> str:
    """Itself where the dictionary has it, or where it has no other shape."""
    if not UNUSUAL.match(letter):
        return letter
    is_known = any(word.lemma for word in _words(letter))
    return letter if is_known else SAME.get(letter, "")


def number_read(number: int) -> str:
    """The sound of a whole number: 1300 is センサンビャク."""
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
    """One for each thread: the nodes of a parse live in its tagger until the next one."""
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
    """The text in pieces that are parsed in a moment, cut at a mark or a space where there is one:
    the dictionary's paths through letters without a gap grow with the square of their number."""
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
            kind, subkind, lemma, kana = _parsed(node.surface, node.feature)
            cost = node.cost - before
            yield Token(node.surface, kind, subkind, kana, start + place, cost, lemma)
            place += len(node.surface)
        before, node = node.cost, node.next


@lru_cache(MOST_PARSED)
def _parsed(surface: str, feature: str) -> tuple[str, str, str, str]:
    """Kind, its part, lemma and sound."""
    features = next(csv.reader([feature]))
    lemma = features[LEMMA] if len(features) > WRITTEN_AS_SAID else ""
    return features[0], features[1], lemma, _kana(surface, features)


def _kana(surface: str, features: list[str]) -> str:
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
    if len(figures) > LONGEST_NUMBER:  # nobody says it as one number
        kana = "".join(ONES[int(figure)] or "ゼロ" for figure in figures)
    else:
        kana = number_read(int(figures))
    cost = sum(part.cost for part in parts)
    return Token(surface, "名詞", "数詞", kana, parts[0].start, cost, surface)


def _said(word: Token, kana: str) -> Token:
    return replace(word, kana=kana)


def is_unbroken(words: list[Token]) -> bool:
    """No mark and no space among them."""
    return not any(word.is_mark for word in words) and all(
        a.end == b.start for a, b in pairwise(words)
    )
