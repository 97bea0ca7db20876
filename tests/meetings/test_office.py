"""Office files become PDF by the real LibreOffice, where it is there."""

import random
import stat
from pathlib import Path

import pytest

from meetings import office
from meetings.errors import FileRejected
from tests import office as files
from tests.meetings.conftest import Shelf
from tests.office import NEEDS_OFFICE
from tests.processes import await_end_of

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
        (b"PK\x03\x04 broken", "PDFではない"),
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
