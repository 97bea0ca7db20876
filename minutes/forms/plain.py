"""Writes a form as plain text."""

from collections.abc import Iterable, Iterator

from minutes.forms.context import FormContext, FormEntry, FormItem, FormPerson
from minutes.forms.kinds import RecordForm
from minutes.forms.marks import without_underlines

INDENT = "　"


def to_text(form: RecordForm, context: FormContext) -> bytes:
    """Return the text of the form in UTF-8, ending with a line break."""
    lines = [*_head(form, context)]
    if form is not RecordForm.PROGRAMME:
        for item in context.items:
            lines += ["", f"{item.number}{INDENT}{item.title}".strip(INDENT), ""]
            lines += _speeches(item) if form.has_speeches else _points(form, item)
    return ("\n".join(lines).strip("\n") + "\n").encode()


def _head(form: RecordForm, context: FormContext) -> Iterator[str]:
    if context.mark:
        yield context.mark
    yield from (context.body, context.title, context.form, "")
    yield from _facts(("日時", context.when), ("場所", context.place), ("公開の別", context.access))
    if form is not RecordForm.PROGRAMME:
        yield from _facts(("傍聴者数", context.audience))
        yield from _persons(form, "出席委員", context.members)
        yield from _persons(form, "欠席委員", context.absent)
        yield from _persons(form, "説明員", context.explainers)
        yield from _persons(form, "参考人", context.guests)
        yield from _persons(form, "事務局", context.office)
        if not form.hides_names:
            yield from _facts(("経過", f"\n{INDENT * 3}".join(context.course)))
    yield from _entries("議題", context.agenda)
    yield from _entries("配布資料", context.documents)


def _facts(*facts: tuple[str, str]) -> Iterator[str]:
    return (f"{name}{INDENT}{value}" for name, value in facts if value)


def _persons(form: RecordForm, label: str, people: list[FormPerson]) -> Iterator[str]:
    if form.hides_names:
        return _facts((label, f"{len(people)}人" if people else ""))
    names = (f"{one.name}（{one.title}）" if one.title else one.name for one in people)
    return _facts((label, "、".join(names)))


def _entries(label: str, rows: list[FormEntry]) -> Iterator[str]:
    if rows:
        yield label
    for row in rows:
        yield f"{INDENT * row.level}{row.number}{INDENT}{row.title}"


def _speeches(item: FormItem) -> Iterator[str]:
    for one in item.speeches:
        yield f"{one.speaker}{INDENT}{without_underlines(one.text)}"
        yield ""
    if item.results:
        yield from _bullets("結果", item.results)
        yield ""


def _points(form: RecordForm, item: FormItem) -> Iterator[str]:
    rows = {"要点": item.points, "決定": item.decisions, "宿題": item.homework}
    for label in form.parts:
        yield from _bullets(label, rows[label])


def _bullets(label: str, rows: Iterable[str]) -> Iterator[str]:
    yield label
    yield from (f"{INDENT}・{row}" for row in rows)
