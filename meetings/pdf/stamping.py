"""Stamps the reader's name over every page of a document that leaves the server."""

from pathlib import Path

from meetings.cell import Cell
from meetings.pdf import typesetting

SECONDS = 120
CELL = Cell(memory_mb=1000, output_mb=2000, at_once=4)
PROGRAM = "meetings.inside.joining"
SHEET = {"width": 1300, "height": 1500}
"""In points, whole steps of what `watermark.typ` repeats."""


def stamp(source: Path, target: Path, words: str) -> None:
    """Write `source` to `target`, into a folder for nothing else, with `words` over each page,
    upright however it is rotated. Raises FileRejected, StorageFull, Crowded."""
    source, target = source.resolve(), target.resolve()
    mark = target.with_suffix(".mark.pdf")
    write_mark(mark, words)
    arguments = ["stamp", str(source), str(mark), str(target)]
    CELL.ask(PROGRAM, *arguments, seconds=SECONDS, reads=[source], folder=target.parent)


def write_mark(target: Path, words: str) -> None:
    """Write the sheet that is laid over the pages."""
    target.write_bytes(typesetting.to_pdf("watermark", SHEET | {"words": words}))
