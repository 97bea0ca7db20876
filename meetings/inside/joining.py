"""Pages put together by pikepdf, in a cell: `python -m meetings.inside.joining stamp|join …`."""

import json
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2.raw as pdfium_raw

from meetings.errors import FileRejected
from meetings.inside.answering import answer
from meetings.inside.opening import opened

UNREADABLE = "PDFが壊れているため、氏名を入れられませんでした。主催者に連絡してください。"
BROKEN = (
    pikepdf.PdfError, MemoryError, ValueError, TypeError, RuntimeError, RecursionError,
    FileNotFoundError, PermissionError, FileRejected,
)  # fmt: skip
MOST_SHEETS = 16
"""Of the mark, in a row: what is longer than 7 m of paper stays bare beyond."""

# For each quarter turn: where the lower left corner lies as the page is looked at (0 left or
# bottom, 1 right or top), and which way right and up go in its own coordinates.
TURNS = [
    ((0, 0), (1, 0), (0, 1)),
    ((1, 0), (0, 1), (-1, 0)),
    ((1, 1), (-1, 0), (0, -1)),
    ((0, 1), (0, -1), (1, 0)),
]


def _do(act: str, *arguments: str) -> Any:
    return _stamp(*arguments) if act == "stamp" else _join(*arguments)


def _stamp(source: str, mark: str, target: str) -> None:
    """Write `source` to `target` with the sheet in `mark` over each page, upright however it is
    rotated. Raises FileRejected, MemoryError."""
    try:
        _save_stamped(source, mark, target)
    except pikepdf.PdfError as problem:
        raise FileRejected(UNREADABLE) from problem


def _join(job: str) -> list[int]:
    """Write the cover and then the parts to the target, with bookmarks by heading and title; all
    of that stands in the file `job`. Returns the places of the parts that cannot be read."""
    asked = json.loads(Path(job).read_text(encoding="utf-8"))
    unreadable: list[int] = []
    with pikepdf.new() as joined:
        with joined.open_outline() as outline:
            _append(joined, asked["cover"])
            outline.root.append(pikepdf.OutlineItem("次第", 0))
            heading: pikepdf.OutlineItem | None = None
            for number, part in enumerate(asked["parts"]):
                first = len(joined.pages)
                try:
                    _append_part(joined, part, f"{job}.{number}")
                except BROKEN:
                    unreadable.append(number)
                    continue
                if heading is None or heading.title != part["heading"]:
                    heading = pikepdf.OutlineItem(part["heading"], first)
                    outline.root.append(heading)
                heading.children.append(pikepdf.OutlineItem(part["title"], first))
        if not unreadable:
            joined.save(asked["target"])
    return unreadable


def _append_part(joined: pikepdf.Pdf, part: dict[str, str], made: str) -> None:
    """Append a part to the joined PDF. `made` is the beginning of the names of files on the way."""
    path = _without_form(part["path"], f"{made}.filled.pdf")
    if part["mark"]:
        _save_stamped(path, part["mark"], f"{made}.stamped.pdf")
        path = f"{made}.stamped.pdf"
    _append(joined, path)


def _without_form(path: str, target: str) -> str:
    """Return a file without a form. Among pages of other files fields would lose what was typed
    into them: it becomes part of the page, in a file of its own."""
    with _opened(path) as source:
        if "/AcroForm" not in source.Root:
            return path
    with opened(path) as document:
        for page in document:
            pdfium_raw.FPDFPage_Flatten(page, pdfium_raw.FLAT_NORMALDISPLAY)
            page.close()
        document.save(target)
    return target


def _append(joined: pikepdf.Pdf, path: str) -> None:
    with _opened(path) as source:
        joined.pages.extend(source.pages)


def _opened(path: str) -> pikepdf.Pdf:
    """Open the file by name and in pieces, so that pages are copied from the disk and not held in
    memory."""
    return pikepdf.open(path, access_mode=pikepdf.AccessMode.stream)


def _save_stamped(source: str, mark: str, target: str) -> None:
    with _opened(source) as pdf, _opened(mark) as marks:
        sheet = pdf.copy_foreign(marks.pages[0].as_form_xobject())
        width, height = (float(edge) for edge in list(marks.pages[0].mediabox)[2:])
        for page in pdf.pages:
            _lay(page, sheet, width, height)
        pdf.save(target)


def _lay(page: pikepdf.Page, sheet: pikepdf.Object, width: float, height: float) -> None:
    """Lay the sheet over all of the page, again and again where the page is larger, and no more of
    it than the page is."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    corner, across, up = TURNS[int(page.obj.get("/Rotate", 0)) % 360 // 90]
    start = (right if corner[0] else left, top if corner[1] else bottom)
    wide, high = abs(right - left), abs(top - bottom)
    if across[0] == 0:
        wide, high = high, wide
    name = page.add_resource(sheet, pikepdf.Name.XObject)
    drawn = [f"q {left:.3f} {bottom:.3f} {right - left:.3f} {top - bottom:.3f} re W n"]
    for x in _steps(wide, width):
        for below in _steps(high, height):
            y = high - below - height
            at = [start[n] + across[n] * x + up[n] * y for n in (0, 1)]
            turned = f"{across[0]} {across[1]} {up[0]} {up[1]} {at[0]:.3f} {at[1]:.3f}"
            drawn.append(f"q {turned} cm {name} Do Q")
    page.contents_add(b"q\n", prepend=True)
    page.contents_add("\n".join(["\nQ", *drawn, "Q"]).encode("ascii"))


def _steps(length: float, step: float) -> list[float]:
    return [n * step for n in range(min(MOST_SHEETS, max(1, -int(-length // step))))]


if __name__ == "__main__":
    sys.exit(answer(_do))
