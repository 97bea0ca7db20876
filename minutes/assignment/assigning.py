"""Assigns the segments of a transcript to the items of the agenda, by what was shown and said."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from minutes.assignment import announcements, path
from minutes.assignment.topics import Scores, Talk, Topic, votes
from minutes.assignment.weights import CHOSEN, AssignmentWeights
from models.transcript import AssignedBy

LONGEST_OUTSIDE_SECONDS = 600.0
"""Longest talk before the first or after the last item. Where it seems longer, the talk was not
understood, and its segments stay unassigned."""

ENOUGH = 0.5
"""Share of a change's cost that the signs for an item must reach to be believed. It is below 1, so
that an unclear announcement is enough between two clear ones."""

IMPOSSIBLE = -1e9
UNHEARD_OF = -6.0
"""Score of ending the meeting where nobody says a phrase for it."""

OUTSIDE = -1
"""Place of talk that belongs to no item (議題外)."""


@dataclass(frozen=True)
class SpokenSegment:
    """A segment with its length in seconds. `shown`: index of the item whose page was shown or that
    was called up; `fixed`: where a person has placed it, OUTSIDE or the index of an item.
    """

    text: str
    seconds: float
    shown: int | None = None
    fixed: int | None = None


@dataclass(frozen=True)
class Assigned:
    """Where a segment belongs, and by which signs. `place`: index of an item from 0, or OUTSIDE."""

    place: int
    by: AssignedBy


def assign(
    said: Sequence[SpokenSegment],
    topics: Sequence[Topic],
    *,
    is_beginning: bool = True,
    weights: AssignmentWeights = CHOSEN,
) -> list[Assigned | None]:
    """Return the place of each segment, all in order of time; None where no sign is enough.
    `is_beginning`: the meeting begins here, as it does in its first part.

    Segments that a person has placed guide the others, and are returned as None themselves.
    """
    if not said or not topics:
        return [None] * len(said)
    signs = _signs(said, topics, weights)
    change = path.between(len(topics), weights)
    first = change[0] + signs.entering[0] if is_beginning else np.zeros(len(topics) + 2)
    way = path.most_likely(signs.led(said, weights), signs.entering, change, first)
    return [
        _assigned(place, one) if one.fixed is None and is_known else None
        for one, (place, is_known) in zip(said, _known(said, way, signs, weights), strict=True)
    ]


@dataclass(frozen=True)
class _PieceSigns:
    """The scores (pieces × places) for staying in each place, and for changing to it."""

    staying: Scores
    entering: Scores

    def led(self, said: Sequence[SpokenSegment], weights: AssignmentWeights) -> Scores:
        """Return `staying` with what was shown, and with what a person decided beyond doubt: an
        item begins where they put it, and not before.
        """
        staying = self.staying.copy()
        for line, one in enumerate(said):
            if one.shown is not None:
                staying[line, one.shown + 1] += weights.shown * one.seconds
        for line, one in enumerate(said):
            if one.fixed is None:
                continue
            places = _places(one.fixed)
            kept = staying[line, places]
            staying[line] = IMPOSSIBLE
            staying[line, places] = kept
            if line and said[line - 1].fixed is None and one.fixed != OUTSIDE:
                staying[line - 1, places] = IMPOSSIBLE
        return staying

    def are_enough(self, place: int, lines: Sequence[int], weights: AssignmentWeights) -> bool:
        """Return whether something speaks for the item, and not only nothing for the others."""
        words = float(np.maximum(self.staying[lines, place], 0).sum())
        return float(self.entering[lines, place].max()) + words >= ENOUGH * weights.enter


def _signs(
    said: Sequence[SpokenSegment], topics: Sequence[Topic], weights: AssignmentWeights
) -> _PieceSigns:
    talk = [Talk.of(one.text) for one in said]
    staying, entering = np.zeros((2, len(said), len(topics) + 2))
    staying[:, 1:-1] = weights.vote * votes(talk, topics)
    staying[:, 0] = weights.opening * announcements.opening(talk) - weights.outside
    staying[:, -1] = -weights.outside
    entering[:, 1:-1] = announcements.announced(talk, topics, weights)
    ends = announcements.closing(talk)
    entering[:, -1] = np.where(ends > 0, weights.closing * ends, UNHEARD_OF)
    return _PieceSigns(staying, entering)


def _places(fixed: int) -> list[int]:
    return [0, -1] if fixed == OUTSIDE else [fixed + 1]


def _known(
    said: Sequence[SpokenSegment],
    way: Sequence[int],
    signs: _PieceSigns,
    weights: AssignmentWeights,
) -> list[tuple[int, bool]]:
    """Return the place of each segment, and whether it is to be believed: not of an item for which
    nothing speaks, nor outside where no item was recognised or where that would last too long.
    """
    last = signs.staying.shape[1] - 1
    found: list[tuple[int, bool]] = []
    for place, group in groupby(range(len(way)), key=lambda line: way[line]):
        lines = list(group)
        if 0 < place < last:
            is_led = any(place - 1 in (said[n].shown, said[n].fixed) for n in lines)
            is_known = is_led or signs.are_enough(place, lines, weights)
            found += [(place - 1, is_known)] * len(lines)
        else:
            seconds = sum(said[n].seconds for n in lines)
            found += [(OUTSIDE, seconds <= LONGEST_OUTSIDE_SECONDS)] * len(lines)
    is_any = any(is_known and place != OUTSIDE for place, is_known in found)
    return [(place, is_known and is_any) for place, is_known in found]


def _assigned(place: int, one: SpokenSegment) -> Assigned:
    is_shown = place != OUTSIDE and one.shown == place
    return Assigned(place, AssignedBy.TURNS if is_shown else AssignedBy.TEXT)
