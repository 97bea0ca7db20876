"""All documents of a meeting as one PDF with bookmarks, put together in a cell."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from meetings.cell import Cell
from meetings.errors import FileRejected, OutOfBounds
from meetings.pdf import stamping, typesetting

SECONDS = 300
CELL = Cell(memory_mb=1500, output_mb=4000, at_once=2)
PROGRAM = "meetings.inside.joining"


@dataclass(frozen=True)
class DocumentToJoin:
    """A document for the joined PDF; without `path` its file is lost. `stamp`: what lies over its
    pages, "" for nothing."""

    heading: str
    title: str
    path: Path | None
    stamp: str = ""


def join(cover: Path, parts: Sequence[DocumentToJoin], target: Path, folder: Path) -> None:
    """Write `cover` and then the parts to `target`, with bookmarks by heading and title; a page
    that says so in place of a part that cannot be read. `target` lies in `folder`, which is for
    intermediate files. Raises FileRejected when all of it is too much, StorageFull, Crowded."""
    cover, target, folder = cover.resolve(), target.resolve(), folder.resolve()
    known = [part if part.path else _missing(part, n, folder) for n, part in enumerate(parts)]
    try:
        unreadable = _join(cover, known, target, folder)
    except OutOfBounds:
        unreadable = [n for n, part in enumerate(known) if not _is_readable(cover, part, folder)]
        if not unreadable:
            raise
    if unreadable:
        for number in unreadable:
            known[number] = _missing(known[number], number, folder)
        _join(cover, known, target, folder)


def _join(cover: Path, parts: Sequence[DocumentToJoin], target: Path, folder: Path) -> list[int]:
    """Join the parts, and return the places of those that cannot be read; nothing is written when
    there are any."""
    marks = {words: folder / f"mark{n}.pdf" for n, words in enumerate({p.stamp for p in parts})}
    for words, path in marks.items():
        if words:
            stamping.write_mark(path, words)
    asked = {
        "cover": str(cover),
        "target": str(target),
        "parts": [
            {
                "heading": part.heading,
                "title": part.title,
                "path": str(part.path.resolve()) if part.path else "",
                "mark": str(marks[part.stamp]) if part.stamp else "",
            }
            for part in parts
        ],
    }
    job = folder / "job.json"
    job.write_text(json.dumps(asked), encoding="utf-8")
    reads = [cover, *(part.path.resolve() for part in parts if part.path)]
    found: list[int] = CELL.ask(
        PROGRAM, "join", str(job), seconds=SECONDS, reads=reads, folder=folder
    )
    return found


def _is_readable(cover: Path, part: DocumentToJoin, folder: Path) -> bool:
    """Return whether the part can be joined by itself."""
    try:
        return not _join(cover, [part], folder / "alone.pdf", folder)
    except FileRejected:
        return False


def _missing(part: DocumentToJoin, number: int, folder: Path) -> DocumentToJoin:
    made = folder / f"missing{number}.pdf"
    made.write_bytes(typesetting.to_pdf("missing", {"title": part.title}))
    return replace(part, path=made, stamp="")
