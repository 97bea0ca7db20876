"""Marks in the texts of a form: around each sentence of a Word file and the speaker before it, by
which they find their way back when the file was corrected, and around words that are underlined.
While a form is written they are characters that no text has (Unicode's noncharacters, which
`meetings/clean_text.py` removes); in a Word file, bookmarks, which Word and LibreOffice keep, and
underlines.
"""

import re
from typing import NamedTuple

BEGIN, PLACED, END = "\ufdd0", "\ufdd1", "\ufdd2"
UNDERLINE, PLAIN = "\ufdd3", "\ufdd4"
SPEAKER = "w"
MARK = re.compile(f"({BEGIN}[0-9]+\\.[0-9]+{SPEAKER}?{PLACED}|{END}|{UNDERLINE}|{PLAIN})")
NAME = re.compile(rf"_gijido_(\d{{1,9}})_(\d{{1,6}})_(\d{{1,6}})({SPEAKER}?)")


class MarkedPlace(NamedTuple):
    """What a bookmark names: the id of a revision, the indexes of a section in it and of a sentence
    in that section, and whether it stands around the speaker of the sentence.
    """

    revision: int
    section: int
    paragraph: int
    is_speaker: bool


def marked(place: tuple[int, int], text: str, *, is_speaker: bool = False) -> str:
    """Return the text between the marks of its place."""
    kind = SPEAKER if is_speaker else ""
    return f"{BEGIN}{place[0]}.{place[1]}{kind}{PLACED}{text}{END}"


def underlined(text: str) -> str:
    """Return the text between the marks of an underline."""
    return f"{UNDERLINE}{text}{PLAIN}"


def without_underlines(text: str) -> str:
    """Return the text without these marks."""
    return text.replace(UNDERLINE, "").replace(PLAIN, "")


def lines_in_pieces(text: str) -> list[list[tuple[str, bool]]]:
    """Return each line of the text as runs, each with whether it is underlined."""
    lines: list[list[tuple[str, bool]]] = [[]]
    is_underlined = False
    for part in re.split(f"({UNDERLINE}|{PLAIN}|\n)", text):
        if part == "\n":
            lines.append([])
        elif part in (UNDERLINE, PLAIN):
            is_underlined = part == UNDERLINE
        elif part:
            lines[-1].append((part, is_underlined))
    return lines


def bookmark_name(revision: int, begin: str) -> str:
    """Return the name of the bookmark for a mark that begins a sentence of the revision (its id),
    such as `_gijido_12_0_3`. Word hides those that begin with `_` from its list.
    """
    section, paragraph = begin.strip(BEGIN + PLACED).split(".")
    return f"_gijido_{revision}_{section}_{paragraph}"


def place_of(name: str) -> MarkedPlace | None:
    """Return what a bookmark's name says; None for a bookmark of others."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    return MarkedPlace(int(found[1]), int(found[2]), int(found[3]), bool(found[4]))
