"""Compares automatic changes and proposals with what was really said, and counts which were
right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from minutes import accuracy
from minutes.proposals.selection import RatedCandidate, Selection


@dataclass(frozen=True)
class Tally:
    """Counts of corrections. `right`: fewer characters are wrong with it. `wrong`: not fewer. One
    that only writes the same in another way (百四十八, 148) is neither.
    """

    right: int = 0
    wrong: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.right + other.right, self.wrong + other.wrong)


@dataclass(frozen=True)
class Score:
    """Counts of automatic changes and of proposals."""

    changed: Tally = Tally()
    proposed: Tally = Tally()

    def __add__(self, other: "Score") -> "Score":
        return Score(self.changed + other.changed, self.proposed + other.proposed)


def score(heard: Sequence[str], choices: Sequence[Selection], said: str) -> Score:
    """Return the counts of all corrections. Each is applied alone to its segment of the `heard`
    text and compared with the words that were said there.
    """
    total = Score()
    for text, choice, meant in zip(heard, choices, said_in_each(heard, said), strict=True):
        changed = _tally(text, choice.changed, meant)
        total += Score(changed, _tally(text, choice.proposed, meant))
    return total


def said_in_each(heard: Sequence[str], said: str) -> list[str]:
    """Return, for each heard segment, the part of `said` that belongs to it, by the fewest
    edits.
    """
    said, whole = accuracy.without_tags(said), "".join(heard)
    places = [0] * len(whole)
    for edit in Levenshtein.opcodes(whole, said):
        for step in range(edit.src_end - edit.src_start):
            places[edit.src_start + step] = min(edit.dest_start + step, edit.dest_end)
    places.append(len(said))
    parts, start = [], 0
    for text in heard:
        end = start + len(text)
        parts.append(said[places[start] : places[end]])
        start = end
    return parts


def errors(heard: str, said: str) -> int:
    """Return the number of wrong, missing and added characters, normalised."""
    counted = accuracy.count_normalised(heard, said)
    return counted.wrong + counted.missing + counted.added


def _tally(text: str, changes: Iterable[RatedCandidate], said: str) -> Tally:
    right = wrong = 0
    before = errors(text, said)
    for change in changes:
        changed = change.candidate.applied_to(text)
        if errors(changed, said) < before:
            right += 1
        elif accuracy.comparable(changed) != accuracy.comparable(text):
            wrong += 1
    return Tally(right, wrong)
