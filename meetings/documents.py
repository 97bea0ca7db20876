"""Documents on agenda items: taking PDFs in, moving, removing, and the order for reading."""

from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, entries, pdf
from meetings.agenda import flat, tree
from meetings.storage import Incoming, Storage, StoredFile
from models.base import now
from models.document import Document, DocumentVersion, Page
from models.meeting import AgendaItem, Meeting
from models.person import Person

THUMBNAIL_LIMIT_BYTES = 10_000_000


@dataclass(frozen=True)
class PreparedDocument:
    """A PDF that is in the store, looked into, and not yet in the meeting."""

    file_name: str
    stored: StoredFile
    thumbnail: StoredFile
    pages: list[pdf.PageFacts]


def prepare_document(storage: Storage, file_name: str, incoming: Incoming) -> PreparedDocument:
    """The slow part of taking a PDF in, outside any transaction. Raises FileRejected."""
    incoming.flush_to_disk()
    with storage.workspace() as folder:
        pages = pdf.inspect(incoming.path, folder / "first.jpg")
        with (folder / "first.jpg").open("rb") as picture:
            thumbnail = storage.add(picture, THUMBNAIL_LIMIT_BYTES)
    return PreparedDocument(file_name, storage.keep(incoming), thumbnail, pages)


def add_document(
    session: Session,
    by: Person,
    meeting: Meeting,
    agenda_item: AgendaItem | None,
    prepared: PreparedDocument,
) -> Document:
    """The prepared PDF becomes version 1 of a new document."""
    document = Document(
        meeting=meeting,
        agenda_item=agenda_item,
        position=len(_on_item(session, meeting, agenda_item)),
        title=title_of(prepared.file_name),
    )
    document.versions.append(_first_version(by, prepared))
    session.add(document)
    audit.note(session, by, "add", document)
    return document


def rename_document(session: Session, by: Person, document: Document, title: str) -> None:
    document.title = entries.text("title", "資料名", title)
    audit.note(session, by, "rename", document)


def move_document(
    session: Session, by: Person, document: Document, agenda_item: AgendaItem | None
) -> None:
    document.position = len(_on_item(session, document.meeting, agenda_item))
    document.agenda_item = agenda_item
    audit.note(session, by, "move", document)


def remove_document(session: Session, by: Person, document: Document) -> None:
    """It is out of the agenda; row and file stay."""
    document.removed_at = now()
    audit.note(session, by, "remove", document)


def reading_order(session: Session, meeting: Meeting) -> list[tuple[str, Document]]:
    """All documents with their agenda number, as they follow each other in the meeting."""
    ordered = [
        (node.number, document)
        for node in flat(tree(session, meeting))
        for document in node.documents
    ]
    return ordered + [("", document) for document in _on_item(session, meeting, None)]


def title_of(file_name: str) -> str:
    """A document's first title: the file name without folder and ending."""
    plain = PurePath(file_name.replace("\\", "/")).name
    title = plain[:-4] if plain.lower().endswith(".pdf") else plain
    return title.strip()[: entries.LONGEST_NAME] or "無題の資料"


def _first_version(by: Person, prepared: PreparedDocument) -> DocumentVersion:
    version = DocumentVersion(
        number=1,
        file_name=prepared.file_name[-entries.LONGEST_NAME :],
        sha256=prepared.stored.sha256,
        size_bytes=prepared.stored.size_bytes,
        thumbnail_sha256=prepared.thumbnail.sha256,
        created_by=by,
    )
    version.pages = [
        Page(number=number, width=facts.width, height=facts.height, text=facts.text)
        for number, facts in enumerate(prepared.pages, 1)
    ]
    return version


def _on_item(session: Session, meeting: Meeting, agenda_item: AgendaItem | None) -> list[Document]:
    documents = session.scalars(
        select(Document)
        .where(
            Document.meeting_id == meeting.id,
            Document.agenda_item_id == (agenda_item.id if agenda_item else None),
            Document.removed_at.is_(None),
        )
        .order_by(Document.position, Document.id)
    )
    return list(documents)
