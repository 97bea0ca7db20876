"""Reads the words of a record's PDFs, texts or Word files, in a cell:
`python -m minutes.inside.record_texts SUFFIX FILE…`.
"""

import ctypes
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from meetings.errors import FileRejected
from meetings.inside.answering import answer
from meetings.inside.opening import opened
from minutes.imports import text_files
from minutes.imports.pieces import TOO_LONG
from minutes.inside import word_returned
from minutes.sealing.words import words_of_word_file

LARGEST_TEXT_BYTES = 40_000_000
PAGE_NUMBER = re.compile(r"[－\s0-9]*")
"""What beside the text stands on a page: its number, and those of lines."""

ARTIFACT = "Artifact"
LONGEST_NAME = 64


def words_in(kind: str, *paths: str) -> list[dict[str, Any]]:
    """Return of each file its `text`, and the id of the revision that its marks name as
    `revision_id`. Raises FileRejected.
    """
    return [_words_of(kind, path) for path in paths]


def _words_of(kind: str, path: str) -> dict[str, Any]:
    file = Path(path)
    match kind:
        case ".pdf":
            return {"text": "".join(_printed(path)), "revision_id": None}
        case ".docx":
            text = words_of_word_file(file)
            places = (place for place, _, _ in word_returned.pieces(path) if place)
            named = next(places, None)
            return {"text": text, "revision_id": named[0] if named else None}
        case _:
            if file.stat().st_size > LARGEST_TEXT_BYTES:
                raise FileRejected(TOO_LONG)
            decoded = text_files.decode(file.read_bytes(), may_be_broken=False)
            return {"text": decoded, "revision_id": None}


def _printed(path: str) -> Iterator[str]:
    """Yield what is written in the PDF in the order in which it is set, without the numbers of
    pages and lines.
    """
    with opened(path) as document:
        for page in document:
            text_page = page.get_textpage()
            for part in page.get_objects(filter=[pdfium_raw.FPDF_PAGEOBJ_TEXT]):
                text = _text(part.raw, text_page)
                if not (_is_artifact(part.raw) and PAGE_NUMBER.fullmatch(text)):
                    yield text


def _text(part: Any, page: pdfium.PdfTextPage) -> str:
    size = pdfium_raw.FPDFTextObj_GetText(part, page.raw, None, 0)
    letters = ctypes.create_string_buffer(size)
    pointer = ctypes.cast(letters, ctypes.POINTER(ctypes.c_ushort))
    pdfium_raw.FPDFTextObj_GetText(part, page.raw, pointer, size)
    return letters.raw[:size].decode("utf-16-le", "replace").rstrip("\0")


def _is_artifact(part: Any) -> bool:
    """Return whether the PDF says of it that it stands beside the text."""
    marks = range(pdfium_raw.FPDFPageObj_CountMarks(part))
    return any(_name(pdfium_raw.FPDFPageObj_GetMark(part, one)) == ARTIFACT for one in marks)


def _name(mark: Any) -> str:
    letters, size = ctypes.create_string_buffer(LONGEST_NAME), ctypes.c_ulong()
    pointer = ctypes.cast(letters, ctypes.POINTER(ctypes.c_ushort))
    pdfium_raw.FPDFPageObjMark_GetName(mark, pointer, LONGEST_NAME, size)
    return letters.raw[: size.value].decode("utf-16-le", "replace").rstrip("\0")


if __name__ == "__main__":
    sys.exit(answer(words_in))
