"""One numbering of papers, in print and on every screen."""

from collections.abc import Callable

import pypdfium2 as pdfium
import pytest
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.documents import documents, printing
from meetings.documents.documents import reading_order
from meetings.documents.paper_numbers import paper_names, repeated_numbers
from models.meeting import Meeting
from tests.conftest import Cast
from web.demo.papers import to_pdf

Add = Callable[[str], None]


@pytest.fixture
def add(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Add:
    with storage.receive(10_000_000) as incoming:
        incoming.write(to_pdf("# 一"))
        prepared = documents.prepare_document(storage, "資料.pdf", incoming)

    def one(title: str) -> None:
        document = documents.add_document(session, cast.organiser, meeting, None, prepared)
        documents.rename_document(session, cast.organiser, document, title)
        session.flush()

    return one


def named(session: Session, meeting: Meeting) -> list[str]:
    return [name.full for name in paper_names(session, meeting).values()]


def test_no_number_is_invented_beside_those_in_titles(
    session: Session, config: Config, meeting: Meeting, add: Add
) -> None:
    titles = [
        "席次表",
        "資料1　総合防災訓練",
        "sanko1",
        "資料２ 要綱",
        "参考資料1 統計",
        "資料3-1 案",
    ]
    for title in titles:
        add(title)
    names = paper_names(session, meeting).values()
    assert [name.full for name in names] == titles
    assert [name.short for name in names] == [
        "席次表", "資料1", "sanko1", "資料２", "参考資料1", "資料3-1",
    ]  # fmt: skip
    shown = [document for _, document in reading_order(session, meeting)]
    pdf = pdfium.PdfDocument(printing.programme(session, config, meeting, shown))
    words = pdf[0].get_textpage().get_text_bounded()
    assert words.count("参考資料1") == 1 and words.replace("参考資料1", "").count("資料1") == 1


def test_a_number_that_two_papers_carry_is_found_however_it_is_written(
    session: Session, meeting: Meeting, add: Add
) -> None:
    for title in ("資料2 予算", "資料 ２　要綱", "資料3 図"):
        add(title)
    assert repeated_numbers(paper_names(session, meeting).values()) == ["資料2"]


def test_papers_without_numbers_are_numbered_by_place_whoever_reads_them(
    session: Session, cast: Cast, meeting: Meeting, add: Add
) -> None:
    for title in ("席次表", "予算書", "資料の見方"):
        add(title)
    assert named(session, meeting) == ["資料1　席次表", "資料2　予算書", "資料3　資料の見方"]
