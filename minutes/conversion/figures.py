"""Numbers from ten on that were heard as words of the same sound, as words of the lattice: written
in figures without a separator, as the recogniser writes them. The dictionary has those below ten,
and 万, 億 and what is counted. し and く, as in 14 and 19, are left out: texts are full of them.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from minutes.conversion.reading_graph import ReadingGraph

SMALLEST = 10
ONES = {
    "いち": 1, "いっ": 1, "に": 2, "さん": 3, "よん": 4, "ご": 5, "ろく": 6, "ろっ": 6, "なな": 7,
    "しち": 7, "はち": 8, "はっ": 8, "きゅう": 9,
}  # fmt: skip
TENS = {"じゅう": 10, "じゅっ": 10} | {
    f"{digit}{ten}": 10 * ONES[digit]
    for digit in ("に", "さん", "よん", "ご", "ろく", "なな", "しち", "はち", "きゅう")
    for ten in ("じゅう", "じゅっ")
}
HUNDREDS = {
    "ひゃく": 100, "にひゃく": 200, "さんびゃく": 300, "よんひゃく": 400, "ごひゃく": 500,
    "ろっぴゃく": 600, "ななひゃく": 700, "はっぴゃく": 800, "きゅうひゃく": 900,
}  # fmt: skip
THOUSANDS = {
    "せん": 1000, "いっせん": 1000, "にせん": 2000, "さんぜん": 3000, "よんせん": 4000,
    "ごせん": 5000, "ろくせん": 6000, "ななせん": 7000, "はっせん": 8000, "きゅうせん": 9000,
}  # fmt: skip
PLACES: tuple[Mapping[str, int], ...] = (THOUSANDS, HUNDREDS, TENS, ONES)


class HeardFigure(NamedTuple):
    """A number between two states of a graph, with its reading in hiragana, and what readings that
    are not the first cost.
    """

    start: int
    end: int
    value: int
    said: str
    penalty: int


def figures_in(graph: ReadingGraph) -> Iterator[HeardFigure]:
    """Yield every number from 10 to 9,999 that may be read between two states."""
    for start in range(graph.end):
        nothing = HeardFigure(start, start, 0, "", 0)
        yield from (one for one in _further(graph, nothing, 0) if one.value >= SMALLEST)


def _further(graph: ReadingGraph, before: HeardFigure, place: int) -> Iterator[HeardFigure]:
    """Yield the number and all that it may be with the places from this one on."""
    if place == len(PLACES):
        yield before
        return
    yield from _further(graph, before, place + 1)
    heads = {arc.kana for arc in graph.arcs[before.end]}
    for kana, value in PLACES[place].items():
        if kana[0] not in heads:
            continue
        for state, penalty in _after(graph, before.end, kana):
            said, paid = before.said + kana, before.penalty + penalty
            longer = HeardFigure(before.start, state, before.value + value, said, paid)
            yield from _further(graph, longer, place + 1)


def _after(graph: ReadingGraph, state: int, kana: str) -> list[tuple[int, int]]:
    """Return the states behind these kana, and what the ways to them cost."""
    ways = [(state, 0)]
    for one in kana:
        ways = [
            (arc.to, paid + arc.penalty)
            for at, paid in ways
            for arc in graph.arcs[at]
            if arc.kana == one
        ]
    return ways
