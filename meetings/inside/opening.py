"""A PDF opened by PDFium, as it is looked at: with what was typed into its forms."""

from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from meetings.errors import FileRejected

LOCKED = "PDFにパスワードがかかっています。パスワードを外して保存し直してから登録してください。"
BROKEN = "PDFが壊れているため開けませんでした。元のファイルからPDFを作り直してください。"


@contextmanager
def opened(path: str) -> Iterator[pdfium.PdfDocument]:
    """Raises FileRejected for one with a password or a broken one, whenever that shows."""
    try:
        with pdfium.PdfDocument(path) as document:
            document.init_forms()
            yield document
    except pdfium.PdfiumError as problem:
        is_locked = problem.err_code == pdfium_raw.FPDF_ERR_PASSWORD
        raise FileRejected(LOCKED if is_locked else BROKEN) from problem
