"""Writes a revision of the minutes as a file: which text, in which form, as which kind of file."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session, object_session

from meetings import clean_text
from meetings.disk.storage import Storage
from meetings.errors import NotPossibleNow
from minutes.forms import pdf, plain, starters, templates, word
from minutes.forms.building import Printed, context_of
from minutes.forms.kinds import PdfLayout, RecordFile, RecordForm
from minutes.forms.summaries import summaries_of
from minutes.records.closed import passages
from minutes.records.closed.public_copy import public_copy_of
from minutes.records.closed.underlined import Underlined
from minutes.records.content import Content, content_of
from minutes.records.head import head_of
from minutes.records.records import minutes_of
from models.meeting import Meeting
from models.minutes import MinutesRevision

NO_MINUTES = "会議録はまだありません。先に逐語録から作ってください。"
NOT_APPROVED = (
    "承認された会議録がまだありません。承認を待つか、案（未定稿）として出力してください。"
)


@dataclass(frozen=True)
class WantedFile:
    """Which form as which kind of file; `layout` is for PDFs. `is_public`: of the public copy, not
    of the original.
    """

    form: RecordForm
    kind: RecordFile
    layout: PdfLayout = field(default_factory=PdfLayout)
    is_public: bool = False


def revision_to_export(
    session: Session, meeting: Meeting, *, may_be_draft: bool
) -> MinutesRevision:
    """Return the newest approved revision; the newest of all if it `may_be_draft`. Raises
    NotPossibleNow where there is none.
    """
    minutes = minutes_of(session, meeting)
    if minutes is None:
        raise NotPossibleNow(NO_MINUTES)
    if may_be_draft:
        return minutes.latest
    approved = next((one for one in reversed(minutes.revisions) if one.is_approved), None)
    if approved is None:
        raise NotPossibleNow(NOT_APPROVED)
    return approved


def printed(revision: MinutesRevision, city: str) -> Printed:
    """Return what of the revision is printed for those who make the minutes: the original, with
    underlines where citizens get nothing. One that is not approved is a draft.
    """
    content, session = content_of(revision), object_session(revision)
    assert session is not None
    return Printed(
        content,
        city,
        revision.number,
        is_draft=not revision.is_approved,
        summaries=summaries_of(content),
        underlined=Underlined(passages.located_in(session, revision)),
    )


def template_for(session: Session, storage: Storage, meeting: Meeting, wanted: WantedFile) -> bytes:
    """Return the Word file that counts for the meeting's series; nothing for other kinds of
    file.
    """
    if wanted.kind is not RecordFile.DOCX:
        return b""
    found = templates.in_use(session, meeting.series, wanted.form)
    return templates.content(storage, found, wanted.form)


def printed_for_citizens(session: Session, revision: MinutesRevision, city: str) -> Printed:
    """Return what of the revision is printed for citizens: its public copy."""
    content = public_copy_of(session, revision).content
    summaries = summaries_of(content)
    return replace(printed(revision, city), content=content, summaries=summaries, underlined=None)


def programme(
    session: Session, meeting: Meeting, city: str, document_ids: Collection[int] | None = None
) -> Printed:
    """Return what a 次第 prints of a meeting that has no minutes yet: its head as the rows say it
    now, with these of its papers (None: all).
    """
    head = head_of(session, meeting)
    if document_ids is not None:
        head.papers = [one for one in head.papers if one.document_id in document_ids]
    content = Content(
        title=head.title,
        series=head.series,
        starts_at=head.starts_at,
        ends_at=head.ends_at,
        place=head.place,
        attendees=[],
        sections=[],
        head=head,
    )
    return Printed(content, city)


def as_file(
    wanted: WantedFile, text: Printed, template: bytes = b"", revision_id: int = 0
) -> bytes:
    """Return the bytes of the file. `template` is the city's own Word file, `revision_id` what a
    Word file says of the revision that it was made of. Takes seconds for a long text.

    Raises FileRejected for a template that cannot be filled.
    """
    form = wanted.form
    if wanted.kind is RecordFile.DOCX:
        is_original = bool(revision_id) and not wanted.is_public
        is_marked = form is RecordForm.VERBATIM and is_original
        context = context_of(text, form, is_marked=is_marked)
        return word.fill(template or starters.starter(form), context, revision_id)
    context = context_of(text, form)
    if wanted.kind is RecordFile.PDF:
        return pdf.to_pdf(form, context, wanted.layout)
    return plain.to_text(form, context)


def file_name(wanted: WantedFile, text: Printed) -> str:
    """Return a name for the file, such as 「会議録_総務財政委員会_2026-11-24.docx」."""
    content = text.content
    draft = "_案" if text.is_draft else ""
    label = f"{wanted.form.label}{'_公開用' if wanted.is_public else ''}"
    name = f"{label}_{content.title}_{content.starts_at[:10]}{draft}.{wanted.kind}"
    return clean_text.file_name(name, f"会議録.{wanted.kind}")
