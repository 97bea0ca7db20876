"""What the corrections of a series say to the costs of a lattice.

A word that was corrected to another of the same sound says how often this body means which. Where
it was heard, this takes the place of the dictionary's own costs, which are those of all Japanese;
the connections stay, so that 「公正な」 is not taken for 「更生な」.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from minutes.conversion.lattice import COST_OF_E, NOT_HEARD, LatticeWord
from minutes.terms.terms import Taught

NEVER = 20_000
"""What a substitution costs that somebody switched off."""

Span = tuple[int, int]


@dataclass(frozen=True)
class LearnedCosts:
    """By how much less than the heard word each other one costs: `gains[heard][meant]`, in the
    dictionary's units; negative where the corrections are against it. What was corrected once says
    nothing yet.
    """

    gains: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, taught: Taught) -> "LearnedCosts":
        gains = dict[str, dict[str, int]]()
        for one in taught.confused:
            gain = round(COST_OF_E * math.log(one.odds))
            if one.is_proposed or gain < 0:
                gains.setdefault(one.heard, {})[one.meant] = gain
        for heard, meant in taught.refused:
            gains.setdefault(heard, {})[meant] = -NEVER
        return cls(gains)

    def applied_to(self, words: Sequence[LatticeWord]) -> list[LatticeWord]:
        """Return the words of a lattice with these costs."""
        if not self.gains:
            return list(words)
        heard = self._heard(words)
        known = {
            (word.start, word.end, word.surface)
            for word in words
            if (word.start, word.end) in heard and word.term is None
        }
        return [
            one
            for word in words
            for one in _with_cost(word, heard.get((word.start, word.end)), known)
        ]

    def _heard(self, words: Iterable[LatticeWord]) -> dict[Span, tuple[int, Mapping[str, int]]]:
        """Return of each span that was corrected elsewhere the cost of what was heard, and by how
        much less others cost.
        """
        heard = dict[Span, tuple[int, Mapping[str, int]]]()
        for word in words:
            if word.is_heard and word.surface in self.gains:
                span = word.start, word.end
                cost = min(word.cost, heard[span][0]) if span in heard else word.cost
                heard[span] = cost, self.gains[word.surface]
        return heard


def _with_cost(
    word: LatticeWord,
    heard: tuple[int, Mapping[str, int]] | None,
    known: set[tuple[int, int, str]],
) -> Iterable[LatticeWord]:
    """Yield the word with its cost; nothing for a term that the dictionary `known` there too, as
    its classes say more about what stands beside it.
    """
    if heard is None or word.is_heard or word.surface not in heard[1]:
        yield word
        return
    cost, gain = heard[0], heard[1][word.surface]
    if gain > 0 and word.term is not None and (word.start, word.end, word.surface) in known:
        return
    learned = cost - gain + NOT_HEARD
    yield word._replace(cost=min(word.cost, learned) if gain > 0 else max(word.cost, learned))


NOTHING_LEARNED = LearnedCosts()
