"""The lattice of words over a text's readings, and the cheapest paths through it (Viterbi 1967).

A path costs what its words and their connections cost in the dictionary, what their readings and
near sounds pay, and something for each word that was not heard so: without a reason, what was heard
stays.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from minutes.conversion.dictionary import ConversionDictionary, Entry, Homophones
from minutes.conversion.figures import figures_in
from minutes.conversion.reading_graph import ReadingGraph
from minutes.conversion.word_search import FoundWord
from minutes.terms.terms import EARLIER, Term

NOUN, NAME, FIGURE = 1851, 1923, 2044
"""Classes of the dictionary for words that it does not have."""

COST_OF_E = 500
"""What a factor of e in probability costs, in the dictionary's units."""

TERM_COST = 4_000
EARLIER_COST = 1_500
"""What a term costs more that was said once in earlier meetings and stands in no paper; after
twenty times nothing.
"""
FIXED_COST = 3_000
FIGURE_COST = 2_500
"""Of a number from ten on; those below, which are in the dictionary, cost 1,000 to 2,000."""
UNKNOWN_COST, UNKNOWN_LETTER_COST = 9_000, 2_000
"""Of a heard word that the dictionary does not have under this reading."""

NOT_HEARD = 700
"""Of each word that is not what was heard."""

MOST_NEIGHBOURS = 80
"""Words that end, or begin, at one state and are looked at."""

IMPOSSIBLE = 10**8
NONE, NO_NUMBERS = -1, np.zeros(0, np.int64)
EDGE = 0
"""The class of the beginning and the end of a text."""

CostArray = NDArray[np.int64]
IndexArray = NDArray[np.int64]


class LatticeWord(NamedTuple):
    """A word between two states. `said`: its reading, empty for what is not converted; `cost`:
    with what its reading and a spelling that was not heard pay."""

    start: int
    end: int
    surface: str
    said: str
    left: int
    right: int
    cost: int
    is_heard: bool
    term: Term | None = None
    is_heard_again: bool = False


class Paths(NamedTuple):
    """Of each word the cost of the cheapest path from the beginning up to it and with it, and from
    behind it to the end; its neighbours on these, -1 for none."""

    before: CostArray
    after: CostArray
    previous: IndexArray
    following: IndexArray


