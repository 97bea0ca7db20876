"""Text as it is kept: whatever comes in, from a form, a script, a file or a letter, passes here
before anything is counted in it.

What has a shape stays, also where no font here knows it: 外字, 異体字, the emoji of next year. What
steers stays out: control characters, the marks that turn the direction of writing, half
characters. They break headers and letters, and make one name look like another.
"""

import re
import unicodedata
from pathlib import PurePath

UNPRINTABLE = frozenset({"Cc", "Cf", "Cs"})
"""Unicode's categories of control, format (those that turn the direction of writing among them)
and half characters."""

JOINERS = frozenset("\u200c\u200d") | {chr(tag) for tag in range(0xE0020, 0xE0080)}
"""Format characters without which an emoji or a word is another one."""

NONCHARACTERS = frozenset(map(chr, range(0xFDD0, 0xFDF0))) | {
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
}

BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
"""What ends a line elsewhere: the line break of a slide arrives as a vertical tab."""

COMPATIBLE = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
"""Ideographs for which normalising would put their everyday form: a name keeps its 「神」."""

NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\n]')
LONGEST_FILE_NAME = 200
LONGEST_SUFFIX = 20

FORMULA_SIGNS = tuple("=+-@\t\r")
"""First characters by which a spreadsheet takes a cell for a formula."""


def lines(text: str) -> str:
    """Return the text as it is kept where lines may be broken: normalised (NFC), its lines ended by
    \\n, a tab as a space, without what has no shape."""
    text = _normalised(BREAKS.sub("\n", text).replace("\t", " "))
    if text.replace("\n", "").replace("\u3000", "").isprintable():
        return text
    # Without what parted them, a letter and its mark may become one.
    return _normalised("".join(character for character in text if _is_shown(character)))


def line(text: str) -> str:
    """Return the text as it is kept in one line, without space around it."""
    return lines(text).replace("\n", " ").strip()


def single_spaced(text: str) -> str:
    """Return the text in one line in which any space is one ordinary space, as spoken words are
    kept."""
    return " ".join(lines(text).split())


def file_name(name: str, otherwise: str) -> str:
    """Return the name of a file alone, without the folders that some programs send along and
    without what a file system or a header cannot carry; at most 200 characters, its ending kept.
    `otherwise` where nothing is left."""
    plain = NOT_IN_FILE_NAMES.sub("_", without_folders(name)).strip(". ") or otherwise
    suffix = PurePath(plain).suffix[:LONGEST_SUFFIX]
    return plain.removesuffix(suffix)[: LONGEST_FILE_NAME - len(suffix)] + suffix


def spreadsheet_cell(text: str) -> str:
    """Return the text so that a spreadsheet does not take it for a formula: behind an apostrophe
    where it begins like one."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def without_folders(name: str) -> str:
    """Return the last part of a path, in one line, whichever slashes it is written with."""
    return PurePath(line(name).replace("\\", "/")).name


def _normalised(text: str) -> str:
    if unicodedata.is_normalized("NFC", text):
        return text
    return "".join(
        part if COMPATIBLE.fullmatch(part) else unicodedata.normalize("NFC", part)
        for part in COMPATIBLE.split(text)
    )


def _is_shown(character: str) -> bool:
    if character == "\n" or character in JOINERS:
        return True
    is_control = unicodedata.category(character) in UNPRINTABLE
    return not is_control and character not in NONCHARACTERS
