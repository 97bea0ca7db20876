"""Printed matter: typst templates of this package, in the product's own font.

Values are handed over as data (`sys.inputs.data`), never as markup, so that no title can break
out of the page.
"""

import json
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).resolve().parent.parent / "web" / "static" / "fonts"


def to_pdf(template: str, data: dict[str, Any]) -> bytes:
    """Set `template` (`watermark` is `meetings/templates/watermark.typ`) with this data."""
    made = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)
    return made
