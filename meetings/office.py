"""Office files become PDF by LibreOffice, where it is installed.

Each job has a process group and a profile of its own: LibreOffice shares neither well, and what
hangs is killed as a whole. Macros never run (`-env` profile without trust, headless).
"""

import os
import shutil
import signal
import subprocess
import threading
import zipfile
from contextlib import suppress
from pathlib import Path

from meetings.errors import FileRejected

ENDINGS = (".docx", ".xlsx", ".pptx", ".doc", ".xls", ".ppt", ".odt", ".ods", ".odp", ".rtf")
# What the parts of an Office file may grow to: a zip bomb stops here.
LARGEST_UNPACKED_BYTES = 2_000_000_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
AT_ONCE = threading.BoundedSemaphore(2)

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
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"{\\rtf") or head == OLE:
        return True
    return zipfile.is_zipfile(path) and _kind(path) is not None


def to_pdf(source: Path, folder: Path, seconds: int) -> Path:
    """The PDF of this Office file, made in `folder`. Raises FileRejected."""
    program = _program()
    if program is None:
        raise FileRejected(NOT_INSTALLED)
    ending = _checked(source)
    named = folder / f"document{ending}"  # LibreOffice goes by the ending
    named.symlink_to(source.resolve())
    with AT_ONCE:
        _convert(program, named, folder, seconds)
    made = folder / "document.pdf"
    if not made.exists() or made.stat().st_size == 0:
        raise FileRejected(BROKEN)
    return made


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _checked(source: Path) -> str:
    """The ending for what is in the file. Raises FileRejected for what must not be opened."""
    with source.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"{\\rtf"):
        return ".rtf"
    if head == OLE:
        return _checked_ole(source)
    kind = _kind(source)
    if kind is None:
        raise FileRejected(BROKEN)
    with zipfile.ZipFile(source) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > LARGEST_UNPACKED_BYTES:
            raise FileRejected("Officeの文書が大きすぎます。分割してから登録してください。")
    return kind


def _checked_ole(source: Path) -> str:
    """Old Word, Excel and PowerPoint are one container; so are newer ones with a password."""
    content = source.read_bytes()
    if ENCRYPTED_STREAM in content:
        raise FileRejected(LOCKED)
    kinds = {"WordDocument": ".doc", "Workbook": ".xls", "PowerPoint Document": ".ppt"}
    for stream, ending in kinds.items():
        if stream.encode("utf-16-le") in content:
            return ending
    raise FileRejected(BROKEN)


def _kind(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
            if "mimetype" in names:
                kind = packed.read("mimetype")[:100].decode("ascii", "replace").strip()
                return {"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp"}.get(
                    kind.rsplit(".", 1)[-1]
                )
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return None
    parts = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx"}
    parts["ppt/presentation.xml"] = ".pptx"
    return next((ending for part, ending in parts.items() if part in names), None)


def _convert(program: str, source: Path, folder: Path, seconds: int) -> None:
    profile = folder / "profile"
    command = [
        program, "--headless", "--norestore", "--nolockcheck", "--nodefault",
        f"-env:UserInstallation={profile.resolve().as_uri()}",
        "--convert-to", "pdf", "--outdir", str(folder), str(source),
    ]  # fmt: skip
    surroundings = os.environ | {"HOME": str(folder), "TMPDIR": str(folder)}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=surroundings,
        start_new_session=True,
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired as problem:
        raise FileRejected(
            f"Officeの文書を{seconds}秒以内にPDFにできませんでした。"
            "PDFで保存してから登録してください。"
        ) from problem
    finally:
        _end_group(process)


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """LibreOffice starts another process and leaves it behind."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
