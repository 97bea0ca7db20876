"""The letters that a font has: the table `cmap` of TrueType and OpenType files (ISO/IEC
14496-22)."""

import struct
from pathlib import Path

TABLE = struct.Struct(">4s4xII")
SUBTABLE = struct.Struct(">HHI")
GROUP = struct.Struct(">III")
WHOLE_UNICODE = {(0, 4), (0, 6), (3, 10)}
"""Platforms and encodings whose subtable (format 12) has letters beyond the first 65,536."""

GROUPS_BEGIN = 16


def letters(path: Path) -> frozenset[int]:
    """Return the code points for which the file has a form; none for a font without such a
    table."""
    content = path.read_bytes()
    for number in range(int.from_bytes(content[4:6], "big")):
        name, start, length = TABLE.unpack_from(content, 12 + TABLE.size * number)
        if name == b"cmap":
            return _of(content[start : start + length])
    return frozenset()


def _of(table: bytes) -> frozenset[int]:
    for number in range(int.from_bytes(table[2:4], "big")):
        platform, encoding, start = SUBTABLE.unpack_from(table, 4 + SUBTABLE.size * number)
        kind = int.from_bytes(table[start : start + 2], "big")
        if (platform, encoding) in WHOLE_UNICODE and kind == 12:
            end = start + int.from_bytes(table[start + 4 : start + 8], "big")
            groups = GROUP.iter_unpack(table[start + GROUPS_BEGIN : end])
            return frozenset(code for first, last, _ in groups for code in range(first, last + 1))
    return frozenset()
