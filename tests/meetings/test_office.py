"""Office files become PDF by the real LibreOffice, where it is there."""

import shutil
import stat
import time
from pathlib import Path

import pytest

from meetings import office
from meetings.errors import FileRejected
from tests import office as files
from tests.meetings.conftest import Shelf
from tests.office import NEEDS_OFFICE

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
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(FileRejected, match="LibreOfficeがありません"):
        shelf.prepare(files.docx("議案"), "議案.docx")


def test_one_that_hangs_is_ended_with_everything_it_started(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place of LibreOffice a program that starts another one and never ends."""
    note = tmp_path / "child"
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {note}\nwait\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))
    source = tmp_path / "a.docx"
    source.write_bytes(files.docx("議案"))
    (tmp_path / "work").mkdir()
    with pytest.raises(FileRejected, match="1秒以内"):
        office.to_pdf(source, tmp_path / "work", seconds=1)
    await_end_of(int(note.read_text()))


def await_end_of(process: int) -> None:
    """A killed process may wait for its turn on a busy machine before it is seen to be gone."""
    state = Path(f"/proc/{process}/stat")
    for _ in range(100):
        try:
            if state.read_text().rpartition(")")[2].split()[0] in "ZX":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        time.sleep(0.1)
    pytest.fail(f"process {process} still runs 10 s after it was killed")
