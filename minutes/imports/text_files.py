"""Text files: what characters the bytes stand for, and paragraphs."""

import codecs
import re
from itertools import pairwise

from meetings.errors import FileRejected
from minutes.imports.marks import begins_with_mark
from minutes.imports.said import Said

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
SENTENCE_END = re.compile(r"[。．.！？!?」』）)】]$")
WRAPPED_FROM = 25
"""A line so long that does not end a sentence was cut by the width of a page."""


def decode(content: bytes) -> str:
    """By its byte order mark, else UTF-8, UTF-16 or Shift_JIS as Windows writes it.

    Raises FileRejected.
    """
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if len(CONTROL.findall(text)) <= FEW_CONTROL + SHARE_OF_CONTROL * len(text):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise FileRejected(NOT_TEXT)


def paragraphs(text: str) -> list[Said]:
    """A line each, where a page's width did not cut them; empty lines part them."""
    lines = [line.rstrip() for line in text.split("\n")]
    joined = lines[:1]
    for before, line in pairwise(lines):
        if _goes_on(before, line):
            joined[-1] += line
        else:
            joined.append(line)
    return [Said(line.strip()) for line in joined if line.strip()]


def _candidates(content: bytes) -> list[str]:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return [encoding]
    if b"\x00" not in content:
        return ["utf-8", "cp932"]
    is_little = content[1::2].count(0) >= content[::2].count(0)
    return ["utf-16-le" if is_little else "utf-16-be"]


def _goes_on(before: str, line: str) -> bool:
    is_cut = len(before) >= WRAPPED_FROM and not SENTENCE_END.search(before)
    is_new = not line or line[0] in " 　\t" or "\t" in before or begins_with_mark(line)
    return is_cut and not is_new
