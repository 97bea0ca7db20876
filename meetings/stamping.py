"""The reader's name over every page of a document that leaves the server."""

import io
from pathlib import Path

import pikepdf

from meetings import typesetting

Size = tuple[int, int]


def stamp(source: Path, target: Path, words: str) -> None:
    """Write `source` to `target` with `words` over each page, upright however it is rotated."""
    marks: dict[Size, pikepdf.Pdf] = {}
    with pikepdf.open(source) as pdf:
        for page in pdf.pages:
            size = _shown_size(page)
            if size not in marks:
                marks[size] = _mark(size, words)
            page.add_overlay(marks[size].pages[0], pikepdf.Rectangle(page.cropbox))
        pdf.save(target)


def _mark(size: Size, words: str) -> pikepdf.Pdf:
    data = {"width": size[0], "height": size[1], "words": words}
    return pikepdf.open(io.BytesIO(typesetting.to_pdf("watermark", data)))


def _shown_size(page: pikepdf.Page) -> Size:
    """Width and height in points as it is looked at."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    width, height = max(1, round(right - left)), max(1, round(top - bottom))
    is_turned = int(page.obj.get("/Rotate", 0)) % 180 != 0
    return (height, width) if is_turned else (width, height)
