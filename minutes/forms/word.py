"""Fills a Word template with the values of a form, in a cell (`minutes/inside/word_forms.py`)."""

import json
import tempfile
from pathlib import Path

from meetings.cell import Cell
from minutes.forms.context import FormContext

PROGRAM = "minutes.inside.word_forms"
SECONDS = 180
CELL = Cell(memory_mb=2000, output_mb=100, at_once=2)


def fill(template: bytes, context: FormContext, revision_id: int = 0) -> bytes:
    """Return the Word file that the template makes of the values. `revision_id` stands in the
    bookmarks of marked sentences.

    Raises FileRejected with a sentence for a template that cannot be filled, OutOfBounds for one
    that is too much for the cell.
    """
    with tempfile.TemporaryDirectory(prefix="gijido-") as place:
        folder = Path(place)
        files = [folder / name for name in ("template.docx", "values.json", "made.docx")]
        values = {
            "context": context.for_templates(),
            "mark": context.mark,
            "revision": revision_id,
        }
        files[0].write_bytes(template)
        files[1].write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        CELL.ask(PROGRAM, *map(str, files), seconds=SECONDS, folder=folder)
        return files[2].read_bytes()
