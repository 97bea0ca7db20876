"""The accuracy (正変換率) that the city reports, and the error rate that the field compares.

Of a confirmed text of N characters, M = N − wrong − missing were right in what the machine
heard; characters that the machine added are shown beside it and count in the error rate. What a
person noted beside what was said (minutes/japanese/annotations.py) is not compared.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from minutes.japanese import fillers
from minutes.japanese.annotations import annotations, spoken
from minutes.japanese.fillers import HESITATION
from minutes.japanese.numerals import normalise

FILLER_TAG = re.compile(r"<filler>(?:(?!</?filler>).)*</filler>")
TAG = re.compile(r"</?filler>")


@dataclass(frozen=True)
class Accuracy:
    """Counts of characters. `total` is the length of the confirmed text (N). `fillers` were heard
    and left out by a person (「えー、」): no error of the machine, so `added` is without them."""

    total: int
    wrong: int
    missing: int
    added: int
    fillers: int = 0

    @property
    def right(self) -> int:
        """M of 「N字中M字」."""
        return self.total - self.wrong - self.missing

    @property
    def rate(self) -> float | None:
        return self.right / self.total if self.total else None

    @property
    def error_rate(self) -> float | None:
        """Wrong, missing and added over N: the character error rate."""
        return (self.wrong + self.missing + self.added) / self.total if self.total else None

    @property
    def sentence(self) -> str:
        return f"{self.total:,}字中{self.right:,}字を正しく変換"

    def __add__(self, other: "Accuracy") -> "Accuracy":
        return Accuracy(
            self.total + other.total,
            self.wrong + other.wrong,
            self.missing + other.missing,
            self.added + other.added,
            self.fillers + other.fillers,
        )


NOTHING = Accuracy(0, 0, 0, 0)


@dataclass(frozen=True)
class Mark:
    """A piece of the text; where a person changed it, `heard` is what stood there before.

    A pure deletion has an empty `text`. `is_annotation`: nobody said it.
    """

    text: str
    is_corrected: bool
    heard: str
    is_annotation: bool = False


# A transcript is counted again at every look, and few of its thousands of segments have changed.
@lru_cache(maxsize=30_000)
def count(heard: str, meant: str) -> Accuracy:
    """Compare by the fewest single-character edits (Levenshtein 1966)."""
    edits = Levenshtein.editops(heard, meant)
    tags = [edit.tag for edit in edits]
    return Accuracy(len(meant), tags.count("replace"), tags.count("insert"), tags.count("delete"))


@lru_cache(maxsize=30_000)
def count_without_fillers(heard: str, meant: str) -> Accuracy:
    """The same of what was spoken, with the fillers apart that were heard and are no more in the
    text."""
    heard, meant = spoken(heard), spoken(meant)
    counted = count(heard, meant)
    removed = fillers.letters(heard) - fillers.letters(meant) if counted.added else 0
    apart = min(counted.added, max(0, removed))
    return replace(counted, added=counted.added - apart, fillers=apart)


@lru_cache(maxsize=30_000)
def count_normalised(heard: str, meant: str) -> Accuracy:
    """Without fillers, punctuation, spaces and differences of number notation."""
    return count(comparable(heard), comparable(meant))


def count_all(pairs: Iterable[tuple[str, str]]) -> tuple[Accuracy, Accuracy]:
    """Raw and normalised, over all pairs of what was heard and what was meant."""
    raw = normalised = NOTHING
    for heard, meant in pairs:
        raw += count_without_fillers(heard, meant)
        normalised += count_normalised(heard, meant)
    return raw, normalised


def comparable(text: str) -> str:
    """What was spoken, without fillers, normalised."""
    return normalise(without_fillers(spoken(text)))


def without_fillers(text: str) -> str:
    """Neither tagged ones (`<filler>えー</filler>`) nor the usual hesitations."""
    return HESITATION.sub("", FILLER_TAG.sub("", text))


def without_tags(text: str) -> str:
    return TAG.sub("", text)


def marks(heard: str, text: str) -> list[Mark]:
    """What was heard as `heard` and is `text` now, in pieces, in order. An annotation is a piece of
    its own and no correction."""
    found, rest, place = list[Mark](), differences(spoken(heard), spoken(text)), 0
    for note in annotations(text):
        before, rest = _parted(rest, note.start - place)
        found += [*before, Mark(text[note.start : note.end], False, "", is_annotation=True)]
        place = note.end
    return found + rest


def _parted(marks: list[Mark], letters: int) -> tuple[list[Mark], list[Mark]]:
    """The pieces of the first so many letters, and the others; what was heard instead of one that
    is cut stays with its first part."""
    for number, mark in enumerate(marks):
        if letters <= 0:
            return marks[:number], marks[number:]
        if letters < len(mark.text):
            first, last = mark.text[:letters], mark.text[letters:]
            heard, others = (mark.heard, "") if mark.is_corrected else (first, last)
            return (
                [*marks[:number], replace(mark, text=first, heard=heard)],
                [replace(mark, text=last, heard=others), *marks[number + 1 :]],
            )
        letters -= len(mark.text)
    return marks, []


def differences(heard: str, text: str) -> list[Mark]:
    """`text` in pieces, in order; corrections that only one equal character parts are one."""
    pieces = [
        (
            block.tag != "equal",
            heard[block.src_start : block.src_end],
            text[block.dest_start : block.dest_end],
        )
        for block in Levenshtein.opcodes(heard, text)
    ]
    found: list[Mark] = []
    for number, (is_change, before, after) in enumerate(pieces):
        is_bridge = not is_change and len(after) == 1 and 0 < number < len(pieces) - 1
        is_corrected = is_change or is_bridge
        if found and found[-1].is_corrected and is_corrected:
            last = found.pop()
            found.append(Mark(last.text + after, True, last.heard + before))
        else:
            found.append(Mark(after, is_corrected, before))
    return found


def same_place(text: str, other: str, place: int) -> int:
    """The place in `other` that is this place of `text`, where the two are aligned."""
    for block in Levenshtein.opcodes(text, other):
        if block.src_start <= place < block.src_end:
            return int(min(block.dest_start + place - block.src_start, block.dest_end))
    return len(other)
