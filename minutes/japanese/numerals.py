"""Normalises texts so that only what was spoken is compared: numbers in kanji become digits, full
width becomes half width, punctuation is removed.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

DIGITS = {"〇": 0, "零": 0} | {c: n for n, c in enumerate("一二三四五六七八九", 1)}
SMALL_UNITS = {"十": 10, "百": 100, "千": 1000}
LARGE_UNITS = {"万": 10**4, "億": 10**8, "兆": 10**12}
NUMBER = re.compile(r"[0-9〇零一二三四五六七八九十百千万億兆]+(?:\.[0-9]+[万億兆]?)?")
THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
SPOKEN_POINT = re.compile(r"(?<=[0-9])点(?=[0-9])")
KEPT = "%"
"""The one symbol that stays."""
UNSPOKEN = "PSZC"
"""Unicode categories that nobody speaks: punctuation, symbols, separators, control characters."""

LARGEST_NUMBER_LENGTH = 30
"""Longer runs of digits and numerals are left as they are."""


def normalise(text: str) -> str:
    """Return the text in NFKC with numbers in digits, and without punctuation, symbols, spaces and
    control characters except %. 「パーセント」 becomes %; thousands separators and decimal points,
    written or spoken (点), are removed too.
    """
    text = unicodedata.normalize("NFKC", text)
    text = NUMBER.sub(_in_digits, THOUSANDS.sub("", text))
    text = SPOKEN_POINT.sub("", text.replace("パーセント", "%"))
    return "".join(c for c in text if unicodedata.category(c)[0] not in UNSPOKEN or c in KEPT)


def _in_digits(found: re.Match[str]) -> str:
    """Return a number in digits: 「千三百五十」 is 1350, 「3.5億」 is 350000000. What is no
    number, like 「万一」, stays as it is.
    """
    written, _, fraction = found[0].partition(".")
    if len(found[0]) > LARGEST_NUMBER_LENGTH:
        return found[0]
    if not any(c in SMALL_UNITS or c in LARGE_UNITS for c in found[0]):
        return "".join(str(DIGITS.get(c, c)) for c in found[0])  # zeros in front stay
    if fraction and fraction[-1] in LARGE_UNITS:
        return _of_large_unit(f"{written}.{fraction[:-1]}", LARGE_UNITS[fraction[-1]]) or found[0]
    value = _value(written)
    if value is None:
        return found[0]
    return f"{value}.{fraction}" if fraction else str(value)


def _of_large_unit(written: str, size: int) -> str | None:
    """Return the decimal number times `size`, or None if it is no number."""
    try:
        return str(int(Decimal(written) * size))
    except InvalidOperation:
        return None


def _value(written: str) -> int | None:
    """Return the value of a number with units, like 二千二十一 or 3億5000万, or None if it is no
    number.
    """
    total, rest = 0, written
    for unit, size in sorted(LARGE_UNITS.items(), key=lambda pair: -pair[1]):
        before, found, after = rest.partition(unit)
        if found:
            part = _below_ten_thousand(before)
            if part is None:
                return None
            total, rest = total + part * size, after
    last = _below_ten_thousand(rest) if rest else 0
    return None if last is None else total + last


def _below_ten_thousand(written: str) -> int | None:
    """Return the value of a number like 「三百五十」, 「3百」 or 「5000」, or None for an order of
    units that nobody writes.
    """
    total, digits, largest = 0, "", 10_000
    for c in written:
        if c in SMALL_UNITS:
            if SMALL_UNITS[c] >= largest:
                return None
            total += (int(digits) if digits else 1) * SMALL_UNITS[c]
            digits, largest = "", SMALL_UNITS[c]
        elif c in LARGE_UNITS:
            return None
        else:
            digits += str(DIGITS.get(c, c))
    return total + int(digits or 0) if digits or total else None
