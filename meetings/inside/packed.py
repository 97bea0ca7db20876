"""What an Office file in a zip is, in a cell: `python -m meetings.inside.packed look|unpack FILE`.

Answers the ending that belongs to it, "" when it is no Office file.
"""

import sys
import zipfile
import zlib

from meetings.errors import FileRejected
from meetings.inside.answering import answer

MOST_MEMBERS = 20_000
LARGEST_UNPACKED_BYTES = 1_000_000_000
FROM_BYTES, LARGEST_RATIO = 50_000_000, 250
"""From that size on nothing that people wrote is packed so densely; deflate itself ends at 1030."""

PIECE_BYTES = 1 << 20
MIMETYPE_BYTES = 100
NOT_A_ZIP = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError,
)  # fmt: skip
TOO_LARGE = (
    "Officeの文書は、開くと大きくなりすぎます。画像を減らすか分割して、または"
    "PDFで保存してから登録してください。"
)
ODF = {"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp"}
PARTS = {
    "word/document.xml": ".docx",
    "xl/workbook.xml": ".xlsx",
    "ppt/presentation.xml": ".pptx",
}


def kind(act: str, path: str) -> str:
    """`unpack`: raises FileRejected for an Office file that grows too large."""
    try:
        with zipfile.ZipFile(path) as packed:
            found = _ending(packed)
            if found and act == "unpack":
                _refuse_large(packed)
    except NOT_A_ZIP:
        return ""
    return found


def _ending(packed: zipfile.ZipFile) -> str:
    names = set(packed.namelist())
    if "mimetype" in names:
        with packed.open("mimetype") as member:
            words = member.read(MIMETYPE_BYTES).decode("ascii", "replace").strip()
        return ODF.get(words.rsplit(".", 1)[-1], "")
    return next((ending for part, ending in PARTS.items() if part in names), "")


def _refuse_large(packed: zipfile.ZipFile) -> None:
    """By what the members say of their size, and then by what really comes out."""
    members = packed.infolist()
    small, told = sum(m.compress_size for m in members), sum(m.file_size for m in members)
    most = min(LARGEST_UNPACKED_BYTES, max(FROM_BYTES, small * LARGEST_RATIO))
    if len(members) > MOST_MEMBERS or told > most:
        raise FileRejected(TOO_LARGE)
    total = 0
    for member in members:
        if member.is_dir():
            continue
        with packed.open(member) as content:
            while piece := content.read(PIECE_BYTES):
                total += len(piece)
                if total > most:
                    raise FileRejected(TOO_LARGE)


if __name__ == "__main__":
    sys.exit(answer(kind))
