"""All documents of a meeting as one PDF with bookmarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from meetings import stamping


@dataclass(frozen=True)
class Part:
    """A document for the joined PDF. `stamp`: what lies over its pages, "" for nothing."""

    heading: str
    title: str
    path: Path
    stamp: str = ""


def join(cover: Path, parts: Sequence[Part], target: Path, folder: Path) -> list[str]:
    """Write `cover` and then the parts to `target`, with bookmarks by heading and title; gives
    the titles of those that could not be read. `folder` is for intermediate files."""
    missing: list[str] = []
    with pikepdf.new() as joined, joined.open_outline() as outline:
        _append(joined, cover)
        outline.root.append(pikepdf.OutlineItem("次第", 0))
        heading: pikepdf.OutlineItem | None = None
        for number, part in enumerate(parts):
            first = len(joined.pages)
            if not _append_part(joined, part, folder / f"{number}.pdf"):
                missing.append(part.title)
                continue
            if heading is None or heading.title != part.heading:
                heading = pikepdf.OutlineItem(part.heading, first)
                outline.root.append(heading)
            heading.children.append(pikepdf.OutlineItem(part.title, first))
        joined.save(target)
    return missing


def _append_part(joined: pikepdf.Pdf, part: Part, stamped: Path) -> bool:
    path = part.path
    try:
        if part.stamp:
            stamping.stamp(path, stamped, part.stamp)
            path = stamped
        _append(joined, path)
    except pikepdf.PdfError:
        return False
    return True


def _append(joined: pikepdf.Pdf, path: Path) -> None:
    """Opened by name, so that pages are copied from the disk and not held in memory."""
    with pikepdf.open(path) as source:
        joined.pages.extend(source.pages)
