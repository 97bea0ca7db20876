"""Looking into a PDF with PDFium, in a process of its own.

PDFium is not thread-safe and reads files from outside: a crash or an endless loop in it must
not touch the server. `python -m meetings.pdf sizes|pages …` is that process.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
from PIL import Image

from meetings.errors import FileRejected

OPENING_SECONDS = 60
SECONDS_PER_PAGE = 10
THUMBNAIL_PIXELS = 480
PICTURE_PIXELS = 1000
LONGEST_PAGE_TEXT = 200_000
# The finger print of a page: brighter or darker than the neighbour, on a grid this wide and high.
HASH_SIDE = 16
LOCKED, BROKEN = 3, 4
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class PageSize:
    """In points after rotation."""

    width: float
    height: float


@dataclass(frozen=True)
class PageContent:
    """`text` as the PDF holds it, and `picture_hash` (hexadecimal, 256 bits) of how it looks."""

    text: str
    picture_hash: str


def inspect(path: Path, thumbnail: Path) -> list[PageSize]:
    """The sizes of the pages; a picture of the first one goes to `thumbnail` (JPEG).

    Raises FileRejected when it is no PDF, encrypted, broken, empty, or takes too long.
    """
    _check_head(path)
    try:
        done = _run(["sizes", str(path), str(thumbnail)], OPENING_SECONDS)
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
    pages = [PageSize(*size) for size in json.loads(done.stdout)]
    if not pages:
        raise FileRejected("PDFに頁がありません。元のファイルからPDFを作り直してください。")
    return pages


def read_pages(path: Path, numbers: range, folder: Path) -> list[PageContent] | None:
    """What is on these pages (counted from 1); their pictures go to `folder` as `1.jpg` and so on.
    None when that crashed or took too long."""
    arguments = ["pages", str(path), str(folder), str(numbers.start), str(numbers.stop)]
    try:
        done = _run(arguments, OPENING_SECONDS + SECONDS_PER_PAGE * len(numbers))
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        return None
    return [PageContent(**content) for content in json.loads(done.stdout)]


def _run(arguments: list[str], seconds: float) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "meetings.pdf", *arguments],
        capture_output=True,
        timeout=seconds,
        cwd=ROOT,
        check=False,
    )


def _check_head(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise FileRejected("ファイルが空（0バイト）です。元のファイルを確かめてください。")
    if b"%PDF-" not in head:
        raise FileRejected(
            "PDFではないファイルです。PDFか、Word・Excel・PowerPointの文書を登録してください。"
        )


def _main(act: str, path: str, *arguments: str) -> int:
    try:
        document = pdfium.PdfDocument(path)
        found = _sizes(document, *arguments) if act == "sizes" else _pages(document, *arguments)
    except pdfium.PdfiumError as problem:
        return LOCKED if problem.err_code == pdfium_raw.FPDF_ERR_PASSWORD else BROKEN
    sys.stdout.write(json.dumps(found))
    return 0


def _sizes(document: pdfium.PdfDocument, thumbnail: str) -> list[tuple[float, float]]:
    """Pages are measured without being loaded, so thousands take no time."""
    if len(document):
        _draw(document[0], THUMBNAIL_PIXELS).save(thumbnail, "JPEG", quality=85)
    return [document.get_page_size(number) for number in range(len(document))]


def _pages(
    document: pdfium.PdfDocument, folder: str, start: str, stop: str
) -> list[dict[str, str]]:
    found = []
    for number in range(int(start), int(stop)):
        page = document[number - 1]
        picture = _draw(page, PICTURE_PIXELS)
        picture.save(f"{folder}/{number}.jpg", "JPEG", quality=70)
        text = page.get_textpage().get_text_bounded(errors="ignore")[:LONGEST_PAGE_TEXT]
        found.append(asdict(PageContent(text, _hash(picture))))
        page.close()
    return found


def _draw(page: pdfium.PdfPage, pixels: int) -> Image.Image:
    scale = pixels / max(page.get_width(), page.get_height(), 1)
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture.convert("RGB")


def _hash(picture: Image.Image) -> str:
    """A difference hash: survives another size and compression, notices another layout."""
    grey = picture.convert("L").resize((HASH_SIDE + 1, HASH_SIDE), Image.Resampling.BOX)
    bright = grey.tobytes()
    width = HASH_SIDE + 1
    bits = 0
    for place in range(HASH_SIDE * HASH_SIDE):
        here = place // HASH_SIDE * width + place % HASH_SIDE
        bits = bits << 1 | (bright[here] > bright[here + 1])
    return f"{bits:0{HASH_SIDE * HASH_SIDE // 4}x}"


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
