"""Printed matter: typst templates of this package, in the product's own font; a letter that it
lacks comes from one of the others.

Values are handed over as data (`sys.inputs.data`), never as markup, so that no title can break out
of the page.
"""

import json
import re
import sysconfig
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import typst

from meetings.pdf import font_files

UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).resolve().parents[2] / "web" / "static" / "fonts"
RARE_FONTS = Path(sysconfig.get_path("purelib")) / "noto_cjk_sans_jp_regular"
"""Of the letters that ours lack: 15,000 more Chinese characters, and Korean."""

RAREST_FONTS = Path("/usr/share/fonts/truetype/hanazono")
"""Where a machine has Debian's fonts-hanazono: a hundred thousand Chinese characters. What is not
in ours would be a box on any other machine, so a page does not depend on it otherwise."""

SELECTORS = re.compile("(.)([\ufe00-\ufe0f\U000e0100-\U000e01ef])", re.DOTALL)


def unprintable(words: str) -> list[str]:
    """Return those letters that are in none of the fonts, each once: where they stand, a box is
    printed. A selector of a letter's form is no letter."""
    letters = _rare(words)
    known = _letters_in(RARE_FONTS) | _letters_in(RAREST_FONTS) if letters else frozenset()
    return sorted(one for one in letters if ord(one) not in known)


def unprintable_forms(words: str) -> list[str]:
    """Return those letters with the selector of a form (IVS) that none of the fonts has, each once:
    they are printed in their usual form."""
    wanted = set(SELECTORS.findall(words))
    if not wanted:
        return []
    known = _forms_in(FONTS) | _forms_in(RARE_FONTS) | _forms_in(RAREST_FONTS)
    return sorted(a + form for a, form in wanted if (ord(a), ord(form)) not in known)


def _rare(words: str) -> set[str]:
    """Return those letters that are in none of our usual fonts."""
    known = _letters_in(FONTS)
    return {a for a in set(words) if ord(a) not in known and not _is_unseen(a)}


def _is_unseen(letter: str) -> bool:
    is_selector = "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"
    return is_selector or unicodedata.category(letter) in UNSEEN


@cache
def _letters_in(folder: Path) -> frozenset[int]:
    return frozenset().union(*(font_files.letters(path) for path in folder.glob("*.[to]tf")))


@cache
def _forms_in(folder: Path) -> frozenset[tuple[int, int]]:
    return frozenset().union(*(font_files.forms(path) for path in folder.glob("*.[to]tf")))


def _font_of_forms(words: str) -> str:
    """Return the font for letters with the selector of a form: the one that has bold type too,
    where it has all of them."""
    known = _forms_in(FONTS)
    has_all = all((ord(a), ord(form)) in known for a, form in SELECTORS.findall(words))
    return "Noto Sans JP" if has_all else "Noto Sans CJK JP"


def _font_folders(words: str) -> list[str]:
    """Return where the letters of these words are: large fonts are read only for what needs
    them."""
    folders = [FONTS]
    if _rare(words) or SELECTORS.search(words):
        folders += [RARE_FONTS, RAREST_FONTS]
    return [str(folder) for folder in folders if folder.is_dir()]


def to_pdf(template: str, data: dict[str, Any], *, is_accessible: bool = False) -> bytes:
    """Set `template` (`watermark` is `meetings/pdf/templates/watermark.typ`) with this data. With
    `is_accessible` the PDF keeps the rules of PDF/UA-1, which the template has to allow: a title, a
    language, headings in their order."""
    written = json.dumps(data, ensure_ascii=False)
    made = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=_font_folders(written),
        ignore_system_fonts=True,
        sys_inputs={"data": written, "forms": _font_of_forms(written)},
        pdf_standards=["ua-1"] if is_accessible else [],
    )
    assert isinstance(made, bytes)
    return made
