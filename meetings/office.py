"""Office files become PDF by LibreOffice, where it is installed, in a cell.

A document may link pictures by address or by file name, and LibreOffice would fetch them and set
them into the PDF: the cell has neither network nor files. Each job has a profile of its own, in
which links are refused besides; macros never run (headless, a profile without trust).
"""

import mmap
import shutil
from contextlib import closing
from pathlib import Path

from meetings.cell import Cell
from meetings.errors import FileRejected, OutOfBounds

ENDINGS = (".docx", ".xlsx", ".pptx", ".doc", ".xls", ".ppt", ".odt", ".ods", ".odp", ".rtf")
RTF, OLE, ZIP = b"{\\rtf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
LOOKING_SECONDS = 60
LOOKING = Cell(memory_mb=300, output_mb=1, at_once=4)
CONVERTING = Cell(memory_mb=3000, output_mb=1000, at_once=2)
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""

NOT_INSTALLED = (
    "このサーバーではWordやExcelの文書をPDFにできません（LibreOfficeがありません）。"
    "PDFで保存してから登録してください。"
)
BROKEN = "Officeの文書が壊れているため、PDFにできませんでした。元の文書を開いて確かめてください。"
LOCKED = (
    "Officeの文書にパスワードがかかっています。パスワードを外して保存し直してから登録してください。"
)


def is_available() -> bool:
    return _program() is not None


def is_office_file(path: Path) -> bool:
    """By what is in it, not by its name."""
    head = _head(path)
    return head.startswith(RTF) or head == OLE or (head.startswith(ZIP) and _is_packed(path))


def to_pdf(source: Path, folder: Path, seconds: int) -> Path:
    """The PDF of this Office file, made in `folder`. Raises FileRejected."""
    program = _program()
    if program is None:
        raise FileRejected(NOT_INSTALLED)
    ending = _checked(source)
    named = folder / f"document{ending}"  # LibreOffice goes by the ending
    named.symlink_to(source.resolve())
    _convert(program, named, folder, seconds)
    made = folder / "document.pdf"
    if not made.exists() or made.stat().st_size == 0:
        raise FileRejected(BROKEN)
    return made


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(OLE))


def _checked(source: Path) -> str:
    """The ending for what is in the file. Raises FileRejected for what must not be opened."""
    head = _head(source)
    if head.startswith(RTF):
        return ".rtf"
    ending = _checked_ole(source) if head == OLE else _kind("unpack", source)
    if not ending:
        raise FileRejected(BROKEN)
    return ending


def _checked_ole(source: Path) -> str:
    """Old Word, Excel and PowerPoint are one container; so are newer ones with a password."""
    kinds = {"WordDocument": ".doc", "Workbook": ".xls", "PowerPoint Document": ".ppt"}
    with (
        source.open("rb") as file,
        closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as content,
    ):
        if content.find(ENCRYPTED_STREAM) >= 0:
            raise FileRejected(LOCKED)
        found = (
            ending
            for stream, ending in kinds.items()
            if content.find(stream.encode("utf-16-le")) >= 0
        )
        return next(found, "")


def _is_packed(path: Path) -> bool:
    """One that cannot even be looked into is no Office file."""
    try:
        return bool(_kind("look", path))
    except FileRejected:
        return False


def _kind(act: str, path: Path) -> str:
    """The ending, "" for no Office file. Raises FileRejected for one that grows too large."""
    path = path.resolve()
    program = "meetings.inside.packed"
    ending: str = LOOKING.ask(program, act, str(path), seconds=LOOKING_SECONDS, reads=[path])
    return ending


def _convert(program: str, source: Path, folder: Path, seconds: int) -> None:
    folder = folder.resolve()
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    command = [
        program, "--headless", "--norestore", "--nolockcheck", "--nodefault",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to", "pdf", "--outdir", str(folder), str(folder / source.name),
    ]  # fmt: skip
    reads = [source.resolve(), Path(program).resolve().parent.parent]
    try:
        CONVERTING.run(command, seconds=seconds, reads=reads, folder=folder)
    except OutOfBounds as problem:
        raise FileRejected(
            f"Officeの文書を{seconds}秒以内にPDFにできませんでした。"
            "PDFで保存してから登録してください。"
        ) from problem
