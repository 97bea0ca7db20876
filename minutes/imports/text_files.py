"""Reads text files: finds their encoding, and their paragraphs."""

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise

from meetings.errors import FileRejected
from minutes.imports import stamped
from minutes.imports.marks import begins_with_mark
from minutes.imports.pieces import ImportedPiece

NOT_TEXT = (
    "文字のファイルとして読めません。テキスト（UTF-8かShift_JIS）で保存し直してから、"
    "もう一度取り込んでください。"
)
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
FEW_CONTROL, SHARE_OF_CONTROL = 3, 0.01
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
HALF_WIDTH = re.compile("[\uff61-\uff9f]")
ESCAPE = re.compile(rb"\x1b\$[@B(]")
BROKEN = re.compile("\ufffd+")
FEW_BROKEN, SHARE_OF_BROKEN = 3, 0.05
SENTENCE_END = re.compile(r"[。．.！？!?」』）)】]$")
WRAPPED_FROM = 25
"""Characters from which a line that ends no sentence was cut by the width of a page."""


def decode(content: bytes, *, may_be_broken: bool = False) -> str:
    """Return the text of the bytes, by their byte order mark, else as UTF-8, UTF-16, JIS, EUC, or
    Shift_JIS as Windows writes it; lines end with "\\n". Raises FileRejected.

    With `may_be_broken`, a few letters of UTF-8 that are cut in two become 〓: speech recognisers
    cut so.
    """
    read = (_decoded(content, encoding) for encoding in _candidates(content))
    texts = [text for text in read if text is not None]
    if not texts and may_be_broken:
        texts = list(_mended(content))
    if not texts:
        raise FileRejected(NOT_TEXT)
    text = min(texts, key=_half_width)  # what is none of Shift_JIS looks like half-width kana
    return text.replace("\r\n", "\n").replace("\r", "\n")


def paragraphs(text: str) -> list[ImportedPiece]:
    """Return a piece for each line of the text. Lines that were cut by a page's width are joined;
    an empty line always ends a piece.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    joined = lines[:1]
    for before, line in pairwise(lines):
        if _goes_on(before, line):
            joined[-1] += line
        else:
            joined.append(line)
    return [ImportedPiece(line.strip()) for line in joined if line.strip()]


def _candidates(content: bytes) -> list[str]:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return [encoding]
    if ESCAPE.search(content):
        return ["iso2022_jp_2004", "iso2022_jp_ext"]
    if _decoded(content, "utf-8") is not None:
        return ["utf-8"]
    if b"\x00" not in content:
        return ["cp932", "euc_jis_2004"]
    is_little = content[1::2].count(0) >= content[::2].count(0)
    return ["utf-16-le" if is_little else "utf-16-be"]


def _decoded(content: bytes, encoding: str) -> str | None:
    """Return the text, or None where the bytes are in another encoding or no text."""
    try:
        text = content.decode(encoding)
    except UnicodeError:
        return None
    return text if _is_text(text) else None


def _mended(content: bytes) -> Iterator[str]:
    text = content.decode("utf-8-sig", errors="replace")
    broken, letters = text.count("\ufffd"), sum("\u3000" < letter < "\ufffd" for letter in text)
    if broken <= max(FEW_BROKEN, SHARE_OF_BROKEN * letters) < letters and _is_text(text):
        yield BROKEN.sub("〓", text)


def _is_text(text: str) -> bool:
    return len(CONTROL.findall(text)) <= FEW_CONTROL + SHARE_OF_CONTROL * len(text)


def _half_width(text: str) -> int:
    return len(HALF_WIDTH.findall(text))


def _goes_on(before: str, line: str) -> bool:
    is_cut = len(before) >= WRAPPED_FROM and not SENTENCE_END.search(before)
    is_new = not line or line[0] in " 　\t" or "\t" in before or begins_with_mark(line)
    is_new = is_new or stamped.begins(line) or stamped.begins(before)
    return is_cut and not is_new
