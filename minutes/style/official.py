"""Makes the official text (整文) of a faithful one (逐語): applies all rules one after the other,
until none has anything to change.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from meetings.style_choices import Annotations, Endings, Letters, Numbers, Removal, Years
from minutes.style import (
    endings,
    fillers,
    letters,
    notes,
    numbers,
    protected,
    repeats,
    spelling,
    years,
)
from minutes.style.changes import Edit, StyledStretch, after, edited, unchanged
from minutes.style.choice import Style
from minutes.style.protected import NO_NAMES, Names

MOST_ROUNDS = 5
"""Most rounds of all rules. One is enough for nearly all texts, and a second confirms it; words
that a rule brings together may need another rule again."""

Rewrite = Callable[[str], Iterable[Edit]]


@dataclass(frozen=True)
class Unsure:
    """What a rule did not dare to change: from `start` to `end` in the official text, and why."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class Official:
    """The stretches of an official text, and what no rule dared to change in it."""

    pieces: list[StyledStretch]
    unsure: list[Unsure]

    @property
    def text(self) -> str:
        """Return the official text."""
        return after(self.pieces)


def official(text: str, style: Style, names: Names = NO_NAMES) -> Official:
    """Return the official text of a faithful one. `names`, quotations and the words of annotations
    stay as they are.
    """
    pieces = unchanged(text)
    if style.annotations is not Annotations.AS_TYPED:
        pieces = edited(pieces, notes.edits(text, style.annotations))
    for _ in range(MOST_ROUNDS):
        last = pieces
        for rewrite in _rules(style):
            now = after(pieces)
            edits = sorted(rewrite(now), key=lambda edit: (edit.start, edit.end))
            if edits:
                pieces = edited(pieces, _allowed(edits, protected.spans(now, names)))
        if after(pieces) == after(last):
            break
    return Official(pieces, list(_unsure(after(pieces), style, names)))


def _rules(style: Style) -> Iterator[Rewrite]:
    """Yield the rules in their order: first those that remove words, last those on how it
    looks.
    """
    if style.fillers is Removal.REMOVE:
        yield fillers.edits
    if style.repeats is Removal.REMOVE:
        yield repeats.edits
    if style.endings is not Endings.AS_THEY_ARE:
        yield lambda text: endings.edits(text, style.endings)
    if style.spelling:
        yield lambda text: spelling.edits(text, style.spelling)
    if style.years is not Years.AS_THEY_ARE:
        yield lambda text: years.edits(text, style.years)
    if style.numbers is not Numbers.AS_IS:
        yield numbers.digits_of_kanji
        yield numbers.grouped
        yield lambda text: numbers.commas(text, style.numbers)
        yield lambda text: numbers.widths(text, style.numbers)
    if style.letters is not Letters.AS_THEY_ARE:
        yield letters.katakana
        yield lambda text: letters.widths(text, style.letters)


def _allowed(edits: Iterable[Edit], spans: list[tuple[int, int]]) -> Iterator[Edit]:
    """Yield the edits that touch none of the spans and no earlier edit. Both come in order."""
    place, last, reach = 0, 0, -1
    for edit in edits:
        while place < len(spans) and spans[place][0] < edit.end:
            reach = max(reach, spans[place][1])
            place += 1
        if reach <= edit.start and edit.start >= last:
            last = edit.end
            yield edit


def _unsure(text: str, style: Style, names: Names) -> Iterator[Unsure]:
    found: list[Unsure] = []
    if style.endings is not Endings.AS_THEY_ARE:
        found += [
            Unsure(*span, "文末を変えていません") for span in endings.unsure(text, style.endings)
        ]
    if style.years is Years.ERA:
        found += [Unsure(*span, "元号が二つある年です") for span in years.unsure(text)]
    spans = protected.spans(text, names) if found else []
    for one in sorted(found, key=lambda one: one.start):
        if not any(start < one.end and one.start < end for start, end in spans):
            yield one
