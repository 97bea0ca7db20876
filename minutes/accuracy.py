"""The accuracy (正変換率) that the city reports, and the character error rate that the field
compares.

Of a confirmed text of N characters, M = N − wrong − missing were right in what the machine heard;
characters that the machine added are shown beside it and count in the error rate. Notes that a
person added to what was said (minutes/japanese/annotations.py) are not compared.
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
    and left out by a person (「えー、」): these are no errors of the machine, so `added` is without
    them.
    """

    total: int
    wrong: int
    missing: int
    added: int
    fillers: int = 0

    @property
    def right(self) -> int:
        """Return M of 「N字中M字」: the characters that the machine heard rightly."""
        return self.total - self.wrong - self.missing

    @property
    def rate(self) -> float | None:
        """Return the accuracy M/N as a fraction; None for an empty text."""
        return self.right / self.total if self.total else None

    @property
    def error_rate(self) -> float | None:
        """Return wrong, missing and added over N, the character error rate, as a fraction; None
        for an empty text.
        """
        return (self.wrong + self.missing + self.added) / self.total if self.total else None

    @property
    def sentence(self) -> str:
        """Return the accuracy as a Japanese phrase: 「N字中M字を正しく変換」."""
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
    """A piece of the text. Where a person changed it (`is_corrected`), `heard` is what stood there
    before.

    A pure deletion has an empty `text`. `is_annotation`: a person noted it, nobody said it.
    """

    text: str
    is_corrected: bool
    heard: str
    is_annotation: bool = False


# A transcript is counted again at every look, and few of its thousands of segments have changed.
@lru_cache(maxsize=30_000)
def count(heard: str, meant: str) -> Accuracy:
    """Return the counts by the fewest single-character edits (Levenshtein 1966)."""
    edits = Levenshtein.editops(heard, meant)
    tags = [edit.tag for edit in edits]
    return Accuracy(len(meant), tags.count("replace"), tags.count("insert"), tags.count("delete"))


@lru_cache(maxsize=30_000)
def count_without_fillers(heard: str, meant: str) -> Accuracy:
    """Return the counts of what was spoken. Fillers that were heard and are no longer in the text
    are counted apart.
    """
    heard, meant = spoken(heard), spoken(meant)
    counted = count(heard, meant)
    removed = fillers.letters(heard) - fillers.letters(meant) if counted.added else 0
    apart = min(counted.added, max(0, removed))
    return replace(counted, added=counted.added - apart, fillers=apart)


@lru_cache(maxsize=30_000)
def count_normalised(heard: str, meant: str) -> Accuracy:
    """Return the counts without fillers, punctuation, spaces and differences of number
    notation.
    """
    return count(comparable(heard), comparable(meant))


def count_all(pairs: Iterable[tuple[str, str]]) -> tuple[Accuracy, Accuracy]:
    """Return the raw and the normalised counts, over all pairs of what was heard and what was
    meant.
    """
    raw = normalised = NOTHING
    for heard, meant in pairs:
        raw += count_without_fillers(heard, meant)
        normalised += count_normalised(heard, meant)
    return raw, normalised


def comparable(text: str) -> str:
    """Return the text as it is compared: only what was spoken, without fillers, normalised."""
    return normalise(without_fillers(spoken(text)))


def without_fillers(text: str) -> str:
    """Return the text without tagged fillers (`<filler>えー</filler>`) and without the usual
    hesitations.
    """
    return HESITATION.sub("", FILLER_TAG.sub("", text))


def without_tags(text: str) -> str:
    """Return the text without the tags of fillers, but with the fillers."""
    return TAG.sub("", text)


def marks(heard: str, text: str) -> list[Mark]:
    """Return the pieces of `text` in order, compared with what was heard. A note of a person is a
    piece of its own and no correction.
    """
    found, rest, place = list[Mark](), differences(spoken(heard), spoken(text)), 0
    for note in annotations(text):
        before, rest = _parted(rest, note.start - place)
        found += [*before, Mark(text[note.start : note.end], False, "", is_annotation=True)]
        place = note.end
    return found + rest


def _parted(marks: list[Mark], letters: int) -> tuple[list[Mark], list[Mark]]:
    """Return the pieces of the first `letters` letters, and the others. Of a corrected piece that
    is cut, what was heard instead stays with its first part.
    """
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
    """Return the pieces of `text` in order, compared with `heard`. Corrections with only one equal
    character between them are one.
    """
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
    """Return the index in `other` that corresponds to index `place` of `text`, where the two are
    aligned.
    """
    for block in Levenshtein.opcodes(text, other):
        if block.src_start <= place < block.src_end:
            return int(min(block.dest_start + place - block.src_start, block.dest_end))
    return len(other)
