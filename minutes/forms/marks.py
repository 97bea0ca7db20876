"""Marks around each sentence of a Word file, by which it finds its way back when the file was
corrected: while it is written, characters that no text has (Unicode's noncharacters, which
`meetings/clean_text.py` removes); in the file, bookmarks, which Word and LibreOffice keep.
"""

import re

BEGIN, PLACED, END = "\ufdd0", "\ufdd1", "\ufdd2"
MARK = re.compile(f"({BEGIN}[0-9]+\\.[0-9]+{PLACED}|{END})")
NAME = re.compile(r"_gijido_(\d{1,9})_(\d{1,6})_(\d{1,6})")


def marked(place: tuple[int, int], text: str) -> str:
    """Return the text between the marks of its place."""
    return f"{BEGIN}{place[0]}.{place[1]}{PLACED}{text}{END}"


def bookmark_name(revision: int, begin: str) -> str:
    """Return the name of the bookmark for a mark that begins a sentence of the revision (its id),
    such as `_gijido_12_0_3`. Word hides those that begin with `_` from its list.
    """
    section, paragraph = begin.strip(BEGIN + PLACED).split(".")
    return f"_gijido_{revision}_{section}_{paragraph}"


def place_of(name: str) -> tuple[int, tuple[int, int]] | None:
    """Return revision id and place that a bookmark's name says; None for a bookmark of others."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    revision, section, paragraph = map(int, found.groups())
    return revision, (section, paragraph)
