"""What a meeting prints: 次第, and all its documents as one PDF."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.documents import documents
from meetings.documents.documents import Permissions
from minutes.sealing.words import words_of_word_file
from models.document import Document
from models.meeting import Meeting
from models.person import Person
from tests import pdfs
from tests.conftest import Browser, Cast
from web.demo import builders

Browse = Callable[[Person], Browser]


@pytest.fixture
def shown(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> list[Document]:
    builders.add_materials(session, storage, cast.organiser, meeting, builders.folder("dx-council"))
    session.commit()
    return [document for _, document in documents.reading_order(session, meeting)]


def add_document(
    session: Session, storage: Storage, by: Person, meeting: Meeting, pdf: bytes
) -> Document:
    with storage.receive(10_000_000) as incoming:
        incoming.write(pdf)
        prepared = documents.prepare_document(storage, "資料.pdf", incoming)
    return documents.add_document(session, by, meeting, None, prepared)


def joined(client: Browser, meeting: Meeting) -> pikepdf.Pdf:
    answer = client.get(f"/meetings/{meeting.id}/documents.pdf")
    assert answer.status_code == 200
    return pikepdf.open(io.BytesIO(answer.data))


def bookmarks(pdf: pikepdf.Pdf) -> list[tuple[str, list[str]]]:
    with pdf.open_outline() as outline:
        return [(str(item.title), [str(c.title) for c in item.children]) for item in outline.root]


def words_of(pdf: pikepdf.Pdf) -> str:
    target = io.BytesIO()
    pdf.save(target)
    return "".join(p.get_textpage().get_text_bounded() for p in pdfium.PdfDocument(target))


def test_the_programme_has_agenda_documents_and_the_date_of_the_era(
    browse: Browse, cast: Cast, meeting: Meeting, shown: list[Document]
) -> None:
    pdf = pdfium.PdfDocument(
        browse(cast.attendee).get(f"/meetings/{meeting.id}/programme.pdf").data
    )
    words = pdf[0].get_textpage().get_text_bounded()
    assert meeting.title in words and "令和" in words and "次第" in words.replace(" ", "")
    for item in meeting.agenda_items:
        assert item.title in words


def test_the_programme_is_a_word_file_too_before_there_are_minutes(
    browse: Browse, cast: Cast, meeting: Meeting, shown: list[Document], tmp_path: Path
) -> None:
    answer = browse(cast.attendee).get(f"/meetings/{meeting.id}/programme.docx")
    path = tmp_path / "programme.docx"
    path.write_bytes(answer.data)
    words = words_of_word_file(path)
    assert meeting.title in words and "次第" in words
    assert all(item.title in words for item in meeting.agenda_items)
    assert "出席委員" not in words


@pytest.mark.parametrize("is_drawn", [True, False], ids=["drawn", "left to the reader"])
def test_what_was_typed_into_a_form_is_there_in_all_documents(
    browse: Browse, session: Session, storage: Storage, cast: Cast, meeting: Meeting, is_drawn: bool
) -> None:
    form = pdfs.form_of({"kingaku": "98,000,000"}, is_drawn=is_drawn)
    document = add_document(session, storage, cast.organiser, meeting, form)
    documents.permit(session, cast.organiser, document, Permissions(is_watermarked=is_drawn))
    session.commit()
    assert "98,000,000" in words_of(joined(browse(cast.attendee), meeting))


def test_all_documents_come_in_reading_order_with_bookmarks(
    browse: Browse, cast: Cast, meeting: Meeting, shown: list[Document]
) -> None:
    pdf = joined(browse(cast.attendee), meeting)
    pages = 1 + sum(len(document.current.pages) for document in shown)
    assert len(pdf.pages) == pages
    first, *rest = bookmarks(pdf)
    assert first == ("次第", [])
    assert [title for _, titles in rest for title in titles] == [d.title for d in shown]
    assert rest[0][0].endswith(meeting.agenda_items[0].title)


def test_what_may_not_be_saved_is_left_out_and_what_is_marked_carries_the_name(
    browse: Browse, session: Session, cast: Cast, meeting: Meeting, shown: list[Document]
) -> None:
    kept, marked = shown[0], shown[1]
    documents.permit(session, cast.organiser, kept, Permissions(may_download=False))
    documents.permit(session, cast.organiser, marked, Permissions(is_watermarked=True))
    pdf = joined(browse(cast.attendee), meeting)
    titles = [title for _, titles in bookmarks(pdf) for title in titles]
    assert kept.title not in titles and marked.title in titles
    assert cast.attendee.name in words_of(pdf)
    assert cast.attendee.name not in words_of(joined(browse(cast.organiser), meeting))


def test_in_place_of_a_document_that_cannot_be_read_a_page_says_so(
    browse: Browse, session: Session, storage: Storage, cast: Cast, meeting: Meeting,
    shown: list[Document],
) -> None:  # fmt: skip
    storage.path(shown[0].current.sha256).write_bytes(b"%PDF-1.7 nothing")
    pdf = joined(browse(cast.attendee), meeting)
    titles = [title for _, titles in bookmarks(pdf) for title in titles]
    assert titles == [document.title for document in shown]
    assert "読み取れなかった" in words_of(pdf)


def test_mixed_pages_are_stamped_upright_and_whole(
    browse: Browse, session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    document = add_document(session, storage, cast.organiser, meeting, pdfs.mixed_pdf())
    documents.permit(session, cast.organiser, document, Permissions(is_watermarked=True))
    session.commit()
    path = f"/versions/{document.current.id}/print"
    stamped = pdfium.PdfDocument(browse(cast.attendee).get(path).data)
    assert [round(page.get_width()) for page in stamped] == [595, 1191, 842, 300]
    for page in stamped:
        assert cast.attendee.name in page.get_textpage().get_text_bounded()
