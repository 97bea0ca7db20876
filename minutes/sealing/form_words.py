"""The words of a record in each form in which it leaves the house. A form is made again in the same
way and compared by its words, so nothing has to be kept of what was handed out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from meetings.cell import Cell
from meetings.disk.storage import Storage
from meetings.errors import FileRejected
from minutes.forms import exporting, templates
from minutes.forms.building import Printed, context_of
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import PdfLayout, RecordFile, RecordForm
from minutes.records.paper import as_text
from minutes.sealing.words import plain_words, text_hash, words_of_own_word_file
from models.meeting import Meeting
from models.seal import Standing
from models.word_template import WordTemplate

PROGRAM = "minutes.inside.record_texts"
CELL = Cell(memory_mb=1500, output_mb=40, at_once=2)
SECONDS = 120
CONTENTS = "目次"
LAYOUTS_WITH_CONTENTS = (PdfLayout(has_contents=True), PdfLayout(columns=2, has_contents=True))
"""The page of contents names pages, which columns move; nothing else of a layout is words."""


@dataclass(frozen=True)
class ReadWords:
    """The words that a file holds, without spaces, and the id of the revision that it names, if it
    names one.
    """

    words: str
    revision_id: int | None = None


@dataclass(frozen=True)
class FormWords:
    """The hash of the words of a record in one form, what that form is called, and what it is to
    the approved text.
    """

    label: str
    standing: Standing
    sha256: str


@dataclass(frozen=True)
class Wording:
    """A text to be printed, as the original or as its public copy, with the Word templates that its
    series has had, by form.
    """

    text: Printed
    is_public: bool
    templates: dict[RecordForm, Sequence[WordTemplate]]

    def file(self, form: RecordForm, kind: RecordFile, **layout: PdfLayout) -> WantedFile:
        """Return the file that is wanted of it."""
        return WantedFile(form, kind, is_public=self.is_public, **layout)


def read(kind: RecordFile, *paths: Path) -> list[ReadWords]:
    """Return the words of files of one kind, each. Raises FileRejected, OutOfBounds."""
    found: list[dict[str, Any]] = CELL.ask(
        PROGRAM, f".{kind}", *map(str, paths), seconds=SECONDS, reads=paths
    )
    return [ReadWords(plain_words(one["text"]), one["revision_id"]) for one in found]


def templates_of(session: Session, meeting: Meeting) -> dict[RecordForm, Sequence[WordTemplate]]:
    """Return the Word templates that the meeting's series and the city have had, the newest first,
    by form.
    """
    rows = session.scalars(
        select(WordTemplate)
        .where(or_(WordTemplate.series_id.is_(None), WordTemplate.series_id == meeting.series_id))
        .order_by(WordTemplate.id.desc())
    ).all()
    return {form: [row for row in rows if row.form == form] for form in RecordForm}


def templates_in_use(
    session: Session, meeting: Meeting
) -> dict[RecordForm, Sequence[WordTemplate]]:
    """Return the Word template that counts now for the meeting's series, by form."""
    used = {form: templates.in_use(session, meeting.series, form) for form in RecordForm}
    return {form: [one] if one else [] for form, one in used.items()}


def all_words(storage: Storage, wording: Wording) -> Iterator[FormWords]:
    """Yield the words of every form as every kind of file. Takes seconds."""
    for kind in RecordFile:
        yield from words_as(storage, wording, kind)


def words_as(
    storage: Storage, wording: Wording, kind: RecordFile, words: str | None = None
) -> Iterator[FormWords]:
    """Yield the words of every form as this kind of file, one after the other, as they are made.
    With the `words` of a file, only of forms that it can be.
    """
    forms = [form for form in RecordForm if words is None or _may_be(wording, form, words)]
    match kind:
        case RecordFile.TXT:
            yield _found(wording, RecordForm.VERBATIM, kind, as_text(wording.text.content))
            for form in forms:
                made = exporting.as_file(wording.file(form, kind), wording.text)
                yield _found(wording, form, kind, made.decode())
        case RecordFile.DOCX:
            for form in forms:
                yield from _as_word_files(storage, wording, form)
        case RecordFile.PDF:
            yield from _as_pdfs(wording, forms, words is not None and CONTENTS in words)


def _as_word_files(storage: Storage, wording: Wording, form: RecordForm) -> Iterator[FormWords]:
    wanted, seen = wording.file(form, RecordFile.DOCX), set[str]()
    yield _found(wording, form, wanted.kind, _word_file(wording, wanted, b""))
    for template in wording.templates[form]:
        if template.sha256 in seen:
            continue
        seen.add(template.sha256)
        try:
            text = _word_file(wording, wanted, templates.content(storage, template, form))
        except FileRejected:  # nothing was ever issued with it
            continue
        yield _found(wording, form, wanted.kind, text, template)


def _word_file(wording: Wording, wanted: WantedFile, template: bytes) -> str:
    return words_of_own_word_file(exporting.as_file(wanted, wording.text, template))


def _as_pdfs(
    wording: Wording, forms: Sequence[RecordForm], has_contents: bool
) -> Iterator[FormWords]:
    layouts = (PdfLayout(), *(LAYOUTS_WITH_CONTENTS if has_contents else ()))
    wanted = [
        wording.file(form, RecordFile.PDF, layout=layout) for form in forms for layout in layouts
    ]
    with TemporaryDirectory() as folder:
        paths = [Path(folder).resolve() / f"{number}.pdf" for number in range(len(wanted))]
        for one, path in zip(wanted, paths, strict=True):
            path.write_bytes(exporting.as_file(one, wording.text))
        for one, made in zip(wanted, read(RecordFile.PDF, *paths), strict=True):
            yield _found(wording, one.form, one.kind, made.words)


def _may_be(wording: Wording, form: RecordForm, words: str) -> bool:
    """Return whether a file with these words holds everything that the form says was said."""
    if not form.has_speeches:
        return True
    items = context_of(wording.text, form).items
    return all(plain_words(said.text) in words for item in items for said in item.speeches)


def _found(
    wording: Wording,
    form: RecordForm,
    kind: RecordFile,
    text: str,
    template: WordTemplate | None = None,
) -> FormWords:
    own = f"（ひな形「{template.file_name[:100]}」）" if template else ""
    copy = "公開用の写し、" if wording.is_public else ""
    standing = Standing.TEMPLATE if template else Standing.ORIGINAL
    return FormWords(
        f"{copy}{form.label} {kind}{own}",
        Standing.PUBLIC if wording.is_public else standing,
        text_hash(text),
    )