class Lattice:
    """All `words` that could be meant in a text. `costed` gives them other costs."""

    def __init__(
        self,
        graph: ReadingGraph,
        found: Sequence[FoundWord],
        dictionary: ConversionDictionary,
        costed: Callable[[Sequence[LatticeWord]], list[LatticeWord]] = list,
    ) -> None:
        self.graph, self._dictionary = graph, dictionary
        self._matrix = dictionary.connections
        known = [*self._found(found), *self._figures(), *self._fixed(), *self._unknown()]
        self.words = costed(known)
        self._starts, self._ends, self._left, self._right, self._costs = (
            np.array([getattr(word, name) for word in self.words], np.int64)
            for name in ("start", "end", "left", "right", "cost")
        )
        self._heard = np.array([word.is_heard for word in self.words], bool)

    def _found(self, found: Sequence[FoundWord]) -> Iterator[LatticeWord]:
        for start, end, words, penalty, said, is_again in found:
            heard = self._heard_between(start, end)
            if isinstance(words, Term):
                kind = NAME if words.is_name else NOUN
                cost = _term_cost(words) + penalty + NOT_HEARD * (words.surface != heard)
                is_heard = words.surface == heard
                yield LatticeWord(
                    start, end, words.surface, said, kind, kind, cost, is_heard, words, is_again
                )
                continue
            for entry in self._spellings(words, heard):
                is_heard = entry.surface == heard
                cost = entry.cost + penalty + NOT_HEARD * (not is_heard)
                classes = entry.left, entry.right
                yield LatticeWord(
                    start, end, entry.surface, said, *classes, cost, is_heard, None, is_again
                )

    def _spellings(self, words: Homophones, heard: str) -> Sequence[Entry]:
        cheapest = self._dictionary.cheapest(words)
        if not heard or any(entry.surface == heard for entry in cheapest):
            return cheapest
        return [*cheapest, *self._dictionary.written(words, heard)]

    def _heard_between(self, start: int, end: int) -> str:
        letters = self.graph.letters
        if start not in letters or end not in letters:
            return ""
        return self.graph.text[letters[start] : letters[end]]

    def _fixed(self) -> Iterator[LatticeWord]:
        for start, end, surface, is_figure in self.graph.fixed:
            kind = FIGURE if is_figure else NOUN
            yield LatticeWord(start, end, surface, "", kind, kind, FIXED_COST, True)

    def _figures(self) -> Iterator[LatticeWord]:
        for start, end, value, said, penalty in figures_in(self.graph):
            cost = FIGURE_COST + penalty + NOT_HEARD
            yield LatticeWord(start, end, str(value), said, FIGURE, FIGURE, cost, is_heard=False)

    def _unknown(self) -> Iterator[LatticeWord]:
        states = {letter: state for state, letter in self.graph.letters.items()}
        for word in self.graph.words:
            start, end = states[word.start], states[word.end]
            cost = UNKNOWN_COST + UNKNOWN_LETTER_COST * len(word.surface)
            yield LatticeWord(start, end, word.surface, "", NOUN, NOUN, cost, True)

    @cached_property
    def paths(self) -> Paths:
        """Return the parts of the cheapest path through each word, before it and after it."""
        return self._search(np.arange(len(self.words)))

    @cached_property
    def heard_paths(self) -> Paths:
        """Return the same, of paths that have only words that were heard."""
        return self._search(np.flatnonzero(self._heard))

    @cached_property
    def costs(self) -> CostArray:
        """Return the cost of the cheapest path through each word; IMPOSSIBLE or more where there is
        none."""
        return self.paths.before + self.paths.after

    @cached_property
    def heard_cost(self) -> int:
        """Return the cost of the text as it was heard."""
        heard = self.heard_paths
        return int((heard.before + heard.after).min(initial=IMPOSSIBLE))

    def through(self, number: int) -> list[int]:
        """Return the words of the cheapest path through this one."""
        path = [number]
        while (one := int(self.paths.previous[path[0]])) >= 0:
            path.insert(0, one)
        while (one := int(self.paths.following[path[-1]])) >= 0:
            path.append(one)
        return path

    def kept_cost(self, start: int, end: int) -> int:
        """Return the cost of the cheapest path on which what was heard from the state `start` on
        stays, in words that end before the state `end` or there.
        """
        kept = self._heard & (self._starts == start) & (self._ends <= end)
        return int(self.costs[kept].min(initial=IMPOSSIBLE))

    def cost_with(self, numbers: Sequence[int]) -> int:
        """Return the cost of the cheapest path through these neighbours and, before and behind
        them, through what was heard."""
        first, last, heard = numbers[0], numbers[-1], self.heard_paths
        inside = sum(int(self._costs[number]) for number in numbers)
        inside += sum(self._joint(*pair) for pair in pairwise(numbers))
        before = np.flatnonzero(self._heard & (self._ends == self.words[first].start))
        after = np.flatnonzero(self._heard & (self._starts == self.words[last].end))
        to_start = int(self._matrix[self._left[first], EDGE])
        to_end = int(self._matrix[EDGE, self._right[last]])
        if len(before):
            joints = self._matrix[self._left[first], self._right[before]]
            to_start = int((heard.before[before] + joints).min())
        if len(after):
            joints = self._matrix[self._left[after], self._right[last]]
            to_end = int((heard.after[after] + self._costs[after] + joints).min())
        return to_start + inside + to_end

    def _joint(self, one: int, other: int) -> int:
        return int(self._matrix[self._left[other], self._right[one]])

    def _search(self, numbers: IndexArray) -> Paths:
        """Viterbi's algorithm from both ends."""
        size = len(self.words)
        before, after = np.full(size, IMPOSSIBLE), np.full(size, IMPOSSIBLE)
        previous, following = np.full(size, NONE), np.full(size, NONE)
        starting, ending = _by(self._starts, numbers), _by(self._ends, numbers)
        for state in sorted(starting):
            words = starting[state]
            if state == 0:
                before[words] = self._matrix[self._left[words], EDGE] + self._costs[words]
                continue
            others = _cheapest(ending.get(state, NO_NUMBERS), before)
            if len(others):
                joints = self._matrix[self._left[words][:, None], self._right[others][None, :]]
                sums = before[others][None, :] + joints
                best = sums.argmin(axis=1)
                before[words] = sums.min(axis=1) + self._costs[words]
                previous[words] = others[best]
        for state in sorted(ending, reverse=True):
            words = ending[state]
            if state == self.graph.end:
                after[words] = self._matrix[EDGE, self._right[words]]
                continue
            others = _cheapest(starting.get(state, NO_NUMBERS), after + self._costs)
            if len(others):
                joints = self._matrix[self._left[others][None, :], self._right[words][:, None]]
                sums = (after + self._costs)[others][None, :] + joints
                best = sums.argmin(axis=1)
                after[words] = sums.min(axis=1)
                following[words] = others[best]
        return Paths(before, after, previous, following)


def _term_cost(term: Term) -> int:
    """Return the cost of a term before its reading's. What is only known from earlier minutes is
    mostly an everyday word, and costs more the less often it was said.
    """
    if term.place != EARLIER:
        return TERM_COST
    return TERM_COST + max(0, round(EARLIER_COST - COST_OF_E * math.log(term.count)))


def _by(states: IndexArray, numbers: IndexArray) -> dict[int, IndexArray]:
    """Return the words by their state."""
    order = numbers[np.argsort(states[numbers], kind="stable")]
    known, places = np.unique(states[order], return_index=True)
    return dict(zip(known.tolist(), np.split(order, places[1:]), strict=True))


def _cheapest(words: IndexArray, costs: CostArray) -> IndexArray:
    words = words[costs[words] < IMPOSSIBLE]
    if len(words) <= MOST_NEIGHBOURS:
        return words
    return words[np.argpartition(costs[words], MOST_NEIGHBOURS)[:MOST_NEIGHBOURS]]
