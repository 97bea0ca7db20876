"""Finds words in a graph of readings: the dictionary's and the meeting's own, of the same sounds or
nearly the same.

Both tries are searched along all paths of the graph, which composes the graph, the sounds that are
confused, and the lexicon (Mohri, Pereira, Riley 2002). One sound of a word may differ.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from minutes.conversion.dictionary import NOWHERE, ConversionDictionary, Homophones
from minutes.conversion.reading_graph import HIRAGANA, Arc, ReadingGraph
from minutes.japanese.kana import OTHER_VOICE, as_hiragana, lengthening, spelled_out
from minutes.terms.terms import Term

LONG_VOWEL, SMALL_TSU, N, VOICING = 1500, 2000, 2500, 2500
"""What a word pays for one sound that was heard differently, in the dictionary's units: set by hand
after the errors that were seen."""


class FoundWord(NamedTuple):
    """The words of one reading between two states, of the dictionary or a meeting's term. `penalty`
    is the cost of readings that are not the first and of a sound that is only near; `said` is the
    words' own reading in hiragana; `is_heard_again` says that only the second hearing has it.
    """

    start: int
    end: int
    words: Homophones | Term
    penalty: int
    said: str
    is_heard_again: bool = False


@dataclass
class TermTrie:
    """The meeting's terms by their readings in hiragana."""

    root: dict[str, Any]

    @classmethod
    def of(cls, terms: Iterable[Term]) -> "TermTrie":
        root = dict[str, Any]()
        for term in terms:
            reading = spelled_out(as_hiragana(term.kana))
            if not HIRAGANA.fullmatch(reading):
                continue
            place = root
            for kana in reading:
                place = place.setdefault(kana, {})
            place.setdefault("", []).append(term)
        return cls(root)


NO_TERMS = TermTrie({})


class _Way(NamedTuple):
    """The beginning of a word: its state, its places in both tries, what it has paid, and whether
    all its sounds were heard so.
    """

    state: int
    cursor: int
    terms: Mapping[str, Any] | None
    penalty: int
    said: str
    is_exact: bool
    is_heard_again: bool = False


def words_in(
    graph: ReadingGraph, dictionary: ConversionDictionary, terms: TermTrie
) -> list[FoundWord]:
    """Return every word that could stand between two states, the cheapest way to each."""
    best: dict[tuple[int, int, Any], FoundWord] = {}
    for start in range(graph.end):
        for way in _ways(graph, dictionary, terms, start):
            for words in _ending(dictionary, way):
                key = start, way.state, words if isinstance(words, Homophones) else words.surface
                if key not in best or best[key].penalty > way.penalty:
                    best[key] = FoundWord(
                        start, way.state, words, way.penalty, way.said, way.is_heard_again
                    )
    return list(best.values())


def _ending(dictionary: ConversionDictionary, way: _Way) -> Iterator[Homophones | Term]:
    if way.cursor != NOWHERE:
        words = dictionary.words_at(way.cursor)
        if words is not None:
            yield words
    if way.terms is not None:
        yield from way.terms.get("", ())


def _ways(
    graph: ReadingGraph, dictionary: ConversionDictionary, terms: TermTrie, start: int
) -> Iterator[_Way]:
    """Every beginning of a word from this state on."""
    waiting = [_Way(start, dictionary.start, terms.root, 0, "", True)]
    while waiting:
        way = waiting.pop()
        if way.said:
            yield way
        for arc in graph.arcs[way.state]:
            for said, cost in _heard_for(arc.kana, way):
                waiting += _further(dictionary, way, said, arc, cost)
        if way.said and way.is_exact:
            for said, cost in _unheard_after(way.said[-1]):
                waiting += _further(dictionary, way, said, Arc(said, way.state, 0), cost)


def _heard_for(kana: str, way: _Way) -> Iterator[tuple[str, int]]:
    """Yield the kana that a word may have where this one was heard, each with its cost; the cost of
    the same kana is 0."""
    yield kana, 0
    if not way.is_exact:
        return
    other = OTHER_VOICE.get(kana)
    if other:
        yield other, VOICING
    if way.said:
        too_many = _too_many(kana, way.said[-1])
        if too_many:
            yield "", too_many


def _too_many(kana: str, before: str) -> int:
    if kana == "ー" or kana == lengthening(before):
        return LONG_VOWEL
    return {"っ": SMALL_TSU, "ん": N}.get(kana, 0)


@lru_cache(200)
def _unheard_after(kana: str) -> tuple[tuple[str, int], ...]:
    """Return the kana that are most often lost behind this one, each with its cost."""
    long = lengthening(kana)
    lost = ((long, LONG_VOWEL),) if long else ()
    return *lost, ("っ", SMALL_TSU), ("ん", N)


def _further(
    dictionary: ConversionDictionary, way: _Way, said: str, arc: Arc, near: int
) -> list[_Way]:
    """Return the way with one more kana `said` along the arc, or with one heard in vain; none where
    no word goes on so. `near`: what the kana costs because another one was heard."""
    cursor, terms = way.cursor, way.terms
    if said:
        cursor = dictionary.step(cursor, said) if cursor != NOWHERE else NOWHERE
        terms = None if terms is None else terms.get(said)
    if cursor == NOWHERE and terms is None:
        return []
    paid = way.penalty + arc.penalty + near
    is_exact, is_again = way.is_exact and not near, way.is_heard_again or arc.is_heard_again
    return [_Way(arc.to, cursor, terms, paid, way.said + said, is_exact, is_again)]
