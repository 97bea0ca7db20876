"""Real Office files for the tests, as small as the formats allow."""

import io
import zipfile

NEEDS_OFFICE = (
    "LibreOffice is missing (apt-get install libreoffice-writer libreoffice-calc "
    "libreoffice-impress)"
)
"""Why a test of Office files is skipped, and what brings it."""

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
VND = "application/vnd.openxmlformats-officedocument"


def docx(text: str) -> bytes:
    return docx_of(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")


def docx_of(
    body: str,
    doctype: str = "",
    kind: str = "",
    more: dict[str, str] | None = None,
    footnotes: str = "",
) -> bytes:
    """Of the XML of its body and of its footnotes, with `w:` for Word's own words."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document = f"{doctype}<w:document {space}><w:body>{body}</w:body></w:document>"
    parts, kinds = {"word/document.xml": document, **(more or {})}, {}
    if footnotes:
        parts["word/footnotes.xml"] = f"<w:footnotes {space}>{footnotes}</w:footnotes>"
        kinds = {"word/footnotes.xml": f"{VND}.wordprocessingml.footnotes+xml"}
    usual = f"{VND}.wordprocessingml.document.main+xml"
    return _package("word/document.xml", kind or usual, parts, kinds)


def xlsx(text: str, hidden: str = "") -> bytes:
    """`hidden`: what stands on a second sheet that is not shown, beside a column that is not."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    workbook = (
        f'<workbook xmlns="{main}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="表" sheetId="1" r:id="rId1"/>'
        + ('<sheet name="裏" sheetId="2" state="hidden" r:id="rId2"/>' if hidden else "")
        + "</sheets></workbook>"
    )
    sheets = {"sheet1.xml": text} | ({"sheet2.xml": hidden} if hidden else {})
    column = '<cols><col min="2" max="2" width="9" hidden="1"/></cols>' if hidden else ""
    parts = {
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": _relations("worksheet", *(f"worksheets/{n}" for n in sheets)),
    } | {
        f"xl/worksheets/{name}": (
            f'<worksheet xmlns="{main}">{column}<sheetData><row r="1"><c r="A1" t="inlineStr">'
            f"<is><t>{words}</t></is></c></row></sheetData></worksheet>"
        )
        for name, words in sheets.items()
    }
    kinds = {f"xl/worksheets/{name}": f"{VND}.spreadsheetml.worksheet+xml" for name in sheets}
    return _package("xl/workbook.xml", f"{VND}.spreadsheetml.sheet.main+xml", parts, kinds)


def pptx(text: str) -> bytes:
    main = "http://schemas.openxmlformats.org/presentationml/2006/main"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    presentation = (
        f'<p:presentation xmlns:p="{main}" xmlns:r="{OFFICE}"><p:sldIdLst>'
        '<p:sldId id="256" r:id="rId1"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/>'
        "</p:presentation>"
    )
    place = '<a:off x="900000" y="900000"/><a:ext cx="7000000" cy="900000"/>'
    slide = (
        f'<p:sld xmlns:p="{main}" xmlns:a="{drawing}"><p:cSld><p:spTree>'
        '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="題"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr><a:xfrm>{place}</a:xfrm><a:prstGeom prst="rect"/></p:spPr>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        "</p:spTree></p:cSld></p:sld>"
    )
    parts = {
        "ppt/presentation.xml": presentation,
        "ppt/slides/slide1.xml": slide,
        "ppt/_rels/presentation.xml.rels": _relations("slide", "slides/slide1.xml"),
    }
    kinds = {"ppt/slides/slide1.xml": f"{VND}.presentationml.slide+xml"}
    return _package(
        "ppt/presentation.xml", f"{VND}.presentationml.presentation.main+xml", parts, kinds
    )


def _relations(kind: str, *targets: str) -> str:
    each = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, target in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{each}</Relationships>'


def _package(
    main: str, main_kind: str, parts: dict[str, str], kinds: dict[str, str] | None = None
) -> bytes:
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>'
        for part, kind in {main: main_kind, **(kinds or {})}.items()
    )
    types = (
        f'<?xml version="1.0"?><Types xmlns="{TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", types)
        relations = {"_rels/.rels": _relations("officeDocument", main)}
        for name, content in (relations | parts).items():
            packed.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return target.getvalue()


def odt_with(body: str, more: dict[str, bytes] | None = None) -> bytes:
    """Of the XML of its text, with `draw:`, `text:` and `xlink:`."""
    spaces = " ".join(
        f'xmlns:{prefix}="{space}"'
        for prefix, space in {
            "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
            "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
            "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
            "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
            "xlink": "http://www.w3.org/1999/xlink",
        }.items()
    )
    kind = "application/vnd.oasis.opendocument.text"
    parts = {"content.xml": "text/xml", **dict.fromkeys(more or {}, "image/svg+xml"), "/": kind}
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{what}"/>'
        for name, what in parts.items()
    )
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", kind, zipfile.ZIP_STORED)
        packed.writestr(
            "content.xml",
            f'<office:document-content {spaces} office:version="1.2"><office:body><office:text>'
            f"{body}</office:text></office:body></office:document-content>",
        )
        packed.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{space}" manifest:version="1.2">{entries}'
            "</manifest:manifest>",
        )
        for name, content in (more or {}).items():
            packed.writestr(name, content)
    return target.getvalue()


def linking(kind: str, *addresses: str) -> bytes:
    """A document that has its pictures only by their addresses: `odt`, `docx`, `rtf`, or `svg`, an
    odt with a drawing that does."""
    if kind == "docx":
        return _docx_linking(addresses)
    if kind == "rtf":
        field = r'{{\field{{\*\fldinst INCLUDEPICTURE "{}" \d}}{{\fldrslt }}}}'
        return rf"{{\rtf1\ansi Agenda {''.join(map(field.format, addresses))}\par}}".encode()
    frame = (
        '<text:p>議案<draw:frame text:anchor-type="as-char" svg:width="8cm" svg:height="8cm">'
        '<draw:image xlink:href="{}" xlink:type="simple" xlink:show="embed"/>'
        "</draw:frame></text:p>"
    )
    if kind == "odt":
        return odt_with("".join(map(frame.format, addresses)))
    images = "".join(
        f'<image xlink:href="{address}" href="{address}" y="{150 * n}" width="300" height="150"/>'
        for n, address in enumerate(addresses)
    )
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="300" height="300">{images}</svg>'
    )
    return odt_with(frame.format("Pictures/a.svg"), {"Pictures/a.svg": drawing.encode()})


def _docx_linking(addresses: tuple[str, ...]) -> bytes:
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    pictures = "".join(
        f'<w:p><w:r><w:drawing xmlns:a="{drawing}/main"><wp:inline '
        f'xmlns:wp="{drawing}/wordprocessingDrawing"><wp:extent cx="3000000" cy="3000000"/>'
        f'<wp:docPr id="{n}" name="p"/><a:graphic><a:graphicData uri="{drawing}/picture">'
        f'<pic:pic xmlns:pic="{drawing}/picture"><pic:nvPicPr><pic:cNvPr id="{n}" name="p"/>'
        f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip xmlns:r="{OFFICE}" r:link="p{n}"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>"
        '<a:off x="0" y="0"/><a:ext cx="3000000" cy="3000000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r></w:p>"
        for n in range(len(addresses))
    )
    links = "".join(
        f'<Relationship Id="p{n}" Type="{OFFICE}/image" Target="{address}" TargetMode="External"/>'
        for n, address in enumerate(addresses)
    )
    relations = f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>'
    return docx_of(pictures, more={"word/_rels/document.xml.rels": relations})
