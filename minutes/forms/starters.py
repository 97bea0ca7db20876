"""The Word templates that a city begins with, one for each form: made here, of the same tags that a
city's own template uses.
"""

from collections.abc import Iterable

from meetings.word_writing import paragraph, word_file
from minutes.forms.kinds import RecordForm

HEAD = (
    ("日　　時", "日時", "{{ 日時 }}"),
    ("場　　所", "場所", "{{ 場所 }}"),
    ("公開の別", "公開の別", "{{ 公開の別 }}"),
    ("傍聴者数", "傍聴者数", "{{ 傍聴者数 }}"),
)
PERSONS = ("出席委員", "欠席委員", "説明員", "参考人", "事務局")


def starter(form: RecordForm) -> bytes:
    """Return the template of the form, a Word file (docx)."""
    return word_file(_body(form), header="{{ 版の表示 }}")


def _body(form: RecordForm) -> Iterable[str]:
    yield paragraph("{{ 会議体 }}", "Body")
    yield paragraph("{{ 会議名 }}", "Name")
    yield paragraph("{{ 様式 }}", "Form")
    yield from _head(form)
    yield from _list("議題", "議題", "{{ 行.番号 }}　{{ 行.題名 }}")
    yield from _list("配布資料", "配布資料", "{{ 行.番号 }}　{{ 行.題名 }}")
    if form is not RecordForm.PROGRAMME:
        yield _tag("for 議事項目 in 議事")
        yield paragraph("{{ 議事項目.番号 }}　{{ 議事項目.題名 }}", "Heading1")
        yield from _item(form)
        yield _tag("endfor")


def _head(form: RecordForm) -> Iterable[str]:
    for label, name, value in HEAD:
        if form is RecordForm.PROGRAMME and name == "傍聴者数":
            continue
        yield _tag(f"if {name}")
        yield paragraph(f"{label}\t{value}", "Fact")
        yield _tag("endif")
    if form is RecordForm.PROGRAMME:
        return
    for name in PERSONS:
        shown = "{{ 人.職名 }}　{{ 人.氏名 }}"
        if form.hides_names:
            yield _tag(f"if {name}")
            yield paragraph(f"{name}\t{{{{ {name}|length }}}}人", "Fact")
            yield _tag("endif")
        else:
            yield from _list(name, name, shown)
    if not form.hides_names:
        yield from _list("経過", "経過", "{{ 行 }}")


def _item(form: RecordForm) -> Iterable[str]:
    if form.has_speeches:
        yield _tag("for 一言 in 議事項目.発言")
        yield _tag("if 一言.発言者")
        yield paragraph("{{ 一言.発言者 }}", "Speaker")
        yield _tag("endif")
        yield paragraph("{{ 一言.本文 }}", "Speech")
        yield _tag("endfor")
        yield _tag("if 議事項目.結果")
        yield from _lines("結果")
        yield _tag("endif")
        return
    for label in form.parts:
        yield from _lines(label)


def _lines(label: str) -> Iterable[str]:
    yield paragraph(label, "Label")
    yield _tag(f"for 行 in 議事項目.{label}")
    yield paragraph("・{{ 行 }}", "Line")
    yield _tag("endfor")


def _list(label: str, name: str, line: str) -> Iterable[str]:
    """Yield a heading and a line for each of a list, nothing where it is empty."""
    variable = "人" if name in PERSONS else "行"
    yield _tag(f"if {name}")
    yield paragraph(label, "Label")
    yield _tag(f"for {variable} in {name}")
    yield paragraph(line, "Line")
    yield _tag("endfor")
    yield _tag("endif")


def _tag(words: str) -> str:
    """Return a paragraph that docxtpl takes for a tag alone: it leaves none behind."""
    return paragraph(f"{{%p {words} %}}", "Line")
