"""All documents of a meeting as one PDF with bookmarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from meetings import stamping, typesetting


@dataclass(frozen=True)
class Part:
    """A document for the joined PDF; without `path` its file is lost. `stamp`: what lies over its
    pages, "" for nothing."""

    heading: str
    title: str
    path: Path | None
    stamp: str = ""


def join(cover: Path, parts: Sequence[Part], target: Path, folder: Path) -> None:
    """Write `cover` and then the parts to `target`, with bookmarks by heading and title; a page
    that says so in place of a part that cannot be read. `folder` is for intermediate files."""
    with pikepdf.new() as joined:
        with joined.open_outline() as outline:
            _fill(joined, outline, cover, parts, folder)
        joined.save(target)


def _fill(
    joined: pikepdf.Pdf,
    outline: pikepdf.Outline,
    cover: Path,
    parts: Sequence[Part],
    folder: Path,
) -> None:
    """The outline is written when its context ends, so nothing is saved in here."""
    _append(joined, cover)
    outline.root.append(pikepdf.OutlineItem("次第", 0))
    heading: pikepdf.OutlineItem | None = None
    for number, part in enumerate(parts):
        first = len(joined.pages)
        _append_part(joined, part, folder / f"{number}.pdf")
        if heading is None or heading.title != part.heading:
            heading = pikepdf.OutlineItem(part.heading, first)
            outline.root.append(heading)
        heading.children.append(pikepdf.OutlineItem(part.title, first))


def _append_part(joined: pikepdf.Pdf, part: Part, made: Path) -> None:
    path = part.path
    try:
        if path and part.stamp:
            stamping.stamp(path, made, part.stamp)
            path = made
        if path:
            _append(joined, path)
    except pikepdf.PdfError:
        path = None
    if path is None:
        made.write_bytes(typesetting.to_pdf("missing", {"title": part.title}))
        _append(joined, made)


def _append(joined: pikepdf.Pdf, path: Path) -> None:
    """Opened by name, so that pages are copied from the disk and not held in memory."""
    with pikepdf.open(path) as source:
        joined.pages.extend(source.pages)
