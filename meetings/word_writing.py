"""Writes Word files (docx) of paragraphs, each in one of a few styles, with a page number below."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MADE_AT = datetime(2026, 1, 1).timetuple()[:6]
"""Written into the file, so that the same text has the same bytes each time."""

PARTS = {"styles": "styles", "settings": "settings", "header1": "header", "footer1": "footer"}


def word_file(paragraphs: Iterable[str], header: str = "") -> bytes:
    """Return a Word file of these paragraphs, as `paragraph` makes them, with `header` at the top
    of every page.
    """
    parts = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "word/document.xml")}),
        "word/_rels/document.xml.rels": _relations(
            {f"rId{n}": (kind, f"{name}.xml") for n, (name, kind) in enumerate(PARTS.items(), 1)}
        ),
        "word/document.xml": _part("document", f"<w:body>{''.join(paragraphs)}{SETTING}</w:body>"),
        "word/styles.xml": _part("styles", STYLES),
        "word/settings.xml": _part("settings", SETTINGS),
        "word/header1.xml": _part("hdr", paragraph(header, "Edge")),
        "word/footer1.xml": _part("ftr", FOOTER),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, content in parts.items():
            member = zipfile.ZipInfo(name, MADE_AT)
            member.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(member, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return target.getvalue()


def paragraph(words: str, style: str) -> str:
    """Return a paragraph of these words (a tab parts columns) in one of the styles of `STYLES`."""
    runs = "<w:r><w:tab/></w:r>".join(
        f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>' for part in words.split("\t")
    )
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def _part(name: str, content: str) -> str:
    return f'<w:{name} xmlns:w="{SPACE}" xmlns:r="{OFFICE}">{content}</w:{name}>'


def _relations(wanted: dict[str, tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in wanted.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


def _types() -> str:
    kinds = {"document": f"{KIND}.document.main+xml"} | {
        name: f"{KIND}.{kind}+xml" for name, kind in PARTS.items()
    }
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{kind}"/>'
        for name, kind in kinds.items()
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="{relations}"/><Default Extension="xml" ContentType="application/xml"/>'
        f"{overrides}</Types>"
    )


def _style(name: str, label: str, paragraph: str, letters: str = "", more: str = "") -> str:
    based = "" if name == "Normal" else '<w:basedOn w:val="Normal"/>'
    default = ' w:default="1"' if name == "Normal" else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"{default}><w:name w:val="{label}"/>{based}'
        f"{more}<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


SETTING = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/>'
    '<w:footerReference w:type="default" r:id="rId4"/>'
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1418" w:bottom="1418" '
    'w:left="1418" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>'
)
SETTINGS = (
    '<w:compat><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-US" w:eastAsia="ja-JP"/>'
)
PAGE = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
FOOTER = (
    '<w:p><w:pPr><w:pStyle w:val="Edge"/><w:jc w:val="center"/></w:pPr>'
    f'<w:r><w:t xml:space="preserve">－ </w:t></w:r>{PAGE}'
    '<w:r><w:t xml:space="preserve"> －</w:t></w:r></w:p>'
)
GOTHIC = '<w:rFonts w:ascii="ＭＳ ゴシック" w:hAnsi="ＭＳ ゴシック" w:eastAsia="ＭＳ ゴシック"/>'
MINCHO = '<w:rFonts w:ascii="ＭＳ 明朝" w:hAnsi="ＭＳ 明朝" w:eastAsia="ＭＳ 明朝"/>'
CENTRE = '<w:jc w:val="center"/>'
STYLES = (
    f'<w:docDefaults><w:rPrDefault><w:rPr>{MINCHO}<w:sz w:val="21"/>'
    '<w:lang w:val="en-US" w:eastAsia="ja-JP"/></w:rPr></w:rPrDefault></w:docDefaults>'
    + _style("Normal", "Normal", '<w:spacing w:line="360" w:lineRule="exact"/>')
    + _style("Body", "会議体", CENTRE)
    + _style(
        "Name", "Title", f'<w:spacing w:before="60" w:line="480" w:lineRule="exact"/>{CENTRE}',
        f'{GOTHIC}<w:sz w:val="30"/>',
    )
    + _style(
        "Form", "様式", f'<w:spacing w:after="360" w:line="420" w:lineRule="exact"/>{CENTRE}',
        f'{GOTHIC}<w:spacing w:val="120"/><w:sz w:val="26"/>',
    )
    + _style(
        "Fact", "記録事項",
        '<w:tabs><w:tab w:val="left" w:pos="1470"/></w:tabs>'
        '<w:ind w:left="1470" w:hanging="1470"/>',
    )
    + _style("Label", "項目", '<w:keepNext/><w:spacing w:before="120"/>', GOTHIC)
    + _style("Line", "行", '<w:ind w:left="630" w:hanging="210"/>')
    + _style(
        "Heading1", "heading 1",
        '<w:keepNext/><w:pBdr><w:bottom w:val="single" w:sz="4" w:space="2" '
        'w:color="808080"/></w:pBdr>'
        '<w:spacing w:before="480" w:after="120"/><w:outlineLvl w:val="0"/>',
        f'{GOTHIC}<w:sz w:val="24"/>',
    )
    + _style("Speaker", "発言者", '<w:keepNext/><w:spacing w:before="120"/>', GOTHIC)
    + _style("Speech", "発言", '<w:ind w:left="210" w:firstLine="210"/>')
    + _style("Edge", "余白", '<w:jc w:val="right"/>', '<w:sz w:val="18"/>')
)  # fmt: skip
