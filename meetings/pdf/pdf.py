"""Inspecting a PDF, in a cell (`meetings/inside/pages.py` is the program there)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from meetings.cell import Cell
from meetings.errors import FileRejected

OPENING_SECONDS = 60
SECONDS_PER_PAGE = 10
MOST_PAGES = 5000
CELL = Cell(memory_mb=1000, output_mb=100, at_once=4)
PROGRAM, LOOKING = "meetings.inside.pages", "meetings.inside.looks"


@dataclass(frozen=True)
class PageSize:
    """The size of a page in points, after rotation."""

    width: float
    height: float


@dataclass(frozen=True)
class PageContent:
    """What was read of a page: its `text` as the PDF holds it, with what was typed into its forms;
    `picture_hash` (hexadecimal, 256 bits) of how it looks; `missing_fonts`: those that Japanese is
    written in and the file does not hold."""

    text: str
    picture_hash: str
    missing_fonts: list[str]


def inspect(path: Path, thumbnail: Path, most_pages: int = MOST_PAGES) -> list[PageSize]:
    """Return the sizes of the pages; a picture of the first one goes to `thumbnail` (JPEG), into a
    folder for nothing else.

    Raises FileRejected when it is no PDF, encrypted, broken, empty, has more or larger pages than
    may be, takes too long or too much memory; StorageFull; Crowded.
    """
    _check_head(path)
    arguments = ["sizes", str(path.resolve()), str(thumbnail.resolve()), str(most_pages)]
    sizes = CELL.ask(
        PROGRAM,
        *arguments,
        seconds=OPENING_SECONDS,
        reads=[path.resolve()],
        folder=thumbnail.parent.resolve(),
    )
    return [PageSize(*size) for size in sizes]


def read_pages(path: Path, numbers: range, folder: Path) -> list[PageContent] | None:
    """Return what is on these pages (counted from 1); their pictures go to `folder` as `1.jpg` and
    so on. None when that crashed, took too long or too much memory. Raises StorageFull, Crowded."""
    path, folder = path.resolve(), folder.resolve()
    arguments = ["read", str(path), str(folder), str(numbers.start), str(numbers.stop)]
    seconds = OPENING_SECONDS + SECONDS_PER_PAGE * len(numbers)
    try:
        found = CELL.ask(PROGRAM, *arguments, seconds=seconds, reads=[path], folder=folder)
    except FileRejected:
        return None
    return [PageContent(**content) for content in found]


def differences(old: Path, new: Path, pairs: Sequence[tuple[int, int]]) -> list[float] | None:
    """Return how differently a page of the old file and one of the new one look (their numbers from
    1), for each pair; 0 for not at all (`meetings/inside/looks.py`). None when that crashed, took
    too long or too much memory. Raises StorageFull, Crowded."""
    old, new = old.resolve(), new.resolve()
    words = ",".join(f"{one}:{other}" for one, other in pairs)
    seconds = OPENING_SECONDS + 2 * SECONDS_PER_PAGE * len(pairs)
    arguments = [str(old), str(new), words]
    try:
        found: list[float] = CELL.ask(LOOKING, *arguments, seconds=seconds, reads=[old, new])
    except FileRejected:
        return None
    return found


def _check_head(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise FileRejected("ファイルが空（0バイト）です。元のファイルを確かめてください。")
    if b"%PDF-" not in head:
        raise FileRejected(
            "PDFではないファイルです。PDFか、Word・Excel・PowerPointの文書を登録してください。"
        )
