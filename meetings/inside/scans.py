"""Makes a plain PDF of the scan of a sheet of paper (PDF, JPEG, PNG, TIFF), in a cell:
`python -m meetings.inside.scans SOURCE TARGET`. What else a PDF does is left out.
"""

import sys
from pathlib import Path

import pikepdf
from PIL import Image, ImageOps, ImageSequence

from meetings.errors import FileRejected
from meetings.inside.answering import answer

MOST_PAGES = 50
MOST_PIXELS = 100_000_000
LONGEST_EDGE = 5000
UNREADABLE = (
    "PDFか画像（JPEG、PNG、TIFF）として読めません。壊れているか、別の種類のファイルです。"
    "スキャナーからもう一度取り込んでください。"
)
LOCKED = "PDFにパスワードがかかっています。パスワードを外して保存し直してください。"
TOO_MANY = f"署名の写しは{MOST_PAGES}頁までです。"
ACTIVE = ("/OpenAction", "/AA", "/Names", "/AcroForm", "/Outlines", "/Metadata", "/AF")
OF_PAGE = ("/AA", "/Annots", "/Metadata", "/AF", "/PieceInfo")
BROKEN = (
    pikepdf.PdfError, OSError, ValueError, TypeError, KeyError, RuntimeError, RecursionError,
    SyntaxError, Image.DecompressionBombError,
)  # fmt: skip


def clean(source: str, target: str) -> int:
    """Write the PDF to `target`, and return how many pages it has. Raises FileRejected."""
    with Path(source).open("rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    try:
        return _from_pdf(source, target) if is_pdf else _from_picture(source, target)
    except pikepdf.PasswordError as problem:
        raise FileRejected(LOCKED) from problem
    except BROKEN as problem:
        raise FileRejected(UNREADABLE) from problem


def _from_pdf(source: str, target: str) -> int:
    with pikepdf.open(source) as pdf:
        count = len(pdf.pages)
        _check(count)
        for name in ACTIVE:
            if name in pdf.Root:
                del pdf.Root[name]
        for page in pdf.pages:
            for name in OF_PAGE:
                if name in page.obj:
                    del page.obj[name]
        pdf.save(target)
    return count


def _from_picture(source: str, target: str) -> int:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(source, formats=("JPEG", "PNG", "TIFF")) as picture:
        _check(getattr(picture, "n_frames", 1))
        sheets = [_plain(frame) for frame in ImageSequence.Iterator(picture)]
    sheets[0].save(target, "PDF", resolution=200, save_all=True, append_images=sheets[1:])
    return len(sheets)


def _plain(frame: Image.Image) -> Image.Image:
    """Return the picture upright, on white, without anything that was told about it."""
    upright = ImageOps.exif_transpose(frame).convert("RGBA")
    upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    sheet = Image.new("RGB", upright.size, "white")
    sheet.paste(upright, mask=upright.getchannel("A"))
    return sheet


def _check(pages: int) -> None:
    if not 1 <= pages <= MOST_PAGES:
        raise FileRejected(TOO_MANY if pages else UNREADABLE)


if __name__ == "__main__":
    sys.exit(answer(clean))
