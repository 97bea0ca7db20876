"""PDFium, in a cell: `python -m meetings.inside.pages sizes|read …`.

PDFium is not thread-safe, and a crash or an endless loop in it must not touch the server.
"""

import ctypes
import sys
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
from PIL import Image

from meetings.errors import FileRejected
from meetings.inside.answering import answer
from meetings.inside.opening import opened

THUMBNAIL_PIXELS = 480
PICTURE_PIXELS = 1000
LONGEST_PAGE_TEXT = 200_000
LONGEST_SIDE = 14_400
"""In points: 5 m, and what the format (ISO 32000-1, annex C) gives as its own limit."""

TYPED_FIELDS = {
    pdfium_raw.FPDF_FORMFIELD_TEXTFIELD,
    pdfium_raw.FPDF_FORMFIELD_COMBOBOX,
    pdfium_raw.FPDF_FORMFIELD_LISTBOX,
}
LONGEST_FIELD_BYTES = 40_000
LONGEST_FONT_NAME = 60
FIRST_OF_JAPANESE = 0x2E80

HASH_SIDE = 16
"""The finger print of a page: brighter or darker than the neighbour, on a grid this wide and
high."""

EMPTY = "PDFに頁がありません。元のファイルからPDFを作り直してください。"
TOO_MANY = "PDFの頁が多すぎます（{}頁。上限は{:,}頁）。分割してから登録してください。"
TOO_LARGE = (
    "PDFの{}頁が大きすぎます（縦か横が5メートルを超えています）。用紙の大きさを確かめて、"
    "PDFを作り直してください。"
)


def _do(act: str, path: str, *arguments: str) -> Any:
    with opened(path) as document:
        return _sizes(document, *arguments) if act == "sizes" else _read(document, *arguments)


def _sizes(
    document: pdfium.PdfDocument, thumbnail: str, most_pages: str
) -> list[tuple[float, float]]:
    """Return width and height in points after rotation; a picture of the first page goes to
    `thumbnail` (JPEG). Pages are measured without being loaded, so thousands take no time."""
    count = len(document)
    if not count:
        raise FileRejected(EMPTY)
    if count > int(most_pages):
        raise FileRejected(TOO_MANY.format(f"{count:,}", int(most_pages)))
    sizes = [document.get_page_size(number) for number in range(count)]
    for number, size in enumerate(sizes, 1):
        if max(size) > LONGEST_SIDE:
            raise FileRejected(TOO_LARGE.format(number))
    _draw(document[0], THUMBNAIL_PIXELS).save(thumbnail, "JPEG", quality=85)
    return sizes


def _read(document: pdfium.PdfDocument, folder: str, start: str, stop: str) -> list[dict[str, Any]]:
    """Return the fields of `meetings.pdf.pdf.PageContent` for the pages from `start` to before
    `stop`, counted from 1; their pictures go to `folder` as `1.jpg` and so on."""
    found = []
    for number in range(int(start), int(stop)):
        page = document[number - 1]
        picture = _draw(page, PICTURE_PIXELS)
        picture.save(f"{folder}/{number}.jpg", "JPEG", quality=70)
        text = "\n".join([page.get_textpage().get_text_bounded(errors="ignore"), *_typed(page)])
        found.append(
            {
                "text": text[:LONGEST_PAGE_TEXT],
                "picture_hash": _hash(picture),
                "missing_fonts": _missing_fonts(page),
            }
        )
        page.close()
    return found


def _typed(page: pdfium.PdfPage) -> Iterator[str]:
    """Yield what was typed into the fields of a form, and onto the page: it is no part of its
    text."""
    for place in range(pdfium_raw.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_raw.FPDFPage_GetAnnot(page, place)
        try:
            if words := _words(page, annotation).strip():
                yield words
        finally:
            pdfium_raw.FPDFPage_CloseAnnot(annotation)


def _words(page: pdfium.PdfPage, annotation: Any) -> str:
    kind = pdfium_raw.FPDFAnnot_GetSubtype(annotation)
    if kind == pdfium_raw.FPDF_ANNOT_FREETEXT:
        return _filled(pdfium_raw.FPDFAnnot_GetStringValue, annotation, b"Contents")
    if kind != pdfium_raw.FPDF_ANNOT_WIDGET or page.formenv is None:
        return ""
    if pdfium_raw.FPDFAnnot_GetFormFieldType(page.formenv, annotation) not in TYPED_FIELDS:
        return ""
    return _filled(pdfium_raw.FPDFAnnot_GetFormFieldValue, page.formenv, annotation)


def _filled(ask: Any, *arguments: Any) -> str:
    """Return a text of PDFium's, which is asked twice: how long it is, and what it is."""
    size = min(ask(*arguments, None, 0), LONGEST_FIELD_BYTES)
    buffer = ctypes.create_string_buffer(size)
    ask(*arguments, ctypes.cast(buffer, ctypes.POINTER(pdfium_raw.FPDF_WCHAR)), size)
    return buffer.raw.decode("utf-16-le", "ignore").replace("\0", "")


def _missing_fonts(page: pdfium.PdfPage) -> list[str]:
    """Return the names of fonts that are not in the file and in which Japanese is written."""
    found: set[str] = set()
    seen = page.get_textpage()
    for thing in page.get_objects(filter=[pdfium_raw.FPDF_PAGEOBJ_TEXT]):
        font = pdfium_raw.FPDFTextObj_GetFont(thing)
        if not font or pdfium_raw.FPDFFont_GetIsEmbedded(font) != 0:
            continue
        words = _filled(pdfium_raw.FPDFTextObj_GetText, thing, seen)
        if any(ord(letter) >= FIRST_OF_JAPANESE for letter in words):
            found.add(_name_of(font))
    return sorted(found)


def _name_of(font: Any) -> str:
    size = pdfium_raw.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium_raw.FPDFFont_GetBaseFontName(font, buffer, size)
    return buffer.value.decode("utf-8", "replace")[:LONGEST_FONT_NAME]


def _draw(page: pdfium.PdfPage, pixels: int) -> Image.Image:
    scale = pixels / max(page.get_width(), page.get_height(), 1)
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture.convert("RGB")


def _hash(picture: Image.Image) -> str:
    """Return a difference hash: it survives another size and compression, and notices another
    layout."""
    grey = picture.convert("L").resize((HASH_SIDE + 1, HASH_SIDE), Image.Resampling.BOX)
    bright = grey.tobytes()
    width = HASH_SIDE + 1
    bits = 0
    for place in range(HASH_SIDE * HASH_SIDE):
        here = place // HASH_SIDE * width + place % HASH_SIDE
        bits = bits << 1 | (bright[here] > bright[here + 1])
    return f"{bits:0{HASH_SIDE * HASH_SIDE // 4}x}"


if __name__ == "__main__":
    sys.exit(answer(_do))
