"""Office files become PDF by the real LibreOffice, where it is there."""

import random
import socket
import stat
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image

from meetings import rights
from meetings.documents import documents
from meetings.errors import FileRejected
from meetings.inside.packed import EMBEDDED, LINKED, PROPERTIES
from meetings.pdf import office
from tests import bombs
from tests import office as files
from tests.memory import grows_by_at_most
from tests.office import NEEDS_OFFICE
from tests.processes import await_end_of
from tests.shelf import Shelf
from tests.walls import needs_walls

pytestmark = pytest.mark.slow

SECRET_COLOUR = (255, 0, 255)
needs_office = pytest.mark.skipif(not office.is_available(), reason=NEEDS_OFFICE)


@needs_office
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (files.docx("予算案の概要"), "予算.docx"),
        (files.xlsx("予算案の概要"), "予算.xlsx"),
        (files.pptx("予算案の概要"), "予算.pptx"),
    ],
    ids=["word", "excel", "powerpoint"],
)
def test_an_office_file_becomes_a_document_and_is_kept(
    shelf: Shelf, content: bytes, name: str
) -> None:
    document = shelf.add(content, name)
    version = document.current
    assert document.title == "予算" and version.file_name == "予算.pdf"
    assert "予算案の概要" in version.pages[0].text
    assert version.original_sha256 and version.original_file_name == name
    assert shelf.storage.path(version.original_sha256).read_bytes() == content


@needs_office
def test_the_name_does_not_matter_only_what_is_in_the_file(shelf: Shelf) -> None:
    document = shelf.add(files.docx("議案"), "議案.pdf")
    assert "議案" in document.current.pages[0].text


@needs_office
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 broken", "壊れている"),
        (office.OLE + b"nothing", "壊れている"),
        (office.OLE + b"x" * 600 + office.ENCRYPTED_STREAM, "パスワード"),
    ],
)
def test_what_cannot_be_converted_gets_a_sentence(shelf: Shelf, content: bytes, words: str) -> None:
    with pytest.raises(FileRejected, match=words):
        shelf.prepare(content, "文書.docx")


def test_without_libreoffice_a_sentence_says_so(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "_program", lambda: None)
    with pytest.raises(FileRejected, match="LibreOfficeがありません"):
        shelf.prepare(files.docx("議案"), "議案.docx")


