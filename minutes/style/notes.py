"""Writes annotations (注記) as the city writes them, and removes time stamps, which are only for
correcting.
"""

from collections.abc import Iterator

from meetings.style_choices import Annotations
from minutes.japanese.annotations import Annotation, Kind, annotations
from minutes.style.changes import Edit, Rule

BRACKETS = {Annotations.ROUND: ("（", "）"), Annotations.SQUARE: ("〔", "〕")}
UNHEARD = "聞き取り不能"


def edits(text: str, choice: Annotations) -> Iterator[Edit]:
    """Yield the edits of annotations to the form that was chosen."""
    for note in annotations(text):
        wanted = _written(note, choice)
        if wanted != text[note.start : note.end]:
            yield Edit(note.start, note.end, wanted, Rule.ANNOTATIONS)


def _written(note: Annotation, choice: Annotations) -> str:
    if note.kind is Kind.TIME or choice not in BRACKETS:
        return ""
    opening, closing = BRACKETS[choice]
    is_dots = note.kind is Kind.UNHEARD and not any(map(str.isalpha, note.words))
    return f"{opening}{UNHEARD if is_dots else note.words.strip()}{closing}"
