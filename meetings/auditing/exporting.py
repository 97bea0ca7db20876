"""The audit as a file: CSV or JSON, line by line, whatever its length. Whoever takes it out
notes that."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum

from sqlalchemy import Engine

from meetings.auditing import listing
from meetings.auditing.listing import COLUMNS, AuditFilter
from meetings.clean_text import spreadsheet_cell
from models.database import reading

AT_ONCE = 1000
BYTE_ORDER_MARK = "\ufeff"
"""So that Excel reads UTF-8."""


class AuditFile(StrEnum):
    """The kinds of files in which the audit is taken out."""

    CSV = "csv"
    JSON = "json"

    @property
    def content_type(self) -> str:
        return {"csv": "text/csv; charset=utf-8", "json": "application/json"}[self]


def written(
    engine: Engine, wanted: AuditFilter, kind: AuditFile, *, with_titles: bool = True
) -> Iterator[str]:
    """Yield the file piece by piece, the newest line first. `with_titles`: whether meetings are
    named by their titles, beside their numbers."""
    write = _csv if kind is AuditFile.CSV else _json
    return write(_rows(engine, wanted, with_titles))


def _rows(engine: Engine, wanted: AuditFilter, with_titles: bool) -> Iterator[dict[str, object]]:
    more: AuditFilter | None = wanted
    while more is not None:
        with reading(engine) as session:
            page = listing.page(session, more, AT_ONCE)
            rows = [listing.cells(line, page) for line in page.lines]
        for row in rows:
            if not with_titles:
                row["会議"] = ""
            yield row
        more = page.next


def _csv(rows: Iterable[dict[str, object]]) -> Iterator[str]:
    yield BYTE_ORDER_MARK + _csv_row(COLUMNS)
    for row in rows:
        cells = ("" if value is None else value for value in row.values())
        yield _csv_row([spreadsheet_cell(c) if isinstance(c, str) else c for c in cells])


def _csv_row(cells: Iterable[object]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()


def _json(rows: Iterable[dict[str, object]]) -> Iterator[str]:
    """Yield one JSON object, a line of the audit in each line of the file."""
    yield '{"lines": ['
    before = "\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"
