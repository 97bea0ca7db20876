"""Reads Word files (docx): the paragraphs of the text, and tables row by row.

A docx is a zip of XML. Three parts are read and nothing is run: the list of contents, the
footnotes, the document; of each no more than `LARGEST_XML_BYTES` and `MOST_ELEMENTS`, and no more
than one paragraph or row is in memory at a time. The parser is the standard library's; XML that
declares entities is refused, since Word never writes any.
"""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from meetings.errors import FileRejected
from minutes.imports import word_symbols
from minutes.imports.pieces import LONGEST_CHARACTERS, TOO_LONG, ImportedPiece

LARGEST_XML_BYTES = 60_000_000
MOST_ELEMENTS = 1_500_000
PIECE_BYTES = 1 << 16
LARGEST_LIST_BYTES = 1_000_000
CONTENTS = "[Content_Types].xml"
DOCUMENT, FOOTNOTES = "wordprocessingml.document.main+xml", "wordprocessingml.footnotes+xml"
MACROS = "macroEnabled"
MACRO_PART = "vbaProject"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"

NOT_WORD = (
    "Wordのファイル（docx）として読めません。壊れているか、別の種類のファイルです。"
    "Wordで開いて「名前を付けて保存」で docx にしてから、もう一度取り込んでください。"
)
PROTECTED = (
    "古い形式（doc）か、パスワードの付いたファイルです。Wordで開き、パスワードを外して"
    "docx として保存し直してから、もう一度取り込んでください。"
)
WITH_MACROS = (
    "マクロの入ったファイルは受け付けません。Wordで「マクロなしの文書（docx）」として"
    "保存し直してから、もう一度取り込んでください。"
)
TOO_LARGE = "Wordのファイルの中身が大きすぎます。逐語録の本文だけにして保存し直してください。"
BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError,
    KeyError, ValueError, RuntimeError, NotImplementedError, RecursionError,
)  # fmt: skip
UNSEEN = {"del", "moveFrom", "Fallback", "rt", "instrText", "sdtPr", "pPr", "rPr"}
"""Elements whose text is not shown: deleted text, second versions of the same, readings above
characters, fields."""

# Elements that are built as a tree, with all that is in them.
BUILT = {"p", "tr", *UNSEEN}
BOX, NOTE = "txbxContent", "footnoteReference"
SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
WITH_ATTRIBUTES = {"sym", NOTE, "footnote"}


def paragraphs(path: Path) -> list[ImportedPiece]:
    """Return the paragraphs and table rows of the document. Raises FileRejected."""
    with path.open("rb") as file:
        if file.read(4) == OLD_OFFICE:
            raise FileRejected(PROTECTED)
    try:
        with zipfile.ZipFile(path) as package:
            document, footnotes = _parts(package)
            notes = _Blocks({})
            if footnotes:
                _parse(package, footnotes, LARGEST_XML_BYTES, notes)
            blocks = _Blocks(notes.by_number)
            _parse(package, document, LARGEST_XML_BYTES, blocks)
    except BROKEN as problem:
        raise FileRejected(NOT_WORD) from problem
    return [ImportedPiece(text) for text in blocks.found]


def _parts(package: zipfile.ZipFile) -> tuple[str, str]:
    """Return the names of the parts with the text and with the footnotes; the second is empty
    where there are none. Raises FileRejected for macros.
    """
    contents = _Contents()
    _parse(package, CONTENTS, LARGEST_LIST_BYTES, contents)
    has_macros = any(MACRO_PART in name for name in package.namelist())
    if has_macros or any(MACROS in kind for kind in contents.kinds.values()):
        raise FileRejected(WITH_MACROS)
    document, footnotes = map(contents.part, (DOCUMENT, FOOTNOTES))
    if not document:
        raise FileRejected(NOT_WORD)
    return document, footnotes


