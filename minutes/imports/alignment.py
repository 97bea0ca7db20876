"""Aligns two long texts character by character: what somebody wrote down, and what the speech model
heard.

Comparing all with all takes time that grows with the square of the length: ten seconds for four
hours of speech, minutes for a day. So islands are found first, runs of characters that occur once
in both texts and in the same order (the islands of Moreno et al. 1998, "A recursive algorithm for
the forced alignment of very long audio segments", found as in Cohen's patience diff: unique runs,
of them the longest increasing subsequence by Schensted 1961), and only what lies between two
islands is compared by the fewest edits (Levenshtein 1966).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

RUNS = (12, 7, 4)
"""Lengths of islands in characters: the longest are looked for first, shorter ones between them."""

LARGEST_PRODUCT = 100_000_000
"""Largest product of the two lengths between islands that is compared by edits, which takes a tenth
of a second. Longer texts without an island between them have nothing in common."""

SMALL_PRODUCT = 1_000_000

WINDOW, LEAST_WINDOW = 20, 6
DRIFT = 6
"""A pair of equal characters counts only in company, since single ones match by chance: of the
WINDOW characters before it or after it, half must match too, shifted by nearly the same distance
(at most DRIFT more or less)."""

Pair = tuple[int, int]


def align(one: str, other: str) -> dict[int, int]:
    """Return, by the index of each character of `one` that is found in `other`, its index there.
    Both rise.
    """
    found = list(_pairs(one, other, 0, 0, RUNS))
    return dict(_in_company(found, len(one)))


def _pairs(one: str, other: str, at: int, there: int, runs: Sequence[int]) -> Iterator[Pair]:
    """Yield pairs of indexes of equal characters. `at` and `there` are where these two pieces
    begin in the whole texts, `runs` the lengths of islands that are left to try.
    """
    product = len(one) * len(other)
    if product <= SMALL_PRODUCT or not runs:
        if 0 < product <= LARGEST_PRODUCT:
            yield from _by_edits(one, other, at, there)
        return
    islands = _islands(one, other, runs[0])
    edges = [(-1, -1), *islands, (len(one), len(other))]
    for (i, j), (next_i, next_j) in pairwise(edges):
        if i >= 0:
            yield at + i, there + j
        between, opposite = one[i + 1 : next_i], other[j + 1 : next_j]
        if between and opposite:
            yield from _pairs(between, opposite, at + i + 1, there + j + 1, runs[1:])


def _by_edits(one: str, other: str, at: int, there: int) -> Iterator[Pair]:
    for block in Levenshtein.opcodes(one, other):
        if block.tag == "equal":
            for n in range(block.src_end - block.src_start):
                yield at + block.src_start + n, there + block.dest_start + n


def _islands(one: str, other: str, length: int) -> list[Pair]:
    places = _unique_runs(other, length)
    common = [(at, places[run]) for run, at in _unique_runs(one, length).items() if run in places]
    return _longest_rising(sorted(common))


def _unique_runs(text: str, length: int) -> dict[str, int]:
    """Return the index of each run of `length` characters that occurs exactly once in the text."""
    first: dict[str, int] = {}
    repeated: set[str] = set()
    for at in range(len(text) - length + 1):
        run = text[at : at + length]
        if run in first:
            repeated.add(run)
        first[run] = at
    return {run: at for run, at in first.items() if run not in repeated}


def _longest_rising(pairs: list[Pair]) -> list[Pair]:
    """Return the longest subsequence of `pairs` that rises in the second index too. The pairs come
    sorted by the first one.
    """
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [there]
        last[length : length + 1] = [number]
    row, number = [], last[-1] if last else -1
    while number >= 0:
        row.append(pairs[number])
        number = before[number]
    return row[::-1]


def _in_company(pairs: list[Pair], length: int) -> Iterator[Pair]:
    """Yield the pairs that do not match by chance alone."""
    for number, (at, there) in enumerate(pairs):
        if _has_company(pairs, number, -1, at) or _has_company(pairs, number, +1, length - at - 1):
            yield at, there


def _has_company(pairs: list[Pair], number: int, step: int, available: int) -> bool:
    """Return whether enough pairs match on one side (`step` −1 before, +1 after), where the text
    has `available` more characters.
    """
    missing = max(LEAST_WINDOW, min(WINDOW, available)) / 2
    at, there = pairs[number]
    number += step
    while missing > 0 and 0 <= number < len(pairs) and abs(pairs[number][0] - at) <= WINDOW:
        missing -= abs((pairs[number][1] - there) - (pairs[number][0] - at)) <= DRIFT
        number += step
    return missing <= 0
