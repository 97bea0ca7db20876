"""Scans of signed sheets: made plain PDFs in a cell (`meetings/inside/scans.py`)."""

from pathlib import Path

from meetings.cell import Cell
from meetings.errors import FileRejected

CELL = Cell(memory_mb=1500, output_mb=100, at_once=2)
SECONDS = 120
EMPTY = "ファイルが空（0バイト）です。もう一度スキャンしてください。"


def cleaned(source: Path, target: Path) -> int:
    """Write the scan (PDF or picture) as a plain PDF to `target`, into a folder for nothing else,
    and return how many pages it has. Raises FileRejected, StorageFull, Crowded.
    """
    if not source.stat().st_size:
        raise FileRejected(EMPTY)
    source, target = source.resolve(), target.resolve()
    pages: int = CELL.ask(
        "meetings.inside.scans",
        str(source),
        str(target),
        seconds=SECONDS,
        reads=[source],
        folder=target.parent,
    )
    return pages
