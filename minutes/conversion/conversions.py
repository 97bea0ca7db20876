"""Finds what else could be written for the sounds of a text: the places at which cheap paths
through its lattice differ from what was heard.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from minutes.conversion.dictionary import ConversionDictionary
from minutes.conversion.lattice import FIGURE, IMPOSSIBLE, NOT_HEARD, Lattice
from minutes.conversion.learned import NOTHING_LEARNED, LearnedCosts
from minutes.conversion.reading_graph import OtherReading, read
from minutes.conversion.word_search import NO_TERMS, TermTrie, words_in
from minutes.terms.terms import NOTHING_TAUGHT, Taught, Term

REACH = 4_000
"""By how much a path may cost more than the cheapest one."""

MOST_PATHS = 120
MOST_CONVERSIONS = 50
"""In one piece of a text, those on the cheapest paths."""

LONGEST_PIECE = 100
PIECE = re.compile(rf"[^。！？!?\n]{{0,{LONGEST_PIECE}}}[。！？!?\n]*")
"""A sentence, or a hundred characters of one that does not end: memory grows with the length."""


@dataclass(frozen=True)
class Conversion:
    """Another spelling, `new`, of the text's `old` from `start` to `end`.

    `gain` says by how much less it costs than what was heard, in the dictionary's units: about 500
    for a factor of e in probability. `margin` is the same when the words around both spellings may
    be written otherwise too; `behind` says by how much the cheapest text with `new` costs more
    than the cheapest of all. `said` is the reading of `new` in hiragana, `term` the meeting's term
    in it; `is_heard_again` says that it needs the second hearing.
    """

    start: int
    end: int
    old: str
    new: str
    gain: int
    margin: int
    behind: int
    said: str
    term: Term | None = None
    is_heard_again: bool = False


class Converter:
    """Converts readings with a dictionary and a meeting's terms. Its methods may be called from
    several threads at once.
    """

    def __init__(
        self,
        dictionary: ConversionDictionary,
        terms: Iterable[Term] = (),
        learned: LearnedCosts = NOTHING_LEARNED,
    ) -> None:
        self._dictionary, self._learned = dictionary, learned
        self._terms = TermTrie.of(terms) if terms else NO_TERMS

    def with_terms(self, terms: Iterable[Term], taught: Taught = NOTHING_TAUGHT) -> "Converter":
        """Return a converter with the same dictionary, these terms as words of it, and what
        corrections taught.
        """
        return Converter(self._dictionary, terms, LearnedCosts.of(taught))

    def conversions(self, text: str, again: Sequence[OtherReading] = ()) -> list[Conversion]:
        """Return what could be written otherwise in a text in NFKC, in no order. Parts of it were
        heard `again`.
        """
        found = list[Conversion]()
        for piece in PIECE.finditer(text):
            if piece[0]:
                lattice = self._lattice(piece[0], _within(again, *piece.span()))
                found += _conversions(lattice, piece.start())
        return found

    def converted(self, text: str) -> str:
        """Return the cheapest spelling of the text's sounds."""
        return "".join(_cheapest(self._lattice(piece[0])) for piece in PIECE.finditer(text))

    def _lattice(self, text: str, again: Sequence[OtherReading] = ()) -> Lattice:
        graph = read(text, again)
        found = words_in(graph, self._dictionary, self._terms)
        return Lattice(graph, found, self._dictionary, self._learned.applied_to)


def _within(again: Iterable[OtherReading], start: int, end: int) -> list[OtherReading]:
    """Return the readings between two places of a text, with their places from the first on."""
    return [
        OtherReading(one.start - start, one.end - start, one.kana)
        for one in again
        if start <= one.start and one.end <= end
    ]


def _cheapest(lattice: Lattice) -> str:
    if not lattice.words:
        return ""
    path = lattice.through(int(lattice.costs.argmin()))
    return "".join(lattice.words[number].surface for number in path)


def _conversions(lattice: Lattice, origin: int) -> list[Conversion]:
    costs, found = lattice.costs, dict[tuple[int, int, str], Conversion]()
    best = int(costs.min(initial=IMPOSSIBLE))
    near = np.flatnonzero(costs <= min(best + REACH, IMPOSSIBLE - 1))
    changed = [n for n in near[np.argsort(costs[near])].tolist() if not lattice.words[n].is_heard]
    for number in changed[:MOST_PATHS]:
        for numbers, start, end in _differing(lattice, lattice.through(number)):
            conversion = _conversion(lattice, numbers, start, end, origin)
            key = conversion.start, conversion.end, conversion.new
            if key not in found or found[key].gain < conversion.gain:
                found[key] = conversion
    return sorted(found.values(), key=lambda one: (one.behind, -one.gain))[:MOST_CONVERSIONS]


def _differing(lattice: Lattice, path: list[int]) -> Iterator[tuple[list[int], int, int]]:
    """Yield the words of a path between two places of the text where it is not the text, and these
    places. A number that was not heard so goes together with what is counted."""
    letters, text = lattice.graph.letters, lattice.graph.text
    start, numbers = 0, list[int]()
    for number in path:
        numbers.append(number)
        word = lattice.words[number]
        end, is_number = letters.get(word.end), word.left == FIGURE and not word.is_heard
        if end is None or (is_number and end < len(text)):
            continue
        if text[start:end] != "".join(lattice.words[n].surface for n in numbers):
            yield numbers, start, end
        start, numbers = end, []


def _conversion(
    lattice: Lattice, numbers: list[int], start: int, end: int, origin: int
) -> Conversion:
    words = [lattice.words[number] for number in numbers]
    unheard = sum(NOT_HEARD for word in words if not word.is_heard)
    cost = lattice.cost_with(numbers) - unheard
    through = int(lattice.costs[numbers].max())
    kept = lattice.kept_cost(words[0].start, words[-1].end)
    return Conversion(
        origin + start,
        origin + end,
        lattice.graph.text[start:end],
        "".join(word.surface for word in words),
        lattice.heard_cost - cost,
        kept - through,
        through - int(lattice.costs.min()),
        "".join(word.said for word in words),
        next((word.term for word in words if word.term), None),
        any(word.is_heard_again for word in words),
    )
