"""How a text may be read: a graph of kana whose paths are its readings.

Between two words of the text stands a state that all readings share; a word with several readings
has a chain of states for each. What is no kana to anybody (figures, Latin letters, marks) is one
fixed step.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from minutes.japanese.dictionary import chinese_readings
from minutes.japanese.kana import as_hiragana, spelled_out
from minutes.japanese.readings import Token, other_readings, tokens

HIRAGANA = re.compile(r"[ぁ-んー]+")
KANJI = re.compile(r"[一-鿿々]")
SENTENCE_MARKS = "。、"
FIGURES = re.compile(r"[\d,.]+")
OTHER_READING = 600
"""The cost of any but the first reading of a word, in the dictionary's units."""
HEARD_AGAIN = 600
"""The cost of a reading of the second hearing."""


class OtherReading(NamedTuple):
    """How the words of a text from `start` to `end` were heard a second time, in hiragana."""

    start: int
    end: int
    kana: str


class Arc(NamedTuple):
    """One kana from its state on to the state `to`."""

    kana: str
    to: int
    penalty: int
    is_heard_again: bool = False


class FixedStep(NamedTuple):
    """Letters that are never converted, from the state `start` to the state `end`."""

    start: int
    end: int
    surface: str
    is_figure: bool


@dataclass
class ReadingGraph:
    """`arcs`: of each state, in an order in which every arc leads forward; `letters`: the places in
    the text of the states that stand between letters; the last state is the end of the text."""

    text: str
    words: Sequence[Token]
    arcs: list[list[Arc]] = field(default_factory=lambda: [[]])
    letters: dict[int, int] = field(default_factory=lambda: {0: 0})
    fixed: list[FixedStep] = field(default_factory=list)

    @property
    def end(self) -> int:
        return len(self.arcs) - 1


def read(text: str, again: Sequence[OtherReading] = ()) -> ReadingGraph:
    """Return the readings of a text in NFKC, with those that were heard `again` between two words
    of it.
    """
    graph, place = ReadingGraph(text, tokens(text)), 0
    begun = list[tuple[OtherReading, int]]()
    for word in graph.words:
        if word.start > place:
            _add_fixed(graph, graph.end, text[place : word.start])
        start = graph.end
        begun += [(one, _begin(graph, start, one)) for one in again if one.start == word.start]
        _add(graph, word, start)
        for one, state in begun:
            if one.end == word.end:
                graph.arcs[state].append(_heard_again(one, graph.end, is_first=state == start))
        place = word.end
    if place < len(text):
        _add_fixed(graph, graph.end, text[place:])
    return graph


def _begin(graph: ReadingGraph, start: int, one: OtherReading) -> int:
    """Add the states of a reading but for the last kana, which leads to where its words end.
    Returns the state before that.
    """
    for number, kana in enumerate(one.kana[:-1]):
        graph.arcs.append([])
        penalty = 0 if number else HEARD_AGAIN
        graph.arcs[start].append(Arc(kana, graph.end, penalty, is_heard_again=True))
        start = graph.end
    return start


def _heard_again(one: OtherReading, to: int, *, is_first: bool) -> Arc:
    return Arc(one.kana[-1], to, HEARD_AGAIN if is_first else 0, is_heard_again=True)


def _add(graph: ReadingGraph, word: Token, start: int) -> None:
    readings = list(dict.fromkeys(_readings(word)))
    if not readings:
        _add_fixed(graph, start, word.surface)
        return
    chains = list[list[int]]()
    for reading in readings:
        first = len(graph.arcs)
        chains.append(list(range(first, first + len(reading) - 1)))
        graph.arcs.extend([] for _ in chains[-1])
    graph.arcs.append([])
    for number, (reading, chain) in enumerate(zip(readings, chains, strict=True)):
        states = [start, *chain, graph.end]
        for step, kana in enumerate(reading):
            penalty = OTHER_READING if number and not step else 0
            graph.arcs[states[step]].append(Arc(kana, states[step + 1], penalty))
        if reading == word.surface:
            graph.letters |= {state: word.start + step for step, state in enumerate(states)}
    graph.letters[graph.end] = word.end


def _add_fixed(graph: ReadingGraph, start: int, surface: str) -> None:
    graph.arcs.append([])
    graph.fixed.append(FixedStep(start, graph.end, surface, bool(FIGURES.fullmatch(surface))))
    graph.letters[graph.end] = graph.letters[start] + len(surface)


def _readings(word: Token) -> Iterator[str]:
    """Those in hiragana, the likeliest first."""
    if word.surface in SENTENCE_MARKS:
        yield word.surface
    if word.is_mark or FIGURES.fullmatch(word.surface):
        return
    kana = as_hiragana(word.spelling)
    if not HIRAGANA.fullmatch(kana):
        return
    yield kana
    if KANJI.search(word.surface):
        yield from _of_kanji(word.surface)


@lru_cache(50_000)
def _of_kanji(surface: str) -> tuple[str, ...]:
    found = [as_hiragana(kana) for kana in other_readings(surface)]
    of_chinese = chinese_readings().get(surface)
    if of_chinese:
        found.append(spelled_out(as_hiragana(of_chinese)))
    return tuple(kana for kana in found if HIRAGANA.fullmatch(kana))
