"""PDFium, in a cell: `python -m meetings.inside.pages sizes|read …`.

PDFium is not thread-safe, and a crash or an endless loop in it must not touch the server.
"""

import sys
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
from PIL import Image

from meetings.errors import FileRejected
from meetings.inside.answering import answer

THUMBNAIL_PIXELS = 480
PICTURE_PIXELS = 1000
LONGEST_PAGE_TEXT = 200_000
LONGEST_SIDE = 14_400
"""In points: 5 m, and what the format (ISO 32000-1, annex C) gives as its own limit."""

HASH_SIDE = 16
"""The finger print of a page: brighter or darker than the neighbour, on a grid this wide and
high."""

LOCKED = "PDFにパスワードがかかっています。パスワードを外して保存し直してから登録してください。"
BROKEN = "PDFが壊れているため開けませんでした。元のファイルからPDFを作り直してください。"
EMPTY = "PDFに頁がありません。元のファイルからPDFを作り直してください。"
TOO_MANY = "PDFの頁が多すぎます（{}頁。上限は{:,}頁）。分割してから登録してください。"
TOO_LARGE = (
    "PDFの{}頁が大きすぎます（縦か横が5メートルを超えています）。用紙の大きさを確かめて、"
    "PDFを作り直してください。"
)


def _do(act: str, path: str, *arguments: str) -> Any:
    try:
        with pdfium.PdfDocument(path) as document:
            return _sizes(document, *arguments) if act == "sizes" else _read(document, *arguments)
    except pdfium.PdfiumError as problem:
        is_locked = problem.err_code == pdfium_raw.FPDF_ERR_PASSWORD
        raise FileRejected(LOCKED if is_locked else BROKEN) from problem


def _sizes(
    document: pdfium.PdfDocument, thumbnail: str, most_pages: str
) -> list[tuple[float, float]]:
    """Width and height in points after rotation; a picture of the first page goes to `thumbnail`
    (JPEG). Pages are measured without being loaded, so thousands take no time."""
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


def _read(document: pdfium.PdfDocument, folder: str, start: str, stop: str) -> list[dict[str, str]]:
    """Text and finger print (hexadecimal) of the pages from `start` to before `stop`, counted from
    1; their pictures go to `folder` as `1.jpg` and so on."""
    found = []
    for number in range(int(start), int(stop)):
        page = document[number - 1]
        picture = _draw(page, PICTURE_PIXELS)
        picture.save(f"{folder}/{number}.jpg", "JPEG", quality=70)
        text = page.get_textpage().get_text_bounded(errors="ignore")[:LONGEST_PAGE_TEXT]
        found.append({"text": text, "picture_hash": _hash(picture)})
        page.close()
    return found


def _draw(page: pdfium.PdfPage, pixels: int) -> Image.Image:
    scale = pixels / max(page.get_width(), page.get_height(), 1)
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture.convert("RGB")


def _hash(picture: Image.Image) -> str:
    """A difference hash: survives another size and compression, notices another layout."""
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