class _Contents:
    """The content type of each part of the package."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}

    def start(self, _tag: str, attributes: dict[str, str]) -> None:
        self.kinds[attributes.get("PartName", "")] = attributes.get("ContentType", "")

    def part(self, kind: str) -> str:
        """Return the name of the first part whose type ends with `kind`, or an empty text."""
        return next((n.lstrip("/") for n, its in self.kinds.items() if its.endswith(kind)), "")

    def end(self, _tag: str) -> None:
        pass

    def data(self, _text: str) -> None:
        pass


class _Blocks:
    """Collects paragraphs, and rows of tables with a tab between their cells, each followed by its
    text boxes and footnotes. The outermost element is built as a tree, read, and discarded.

    `notes` are the texts of the footnotes by their numbers. `by_number` collects these while the
    part of the footnotes itself is parsed.
    """

    def __init__(self, notes: Mapping[str, str]) -> None:
        self.found: list[str] = []
        self.by_number: dict[str, str] = {}
        self._notes = notes
        self._number = ""
        self._builder: ElementTree.TreeBuilder | None = None
        self._depth = 0
        self._characters = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _name(tag)
        wanted: dict[str, str] = {}
        if name in WITH_ATTRIBUTES:
            wanted = {_name(key): value for key, value in attributes.items()}
        if name == "footnote":
            self._number = wanted.get("id", "")
        if self._builder is None and name not in BUILT:
            return
        self._builder = self._builder or ElementTree.TreeBuilder()
        self._builder.start(tag, wanted)
        self._depth += 1

    def data(self, text: str) -> None:
        if self._builder:
            self._builder.data(text)

    def end(self, tag: str) -> None:
        if self._builder is None:
            return
        self._builder.end(tag)
        self._depth -= 1
        if self._depth == 0:
            self._take(self._builder.close())
            self._builder = None

    def _take(self, element: ElementTree.Element) -> None:
        texts = [text.strip() for text in _block(element) if text.strip()]
        if self._number:
            self.by_number[self._number] = "".join([self.by_number.get(self._number, ""), *texts])
        notes = [self._notes.get(one.get("id", "")) for one in _seen(element, NOTE)]
        texts += [f"（注：{note}）" for note in notes if note]
        self._characters += sum(map(len, texts))
        if self._characters > 2 * LONGEST_CHARACTERS:
            raise FileRejected(TOO_LONG)
        self.found += texts


def _parse(
    package: zipfile.ZipFile, name: str, largest_bytes: int, target: _Contents | _Blocks
) -> None:
    """Parse one part into `target`. However small the zip claims it to be, no more than
    `largest_bytes` are unpacked. Raises FileRejected beyond that.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    elements = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal elements
        elements += 1
        if elements > MOST_ELEMENTS:
            raise FileRejected(TOO_LARGE)
        target.start(tag, attributes)

    parser.StartElementHandler, parser.EndElementHandler = start, target.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = target.data, _refuse_doctype
    parser.buffer_text = True
    size = 0
    with package.open(name) as part:
        while piece := part.read(PIECE_BYTES):
            size += len(piece)
            if size > largest_bytes:
                raise FileRejected(TOO_LARGE)
            parser.Parse(piece, False)
    parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    """Raise FileRejected: entities, the danger of XML from outside, can only be declared in a
    document type.
    """
    raise FileRejected(NOT_WORD)


def _blocks(element: ElementTree.Element) -> Iterator[str]:
    for child in element:
        yield from _block(child)


def _block(element: ElementTree.Element) -> Iterator[str]:
    match _name(element.tag):
        case "p":
            yield from _text(element).split("\n")
            for box in _seen(element, BOX):
                yield from _blocks(box)
        case "tr":
            yield from _row(element)
        case name if name not in UNSEEN:
            yield from _blocks(element)


def _row(row: ElementTree.Element) -> Iterator[str]:
    """Yield the paragraphs of a table row: the first cells stand before the first paragraph of the
    last cell, separated by tabs.
    """
    cells = [[text for text in _blocks(cell) if text.strip()] for cell in row]
    *heads, last = [cell for cell in cells if cell] or [[]]
    head = "".join("".join(" ".join(cell).split()) + "\t" for cell in heads)
    yield from (text if n else head + text for n, text in enumerate(last))


def _text(element: ElementTree.Element) -> str:
    match _name(element.tag):
        case "t":
            return element.text or ""
        case "sym":
            return word_symbols.letter(element.get("font", ""), element.get("char", ""))
        case name if name in SIGNS:
            return SIGNS[name]
        case name if name in UNSEEN or name == BOX:
            return ""
    return "".join(map(_text, element))


def _seen(element: ElementTree.Element, wanted: str) -> Iterator[ElementTree.Element]:
    """Yield the elements of this name inside `element`, but none inside another one."""
    for child in element:
        name = _name(child.tag)
        if name == wanted:
            yield child
        elif name not in UNSEEN:
            yield from _seen(child, wanted)


def _name(tag: str) -> str:
    """Return the tag without its namespace, of which there are a strict and a usual one."""
    return tag.rpartition("}")[2]
