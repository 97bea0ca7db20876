"""The form of a text in which it is searched and compared: letters that are the same to a reader
are the same here. What is stored and shown stays as it was written.

Folded are compatible forms (NFKC: widths, half-width kana, radicals), case, old and variant shapes
of letters (旧字, 異体字 and the selectors that choose them), kinds of hyphen, wave dash and
quotation mark. Blanks and characters without width are left out: a PDF breaks lines in the middle
of words, and 「芹沢 由紀」 is 「芹沢由紀」.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from models.letters import MARKS, RADICALS, VARIANTS

SAME = {
    other: group[-1] if is_radical else group[0]
    for groups, is_radical in ((VARIANTS, False), (RADICALS, True), (MARKS, False))
    for group in groups.split()
    for other in (group[:-1] if is_radical else group[1:])
}
"""Each letter that is found by another one, after NFKC."""

UNSEEN = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]+"
)
"""Blanks, and what Unicode calls ignorable: the selectors of variants among them."""

LONG = re.compile("([^ぁ-ゖァ-ヺー])(ー+)")
"""A long mark behind anything but kana is a hyphen that a Japanese keyboard wrote: 「２ー１」."""

KANJI = range(0x4E00, 0xA000)
PLAIN = "!-@\\[-~、。〈-】〔-〛〃々〆〇ぁ-ゖァ-ヴヷ-ヺ・ー"


def _ranges(codes: range, without: dict[str, str]) -> str:
    """Return the letters of `codes` that are not in `without`, as ranges for a regular expression's
    character class."""
    runs = groupby(codes, key=lambda code: chr(code) not in without)
    kept = [list(run) for is_kept, run in runs if is_kept]
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in kept)


FOLDED_ALREADY = PLAIN + _ranges(KANJI, SAME)
OTHERS = re.compile(f"[^{FOLDED_ALREADY}]+")
"""Stretches in which there is something to fold: most Japanese text has few, and NFKC is slow."""

RUNS = re.compile(
    f"([{FOLDED_ALREADY}]+)(?=[{FOLDED_ALREADY}]|\\Z)|.[^{FOLDED_ALREADY}]*", re.DOTALL
)
"""Letters that fold to themselves, else one letter with all others that follow."""

TABLE = str.maketrans(SAME)

JOINING = re.compile(
    "[\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf"
    "\u102e\u1161-\u1175\u11a8-\u11c2\u1b35\U00011127\U0001133e\U00011357\U000114b0\U000114ba"
    "\U000114bd\U000115af\U00011930]"
)
"""What composes with the letter before it though it is no mark: parts of Hangul and of scripts of
India."""


@dataclass(frozen=True)
class Folded:
    """A folded text that knows where it came from: letter n of `text` stands in the original from
    `starts[n]` to `ends[n]`, in code points. Several letters may come from one place (㈱), and one
    letter from several places (ｶﾞ)."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the start and end in the original, in code points, of the folded letters from
        `start` to `end`."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else max(self.ends, default=0)
            return at, at
        return self.starts[start], self.ends[end - 1]


def folded(text: str) -> str:
    """Return the form in which texts are compared. Folding it again changes nothing."""
    return LONG.sub(_hyphens, _letters(text))


def words_of(query: str) -> list[str]:
    """Return the words of a search query, folded, each once, in their order."""
    return [word for word in dict.fromkeys(map(folded, query.split())) if word]


def with_places(text: str) -> Folded:
    """Fold the text and keep the places of its letters in the original. Several times slower than
    `folded` unless the text is folded already, as most are; for what is shown."""
    if folded(text) == text:
        return Folded(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in RUNS.finditer(text):
        start, end = found.span()
        if found[1]:
            letters.append(found[1])
            starts += range(start, end)
            ends += range(start + 1, end + 1)
            continue
        for cluster in _clusters(found[0]):
            same = _of_cluster(cluster)
            letters.append(same)
            starts += [start] * len(same)
            ends += [start + len(cluster.rstrip())] * len(same)
            start += len(cluster)
    return Folded(LONG.sub(_hyphens, "".join(letters)), tuple(starts), tuple(ends))


def without_space(text: str) -> str:
    """Return the text with compatible forms (NFKC) and case folded and blanks removed, but variant
    letters kept: for telling whether two versions of a page say the same, where 髙 and 高 are a
    difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _letters(text: str) -> str:
    """Fold all but the long marks. Compose again at the end, because what stood between a letter
    and its mark may be gone."""
    bare = _composed("".join(text.split()))
    return _composed(OTHERS.sub(lambda found: _same(found[0]), bare))


@lru_cache(maxsize=20_000)
def _same(letters: str) -> str:
    compatible = unicodedata.normalize("NFKC", letters).casefold()
    return UNSEEN.sub("", unicodedata.normalize("NFKC", compatible).translate(TABLE))


@lru_cache(maxsize=20_000)
def _of_cluster(cluster: str) -> str:
    return _letters(cluster)


def _composed(text: str) -> str:
    is_composed = unicodedata.is_normalized("NFC", text)
    return text if is_composed else unicodedata.normalize("NFC", text)


def _hyphens(found: re.Match[str]) -> str:
    return found[1] + "-" * len(found[2])


def _clusters(text: str) -> Iterator[str]:
    """Yield the text letter by letter, each with the marks and selectors that belong to it."""
    start = 0
    for place in range(1, len(text)):
        if _begins(text[place]):
            yield text[start:place]
            start = place
    yield text[start:]


@lru_cache(maxsize=20_000)
def _begins(letter: str) -> bool:
    """Return whether a cluster can begin at this letter, so that folding cannot join it to the one
    before."""
    first = UNSEEN.sub("", unicodedata.normalize("NFKD", letter))[:1]
    return bool(first) and not unicodedata.combining(first) and not JOINING.match(first)
