"""Real PDFs for the tests: set by typst, joined and bent by pikepdf."""

import io
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw, ImageFont

from meetings.pdf.typesetting import FONTS
from web.demo.papers import to_pdf


def pdf_of(*pages: str) -> bytes:
    """One page for each text (Markdown)."""
    joined = pikepdf.new()
    for text in pages:
        with pikepdf.open(io.BytesIO(page_of(text))) as one:
            joined.pages.append(one.pages[0])
    return saved(joined)


@lru_cache(maxsize=200)
def page_of(text: str) -> bytes:
    return to_pdf(text)


def saved(pdf: pikepdf.Pdf) -> bytes:
    target = io.BytesIO()
    pdf.save(target)
    return target.getvalue()


def plain_pdf(pages: int) -> bytes:
    """Empty A4 pages, written by PDFium with an ordinary trailer."""
    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def mixed_pdf() -> bytes:
    """A4 upright, A3 across, A4 turned by 90°, and one cut to its middle."""
    pdf = pikepdf.open(io.BytesIO(pdf_of("# 一頁目", "# 二頁目", "# 三頁目", "# 四頁目")))
    pdf.pages[1].mediabox = pikepdf.Array([0, 0, 1191, 842])
    pdf.pages[2].rotate(90, relative=False)
    pdf.pages[3].cropbox = pikepdf.Array([100, 200, 400, 700])
    return saved(pdf)


def large_pdf() -> bytes:
    """A plan of A0."""
    pdf = pikepdf.open(
        io.BytesIO(pdf_of("# 都市計画図\n\n" + "街路の拡幅と公園の配置を示す。" * 20))
    )
    page = pdf.pages[0]
    page.contents_add(b"4 0 0 4 0 0 cm\n", prepend=True)
    page.mediabox = pikepdf.Array([0, 0, 4 * 595, 4 * 842])
    return saved(pdf)


def with_script(pdf: bytes) -> bytes:
    """With JavaScript that runs when a viewer opens it, if the viewer lets it."""
    opened = pikepdf.open(io.BytesIO(pdf))
    opened.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('!'); while (true) {}")
    )
    return saved(opened)


def with_foreign_font() -> bytes:
    """Japanese text in a font that is not in the file, as old office programs write it."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType0,
        BaseFont=pikepdf.Name("/Ryumin-Light"),
        CIDSystemInfo=pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Japan1", Supplement=2),
    )
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=pikepdf.Name("/Ryumin-Light-90ms-RKSJ-H"),
        Encoding=pikepdf.Name("/90ms-RKSJ-H"),
        DescendantFonts=pikepdf.Array([pdf.make_indirect(descendant)]),
    )
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    words = "予算案".encode("cp932").hex().encode()
    page.Contents = pdf.make_stream(b"BT /F1 40 Tf 80 600 Td <%s> Tj ET" % words)
    return saved(pdf)


def scan_of(
    lines: Sequence[str], *, points: float = 10.5, aside: int = 0, noise: int = 0, quality: int = 75
) -> bytes:
    """A sheet of A4 scanned at 200 dpi, as a copier writes it: a picture and no text. `aside`: so
    many dots to the right and down; `noise`: the seed of the lamp's own."""
    sheet = Image.new("L", (1654, 2339), 255)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(FONTS / "BIZUDPGothic_400Regular.ttf", round(points * 200 / 72))
    for number, line in enumerate(lines):
        pen.text((150, 150 + number * points * 5), line, fill=20, font=font)
    sheet = ImageChops.offset(sheet, aside, aside)
    spread = np.random.default_rng(noise).normal(0, 6, (sheet.height, sheet.width))
    seen = np.clip(np.asarray(sheet, dtype=np.float32) + spread, 0, 255).astype(np.uint8)
    target = io.BytesIO()
    Image.fromarray(seen).save(target, "PDF", resolution=200, quality=quality)
    return target.getvalue()


def form_of(values: dict[str, str], *, is_drawn: bool = True) -> bytes:
    """A form with a field for each name, filled in. Not `is_drawn`: the values stand in the file,
    and how they look is left to whoever opens it."""
    pdf = pikepdf.open(io.BytesIO(pdf_of("# 会議室使用申込書")))
    page, fields = pdf.pages[0], pikepdf.Array()
    helvetica = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
    )
    fonts = pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=helvetica))
    for number, (name, value) in enumerate(values.items()):
        bottom = 600 - 40 * number
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, F=4,
            T=name, V=value, DA=pikepdf.String("/Helv 12 Tf 0 g"),
            Rect=pikepdf.Array([80, bottom, 330, bottom + 24]),
        )  # fmt: skip
        if is_drawn:
            look = pdf.make_stream(
                b"/Tx BMC q BT /Helv 12 Tf 2 7 Td (%s) Tj ET Q EMC" % value.encode()
            )
            look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            look.BBox, look.Resources = pikepdf.Array([0, 0, 250, 24]), fonts
            field.AP = pikepdf.Dictionary(N=look)
        fields.append(pdf.make_indirect(field))
    page.obj.Annots = fields
    pdf.Root.AcroForm = pikepdf.Dictionary(
        Fields=fields, DR=fonts, DA=pikepdf.String("/Helv 12 Tf 0 g"), NeedAppearances=not is_drawn
    )
    return saved(pdf)


def with_broken_xref(pdf: bytes) -> bytes:
    """The table that says where the objects lie points elsewhere."""
    head, mark, tail = pdf.rpartition(b"startxref")
    assert mark
    return head + b"startxref\n99999999\n%%EOF" + tail[:0]


def locked(pdf: bytes) -> bytes:
    """Opens with a password only."""
    opened, target = pikepdf.open(io.BytesIO(pdf)), io.BytesIO()
    opened.save(target, encryption=pikepdf.Encryption(owner="chief", user="secret"))
    return target.getvalue()
