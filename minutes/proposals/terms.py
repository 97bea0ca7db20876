"""Terms (用語) of a meeting: the words of its papers and the names of its people, with their sound
and where they stand."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from minutes.proposals.readings import HIRAGANA, Token, as_katakana, is_unbroken, plain, tokens
from minutes.proposals.sound import folded, sounds

NOUNS = ("名詞", "接頭辞", "接尾辞", "形状詞", "記号")
OTHER_CONTENT = ("動詞", "形容詞", "副詞")
LONGEST_COMPOUND = 8
"""Words of the dictionary in one term."""

SHORTEST_SOUNDS = 3
MOST_TERMS = 20_000
"""A paper in which everything is a term, a dictionary or two thousand pages, gives the most
frequent ones."""

MOST_LINE = 2_000
GRAM = 3
HONORIFICS = {"さん": "サン", "氏": "シ", "委員": "イイン", "議員": "ギイン", "課長": "カチョウ"}
BREAKS = re.compile(r"[\n\r。、()「」『』【】:;・/~|*`<>=\[\]{}]+|^\s*[#>+-]+", re.MULTILINE)


@dataclass(frozen=True)
class Paper:
    """A page, or anything else with words. `place`: what a person is told about it; `page_id` of
    a page that can be opened."""

    place: str
    text: str
    page_id: int | None = None


@dataclass(frozen=True)
class PersonName:
    """Surname and given name with a space between, as in the roster; `kana` likewise or empty."""

    name: str
    kana: str = ""
    title: str = ""


@dataclass(frozen=True)
class Term:
    """`count`: how often the papers print it; `place`: where first; `parts`: words of the
    dictionary that it is made of; `cost`: theirs, the higher the rarer."""

    surface: str
    kana: str
    place: str
    is_name: bool
    parts: int
    cost: int
    page_id: int | None = None
    count: int = 1
    sounds: str = field(default="", compare=False)


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one meeting, and all of its words as one text."""

    terms: Sequence[Term]
    text: str

    @cached_property
    def folded_sounds(self) -> list[str]:
        return [folded(term.sounds) for term in self.terms]

    def prints(self, words: str) -> bool:
        """Whether the papers have these letters anywhere."""
        parts = [words[n : n + GRAM] for n in range(max(1, len(words) - GRAM + 1))]
        return bool(words) and self._grams.issuperset(parts) and words in self.text

    @cached_property
    def _grams(self) -> set[str]:
        """Up to GRAM letters that stand together: most questions are answered here, without
        looking through two thousand pages."""
        text = self.text
        return {text[n : n + size] for size in range(1, GRAM + 1) for n in range(len(text))}


ROSTER, EARLIER = "名簿", "これまでの会議録"
NAME_COST = 12_000


def collect(papers: Iterable[Paper], people: Iterable[PersonName] = ()) -> Vocabulary:
    """Every noun and compound of the papers, their verbs and adjectives as printed, and names."""
    found: dict[str, Term] = {}
    counts: dict[str, int] = {}
    read = []
    people = list(people)
    papers = [*papers, *(Paper(ROSTER, person.title) for person in people if person.title)]
    for paper in papers:
        text = plain(paper.text)
        read.append(text)
        for line in BREAKS.split(text):
            for term in _terms_of(line[:MOST_LINE].strip(), paper):
                found.setdefault(term.surface, term)
                counts[term.surface] = counts.get(term.surface, 0) + 1
    for name in _names(people):
        found[name.surface] = name  # the roster knows better how it is written and read
        counts[name.surface] = counts.get(name.surface, 0) + 1
    often = sorted(found, key=lambda s: (not found[s].is_name, -counts[s]))[:MOST_TERMS]
    counted = [
        replace(found[surface], count=counts[surface], sounds=sounds(found[surface].kana))
        for surface in often
    ]
    terms = [term for term in counted if len(term.sounds) >= SHORTEST_SOUNDS]
    return Vocabulary(terms, "\n".join(read))


def _terms_of(line: str, paper: Paper) -> Iterable[Term]:
    if not line:
        return
    words = tokens(line)
    start = 0
    while start < len(words):
        end = start + 1
        if words[start].kind in OTHER_CONTENT and _is_written(words[start].surface):
            yield _term(words[start:end], paper)
        elif _is_noun(words[start]):
            while end < len(words) and _is_noun(words[end]) and is_unbroken(words[start : end + 1]):
                end += 1
            yield from _compounds(words[start:end], paper)
        start = end


def _compounds(run: Sequence[Token], paper: Paper) -> Iterable[Term]:
    for first in range(len(run)):
        for last in range(first + 1, min(len(run), first + LONGEST_COMPOUND) + 1):
            part = run[first:last]
            surface = "".join(word.surface for word in part)
            is_figure = all(word.is_number or not _is_letter(word.surface) for word in part)
            is_rest = len(part) == 1 and part[0].kind == "接尾辞"
            if len(surface) > 1 and not is_figure and not is_rest and _is_written(surface):
                yield _term(part, paper)


def _term(words: Sequence[Token], paper: Paper) -> Term:
    surface = "".join(word.surface for word in words)
    kana = "".join(word.kana for word in words)
    cost = sum(max(0, word.cost) for word in words)
    return Term(surface, kana, paper.place, False, len(words), cost, paper.page_id)


def _names(people: Iterable[PersonName]) -> Iterable[Term]:
    for person in people:
        parts, read = plain(person.name).split(), as_katakana(plain(person.kana)).split()
        if len(read) != len(parts):
            read = ["".join(word.kana for word in tokens(part)) for part in parts]
        if not parts:
            continue
        said = [(parts[0], read[0]), ("".join(parts), "".join(read))]
        said += [(parts[0] + title, read[0] + kana) for title, kana in HONORIFICS.items()]
        for surface, kana in said:
            yield Term(surface, kana, ROSTER, True, 1, NAME_COST)


def _is_noun(word: Token) -> bool:
    return word.kind in NOUNS or word.is_number


def _is_letter(surface: str) -> bool:
    return any(letter.isalpha() for letter in surface)


def _is_written(surface: str) -> bool:
    """Not in hiragana alone: these words hardly differ from the talk around them."""
    return len(surface) > 1 and not HIRAGANA.fullmatch(surface)
