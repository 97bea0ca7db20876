"""A hundred texts that nobody means, for every place into which text can be put, and the questions
what became of them."""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, Engine, String, select
from sqlalchemy.orm import Session

from models.base import Base, PackedJson

CONTROLS = [chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))]
STEERING = [
    *map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)),
    *"\u2028\u2029\u200b\u2060\ufeff\u00ad\ufff9\uffff\ufdd0\U0001fffe",
]
EVERYTHING = "第1回" + "".join(CONTROLS + STEERING) + "懇話会か\u3099"
NUMBERS = [
    "00000000999999999", "144099999", "9" * 400, "1e20", "-1", "９９", "²", "٣", "0x10", "NaN",
    str(2**63), str(2**31), "1_000", "+1", " 1 ",
]  # fmt: skip
DATES = ["9999-12-31", "0001-01-01", "1868-01-25", "2026-02-30", "99999-01-01", "23:59:60", "24:00"]
WORDS = [
    "改行の\r\nBcc: evil@example.com\r\n会議",
    "/\r\nSet-Cookie: a=b",
    "//evil.example/",
    "../../../../etc/passwd",
    "C:\\Windows\\x.pdf",
    "\u202efdp.exe",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    "' OR 1=1; --",
    "%00%0d%0a",
    "=1+1",
    "長" * 10_000,
    "か\u3099" * 150,
    "\ufa19谷 葛\U000e0100城 辻\ue000",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "hanako@ｅxample.jp",
    "はなこ@example.jp",
    "　",
    "\n" * 300,
    "null",
]
TEXTS = [*(f"会{mark}議" for mark in CONTROLS + STEERING), *NUMBERS, *DATES, *WORDS]
assert len(TEXTS) >= 100

UNSENDABLE = re.compile(r"[\x00-\x1f\x7f]")
"""What uvicorn refuses in a header."""


def unclean(text: str) -> str:
    """What steers in the text, by name; "" where nothing does."""
    odd = (c for c in text if c != "\n" and c not in "\u200c\u200d" and _steers(c))
    return " ".join(f"U+{ord(c):04X}" for c in odd)


def _steers(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def unclean_columns(engine: Engine) -> list[str]:
    """Every text of every table that holds what steers."""
    found = []
    with Session(engine) as session:
        for table in Base.metadata.sorted_tables:
            columns = [c for c in table.columns if isinstance(c.type, String | JSON | PackedJson)]
            rows = session.execute(select(*columns)).all() if columns else []
            for row in rows:
                for column, value in zip(columns, row, strict=True):
                    for text in texts_in(value):
                        if odd := unclean(text):
                            found.append(f"{column}: {odd} in {text[:60]!r}")
    return found


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from (str(name), *texts_in(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)


def odd_headers(headers: Any) -> list[str]:
    return [f"{name}: {value!r}" for name, value in headers.items() if UNSENDABLE.search(value)]


def as_json(value: Any) -> bytes:
    """As a script sends it: what may not stand in UTF-8 is escaped."""
    return json.dumps(value).encode()
