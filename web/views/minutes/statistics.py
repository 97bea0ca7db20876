"""The figures in the city's own form, as a page and as a table to download."""

import csv
import io
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from meetings import dates
from meetings.clean_text import spreadsheet_cell
from meetings.entries import plain_number
from minutes.accuracy import Accuracy
from minutes.statistics import DepartmentFigures, Figures, figures, years
from models.base import now
from models.person import STAFF, Person
from web import access
from web.shared.files.named_files import send_named
from web.transaction import database_session

blueprint = Blueprint("statistics", __name__)
LAST_YEAR = 9000
ACCURACY_HEAD = ["字数", "正しい字数", "誤り", "抜け", "余分", "正変換率"]
HEAD = [
    "所属",
    "件数",
    "録音（秒）",
    "校正（秒）",
    *ACCURACY_HEAD,
    *(f"表記差を除く {name}" for name in ACCURACY_HEAD),
]


@blueprint.get("/statistics")
@access.with_role(*STAFF)
def show(person: Person) -> ResponseReturnValue:
    session, year = database_session(), _year()
    return render_template(
        "statistics/show.html",
        figures=figures(session, year),
        year=year,
        years=[(one, dates.fiscal_year_name(one)) for one in years(session)],
        at=now(),
    )


@blueprint.get("/statistics/table.csv")
@access.with_role(*STAFF)
def table(person: Person) -> ResponseReturnValue:
    """Send the figures as CSV, with a byte order mark, so that Excel reads it as UTF-8."""
    made = io.StringIO()
    year = _year()
    csv.writer(made).writerows([HEAD, *_rows(figures(database_session(), year))])
    content = ("\ufeff" + made.getvalue()).encode()
    of_year = f"{dates.fiscal_year_name(year)}-" if year else ""
    return send_named(content, "text/csv", f"gijido-{of_year}{_today().isoformat()}.csv")


def _year() -> int | None:
    """Return the 年度 of the URL; None for all."""
    return plain_number(request.args.get("year"), most=LAST_YEAR)


def _rows(found: Figures) -> list[list[Any]]:
    return [
        *(_row(spreadsheet_cell(row.department.full_name), row) for row in found.departments),
        _row("合計", found),
    ]


def _row(name: str, row: DepartmentFigures | Figures) -> list[Any]:
    head = [name, row.recordings, round(row.seconds, 1), round(row.editing_seconds, 1)]
    return head + _cells(row.raw) + _cells(row.normalised)


def _cells(counted: Accuracy) -> list[Any]:
    rate = "" if counted.rate is None else round(counted.rate, 4)
    return [counted.total, counted.right, counted.wrong, counted.missing, counted.added, rate]


def _today() -> date:
    return dates.local(now()).date()
