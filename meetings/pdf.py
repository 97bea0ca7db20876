"""Looking into a PDF with PDFium, in a process of its own.

PDFium is not thread-safe and reads files from outside: a crash or an endless loop in it must
not touch the server. `python -m meetings.pdf FILE THUMBNAIL` is that process.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from meetings.errors import FileRejected

TIME_LIMIT_SECONDS = 120
THUMBNAIL_PIXELS = 480
LONGEST_PAGE_TEXT = 200_000
LOCKED, BROKEN = 3, 4


@dataclass(frozen=True)
class PageFacts:
    """Size in points after rotation, and the text that the PDF holds."""

    width: float
    height: float
    text: str


def inspect(path: Path, thumbnail: Path) -> list[PageFacts]:
    """The pages of the file; a picture of the first one goes to `thumbnail` (JPEG).

    Raises FileRejected when it is no PDF, encrypted, broken, empty, or takes too long.
    """
    _check_head(path)
    root = Path(__file__).resolve().parent.parent
    try:
        done = subprocess.run(
            [sys.executable, "-m", "meetings.pdf", str(path), str(thumbnail)],
            capture_output=True,
            timeout=TIME_LIMIT_SECONDS,
            cwd=root,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise FileRejected(
            "PDFの内容を時間内に読み取れませんでした。作り直すか、分割してから登録してください。"
        ) from problem
    if done.returncode == LOCKED:
        raise FileRejected(
            "PDFにパスワードがかかっています。パスワードを外して保存し直してから登録してください。"
        )
    if done.returncode != 0:
        raise FileRejected(
            "PDFが壊れているため開けませんでした。元のファイルからPDFを作り直してください。"
        )
    pages = [PageFacts(**facts) for facts in json.loads(done.stdout)]
    if not pages:
        raise FileRejected("PDFに頁がありません。元のファイルからPDFを作り直してください。")
    return pages


def _check_head(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise FileRejected("ファイルが空（0バイト）です。元のファイルを確かめてください。")
    if b"%PDF-" not in head:
        raise FileRejected(
            "PDFではないファイルです。WordやExcelの文書は、PDFで保存してから登録してください。"
        )


def _main(path: str, thumbnail: str) -> int:
    try:
        document = pdfium.PdfDocument(path)
        pages = [_facts(document[number]) for number in range(len(document))]
        if pages:
            _draw(document[0], thumbnail)
    except pdfium.PdfiumError as problem:
        return LOCKED if problem.err_code == pdfium_raw.FPDF_ERR_PASSWORD else BROKEN
    sys.stdout.write(json.dumps([asdict(page) for page in pages]))
    return 0


def _facts(page: pdfium.PdfPage) -> PageFacts:
    width, height = page.get_size()
    text = page.get_textpage().get_text_bounded(errors="ignore")
    return PageFacts(width, height, text[:LONGEST_PAGE_TEXT])


def _draw(page: pdfium.PdfPage, target: str) -> None:
    scale = THUMBNAIL_PIXELS / max(page.get_width(), page.get_height(), 1)
    page.render(scale=scale).to_pil().convert("RGB").save(target, "JPEG", quality=85)


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:3]))
