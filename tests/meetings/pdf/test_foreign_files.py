"""Files of other programs are called by their names, and it is said what to do."""

import io
import zipfile

import pytest

from meetings.errors import FileRejected
from meetings.pdf.foreign_files import OLE
from tests import pdfs
from tests.shelf import Shelf


def container(*streams: str) -> bytes:
    """As far as anybody looks into it."""
    return OLE + bytes(500) + b"".join(f"{name}\0".encode("utf-16-le") for name in streams)


def zipped() -> bytes:
    """With a PDF in it as it is, which begins within the first bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("資料1.pdf", pdfs.plain_pdf(1))
    return target.getvalue()


LOCKED_WORKBOOK = (
    container("Workbook") + b"\x09\x08\x10\x00" + bytes(16) + b"\x2f\x00\x36\x00" + bytes(54)
)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("議案.jtd", container("DocumentText", "JSRV_SegmentInformation"), "一太郎"),
        ("連絡.msg", container("__properties_version1.0"), "電子メール"),
        ("図.xdw", b"\x60\x0e\x82\x01" + bytes(200), "DocuWorks"),
        ("資料.zip", zipped(), "展開して"),
        ("写真.jpg", b"\xff\xd8\xff\xe0" + bytes(200), "画像"),
        ("名前のない写真", b"\x89PNG\r\n" + bytes(200), "画像"),
        ("一覧.csv", "款,金額\n総務費,4500\n".encode("cp932"), "CSV"),
        ("要旨.txt", "要旨".encode(), "文字だけ"),
        ("会議.m4a", bytes(4) + b"ftypM4A " + bytes(200), "録音"),
        ("予算.xls", LOCKED_WORKBOOK, "パスワード"),
        ("予算.xlsx", b"PK\x03\x04 cut off", "壊れている"),
        ("何か", b"nothing at all", "PDFではない"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_of_another_program_is_called_by_its_name(
    shelf: Shelf, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(FileRejected, match=words):
        shelf.prepare(content, name)
