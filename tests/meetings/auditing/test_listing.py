"""The audit as it is read: filtered, page after page."""

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from meetings.auditing import exporting, listing
from meetings.auditing.exporting import AuditFile
from meetings.auditing.listing import AuditFilter
from models.audit import AuditLine, Result, Way
from models.meeting import Meeting
from tests.cast import Cast

MAY, JUNE = datetime(2031, 5, 10, 3, tzinfo=UTC), datetime(2031, 6, 10, 3, tzinfo=UTC)


@pytest.fixture
def lines(session: Session, cast: Cast, meeting: Meeting) -> None:
    plain = {"verb": "look", "thing": "meeting", "way": Way.SCREEN, "meeting_id": meeting.id}
    own = {"person_id": cast.secretary.id, "thing_id": meeting.id, "address": "192.0.2.7"}
    rows = [
        {**plain, **own, "at": MAY},
        {**plain, **own, "at": MAY, "verb": "correct", "thing": "segment", "address": "192.0.2.8"},
        {
            **plain, "at": JUNE, "verb": "refused_sign_in", "thing": "", "thing_id": None,
            "person_id": None, "result": Result.MISTYPED, "meeting_id": None,
            "address": "192.0.2.7",
        },
        {**plain, **own, "at": JUNE, "person_id": cast.approver.id, "address": "=1+1"},
    ]  # fmt: skip
    session.execute(insert(AuditLine), rows)
    session.commit()


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (AuditFilter(first_day=date(2031, 5, 1)), 4),
        (AuditFilter(first_day=date(2031, 5, 1), last_day=date(2031, 5, 31)), 2),
        (AuditFilter(first_day=date(2031, 6, 10), last_day=date(2031, 6, 10)), 2),
        (AuditFilter(first_day=date(2031, 6, 11)), 0),
        (AuditFilter(first_day=date(2031, 5, 1), login="morishita"), 2),
        (AuditFilter(first_day=date(2031, 5, 1), login="nobody"), 0),
        (AuditFilter(first_day=date(2031, 5, 1), verb="correct"), 1),
        (AuditFilter(first_day=date(2031, 5, 1), verb="sign_in"), 1),
        (AuditFilter(first_day=date(2031, 5, 1), is_refused=True), 1),
        (AuditFilter(first_day=date(2031, 5, 1), is_refused=False), 3),
        (AuditFilter(address="192.0.2.7"), 2),
        (AuditFilter(first_day=date(2031, 5, 1), meeting_id=10**6), 0),
        (AuditFilter(first_day=date(2031, 5, 1), words="修正"), 1),
        (AuditFilter(first_day=date(2031, 5, 1), words="森下 発話"), 1),
        (AuditFilter(first_day=date(2031, 5, 1), words="サインイン"), 1),
        (AuditFilter(first_day=date(2031, 5, 1), words="192.0.2.8"), 1),
    ],
)
def test_only_what_is_wanted_is_shown(session: Session, wanted: AuditFilter, count: int) -> None:
    assert len(listing.page(session, wanted).lines) == count


@pytest.mark.usefixtures("lines")
def test_page_after_page_shows_every_line_once_without_counting(
    session: Session, engine: Engine
) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    seen, wanted = list[int](), AuditFilter()
    while True:
        page = listing.page(session, wanted, 3)
        seen += [line.id for line in page.lines]
        if page.next is None:
            break
        wanted = page.next
    assert seen == sorted(set(seen), reverse=True)
    assert set(seen) == set(session.scalars(AuditLine.__table__.select()))
    assert not any("count(" in statement.lower() for statement in statements)


@pytest.mark.usefixtures("lines")
def test_no_page_reads_the_whole_table(session: Session, engine: Engine) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    for wanted in (
        AuditFilter(login="morishita"),
        AuditFilter(address="192.0.2.7"),
        AuditFilter(verb="correct"),
        AuditFilter(is_refused=True),
        AuditFilter(meeting_id=1),
        AuditFilter(first_day=date(2031, 6, 1), last_day=date(2031, 6, 1)),
    ):
        listing.page(session, wanted)
    for statement, parameters in list(asked):
        if "FROM audit_line" in statement:
            explain = f"EXPLAIN QUERY PLAN {statement}"
            plan = session.connection().exec_driver_sql(explain, parameters).all()
            assert "SCAN audit_line" not in [detail for *_, detail in plan], statement


@pytest.mark.usefixtures("lines")
def test_files_have_every_wanted_line_and_no_formula(engine: Engine, meeting: Meeting) -> None:
    wanted = AuditFilter(first_day=date(2031, 5, 1))
    title = meeting.title
    text = "".join(exporting.written(engine, wanted, AuditFile.CSV))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["操作"] for row in rows] == ["閲覧", "サインイン", "修正", "閲覧"]
    assert rows[0]["アドレス"] == "'=1+1" and rows[0]["会議"] == title
    assert rows[1]["結果"] == "拒否（パスワードか番号の誤り）"
    closed = "".join(exporting.written(engine, wanted, AuditFile.JSON, with_titles=False))
    lines = json.loads(closed)["lines"]
    assert len(lines) == 4 and {line["会議"] for line in lines} == {""}
    assert all(len(line["鎖"]) == 64 for line in lines)
