"""The letters that a font has, and which forms of them (IVS): the table `cmap` of TrueType and
OpenType files (ISO/IEC 14496-22)."""

import struct
from collections.abc import Iterator
from pathlib import Path

TABLE = struct.Struct(">4s4xII")
SUBTABLE = struct.Struct(">HHI")
GROUP = struct.Struct(">III")
WHOLE_UNICODE = {(0, 4), (0, 6), (3, 10)}
"""Platforms and encodings whose subtable (format 12) has letters beyond the first 65,536."""

GROUPS_BEGIN = 16


FORMS_TABLE = 14
SELECTOR = struct.Struct(">3sII")
RANGE, FORM = struct.Struct(">3sB"), struct.Struct(">3sH")


def letters(path: Path) -> frozenset[int]:
    """Return the code points for which the file has a glyph; none for a font without such a
    table."""
    for kind, table in _subtables(path):
        if kind == 12:
            return _of(table)
    return frozenset()


def forms(path: Path) -> frozenset[tuple[int, int]]:
    """Return the pairs of a letter and a selector (IVS, SVS) for which the file has the glyph."""
    for kind, table in _subtables(path):
        if kind == FORMS_TABLE:
            return frozenset(_pairs(table))
    return frozenset()


def _subtables(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the format and the bytes, to the end of `cmap`, of each table of letters that knows
    all of Unicode, and of forms."""
    content = path.read_bytes()
    for number in range(int.from_bytes(content[4:6], "big")):
        name, start, length = TABLE.unpack_from(content, 12 + TABLE.size * number)
        if name == b"cmap":
            table = content[start : start + length]
            for place in range(int.from_bytes(table[2:4], "big")):
                platform, encoding, begin = SUBTABLE.unpack_from(table, 4 + SUBTABLE.size * place)
                kind = int.from_bytes(table[begin : begin + 2], "big")
                if kind == FORMS_TABLE or (platform, encoding) in WHOLE_UNICODE:
                    yield kind, table[begin:]


def _of(table: bytes) -> frozenset[int]:
    end = int.from_bytes(table[4:8], "big")
    groups = GROUP.iter_unpack(table[GROUPS_BEGIN:end])
    return frozenset(code for first, last, _ in groups for code in range(first, last + 1))


def _pairs(table: bytes) -> Iterator[tuple[int, int]]:
    count = int.from_bytes(table[6:10], "big")
    for packed, usual, others in SELECTOR.iter_unpack(table[10 : 10 + SELECTOR.size * count]):
        selector = int.from_bytes(packed, "big")
        for first, more in _rows(RANGE, table, usual):
            start = int.from_bytes(first, "big")
            yield from ((code, selector) for code in range(start, start + more + 1))
        for code, _ in _rows(FORM, table, others):
            yield int.from_bytes(code, "big"), selector


def _rows(row: struct.Struct, table: bytes, start: int) -> Iterator[tuple[bytes, int]]:
    """Yield the rows of a list that begins with their number; none for one at place 0."""
    if start:
        count = int.from_bytes(table[start : start + 4], "big")
        yield from row.iter_unpack(table[start + 4 : start + 4 + row.size * count])
