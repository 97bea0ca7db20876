"""Reads a Word file that was corrected outside: `python -m minutes.inside.word_returned FILE`.
Tracked changes are read as made.
"""

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from meetings.errors import FileRejected
from meetings.inside import packed
from meetings.inside.answering import answer
from minutes.forms.marks import MarkedPlace, place_of

OLE = b"\xd0\xcf\x11\xe0"
DOCUMENT = "word/document.xml"
LARGEST_BYTES = 60_000_000
MOST_PIECES = 200_000
UNSEEN = {"del", "moveFrom", "Fallback", "rt", "instrText", "sdtPr", "rPr", "txbxContent"}
SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
NOT_WORD = (
    "Wordのファイル（docx）として読めません。Wordで開いて「名前を付けて保存」で docx にしてから、"
    "もう一度送ってください。"
)
WITH_MACROS = (
    "マクロの入ったファイルは受け付けません。マクロなしの文書（docx）として保存し直してください。"
)
TOO_LARGE = "Wordのファイルの中身が大きすぎます。会議録の本文だけにして保存し直してください。"
BROKEN = (zipfile.BadZipFile, expat.ExpatError, SyntaxError, KeyError, ValueError, RecursionError)

Piece = tuple[list[int] | None, str, bool]
"""A marked place (or none), the text that belongs to it, and whether it begins a paragraph."""


def pieces(path: str) -> list[Piece]:
    """Return the text in its order, cut where its marks stand. Raises FileRejected."""
    with Path(path).open("rb") as file:
        if file.read(4) == OLE:
            raise FileRejected(NOT_WORD)
    if packed.kind("unpack", path) != ".docx":
        raise FileRejected(NOT_WORD)
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
            if any("vbaProject" in name for name in names):
                raise FileRejected(WITH_MACROS)
            if package.getinfo(DOCUMENT).file_size > LARGEST_BYTES:
                raise FileRejected(TOO_LARGE)
            xml = package.read(DOCUMENT)
        if b"<!DOCTYPE" in xml:
            raise FileRejected(NOT_WORD)
        found = _Reading().read(ElementTree.fromstring(xml))  # noqa: S314 - no doctype
    except BROKEN as problem:
        raise FileRejected(NOT_WORD) from problem
    if len(found) > MOST_PIECES:
        raise FileRejected(TOO_LARGE)
    return found


class _Reading:
    """Goes through a document once. A bookmark may end in a later paragraph than it began, where
    somebody broke a sentence's paragraph in two.
    """

    def __init__(self) -> None:
        self._found: list[tuple[MarkedPlace | None, list[str], bool]] = []
        self._open: dict[str, MarkedPlace] = {}
        self._begins = True

    def read(self, root: ElementTree.Element) -> list[Piece]:
        """Return the pieces; those without a mark only where they have a text."""
        self._blocks(root)
        return [
            (list(map(int, place)) if place else None, "".join(words), begins)
            for place, words, begins in self._found
            if place or "".join(words).strip()
        ]

    def _blocks(self, element: ElementTree.Element) -> None:
        for child in element:
            name = _name(child)
            if name == "p":
                self._paragraph(child)
            elif name.startswith("bookmark"):
                self._bookmark(name, child)
            elif name not in UNSEEN:
                self._blocks(child)

    def _paragraph(self, paragraph: ElementTree.Element) -> None:
        if self._begins:
            self._add(next(iter(self._open.values()), None))
        self._inline(paragraph)
        self._begins = not _is_joined_with_next(paragraph)

    def _inline(self, element: ElementTree.Element) -> None:
        for child in element:
            name = _name(child)
            if name.startswith("bookmark"):
                self._bookmark(name, child)
            elif name == "t":
                self._found[-1][1].append(child.text or "")
            elif name in SIGNS:
                self._found[-1][1].append(SIGNS[name])
            elif name in ("del", "moveFrom"):
                for mark in _bookmarks(child):
                    self._bookmark(_name(mark), mark)
            elif name not in UNSEEN:
                self._inline(child)

    def _bookmark(self, name: str, element: ElementTree.Element) -> None:
        attributes = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        number = attributes.get("id", "")
        if name == "bookmarkEnd":
            self._open.pop(number, None)
            return
        place = place_of(attributes.get("name", ""))
        if place is not None:
            self._open[number] = place
            if self._found:
                self._take(place)

    def _take(self, place: MarkedPlace) -> None:
        """Begin the piece of this place. What was typed before the first mark of a paragraph
        belongs to it.
        """
        known, words, begins = self._found[-1]
        if known is None and begins:
            self._found[-1] = (place, words, begins)
        else:
            self._add(place, begins=False)

    def _add(self, place: MarkedPlace | None, *, begins: bool = True) -> None:
        self._found.append((place, [], begins))


def _is_joined_with_next(paragraph: ElementTree.Element) -> bool:
    """Return whether the end of the paragraph was deleted and tracked."""
    properties = next((one for one in paragraph if _name(one) == "pPr"), None)
    marks = next((one for one in properties or () if _name(one) == "rPr"), None)
    return any(_name(one) in ("del", "moveFrom") for one in marks or ())


def _bookmarks(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (one for one in element.iter() if _name(one).startswith("bookmark"))


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


if __name__ == "__main__":
    sys.exit(answer(pieces))
