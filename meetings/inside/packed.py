"""What an Office file in a zip is and carries, in a cell:
`python -m meetings.inside.packed look|unpack|carries|finish FILE`.

`look` and `unpack` answer the ending that belongs to it, "" when it is no Office file.
"""

import re
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
PACKING = zipfile.ZIP_DEFLATED
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


CHANGES = "変更履歴"
COMMENTS = "コメント"
Signs = list[tuple[str, str, bytes]]
"""What somebody who only reads does not see: its name, the members of the zip in which it stands,
and how it begins there."""

PROPERTIES = "作成者や会社名（文書のプロパティー）"
EMBEDDED = "埋め込まれたファイル"
LINKED = "ほかのファイルへのリンク"
IN_OPEN_XML: Signs = [
    (PROPERTIES, r"docProps/core\.xml", rb"<(?:dc:creator|cp:lastModifiedBy)>[^<]"),
    (PROPERTIES, r"docProps/app\.xml", rb"<(?:Company|Manager)>[^<]"),
    (PROPERTIES, r"docProps/custom\.xml", rb"<property[ >]"),
    (EMBEDDED, r"(?:word|xl|ppt)/embeddings/.*", b""),
    (
        LINKED,
        r"(?:word|xl|ppt)/.*\.rels",
        rb'/(?:externalLinkPath|oleObject|image|attachedTemplate)"[^>]*TargetMode="External"',
    ),
]
IN_ODF: Signs = [
    (CHANGES, r"content\.xml", rb"<(?:text|table):tracked-changes[ >]"),
    (COMMENTS, r"content\.xml", rb"<office:annotation[ >]"),
    (PROPERTIES, r"meta\.xml", rb"<(?:dc:creator|meta:initial-creator)>[^<]"),
    (EMBEDDED, r"Object [0-9]+/content\.xml", b""),
]
CARRIED: dict[str, Signs] = {
    ".docx": [
        (CHANGES, r"word/.*\.xml", rb"<w:(?:ins|del|moveFrom|moveTo)[ >]"),
        (COMMENTS, r"word/comments\.xml", rb"<w:comment[ >]"),
        ("隠し文字", r"word/document\.xml", rb"<w:vanish ?/>"),
        *IN_OPEN_XML,
    ],
    ".xlsx": [
        (CHANGES, r"xl/revisions/.*", rb"<"),
        (COMMENTS, r"xl/(?:comments|threadedComments).*\.xml", rb"<(?:threadedC|c)omment[ >]"),
        ("非表示のシート", r"xl/workbook\.xml", rb'<sheet [^>]*state="(?:hidden|veryHidden)"'),
        ("非表示の行・列", r"xl/worksheets/.*\.xml", rb'<(?:row|col) [^>]*hidden="(?:1|true)"'),
        *IN_OPEN_XML,
    ],
    ".pptx": [
        (COMMENTS, r"ppt/comments/.*\.xml", rb"<p\w*:cm[ >]"),
        ("非表示のスライド", r"ppt/slides/.*\.xml", rb'<p:sld [^>]*show="(?:0|false)"'),
        ("発表者ノート", r"ppt/notesSlides/.*\.xml", rb"<a:r>"),
        *IN_OPEN_XML,
    ],
    ".odt": IN_ODF,
    ".ods": [
        *IN_ODF,
        ("非表示のシート", r"content\.xml", rb'<style:table-properties [^>]*table:display="false"'),
        ("非表示の行・列", r"content\.xml", rb'table:visibility="(?:collapse|filter)"'),
    ],
    ".odp": [*IN_ODF, ("非表示のスライド", r"content\.xml", rb'presentation:visibility="hidden"')],
}
LONGEST_SIGN_BYTES = 4096
SHOWN = re.compile(rb'(config:name="ShowRedlineChanges"[^>]*>)true')


def _do(act: str, path: str, target: str = "") -> str | list[str]:
    if act == "carries":
        return carried(path)
    if act == "finish":
        finish(path, target)
        return ""
    return kind(act, path)


def carried(path: str) -> list[str]:
    """Return what the file holds besides what is seen."""
    try:
        with zipfile.ZipFile(path) as packed:
            signs = CARRIED.get(_ending(packed), [])
            found = [name for name, member, sign in signs if _has(packed, member, sign)]
    except NOT_A_ZIP:
        return []
    return list(dict.fromkeys(found))


def _has(packed: zipfile.ZipFile, members: str, sign: bytes) -> bool:
    chosen, looked_for = re.compile(members), re.compile(sign)
    for name in packed.namelist():
        if not chosen.fullmatch(name):
            continue
        rest = b""
        with packed.open(name) as content:
            while piece := content.read(PIECE_BYTES):
                if looked_for.search(rest + piece):
                    return True
                rest = (rest + piece)[-LONGEST_SIGN_BYTES:]
    return False


def finish(path: str, target: str) -> None:
    """Write the same text document (odt) with every change taken as made: nothing of what was
    before is shown."""
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(target, "w", PACKING) as made:
        for member in packed.infolist():
            content = packed.read(member)
            if member.filename == "settings.xml":
                content = SHOWN.sub(rb"\1false", content)
            made.writestr(member, content)


def kind(act: str, path: str) -> str:
    """Return the ending that belongs to the file, "" when it is no Office file. With `unpack`
    raises FileRejected for one that grows too large."""
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
    """Refuse a file that grows too large, by what the members say of their size, and then by what
    really comes out."""
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
    sys.exit(answer(_do))
