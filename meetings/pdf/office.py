"""Office files become PDF by LibreOffice, where it is installed, in a cell.

A document may link pictures by address or by file name, and LibreOffice would fetch them and set
them into the PDF: the cell has neither network nor files. Each job has a profile of its own, in
which links are refused besides; macros never run (headless, a profile without trust).

Those who get the PDF get the final text: without what was deleted and tracked, without comments.
"""

import mmap
import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

from meetings.cell import Cell
from meetings.errors import FileRejected, OutOfBounds
from meetings.inside.packed import CHANGES
from meetings.pdf import foreign_files
from meetings.pdf.foreign_files import BROKEN, OLE

MADE = "made"
"""The folder in the job's own for what comes out: it may have the name of what went in."""

PACKED = "meetings.inside.packed"
TEXTS = {".docx", ".doc", ".odt", ".rtf"}
"""Those whose changes are printed unless they are taken as made."""

ENDINGS = (".docx", ".xlsx", ".pptx", ".doc", ".xls", ".ppt", ".odt", ".ods", ".odp", ".rtf")
RTF, ZIP = b"{\\rtf", b"PK\x03\x04"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
OLD_LOCK = re.compile(
    rb"\x09\x08\x10\x00.{16}(?:\x86\x00\x00\x00)?\x2f\x00|"
    + re.escape("EncryptedSummary".encode("utf-16-le")),
    re.DOTALL,
)
"""In a workbook the record of a password follows its beginning ([MS-XLS] 2.4.117)."""
LOOKING_SECONDS = 60
LOOKING = Cell(memory_mb=300, output_mb=1, at_once=4)
FINISHING = Cell(memory_mb=1000, output_mb=1000, at_once=2)
CONVERTING = Cell(memory_mb=3000, output_mb=1000, at_once=2)
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Common/Filter/PDF/Export">
<prop oor:name="ExportNotes" oor:op="fuse"><value>false</value></prop>
<prop oor:name="ExportNotesInMargin" oor:op="fuse"><value>false</value></prop>
<prop oor:name="ExportNotesPages" oor:op="fuse"><value>false</value></prop>
<prop oor:name="ExportHiddenSlides" oor:op="fuse"><value>false</value></prop>
</item>
</oor:items>
"""

NOT_INSTALLED = (
    "このサーバーではWordやExcelの文書をPDFにできません（LibreOfficeがありません）。"
    "PDFで保存してから登録してください。"
)
LOCKED = (
    "Officeの文書にパスワードがかかっています。パスワードを外して保存し直してから登録してください。"
)


def is_available() -> bool:
    return _program() is not None


def is_office_file(path: Path) -> bool:
    """Return whether it is an Office file, by what is in it, not by its name."""
    head = _head(path)
    return head.startswith(RTF) or head == OLE or (head.startswith(ZIP) and _is_packed(path))


def to_pdf(source: Path, folder: Path, seconds: int) -> Path:
    """Make the PDF of this Office file in `folder` and return its path. Raises FileRejected."""
    program = _program()
    if program is None:
        raise FileRejected(NOT_INSTALLED)
    ending = _checked(source)
    named = folder / f"document{ending}"  # LibreOffice goes by the ending
    named.symlink_to(source.resolve())
    if _may_have_changes(ending, source):
        named = _finished(program, named, folder, seconds)
    return _converted(program, named, folder, "pdf", seconds)


def carries(source: Path) -> list[str] | None:
    """Return what this Office file holds besides what is seen: 「変更履歴」「非表示のシート」 and
    so on; None for one of the old kinds, which nobody looks into. Raises FileRejected."""
    if not _head(source).startswith(ZIP):
        return None
    found: list[str] = _looked_at("carries", source)
    return found


def _may_have_changes(ending: str, source: Path) -> bool:
    if ending not in TEXTS:
        return False
    carried = carries(source)
    return carried is None or CHANGES in carried


def _finished(program: str, source: Path, folder: Path, seconds: int) -> Path:
    """Return the same text with its tracked changes taken as made, as an odt file."""
    open_text = _converted(program, source, folder, "odt", seconds).resolve()
    finished = folder / "finished.odt"
    arguments = ["finish", str(open_text), str(finished.resolve())]
    FINISHING.ask(
        PACKED, *arguments, seconds=LOOKING_SECONDS, reads=[open_text], folder=folder.resolve()
    )
    return finished


def _converted(program: str, source: Path, folder: Path, kind: str, seconds: int) -> Path:
    _convert(program, source, folder, kind, seconds)
    made = folder / MADE / f"{source.stem}.{kind}"
    if not made.exists() or made.stat().st_size == 0:
        raise FileRejected(BROKEN)
    return made


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(OLE))


def _checked(source: Path) -> str:
    """Return the ending for what is in the file. Raises FileRejected for what must not be
    opened."""
    head = _head(source)
    if head.startswith(RTF):
        return ".rtf"
    ending = _checked_ole(source) if head == OLE else _kind("unpack", source)
    if not ending:
        raise FileRejected((head == OLE and foreign_files.by_streams(source)) or BROKEN)
    return ending


def _checked_ole(source: Path) -> str:
    """Return the ending for an OLE container. Old Word, Excel and PowerPoint files are one; so are
    newer ones with a password, for which it raises FileRejected."""
    kinds = {"WordDocument": ".doc", "Workbook": ".xls", "PowerPoint Document": ".ppt"}
    with (
        source.open("rb") as file,
        closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as content,
    ):
        if content.find(ENCRYPTED_STREAM) >= 0 or OLD_LOCK.search(content):
            raise FileRejected(LOCKED)
        found = (
            ending
            for stream, ending in kinds.items()
            if content.find(stream.encode("utf-16-le")) >= 0
        )
        return next(found, "")


def _is_packed(path: Path) -> bool:
    """Return whether it is an Office file in a zip; one that cannot even be inspected is none."""
    try:
        return bool(_kind("look", path))
    except FileRejected:
        return False


def _kind(act: str, path: Path) -> str:
    """Return the ending, "" for no Office file. Raises FileRejected for one that grows too
    large."""
    ending: str = _looked_at(act, path)
    return ending


def _looked_at(act: str, path: Path) -> Any:
    path = path.resolve()
    return LOOKING.ask(PACKED, act, str(path), seconds=LOOKING_SECONDS, reads=[path])


def _convert(program: str, source: Path, folder: Path, kind: str, seconds: int) -> None:
    folder = folder.resolve()
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    command = [
        program, "--headless", "--norestore", "--nolockcheck", "--nodefault",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to", kind, "--outdir", str(folder / MADE), str(folder / source.name),
    ]  # fmt: skip
    reads = [source.resolve(), Path(program).resolve().parent.parent]
    try:
        CONVERTING.run(command, seconds=seconds, reads=reads, folder=folder)
    except OutOfBounds as problem:
        raise FileRejected(
            f"Officeの文書を{seconds}秒以内にPDFにできませんでした。"
            "PDFで保存してから登録してください。"
        ) from problem
