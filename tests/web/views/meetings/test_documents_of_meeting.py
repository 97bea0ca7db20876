"""The papers of a meeting, on its organiser's screen: one form for each, order, removing, coming
back, and what was limited."""

import io
import re
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import agenda
from meetings.disk.storage import Storage
from models.document import Document, Page
from models.meeting import Meeting
from models.person import Person
from tests import pages
from tests.conftest import Browser, Cast, Script
from tests.pdfs import plain_pdf

Browse = Callable[[Person], Browser]
ALLOWED = {"may_print": "on", "may_download": "on"}


@pytest.fixture
def organiser(browse: Browse, cast: Cast, meeting: Meeting) -> Browser:
    return browse(cast.organiser)


def send(client: Browser, meeting: Meeting, *names: str, item: object = "", pages: int = 1) -> Any:
    """The same letters for every name: a paper chosen twice."""
    form: dict[str, Any] = {"agenda_item_id": str(item)} if item else {}
    form["files"] = [(io.BytesIO(paper(pages)), name) for name in names]
    return client.post(f"/meetings/{meeting.id}/documents", data=form)


paper = cache(plain_pdf)
"""The same bytes each time."""


def papers(session: Session) -> list[Document]:
    session.rollback()
    chosen = select(Document).where(Document.removed_at.is_(None))
    return list(session.scalars(chosen.order_by(Document.position, Document.id)))


def titles(session: Session) -> list[str]:
    return [document.title for document in papers(session)]


def test_a_meeting_without_agenda_takes_and_shows_papers(
    session: Session, cast: Cast, meeting: Meeting, browse: Browse
) -> None:
    for entry in list(meeting.agenda_items):
        agenda.remove_agenda_item(session, cast.organiser, entry)
    client = browse(cast.organiser)
    send(client, meeting, "席次表.pdf")
    page = client.get(f"/meetings/{meeting.id}").text
    assert "会議全体の資料を加える" in page and "席次表" in page
    assert "席次表" in browse(cast.attendee).get(f"/meetings/{meeting.id}").text


def test_one_button_saves_all_that_was_changed_in_the_box_of_a_paper(
    session: Session, cast: Cast, meeting: Meeting, organiser: Browser
) -> None:
    send(organiser, meeting, "scan0012.pdf")
    item, reader = meeting.agenda_items[1], cast.attendee
    form = {
        "title": "資料1 骨子",
        "agenda_item_id": str(item.id),
        "readers": str(reader.id),
        "may_print": "on",
    }
    answer = organiser.post("/documents/1", data=form)
    assert answer.location.endswith("#document-1")
    (document,) = papers(session)
    assert (document.title, document.agenda_item_id) == ("資料1 骨子", item.id)
    assert (document.may_print, document.may_download) == (True, False)
    assert document.readers == [reader]
    page = organiser.get(f"/meetings/{meeting.id}").text
    assert "読める人　1人" in page and "保存不可" in page and "印刷不可" not in page


