"""Files of other programs, called by their names: whoever tries one is told what it is and what to
do, instead of that it is broken."""

import mmap
from contextlib import closing
from pathlib import Path

from meetings.errors import FileRejected

BROKEN = "Officeの文書が壊れているため、PDFにできませんでした。元の文書を開いて確かめてください。"
SAVED_AS_PDF = "そのソフトで開き、PDFとして保存（または印刷でPDFに出力）してから登録してください。"
ICHITARO = f"一太郎の文書です。{SAVED_AS_PDF}"
MAIL = (
    "電子メールのファイルです。本文はPDFとして印刷し、添付ファイルは取り出して、"
    "1つずつ登録してください。"
)
DOCUWORKS = f"DocuWorksの文書です。{SAVED_AS_PDF}"
OTHER = f"Visio・Publisherなどの文書です。{SAVED_AS_PDF}"
PICTURE = "画像のファイルです。Wordなどに貼り付けるか、PDFとして保存してから登録してください。"
ARCHIVE = (
    "いくつかのファイルをまとめたもの（zipなど）です。展開して、中の資料を選んで登録してください"
    "（一度に何件でも選べます）。"
)
RECORDING = "録音か録画のファイルです。資料ではなく、会議の「録音」から送信してください。"
TABLE = "CSVのファイルです。Excelで開き、Excelの形式かPDFで保存してから登録してください。"
TEXT = "文字だけのファイルです。Wordなどで開き、PDFとして保存してから登録してください。"
WEB_PAGE = "ホームページのファイルです。ブラウザで開き、PDFとして印刷してから登録してください。"
LINK = "ショートカット（リンク）です。リンク先の文書そのものを選んで登録してください。"

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STREAMS = {
    "JSRV_": ICHITARO,
    "DocumentTextPositionTables": ICHITARO,
    "__properties_version1.0": MAIL,
    "__substg1.0": MAIL,
    "VisioDocument": OTHER,
    "Quill": OTHER,
}
"""Names within OLE's container, which many programs share."""

HEADS = (
    (0, b"\xff\xd8\xff", PICTURE), (0, b"\x89PNG", PICTURE), (0, b"GIF8", PICTURE),
    (0, b"II*\x00", PICTURE), (0, b"MM\x00*", PICTURE), (0, b"BM", PICTURE),
    (4, b"ftyphei", PICTURE), (4, b"ftypmif", PICTURE), (8, b"WEBP", PICTURE),
    (0, b"PK\x03\x04", ARCHIVE), (0, b"PK\x05\x06", ARCHIVE), (0, b"7z\xbc\xaf", ARCHIVE),
    (0, b"Rar!", ARCHIVE), (0, b"\x1f\x8b", ARCHIVE), (2, b"-lh", ARCHIVE),
    (4, b"ftyp", RECORDING), (8, b"WAVE", RECORDING), (0, b"ID3", RECORDING),
    (0, b"OggS", RECORDING), (0, b"fLaC", RECORDING), (0, b"\x1aE\xdf\xa3", RECORDING),
    (0, b"0&\xb2u\x8ef\xcf\x11", RECORDING),
    (0, b"L\x00\x00\x00\x01\x14\x02", LINK), (0, b"[InternetShortcut]", LINK),
    (0, b"<!DOCTYPE html", WEB_PAGE), (0, b"<html", WEB_PAGE),
)  # fmt: skip
ENDINGS = {
    ".jtd": ICHITARO, ".jtdc": ICHITARO, ".jtt": ICHITARO, ".jfw": ICHITARO, ".jsw": ICHITARO,
    ".msg": MAIL, ".eml": MAIL,
    ".xdw": DOCUWORKS, ".xbd": DOCUWORKS, ".xct": DOCUWORKS,
    ".vsd": OTHER, ".vsdx": OTHER, ".pub": OTHER,
    ".csv": TABLE, ".tsv": TABLE, ".txt": TEXT, ".md": TEXT,
    ".htm": WEB_PAGE, ".html": WEB_PAGE, ".mht": WEB_PAGE,
    ".mp3": RECORDING, ".aac": RECORDING, ".lzh": ARCHIVE,
}  # fmt: skip
OFFICE_ZIPS = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")
HEAD_BYTES = 64


def refuse(path: Path, file_name: str) -> None:
    """Raise FileRejected for what is known to be of another program: by what is in it, else by
    the name. Whatever begins as a PDF does is left to those who open it."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    ending = Path(file_name).suffix.lower()
    sentence = _by_head(head)
    if sentence == ARCHIVE and ending in OFFICE_ZIPS:
        sentence = BROKEN
    if not sentence and b"%PDF" not in head:
        sentence = ENDINGS.get(ending, "")
    if head and sentence:
        raise FileRejected(sentence)


def _by_head(head: bytes) -> str:
    found = (words for at, begin, words in HEADS if head[at : at + len(begin)] == begin)
    return next(found, "")


def by_streams(path: Path) -> str:
    """Return what to tell of an OLE container; "" when it is none of those known."""
    with (
        path.open("rb") as file,
        closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as content,
    ):
        found = (w for name, w in STREAMS.items() if content.find(name.encode("utf-16-le")) >= 0)
        return next(found, "")
