"""The Word templates that a city begins with, one for each form: made here, of the same tags that a
city's own template uses.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

from minutes.forms.kinds import RecordForm

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MADE_AT = datetime(2026, 1, 1).timetuple()[:6]
"""Written into the file, so that the same starter has the same bytes each time."""

PARTS = {"styles": "styles", "settings": "settings", "header1": "header", "footer1": "footer"}
HEAD = (
    ("日　　時", "日時", "{{ 日時 }}"),
    ("場　　所", "場所", "{{ 場所 }}"),
    ("公開の別", "公開の別", "{{ 公開の別 }}"),
    ("傍聴者数", "傍聴者数", "{{ 傍聴者数 }}"),
)
PERSONS = ("出席委員", "欠席委員", "説明員", "参考人", "事務局")


def starter(form: RecordForm) -> bytes:
    """Return the template of the form, a Word file (docx)."""
    parts = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "word/document.xml")}),
        "word/_rels/document.xml.rels": _relations(
            {f"rId{n}": (kind, f"{name}.xml") for n, (name, kind) in enumerate(PARTS.items(), 1)}
        ),
        "word/document.xml": _part("document", f"<w:body>{''.join(_body(form))}{SETTING}</w:body>"),
        "word/styles.xml": _part("styles", STYLES),
        "word/settings.xml": _part("settings", SETTINGS),
        "word/header1.xml": _part("hdr", HEADER),
        "word/footer1.xml": _part("ftr", FOOTER),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, content in parts.items():
            member = zipfile.ZipInfo(name, MADE_AT)
            member.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(member, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return target.getvalue()


def _body(form: RecordForm) -> Iterable[str]:
    yield _paragraph("{{ 会議体 }}", "Body")
    yield _paragraph("{{ 会議名 }}", "Name")
    yield _paragraph("{{ 様式 }}", "Form")
    yield from _head(form)
    yield from _list("議題", "議題", "{{ 行.番号 }}　{{ 行.題名 }}")
    yield from _list("配布資料", "配布資料", "{{ 行.番号 }}　{{ 行.題名 }}")
    if form is not RecordForm.PROGRAMME:
        yield _tag("for 議事項目 in 議事")
        yield _paragraph("{{ 議事項目.番号 }}　{{ 議事項目.題名 }}", "Heading1")
        yield from _item(form)
        yield _tag("endfor")


def _head(form: RecordForm) -> Iterable[str]:
    for label, name, value in HEAD:
        if form is RecordForm.PROGRAMME and name == "傍聴者数":
            continue
        yield _tag(f"if {name}")
        yield _paragraph(f"{label}\t{value}", "Fact")
        yield _tag("endif")
    if form is RecordForm.PROGRAMME:
        return
    for name in PERSONS:
        shown = "{{ 人.職名 }}　{{ 人.氏名 }}"
        if form.hides_names:
            yield _tag(f"if {name}")
            yield _paragraph(f"{name}\t{{{{ {name}|length }}}}人", "Fact")
            yield _tag("endif")
        else:
            yield from _list(name, name, shown)
    if not form.hides_names:
        yield from _list("経過", "経過", "{{ 行 }}")


def _item(form: RecordForm) -> Iterable[str]:
    if form.has_speeches:
        yield _tag("for 一言 in 議事項目.発言")
        yield _tag("if 一言.発言者")
        yield _paragraph("{{ 一言.発言者 }}", "Speaker")
        yield _tag("endif")
        yield _paragraph("{{ 一言.本文 }}", "Speech")
        yield _tag("endfor")
        return
    for label in ("要点", "決定", "宿題"):
        yield _paragraph(label, "Label")
        yield _tag(f"for 行 in 議事項目.{label}")
        yield _paragraph("・{{ 行 }}", "Line")
        yield _tag("endfor")


def _list(label: str, name: str, line: str) -> Iterable[str]:
    """Yield a heading and a line for each of a list, nothing where it is empty."""
    variable = "人" if name in PERSONS else "行"
    yield _tag(f"if {name}")
    yield _paragraph(label, "Label")
    yield _tag(f"for {variable} in {name}")
    yield _paragraph(line, "Line")
    yield _tag("endfor")
    yield _tag("endif")


def _tag(words: str) -> str:
    """Return a paragraph that docxtpl takes for a tag alone: it leaves none behind."""
    return _paragraph(f"{{%p {words} %}}", "Line")


def _paragraph(words: str, style: str) -> str:
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
HEADER = _paragraph("{{ 版の表示 }}", "Edge")
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
