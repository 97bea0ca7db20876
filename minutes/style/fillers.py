"""Leaves fillers (ケバ) out of the official text."""

from collections.abc import Iterator

from minutes.japanese.fillers import spans
from minutes.style.changes import Edit, Rule


def edits(text: str) -> Iterator[Edit]:
    """Yield the edits that remove fillers."""
    for start, end in spans(text):
        yield Edit(start, end, "", Rule.FILLERS)