def test_one_that_hangs_is_ended_with_everything_it_started(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place of LibreOffice a program that starts another one and never ends."""
    work, child = tmp_path / "work", f"sleep 600.{random.randrange(10**9)}"
    work.mkdir()
    program = tmp_path / "libreoffice" / "program" / "soffice"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{child} &\necho it runs > {work}/note\nwait\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(office, "_program", lambda: str(program))
    source = tmp_path / "a.docx"
    source.write_bytes(files.docx("議案"))
    with pytest.raises(FileRejected, match="2秒以内"):
        office.to_pdf(source, work, seconds=2)
    assert (work / "note").read_text() == "it runs\n"
    await_end_of(child)


def test_a_part_that_unpacks_without_end_is_never_unpacked_whole(shelf: Shelf) -> None:
    kind = b"application/vnd.oasis.opendocument.text"
    content = bombs.zip_of({"mimetype": kind}, "mimetype", 600)
    with grows_by_at_most(50), pytest.raises(FileRejected, match=r"大きくなりすぎます|ありません"):
        shelf.prepare(content, "大.odt")


def test_a_word_file_that_grows_too_large_is_refused_before_it_is_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "_program", lambda: "/usr/bin/false")
    source = tmp_path / "a.docx"
    source.write_bytes(bombs.zip_of({"word/document.xml": b"<w:p/>"}, "word/document.xml", 300))
    with grows_by_at_most(50), pytest.raises(FileRejected, match="大きくなりすぎます"):
        office.to_pdf(source, tmp_path, seconds=10)


@needs_office
@needs_walls
@pytest.mark.parametrize("kind", ["odt", "docx", "rtf", "svg"])
def test_a_document_fetches_no_file_of_the_server_and_asks_no_address(
    kind: str, tmp_path: Path
) -> None:
    """Its pictures are only linked: one by the name of a file, one by an address."""
    secret = tmp_path / "secret.png"
    Image.new("RGB", (200, 200), SECRET_COLOUR).save(secret)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        port = listener.getsockname()[1]
        source, work = tmp_path / "received", tmp_path / "work"
        source.write_bytes(files.linking(kind, secret.as_uri(), f"http://127.0.0.1:{port}/a.png"))
        work.mkdir()
        assert not shows_secret(office.to_pdf(source, work, seconds=120))
        with pytest.raises(TimeoutError):
            listener.accept()


def shows_secret(pdf: Path) -> bool:
    picture = pdfium.PdfDocument(pdf)[0].render(scale=0.3).to_pil().convert("RGB")
    return any(
        all(abs(value - wanted) < 40 for value, wanted in zip(colour, SECRET_COLOUR, strict=True))
        for _, colour in picture.getcolors(1 << 20)
    )


TRACKED = (
    '<w:p><w:r><w:t xml:space="preserve">対象は</w:t></w:r><w:del w:id="1" w:author="係">'
    "<w:r><w:delText>甲山商店（未公表）を含む12</w:delText></w:r></w:del>"
    '<w:ins w:id="2" w:author="係"><w:r><w:t>10</w:t></w:r></w:ins><w:r><w:t>団体</w:t></w:r></w:p>'
)


@needs_office
def test_attendees_get_the_final_text_without_what_was_deleted(shelf: Shelf) -> None:
    document = shelf.add(files.docx_of(TRACKED), "補助金.docx")
    text = "".join(document.current.pages[0].text.split())
    assert "対象は10団体" in text and "甲山商店" not in text and "未公表" not in text
    assert document.current.original_carries == "変更履歴"


@needs_office
def test_what_a_workbook_hides_is_told_and_it_goes_out_only_when_somebody_says_so(
    shelf: Shelf,
) -> None:
    content = files.xlsx("予算", hidden="個人の一覧")
    document = shelf.add(content, "予算.xlsx")
    version, attendee = (
        document.current,
        rights.rights(shelf.session, shelf.cast.attendee, shelf.meeting),
    )
    assert "個人の一覧" not in "".join(page.text for page in version.pages)
    assert version.original_carries == "非表示のシート\n非表示の行・列"
    assert not rights.may_take_original(attendee, document)
    permissions = documents.Permissions(may_take_original=True)
    documents.permit(shelf.session, shelf.cast.organiser, document, permissions)
    assert rights.may_take_original(attendee, document)
    withheld = documents.Permissions(may_take_original=True, is_watermarked=True)
    documents.permit(shelf.session, shelf.cast.organiser, document, withheld)
    assert not rights.may_take_original(attendee, document)


@pytest.mark.parametrize(
    ("part", "content", "told"),
    [
        ("docProps/core.xml", "<cp:x><dc:creator>財政課 係</dc:creator></cp:x>", PROPERTIES),
        ("docProps/core.xml", "<cp:x><dc:creator></dc:creator></cp:x>", None),
        (
            "docProps/app.xml",
            "<Properties><Company>若葉市</Company></Properties>",
            PROPERTIES,
        ),
        ("word/embeddings/Microsoft_Excel_Sheet1.xlsx", "PK", EMBEDDED),
        (
            "word/_rels/document.xml.rels",
            '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/image" Target="file:///S:/budget/a.png" TargetMode="External"/>',
            LINKED,
        ),
    ],
)
def test_names_embedded_files_and_links_that_an_original_carries_are_told(
    part: str, content: str, told: str | None, tmp_path: Path
) -> None:
    source = tmp_path / "received"
    source.write_bytes(files.docx_of(TRACKED, more={part: content}))
    assert office.carries(source) == ["変更履歴", *([told] if told else [])]
