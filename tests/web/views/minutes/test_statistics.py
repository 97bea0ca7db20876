"""The sheet of figures, and its table."""

import csv
import io
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from sqlalchemy.orm import Session

from minutes.transcripts import transcripts
from models.person import Person
from tests.conftest import Browser, Cast
from tests.world import HEARD, World


@pytest.fixture
def world(session: Session, cast: Cast, world: World) -> World:
    """Of the unpublished one, one segment is corrected and confirmed; approval confirmed the
    three of the published one as they were heard."""
    segment = world.transcript.segments[0]
    transcripts.correct(
        session, cast.secretary, segment, "それでは定刻となりましたので", based_on=0
    )
    transcripts.confirm(session, cast.secretary, segment)
    session.commit()
    return world


def test_the_sheet_has_departments_recordings_and_accuracy(
    browse: Callable[[Person], Browser], cast: Cast, world: World
) -> None:
    page = browse(cast.approver).get("/statistics").text
    total = sum(len(heard.text) for heard in HEARD) + len(HEARD[0].text)
    assert "1所属 2件" in page
    assert f"{total}字中{total - 2}字を正しく変換" in page
    assert "総務局 デジタル市役所推進室" in page


def test_the_empty_sheet_says_what_to_do(browse: Callable[[Person], Browser], cast: Cast) -> None:
    page = browse(cast.secretary).get("/statistics").text
    assert "0所属 0件" in page and "まだありません" in page


def test_whoever_has_no_role_sees_no_statistics(
    browse: Callable[[Person], Browser], cast: Cast, citizen: Browser
) -> None:
    for url in ("/statistics", "/statistics/table.csv"):
        assert browse(cast.attendee).get(url).status_code == 404
        assert citizen.get(url).status_code == 302


def test_the_table_opens_in_a_spreadsheet(
    browse: Callable[[Person], Browser], cast: Cast, world: World
) -> None:
    answer = browse(cast.administrator).get("/statistics/table.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    head, row, total = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert len(head) == len(row) == len(total)
    named = dict(zip(head, row, strict=True))
    assert (named["所属"], named["件数"]) == ("総務局 デジタル市役所推進室", "2")
    assert int(named["字数"]) - int(named["正しい字数"]) == int(named["誤り"]) == 2
    assert total[0] == "合計" and total[1:] == row[1:]


def test_the_name_of_a_department_does_not_become_a_formula(
    browse: Callable[[Person], Browser], cast: Cast, world: World, session: Session
) -> None:
    department = world.published.department
    department.parent, department.name = None, "=HYPERLINK(1)"
    session.commit()
    answer = browse(cast.secretary).get("/statistics/table.csv")
    assert "\r\n'=HYPERLINK" in answer.data.decode("utf-8-sig")


def test_one_year_is_chosen_for_sheet_table_and_script(
    browse: Callable[[Person], Browser], cast: Cast, world: World
) -> None:
    """Of the two meetings one was held in August 2021."""
    secretary = browse(cast.secretary)
    page = secretary.get("/statistics?year=2021").text
    assert "1所属 1件" in page and "令和3年度" in page
    assert "year=2021" in page, "the table of the same year"
    table = secretary.get("/statistics/table.csv?year=2021")
    assert "令和3年度" in unquote(table.headers["Content-Disposition"])
    assert table.data.decode("utf-8-sig").splitlines()[-1].startswith("合計,1,")
    assert secretary.get("/api/statistics?year=2021").get_json()["recordings"] == 1
    assert "ほかの年度を選んで" in secretary.get("/statistics?year=1999").text
