"""Word files (docx): the paragraphs of the text, and tables row by row.

A docx is a zip of XML. Three parts are looked at and nothing is run: the list of contents, the
document, no more of it than `LARGEST_XML_BYTES`. Read by the standard library; XML that declares
entities is refused, since Word never writes any.
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from meetings.errors import FileRejected
from minutes.imports.said import Said

LARGEST_XML_BYTES = 60_000_000
LARGEST_LIST_BYTES = 1_000_000
CONTENTS = "[Content_Types].xml"
DOCUMENT = "wordprocessingml.document.main+xml"
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
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, OSError,
    KeyError, ValueError, RuntimeError, NotImplementedError, RecursionError,
)  # fmt: skip
UNSEEN = {"del", "moveFrom", "Fallback", "rt", "txbxContent", "instrText", "sdtPr", "pPr", "rPr"}
"""Deleted text, second versions of the same, readings above characters, text boxes, fields."""


def paragraphs(path: Path) -> list[Said]:
    """Raises FileRejected."""
    with path.open("rb") as file:
        if file.read(4) == OLD_OFFICE:
            raise FileRejected(PROTECTED)
    try:
        with zipfile.ZipFile(path) as package:
            texts = list(_blocks(_document(package)))
    except BROKEN as problem:
        raise FileRejected(NOT_WORD) from problem
    return [Said(text.strip()) for text in texts if text.strip()]


def _document(package: zipfile.ZipFile) -> ElementTree.Element:
    parts = _parse(_read(package, CONTENTS, LARGEST_LIST_BYTES))
    kinds = {part.get("PartName", ""): part.get("ContentType", "") for part in parts}
    has_macros = any(MACRO_PART in name for name in package.namelist())
    if has_macros or any(MACROS in kind for kind in kinds.values()):
        raise FileRejected(WITH_MACROS)
    name = next((name for name, kind in kinds.items() if kind.endswith(DOCUMENT)), None)
    if name is None:
        raise FileRejected(NOT_WORD)
    return _parse(_read(package, name.lstrip("/"), LARGEST_XML_BYTES))


def _read(package: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """However small it claims to be, no more than `limit` is unpacked."""
    with package.open(name) as part:
        content = part.read(limit + 1)
    if len(content) > limit:
        raise FileRejected(TOO_LARGE)
    return content


def _parse(xml: bytes) -> ElementTree.Element:
    parser = ElementTree.XMLParser(target=_WithoutEntities())  # noqa: S314 - see there
    parser.feed(xml)
    root: ElementTree.Element = parser.close()
    return root


class _WithoutEntities(ElementTree.TreeBuilder):
    """Entities, the danger of XML from outside, can only be declared in a document type."""

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise FileRejected(NOT_WORD)


def _blocks(element: ElementTree.Element) -> Iterator[str]:
    """Paragraphs, and rows of tables with a tab between their cells."""
    for child in element:
        match _name(child):
            case "p":
                yield from _text(child).split("\n")
            case "tr":
                yield from _row(child)
            case name if name not in UNSEEN:
                yield from _blocks(child)


def _row(row: ElementTree.Element) -> Iterator[str]:
    """The first cells stand before the first paragraph of the last one."""
    cells = [[text for text in _blocks(cell) if text.strip()] for cell in row]
    *heads, last = [cell for cell in cells if cell] or [[]]
    head = "".join("".join(" ".join(cell).split()) + "\t" for cell in heads)
    yield from (text if n else head + text for n, text in enumerate(last))


def _text(element: ElementTree.Element) -> str:
    match _name(element):
        case "t":
            return element.text or ""
        case "tab":
            return "\t"
        case "br" | "cr":
            return "\n"
        case name if name in UNSEEN:
            return ""
    return "".join(map(_text, element))


def _name(element: ElementTree.Element) -> str:
    """Without its namespace: there are a strict and a usual one."""
    return element.tag.rpartition("}")[2]
