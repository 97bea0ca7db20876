"""Documents that leave the server, to be saved or printed, one or all of a meeting together,
stamped where that is asked for."""

from pathlib import Path

from flask import Response

from meetings import dates
from meetings.documents import printing
from meetings.documents.documents import readable
from meetings.documents.paper_numbers import paper_names
from meetings.errors import StoredFileLost
from meetings.pdf.joining import DocumentToJoin, join
from meetings.pdf.stamping import stamp
from meetings.rights import Right, is_only_invited, may_download, rights
from models.base import now
from models.document import Document, DocumentVersion
from models.meeting import Meeting
from models.person import Person
from web.audit_access import note_look
from web.shared.files.named_files import send_named
from web.transaction import config, database_session, storage

PDF = "application/pdf"


def send_all_documents(person: Person, meeting: Meeting) -> Response:
    """Send 次第 and every document that this person may save, as one PDF with bookmarks."""
    session = database_session()
    given = rights(session, person, meeting)
    note_look(person, "download", meeting)
    shown = [
        (number, document)
        for number, document in readable(session, person, meeting)
        if may_download(given, document)
    ]
    programme = printing.programme(session, config(), meeting, [d for _, d in shown])
    names = paper_names(session, meeting)
    parts = [_part(given, person, number, d, names[d.id].full) for number, d in shown]
    with storage().workspace() as folder:
        (folder / "cover.pdf").write_bytes(programme)
        join(folder / "cover.pdf", parts, folder / "all.pdf", folder)
        opened = (folder / "all.pdf").open("rb")  # stays readable when the folder is gone
    return send_named(opened, PDF, f"{meeting.title}.pdf")


def _part(
    given: frozenset[Right], person: Person, number: str, document: Document, title: str
) -> DocumentToJoin:
    version, item = document.current, document.agenda_item
    return DocumentToJoin(
        heading=f"{number}　{item.title}" if item else "会議全体の資料",
        title=title,
        path=_whole_or_none(version.sha256),
        stamp=_words(person) if _is_stamped(given, document) else "",
    )


def _whole_or_none(sha256: str) -> Path | None:
    """Return the file's path, or None where it is lost: one lost file does not take the others from
    whoever wants all of them."""
    try:
        return storage().whole(sha256)
    except StoredFileLost:
        return None


def _is_stamped(given: frozenset[Right], document: Document) -> bool:
    return document.is_watermarked and is_only_invited(given)


def _words(person: Person) -> str:
    return f"{person.name}　{dates.in_full(now())}"


def send_document(person: Person, version: DocumentVersion, *, as_attachment: bool) -> Response:
    """Send the PDF. Those who are only invited get it with their name and the time over each page
    when the document is watermarked."""
    given = rights(database_session(), person, version.meeting)
    note_look(person, "download" if as_attachment else "print", version)
    name, path = version.file_name, storage().whole(version.sha256)
    if not _is_stamped(given, version.document):
        return send_named(path, PDF, name, as_attachment=as_attachment, etag=version.sha256)
    with storage().workspace() as folder:
        stamp(path, folder / "stamped.pdf", _words(person))
        opened = (folder / "stamped.pdf").open("rb")  # stays readable when the folder is gone
    return send_named(opened, PDF, name, as_attachment=as_attachment)
