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
    body: str, doctype: str = "", kind: str = "", more: dict[str, str] | None = None
) -> bytes:
    """Of the XML of its body, with `w:` for Word's own words."""
    document = (
        f"{doctype}"
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    parts = {"word/document.xml": document, **(more or {})}
    usual = f"{VND}.wordprocessingml.document.main+xml"
    return _package("word/document.xml", kind or usual, parts)


def xlsx(text: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    workbook = (
        f'<workbook xmlns="{main}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    sheet = (
        f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1" t="inlineStr">'
        f"<is><t>{text}</t></is></c></row></sheetData></worksheet>"
    )
    parts = {
        "xl/workbook.xml": workbook,
        "xl/worksheets/sheet1.xml": sheet,
        "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/sheet1.xml"),
    }
    kinds = {"xl/worksheets/sheet1.xml": f"{VND}.spreadsheetml.worksheet+xml"}
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


def _relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


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
