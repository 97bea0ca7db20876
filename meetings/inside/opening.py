"""Opens a PDF by PDFium, as it is looked at: with what was typed into its forms, and with a font of
ours where it holds none and the machine has none."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from meetings.errors import FileRejected

OUR_FONTS = Path(__file__).resolve().parent.parent.parent / "web" / "static" / "fonts"
FONT_FOLDERS = ["/usr/share/fonts", "/usr/local/share/fonts", str(OUR_FONTS)]
LOCKED = "PDFにパスワードがかかっています。パスワードを外して保存し直してから登録してください。"
BROKEN = "PDFが壊れているため開けませんでした。元のファイルからPDFを作り直してください。"


@contextmanager
def opened(path: str) -> Iterator[pdfium.PdfDocument]:
    """Raise FileRejected for one with a password or a broken one, whenever that shows."""
    _know_fonts()
    try:
        with pdfium.PdfDocument(path) as document:
            document.init_forms()
            yield document
    except pdfium.PdfiumError as problem:
        is_locked = problem.err_code == pdfium_raw.FPDF_ERR_PASSWORD
        raise FileRejected(LOCKED if is_locked else BROKEN) from problem


@cache
def _know_fonts() -> Any:
    """Tell PDFium of our fonts, before anything else, because it looks for them once. Returns the
    folders, which it may ask for as long as it runs."""
    pdfium_raw.FPDF_DestroyLibrary()
    folders = (ctypes.c_char_p * (len(FONT_FOLDERS) + 1))(*map(str.encode, FONT_FOLDERS), None)
    config = pdfium_raw.FPDF_LIBRARY_CONFIG(version=2)
    config.m_pUserFontPaths = ctypes.cast(folders, type(config.m_pUserFontPaths))
    pdfium_raw.FPDF_InitLibraryWithConfig(config)
    return folders
