"""Segments of a transcript assigned to the items of the agenda, by what was shown and said."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from minutes.assignment import announcements, path
from minutes.assignment.topics import Scores, Talk, Topic, votes
from minutes.assignment.weights import CHOSEN, Weights
from models.transcript import AssignedBy

LONGEST_OUTSIDE_SECONDS = 600.0
"""Talk before the first and after the last item. What is longer was not understood."""

IMPOSSIBLE = -1e9
UNHEARD_OF = -6.0
"""A meeting that ends without a phrase for it."""

OUTSIDE = -1
"""The place of talk that belongs to no item (議題外)."""


@dataclass(frozen=True)
class Said:
    """One segment. `shown`: the number of the item whose page was shown or that was called up;
    `fixed`: where a person has put it, OUTSIDE or the number of an item."""

    text: str
    seconds: float
    shown: int | None = None
    fixed: int | None = None


@dataclass(frozen=True)
class Assigned:
    """`place`: the number of an item from 0, or OUTSIDE."""

    place: int
    by: AssignedBy


def assign(
    said: Sequence[Said],
    topics: Sequence[Topic],
    *,
    is_beginning: bool = True,
    weights: Weights = CHOSEN,
) -> list[Assigned | None]:
    """The item of each segment in order of time; None where nothing tells. `is_beginning`: the
    meeting begins here, as it does in its first part.

    Segments that a person has placed lead the others, and come back as None.
    """
    if not said or not topics:
        return [None] * len(said)
    way = _way(said, topics, is_beginning, weights)
    return [
        _assigned(place, one) if one.fixed is None and is_known else None
        for one, (place, is_known) in zip(said, _known(said, way, len(topics)), strict=True)
    ]


def _way(
    said: Sequence[Said], topics: Sequence[Topic], is_beginning: bool, weights: Weights
) -> Sequence[int]:
    talk = [Talk.of(one.text) for one in said]
    count = len(topics)
    staying, entering = np.zeros((2, len(said), count + 2))
    staying[:, 1:-1] = weights.vote * votes(talk, topics)
    staying[:, 0] = weights.opening * announcements.opening(talk) - weights.outside
    staying[:, -1] = -weights.outside
    entering[:, 1:-1] = announcements.announced(talk, topics, weights)
    ends = announcements.closing(talk)
    entering[:, -1] = np.where(ends > 0, weights.closing * ends, UNHEARD_OF)
    _lead(staying, said, weights)
    change = path.between(count, weights)
    first = change[0] + entering[0] if is_beginning else np.zeros(count + 2)
    return path.most_likely(staying, entering, change, first)


def _lead(staying: Scores, said: Sequence[Said], weights: Weights) -> None:
    """By what was shown, and beyond doubt by what a person said."""
    for line, one in enumerate(said):
        if one.fixed is not None:
            places = [0, -1] if one.fixed == OUTSIDE else [one.fixed + 1]
            kept = staying[line, places]
            staying[line] = IMPOSSIBLE
            staying[line, places] = kept
        elif one.shown is not None:
            staying[line, one.shown + 1] += weights.shown * one.seconds


def _known(said: Sequence[Said], way: Sequence[int], count: int) -> list[tuple[int, bool]]:
    """The place of each segment, and whether that may be said: nothing is known where no item
    was recognised, nor of long talk outside the items."""
    is_any = any(1 <= place <= count for place in way)
    found: list[tuple[int, bool]] = []
    for place, lines in groupby(range(len(way)), key=lambda line: way[line]):
        block = list(lines)
        is_item = 1 <= place <= count
        seconds = sum(said[line].seconds for line in block)
        is_known = is_any and (is_item or seconds <= LONGEST_OUTSIDE_SECONDS)
        found += [(place - 1 if is_item else OUTSIDE, is_known)] * len(block)
    return found


def _assigned(place: int, one: Said) -> Assigned:
    is_shown = place != OUTSIDE and one.shown == place
    return Assigned(place, AssignedBy.TURNS if is_shown else AssignedBy.TEXT)