def test_a_name_that_cannot_be_taken_comes_back_in_its_box_with_everything_else(
    session: Session, cast: Cast, meeting: Meeting, organiser: Browser
) -> None:
    send(organiser, meeting, "scan0012.pdf")
    form = {"title": "　", "readers": str(cast.attendee.id), "is_watermarked": "on"}
    answer = organiser.post("/documents/1", data=form | {"act": "remove"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    (problem,) = pages.texts(answer.text, '//*[@id="title-1-error"]')
    assert problem.startswith("資料名を入力")
    shown = pages.form(answer.text, "/documents/1")
    assert (shown["readers"], "is_watermarked" in shown) == (str(cast.attendee.id), True)
    assert "may_print" not in shown
    (document,) = papers(session)
    assert (document.title, document.readers, document.may_print) == ("scan0012", [], True)


def test_a_paper_does_not_leave_its_item_for_one_that_somebody_removed(
    session: Session, meeting: Meeting, organiser: Browser
) -> None:
    item = meeting.agenda_items[0]
    send(organiser, meeting, "い.pdf", item=item.id)
    form = {"title": "い", "agenda_item_id": "999"} | ALLOWED
    refused = organiser.post("/documents/1", data=form)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "その議題はありません" in refused.text
    assert [document.agenda_item_id for document in papers(session)] == [item.id]


def test_papers_of_an_item_are_put_in_order_on_the_screen_and_by_script(
    session: Session,
    cast: Cast,
    meeting: Meeting,
    organiser: Browser,
    script: Callable[[Person], Script],
) -> None:
    item = meeting.agenda_items[0]
    send(organiser, meeting, "い.pdf", "ろ.pdf", "は.pdf", item=item.id)
    page = organiser.get(f"/meetings/{meeting.id}").text
    assert len(re.findall(r'value="(?:up|down)"[^>]* disabled', page)) == 2
    form = {"agenda_item_id": str(item.id)} | ALLOWED
    organiser.post("/documents/3", data=form | {"title": "に", "act": "up"})
    assert titles(session) == ["い", "に", "ろ"]
    refused = organiser.post("/documents/1", data=form | {"title": "い", "act": "up"})
    assert "もう移せません" in refused.text
    place = {"agenda_item_id": item.id, "position": 2}
    script(cast.organiser).call("POST", "/documents/1/place", place)
    assert titles(session) == ["に", "ろ", "い"]


def test_a_removed_paper_comes_back_where_it_was_and_only_from_its_meeting(
    session: Session,
    cast: Cast,
    meeting: Meeting,
    organiser: Browser,
    script: Callable[[Person], Script],
) -> None:
    item = meeting.agenda_items[0]
    send(organiser, meeting, "い.pdf", "ろ.pdf", item=item.id)
    form = {"title": "い", "agenda_item_id": str(item.id), "act": "remove"} | ALLOWED
    organiser.post("/documents/1", data=form)
    assert titles(session) == ["ろ"]
    page = organiser.get(f"/meetings/{meeting.id}").text
    assert "外した資料（1件）" in page
    somebody = script(cast.organiser)
    listed = somebody.call("GET", f"/meetings/{meeting.id}/removed-documents")["documents"]
    assert [found["title"] for found in listed] == ["い"]
    organiser.post(f"/meetings/{meeting.id}/documents/1/restoration")
    assert titles(session) == ["ろ", "い"]
    assert papers(session)[1].agenda_item_id == item.id
    here = f"/meetings/{meeting.id}/documents"
    somebody.call("POST", f"{here}/1/restoration", status=404)  # it is there
    organiser.post("/documents/1", data=form)
    assert somebody.call("POST", f"{here}/1/restoration")["title"] == "い"


def test_the_same_file_twice_is_told(
    session: Session, meeting: Meeting, organiser: Browser
) -> None:
    send(organiser, meeting, "次第.pdf", item=meeting.agenda_items[0].id)
    send(organiser, meeting, "次第（最終）.pdf")
    page = organiser.get(f"/meetings/{meeting.id}").text
    assert "資料「次第（最終）」は、すでにある資料「次第」と同じファイルです" in page
    send(organiser, meeting, "別の次第.pdf", pages=2)
    assert "同じファイル" not in organiser.get(f"/meetings/{meeting.id}").text
    assert len(papers(session)) == 3


def test_a_paper_of_pictures_alone_says_that_it_cannot_be_searched_once_it_is_read(
    session: Session, meeting: Meeting, organiser: Browser, storage: Storage
) -> None:
    send(organiser, meeting, "scan.pdf", pages=2)
    told = "画像だけの資料です。中の言葉は検索できません。"
    assert told not in organiser.get(f"/meetings/{meeting.id}").text
    (document,) = papers(session)
    document.current.prepared_pages = 2
    session.commit()
    assert told in organiser.get(f"/meetings/{meeting.id}").text
    session.scalars(select(Page)).all()[0].text = "予算"
    session.commit()
    page = organiser.get(f"/meetings/{meeting.id}").text
    assert "画像だけの頁が1頁あります" in page and told not in page


def test_who_put_a_paper_there_is_not_told_that_it_is_new(
    cast: Cast, meeting: Meeting, organiser: Browser, browse: Browse
) -> None:
    send(organiser, meeting, "次第.pdf")
    assert "新着" not in organiser.get(f"/meetings/{meeting.id}").text
    assert "新着" in browse(cast.attendee).get(f"/meetings/{meeting.id}").text


def test_a_paper_that_may_not_be_saved_is_no_page_of_its_own_in_the_browser(
    cast: Cast, meeting: Meeting, organiser: Browser, browse: Browse
) -> None:
    send(organiser, meeting, "秘.pdf")
    form = {"title": "秘", "may_print": "on"}
    organiser.post("/documents/1", data=form)
    typed = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    viewer = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"}
    attendee = browse(cast.attendee)
    assert attendee.get("/versions/1/file", headers=typed).status_code == HTTPStatus.NOT_FOUND
    assert attendee.get("/versions/1/file", headers=viewer).status_code == HTTPStatus.OK
    assert organiser.get("/versions/1/file", headers=typed).status_code == HTTPStatus.OK
