"""Taking in whatever calls itself a PDF, and reading its pages in the worker."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from meetings.documents import documents, preparation
from meetings.errors import FileRejected
from meetings.pdf import pdf
from models.document import Page
from tests import pdfs
from tests.shelf import Shelf


def test_the_worker_reads_text_and_picture_of_every_page(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of("# 予算案", "# 決算"))
    pages = document.current.pages
    assert [page.text.strip()[:3] for page in pages] == ["予算案", "決算\n"]
    for page in pages:
        assert page.picture_sha256 is not None
        assert shelf.storage.path(page.picture_sha256).read_bytes()[:2] == b"\xff\xd8"
    assert document.current.is_prepared


def test_three_thousand_pages_are_taken_in_at_once_and_read_piece_by_piece(shelf: Shelf) -> None:
    prepared = shelf.prepare(pdfs.plain_pdf(3000))
    assert len(prepared.pages) == 3000
    document = documents.add_document(
        shelf.session, shelf.cast.organiser, shelf.meeting, None, prepared
    )
    shelf.session.commit()
    assert preparation.prepare_some(shelf.engine, shelf.storage)
    shelf.session.expire_all()
    assert document.current.prepared_pages == preparation.BATCH_PAGES
    assert not document.current.is_prepared


def test_pages_of_mixed_size_and_rotation_keep_the_size_that_is_seen(shelf: Shelf) -> None:
    sizes = [(round(p.width), round(p.height)) for p in shelf.prepare(pdfs.mixed_pdf()).pages]
    assert sizes == [(595, 842), (1191, 842), (842, 595), (300, 500)]


def test_a_pdf_with_a_script_is_read_and_the_script_never_runs(shelf: Shelf) -> None:
    document = shelf.add(pdfs.with_script(pdfs.pdf_of("# 議案")))
    assert "議案" in document.current.pages[0].text


def test_japanese_in_a_font_that_is_not_in_the_file_is_found(shelf: Shelf) -> None:
    document = shelf.add(pdfs.with_foreign_font())
    assert "予算案" in document.current.pages[0].text
    assert document.current.missing_fonts == "Ryumin-Light"


def test_a_font_that_is_in_the_file_is_not_missing(shelf: Shelf) -> None:
    assert shelf.add(pdfs.pdf_of("# 予算案")).current.missing_fonts == ""


def test_it_is_drawn_with_a_font_of_ours_where_the_machine_has_none(tmp_path: Path) -> None:
    """In a process that sees no other fonts."""
    source = tmp_path / "foreign.pdf"
    source.write_bytes(pdfs.with_foreign_font())
    alone = (
        "import sys; from meetings.inside import opening, pages;"
        "opening.FONT_FOLDERS = [str(opening.OUR_FONTS)];"
        "pages._do('sizes', sys.argv[1], sys.argv[2], '9')"
    )
    subprocess.run([sys.executable, "-c", alone, source, tmp_path / "first.jpg"], check=True)
    with Image.open(tmp_path / "first.jpg") as picture:
        assert picture.convert("L").getextrema()[0] < 100


def test_a_broken_table_of_objects_is_mended(shelf: Shelf) -> None:
    document = shelf.add(pdfs.with_broken_xref(pdfs.pdf_of("# 議案")))
    assert "議案" in document.current.pages[0].text


def test_a_pdf_that_was_cut_off_is_told_as_broken(shelf: Shelf) -> None:
    whole = pdfs.pdf_of("# 議案")
    with pytest.raises(FileRejected, match="壊れている"):
        shelf.prepare(whole[: len(whole) // 3])


def test_a_locked_pdf_is_told_as_such(shelf: Shelf) -> None:
    with pytest.raises(FileRejected, match="パスワードがかかっています"):
        shelf.prepare(pdfs.locked(pdfs.pdf_of("# 秘密")))


def test_a_page_that_cannot_be_read_costs_only_itself(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash of PDFium on page 2, as seen from outside its process."""
    real = pdf.read_pages

    def read(path: object, numbers: range, folder: object) -> object:
        return None if 2 in numbers else real(path, numbers, folder)  # type: ignore[arg-type]

    monkeypatch.setattr(pdf, "read_pages", read)
    document = shelf.add(pdfs.pdf_of("# 一", "# 二", "# 三"))
    assert [bool(page.problem) for page in document.current.pages] == [False, True, False]
    assert document.current.is_prepared
    assert "三" in document.current.pages[2].text


def test_reading_again_after_a_crash_changes_nothing(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of("# 一", "# 二"))
    before = [(page.text, page.picture_sha256) for page in document.current.pages]
    document.current.prepared_pages = 0
    shelf.read()
    pages = shelf.session.query(Page).order_by(Page.number).all()
    assert [(page.text, page.picture_sha256) for page in pages] == before
