"""Looks a city's Word template through before it is taken in: `python -m
minutes.inside.word_templates FORM TEMPLATE MADE`. Whatever is wrong is told with the paragraph
where it stands; at last the template is filled once with an example, to MADE.
"""

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from docx.opc.exceptions import OpcError
from jinja2 import TemplateError

from meetings.errors import FileRejected
from meetings.inside import packed
from meetings.inside.answering import answer
from minutes.forms import context
from minutes.forms.kinds import RecordForm
from minutes.forms.tags import TemplatePart, wrong_tags
from minutes.inside.word_forms import fill

OLE = b"\xd0\xcf\x11\xe0"
TEXT_PART = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
PLACES = {"document": "本文", "header": "ヘッダー", "footer": "フッター"}
FETCHES = re.compile(r"^\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK)\b", re.IGNORECASE)
MOST_TOLD = 5

NOT_WORD = (
    "Wordのファイル（docx）として読めません。"
    "Wordで開いて「名前を付けて保存」で docx にしてください。"
)
PROTECTED = (
    "古い形式（doc）か、パスワードの付いたファイルです。Wordで開き、パスワードを外して docx として"
    "保存し直してください。"
)
WITH_MACROS = (
    "マクロの入ったファイルです。「Word文書（マクロなし、docx）」として保存し直してください。"
)
WITH_OBJECTS = (
    "ほかのファイルが埋め込まれています（Excelの表など）。"
    "ふつうの表か図にして保存し直してください。"
)
NOT_FILLED = (
    "見本の値を入れてみましたが、組み立てられませんでした。繰り返しや条件の始め（for・if）と終わり"
    "（endfor・endif）が、表の同じ行、または別々の段落にあるか確かめてください。"
)
BROKEN = (
    zipfile.BadZipFile, expat.ExpatError, SyntaxError, OpcError,
    TemplateError, KeyError, ValueError, TypeError, AttributeError, IndexError, RuntimeError,
)  # fmt: skip


def check(form: str, path: str, made: str) -> list[str]:
    """Return the names of the values that the template uses. Raises FileRejected with sentences
    that say what is wrong and where.
    """
    wanted = RecordForm(form)
    _refuse_other_kinds(Path(path))
    try:
        with zipfile.ZipFile(path) as package:
            _refuse_dangers(package)
            parts = [_part(package, name) for name in package.namelist() if TEXT_PART.match(name)]
    except BROKEN as problem:
        raise FileRejected(NOT_WORD) from problem
    shape = context.example().for_templates()
    used, wrong = wrong_tags(parts, shape)
    if not wrong and wanted.has_speeches and "本文" not in used:
        wrong = ["発言の本文がありません。はじめのひな形の「発言」の繰り返しを写してください。"]
    if not wrong and not used:
        wrong = ["項目（{{ 会議名 }} など）が1つもありません。"]
    if wrong:
        more = f"　ほか{len(wrong) - MOST_TOLD}か所。" if len(wrong) > MOST_TOLD else ""
        raise FileRejected("　".join(wrong[:MOST_TOLD]) + more)
    _try(path, made, shape)
    return sorted(used)


def _refuse_other_kinds(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) == OLE:
            raise FileRejected(PROTECTED)
    if packed.kind("unpack", str(path)) != ".docx":
        raise FileRejected(NOT_WORD)


def _refuse_dangers(package: zipfile.ZipFile) -> None:
    """Refuse macros, files inside the file, whatever would be fetched from elsewhere, and XML that
    declares a document type.
    """
    names = package.namelist()
    types = package.read("[Content_Types].xml")
    if any("vbaProject" in name for name in names) or b"macroEnabled" in types:
        raise FileRejected(WITH_MACROS)
    if any("/embeddings/" in name or "/activeX/" in name for name in names):
        raise FileRejected(WITH_OBJECTS)
    for name in names:
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.read(name):
            raise FileRejected(NOT_WORD)
        if name.endswith(".rels"):
            _refuse_links(ElementTree.fromstring(package.read(name)))  # noqa: S314 - no doctype


def _refuse_links(relations: ElementTree.Element) -> None:
    for one in relations:
        is_link = one.get("Type", "").endswith("/hyperlink")
        if one.get("TargetMode") == "External" and not is_link:
            raise FileRejected(
                f"ほかの場所から読み込むもの（{one.get('Target', '')[:100]}）があります。"
                "Wordで図やひな形へのリンクを解除して保存し直してください。"
            )


def _part(package: zipfile.ZipFile, name: str) -> TemplatePart:
    found = TEXT_PART.match(name)
    assert found is not None
    root = ElementTree.fromstring(package.read(name))  # noqa: S314 - no doctype
    paragraphs = [_text(one) for one in root.iter() if _tag(one) == "p"]
    for instruction in (one.text or "" for one in root.iter() if _tag(one) == "instrText"):
        if FETCHES.match(instruction):
            raise FileRejected(
                f"ほかのファイルを読み込むフィールド（{instruction.strip()[:100]}）があります。"
                "Wordでフィールドを文字にして保存し直してください。"
            )
    return TemplatePart(PLACES[found[1].rstrip("0123456789")], paragraphs)


def _text(paragraph: ElementTree.Element) -> str:
    """Return the text of the paragraph, without that of paragraphs in its text boxes."""
    if _tag(paragraph) == "t":
        return paragraph.text or ""
    inner = (child for child in paragraph if _tag(child) != "p")
    return "".join(map(_text, inner)).replace("\n", " ")


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _try(path: str, made: str, shape: dict[str, Any]) -> None:
    values = Path(made).with_suffix(".json")
    given = {"context": shape, "mark": shape["版の表示"], "revision": 0}
    values.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    try:
        fill(path, str(values), made)
        with zipfile.ZipFile(made) as package:
            left = package.read("word/document.xml")
            ElementTree.fromstring(left)  # noqa: S314 - ours
    except BROKEN as problem:
        raise FileRejected(NOT_FILLED) from problem
    if b"{{" in left or b"{%" in left:
        raise FileRejected(NOT_FILLED)


if __name__ == "__main__":
    sys.exit(answer(check))
