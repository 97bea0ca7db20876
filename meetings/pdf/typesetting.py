"""Printed matter: typst templates of this package, in the product's own font; a letter that it
lacks comes from one of the other two.

Values are handed over as data (`sys.inputs.data`), never as markup, so that no title can break out
of the page.
"""

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import typst

from meetings.pdf import font_files

UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).resolve().parents[2] / "web" / "static" / "fonts"


def unprintable(words: str) -> list[str]:
    """Return those letters that are in none of the fonts, each once: where they stand, a box is
    printed. A selector of a letter's form is no letter."""
    known = _letters()
    return sorted({a for a in words if ord(a) not in known and not _is_unseen(a)})


def _is_unseen(letter: str) -> bool:
    is_selector = "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"
    return is_selector or unicodedata.category(letter) in UNSEEN


@cache
def _letters() -> frozenset[int]:
    return frozenset().union(*(font_files.letters(path) for path in FONTS.glob("*.ttf")))


def to_pdf(template: str, data: dict[str, Any], *, is_accessible: bool = False) -> bytes:
    """Set `template` (`watermark` is `meetings/pdf/templates/watermark.typ`) with this data. With
    `is_accessible` the PDF keeps the rules of PDF/UA-1, which the template has to allow: a title, a
    language, headings in their order."""
    made = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"] if is_accessible else [],
    )
    assert isinstance(made, bytes)
    return made
