"""Taking PDFs in, and the order for reading them."""

import io
from collections.abc import Callable

import pypdfium2 as pdfium
import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.documents import documents
from meetings.errors import FileRejected
from models.document import Document
from models.meeting import Meeting
from tests.conftest import Cast
from web.demo.papers import to_pdf

Prepare = Callable[[bytes, str], documents.PreparedDocument]


@pytest.fixture
def prepare(storage: Storage) -> Prepare:
    def prepared(content: bytes, name: str = "資料.pdf") -> documents.PreparedDocument:
        with storage.receive(50_000_000) as incoming:
            incoming.write(content)
            return documents.prepare_document(storage, name, incoming)

    return prepared


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return to_pdf(
        "# 予算案\n\n手続きのオンライン化\n\n| 款 | 額 |\n|---|---:|\n| 民生費 | 460,000 |"
    )


def locked(content: bytes) -> bytes:
    """The same PDF, encrypted as its trailer says, with a password that nobody knows."""
    entry = b"/Encrypt<</Filter/Standard/V 1/R 2/O(%s)/U(%s)/P -4>>" % (b"x" * 32, b"y" * 32)
    head, mark, tail = content.rpartition(b"trailer\r\n<<")
    assert mark
    return head + mark + entry + tail


def plain_pdf(pages: int) -> bytes:
    """Written by PDFium with an ordinary trailer."""
    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_a_pdf_is_kept_with_its_page_sizes_and_first_picture(
    storage: Storage, prepare: Prepare, pdf: bytes
) -> None:
    prepared = prepare(pdf, "資料1 予算案.pdf")
    assert storage.path(prepared.stored.sha256).read_bytes() == pdf
    assert storage.path(prepared.thumbnail.sha256).read_bytes()[:2] == b"\xff\xd8"
    assert len(prepared.pages) == 1
    assert prepared.pages[0].width == pytest.approx(595, abs=1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空（0バイト）"),
        (b"PK\x03\x04 a Word file", "まとめたもの（zipなど）"),
        (b"no file that anybody knows", "PDFではない"),
        (b"%PDF-1.7\n and then nothing", "壊れている"),
    ],
)
def test_what_is_no_pdf_gets_a_sentence(prepare: Prepare, content: bytes, words: str) -> None:
    with pytest.raises(FileRejected, match=words):
        prepare(content, "資料.pdf")


def test_a_cut_off_pdf_gets_a_sentence_or_is_mended(prepare: Prepare, pdf: bytes) -> None:
    with pytest.raises(FileRejected, match="壊れている"):
        prepare(pdf[:300], "資料.pdf")


def test_an_encrypted_pdf_is_told_as_such(prepare: Prepare) -> None:
    with pytest.raises(FileRejected, match="パスワードがかかっています"):
        prepare(locked(plain_pdf(1)), "資料.pdf")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("資料1 予算案.pdf", "資料1 予算案"),
        ("C:\\共有\\資料.PDF", "資料"),
        ("../../etc/passwd", "passwd"),
        (".pdf", "無題の資料"),
        ("長" * 300 + ".pdf", "長" * 200),
    ],
)
def test_the_title_comes_from_the_file_name(name: str, title: str) -> None:
    assert documents.title_of(name) == title


def test_documents_are_read_in_the_order_of_the_agenda(
    session: Session, cast: Cast, meeting: Meeting, prepare: Prepare, pdf: bytes
) -> None:
    def add(name: str, item: int | None) -> Document:
        entry = meeting.agenda_items[item] if item is not None else None
        return documents.add_document(
            session, cast.organiser, meeting, entry, prepare(pdf, f"{name}.pdf")
        )

    add("全体", None)
    second = add("二", 1)
    add("一の一", 0)
    add("一の二", 0)
    session.flush()
    found = [(n, d.title) for n, d in documents.reading_order(session, meeting)]
    assert found == [("1", "一の一"), ("1", "一の二"), ("2", "二"), ("", "全体")]
    documents.move_document(session, cast.organiser, second, meeting.agenda_items[0])
    documents.remove_document(session, cast.organiser, meeting_document(session, "全体"))
    session.flush()
    assert [d.title for _, d in documents.reading_order(session, meeting)] == [
        "一の一", "一の二", "二",
    ]  # fmt: skip


def meeting_document(session: Session, title: str) -> Document:
    return session.query(Document).filter_by(title=title).one()
