"""Measures the times of segments: their starts and ends beside those of the sentences that were
really said, where both begin or end with the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz.distance import Levenshtein

from minutes.accuracy import comparable

NEAR_CHARACTERS = 3
"""Most characters at an edge that may have been heard wrongly."""

NEAR_SECONDS = 0.3


@dataclass(frozen=True)
class Timed:
    """A text and when it was said, in seconds."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class Edges:
    """Seconds by which each comparable edge is too late (negative: too early)."""

    starts: tuple[float, ...] = ()
    ends: tuple[float, ...] = ()

    def __add__(self, other: "Edges") -> "Edges":
        return Edges(self.starts + other.starts, self.ends + other.ends)


def compare(heard: Sequence[Timed], said: Sequence[Timed]) -> Edges:
    """Return the timing errors of segments against sentences, both in order of time. A segment
    that begins or ends within a sentence has no time to be compared with there.
    """
    heard_places, said_places = _places(heard), _places(said)
    opcodes = Levenshtein.opcodes(_whole(heard), _whole(said))
    same = {
        block.src_start + n: block.dest_start + n
        for block in opcodes
        if block.tag == "equal"
        for n in range(block.src_end - block.src_start)
    }
    starts, ends = [], []
    firsts = {first: sentence for (first, _), sentence in zip(said_places, said, strict=True)}
    lasts = {last: sentence for (_, last), sentence in zip(said_places, said, strict=True)}
    for (first, last), segment in zip(heard_places, heard, strict=True):
        if sentence := _at_edge(firsts, same, first, +1):
            starts.append(segment.start_seconds - sentence.start_seconds)
        if sentence := _at_edge(lasts, same, last, -1):
            ends.append(segment.end_seconds - sentence.end_seconds)
    return Edges(tuple(starts), tuple(ends))


def share_near(differences: Sequence[float]) -> float | None:
    """Return the fraction of the differences that are at most NEAR_SECONDS; None where there are
    none.
    """
    near = sum(abs(difference) <= NEAR_SECONDS for difference in differences)
    return near / len(differences) if differences else None


def _whole(texts: Sequence[Timed]) -> str:
    return "".join(comparable(timed.text) for timed in texts)


def _places(texts: Sequence[Timed]) -> list[tuple[int, int]]:
    """Return the indexes of the first and last character of each text in all of them together."""
    after = list(accumulate(len(comparable(timed.text)) for timed in texts))
    return [(start, end - 1) for start, end in zip([0, *after], after, strict=False)]


def _at_edge(
    edges: dict[int, Timed], same: dict[int, int], place: int, inward: int
) -> Timed | None:
    """Return the sentence that begins (`inward` +1) or ends (−1) with the characters at
    `place`.
    """
    for step in range(NEAR_CHARACTERS):
        if (found := same.get(place + inward * step)) is not None:
            return edges.get(found - inward * step)
    return None
