"""Cuts a sentence of the original where a marked passage begins and ends, so that it is underlined
there.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from minutes.records.audible import SentencePlace
from minutes.records.closed.anchors import Closing, LocatedPassage
from models.closed_passage import ClosedPassage, ClosedState


@dataclass(frozen=True)
class TextPiece:
    """A run of characters that are all of one passage, or of none."""

    text: str
    passage: ClosedPassage | None


class Underlined:
    """The marks of one text, by sentence. What citizens may read is not underlined."""

    def __init__(self, found: Iterable[LocatedPassage]) -> None:
        self._closings: dict[SentencePlace, list[Closing]] = defaultdict(list)
        for one in found:
            if one.passage.state is not ClosedState.DECLINED:
                for closing in one.closings:
                    self._closings[closing.place].append(closing)

    def pieces(self, place: SentencePlace, text: str, shown: str) -> list[TextPiece]:
        """Return `shown`, which is the sentence's `text` with other spaces and line breaks, cut
        into pieces.
        """
        closings = self._closings.get(place)
        if not closings:
            return [TextPiece(shown, None)]
        marks = iter([_mark(closings, n) for n, letter in enumerate(text) if not letter.isspace()])
        marked: list[tuple[str, ClosedPassage | None]] = []
        for letter in shown:
            last = marked[-1][1] if marked else None
            marked.append((letter, last if letter.isspace() else next(marks, None)))
        return [
            TextPiece("".join(letter for letter, _ in run), passage)
            for passage, run in groupby(marked, key=lambda one: one[1])
        ]


def _mark(closings: list[Closing], place: int) -> ClosedPassage | None:
    """Return what the character is marked with; what is decided goes before what is proposed."""
    found = [one.passage for one in closings if one.start <= place < one.end]
    return min(found, key=lambda one: one.state is not ClosedState.DECIDED, default=None)
