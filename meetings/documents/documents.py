"""Documents on agenda items: receiving PDFs, moving, removing, and the order for reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meetings import audit, clean_text, entries
from meetings.agenda import flat, tree
from meetings.disk.storage import Incoming, Storage, StoredFile
from meetings.errors import InvalidInput, NotFound
from meetings.pdf import foreign_files, office, pdf
from meetings.rights import may_read, rights
from models.base import now
from models.document import Document, DocumentVersion, Page, VersionLook
from models.meeting import AgendaItem, Meeting
from models.person import Person

THUMBNAIL_LIMIT_BYTES = 10_000_000
LARGEST_MADE_BYTES = 1_000_000_000
NEW, REPLACED = "新着", "差替"


@dataclass(frozen=True)
class Original:
    """The Office file from which a PDF was made, and what it `carries` (`office.carries`)."""

    file_name: str
    stored: StoredFile
    carries: list[str] | None = None


@dataclass(frozen=True)
class PreparedDocument:
    """A PDF that is in the store, inspected, and not yet in the meeting."""

    file_name: str
    stored: StoredFile
    thumbnail: StoredFile
    pages: list[pdf.PageSize]
    original: Original | None = None


@dataclass(frozen=True)
class Permissions:
    """What readers may do besides reading, and who they are: nobody named means everybody.
    `may_take_original`: the Office file too, with whatever it carries."""

    may_print: bool = True
    may_download: bool = True
    may_take_original: bool = False
    is_watermarked: bool = False
    readers: Sequence[Person] = ()


def prepare_document(
    storage: Storage,
    file_name: str,
    incoming: Incoming,
    office_seconds: int = 120,
    most_pages: int = pdf.MOST_PAGES,
) -> PreparedDocument:
    """Store the file and return what must be known before it is added, outside any transaction; the
    pages are read by the worker (`meetings/documents/preparation.py`). Office files become PDF.
    Raises FileRejected."""
    incoming.flush_to_disk()
    with storage.workspace() as folder:
        is_office = office.is_office_file(incoming.path)
        path = incoming.path
        if is_office:
            path = office.to_pdf(incoming.path, folder, office_seconds)
        else:
            foreign_files.refuse(incoming.path, file_name)
        pages = pdf.inspect(path, folder / "first.jpg", most_pages)
        with (folder / "first.jpg").open("rb") as picture:
            thumbnail = storage.add(picture, THUMBNAIL_LIMIT_BYTES)
        if not is_office:
            return PreparedDocument(file_name, storage.keep(incoming), thumbnail, pages)
        with path.open("rb") as made:
            stored = storage.add(made, LARGEST_MADE_BYTES)
        carried = office.carries(incoming.path)
    original = Original(file_name, storage.keep(incoming), carried)
    return PreparedDocument(f"{title_of(file_name)}.pdf", stored, thumbnail, pages, original)


def add_document(
    session: Session,
    by: Person,
    meeting: Meeting,
    agenda_item: AgendaItem | None,
    prepared: PreparedDocument,
) -> Document:
    """Add the prepared PDF as version 1 of a new document, the last one on the item."""
    document = Document(
        meeting=meeting,
        agenda_item=agenda_item,
        position=_end_of(session, meeting, agenda_item),
        title=title_of(prepared.file_name),
    )
    document.versions.append(version_of(by, prepared, number=1, released_at=now()))
    session.add(document)
    _changed(session, by, "add", document)
    return document


def same_file(session: Session, document: Document) -> Document | None:
    """Return another document of the meeting that is the very same file now, the newest of them;
    None if there is none."""
    version = document.current
    is_same = DocumentVersion.sha256 == version.sha256
    if version.original_sha256 is not None:  # what Office makes of a file differs each time
        is_same = DocumentVersion.original_sha256 == version.original_sha256
    alike = session.scalars(
        select(Document)
        .join(DocumentVersion)
        .where(
            is_same,
            Document.meeting_id == document.meeting_id,
            Document.id != document.id,
            Document.removed_at.is_(None),
        )
        .order_by(Document.id.desc())
    )
    shown = version.original_sha256 or version.sha256
    return next((d for d in alike if shown in (d.current.sha256, d.current.original_sha256)), None)


def rename_document(session: Session, by: Person, document: Document, title: str) -> None:
    title = entries.text("title", "資料名", title)
    if document.title != title:
        document.title = title
        _changed(session, by, "rename", document)


def move_document(
    session: Session,
    by: Person,
    document: Document,
    agenda_item: AgendaItem | None,
    position: int | None = None,
) -> None:
    """Move the document to this item (None: the whole meeting) as its document number `position`,
    from 0; without one to its end, or nowhere if it is on that item already."""
    others = [d for d in _on_item(session, document.meeting, agenda_item) if d is not document]
    if position is None:
        if document.agenda_item is agenda_item:
            return
        position = len(others)
    others.insert(max(0, min(position, len(others))), document)
    document.agenda_item = agenda_item
    for place, other in enumerate(others):
        other.position = place
    _changed(session, by, "move", document)


def shift_document(session: Session, by: Person, document: Document, way: str) -> None:
    """Move the document one step `up` or `down` among those of its item. Raises InvalidInput for a
    way on which there is no place."""
    siblings = _on_item(session, document.meeting, document.agenda_item)
    place = siblings.index(document) + {"up": -1, "down": 1}.get(way, len(siblings))
    if not 0 <= place < len(siblings):
        raise InvalidInput("way", "この資料は、その向きにはもう移せません。")
    move_document(session, by, document, document.agenda_item, place)


def remove_document(session: Session, by: Person, document: Document) -> None:
    """Take the document out of the meeting; row and file stay, so that it can come back."""
    document.removed_at = now()
    _changed(session, by, "remove", document)


def removed_documents(session: Session, meeting: Meeting) -> list[Document]:
    """Return the documents that can come back, the last removed first."""
    wanted = select(Document).where(
        Document.meeting_id == meeting.id, Document.removed_at.is_not(None)
    )
    return list(session.scalars(wanted.order_by(Document.removed_at.desc(), Document.id)))


def restore_document(session: Session, by: Person, meeting: Meeting, document_id: int) -> Document:
    """Bring a removed document back with all its versions and memos, as the last one of the item it
    was on, or of the whole meeting where that item is gone. Raises NotFound."""
    found = (d for d in removed_documents(session, meeting) if d.id == document_id)
    document = next(found, None)
    if document is None:
        raise NotFound()
    document.position = _end_of(session, meeting, document.agenda_item)
    document.removed_at = None
    _changed(session, by, "restore", document)
    return document


def permit(session: Session, by: Person, document: Document, permissions: Permissions) -> None:
    """Say what may be done with the document, and by whom. Readers must be invited."""
    invited = {i.person_id for i in document.meeting.invitations if i.withdrawn_at is None}
    if any(person.id not in invited for person in permissions.readers):
        raise InvalidInput("readers", "閲覧できる人は、この会議に招集した人から選んでください。")
    if _is_permitted_so(document, permissions):
        return
    document.may_print = permissions.may_print
    document.may_download = permissions.may_download
    document.may_take_original = permissions.may_take_original
    document.is_watermarked = permissions.is_watermarked
    document.readers = list(permissions.readers)
    _changed(session, by, "permit", document)


def _is_permitted_so(document: Document, permissions: Permissions) -> bool:
    names = ("may_print", "may_download", "may_take_original", "is_watermarked")
    known, given = ([getattr(those, name) for name in names] for those in (document, permissions))
    return known == given and set(document.readers) == set(permissions.readers)


def readable(session: Session, person: Person, meeting: Meeting) -> list[tuple[str, Document]]:
    """Return those of `reading_order` that this person may read and that are still kept."""
    given = rights(session, person, meeting)
    ordered = reading_order(session, meeting)
    return [
        entry
        for entry in ordered
        if may_read(given, person, entry[1]) and entry[1].current.emptied_at is None
    ]


def deleted_documents(session: Session, person: Person, meeting: Meeting) -> list[Document]:
    """Return the documents that this person might read, were they not deleted when their time was
    over."""
    given = rights(session, person, meeting)
    ordered = reading_order(session, meeting)
    return [
        document
        for _, document in ordered
        if may_read(given, person, document) and document.current.emptied_at is not None
    ]


def marks(session: Session, person: Person, documents: Sequence[Document]) -> dict[int, str]:
    """Return 新着 for a document that this person never opened, 差替 when there is a newer version
    than the one they did, by the document's id; nothing for what they put there themselves."""
    document_of = {
        version.id: document.id for document in documents for version in document.versions
    }
    # By version, of which these documents have few: in ten years a person opens thousands.
    looks = set(
        session.scalars(
            select(VersionLook.version_id).where(
                VersionLook.version_id.in_(document_of), VersionLook.person_id == person.id
            )
        )
    )
    opened = {document_of[version_id] for version_id in looks}
    found = {}
    for document in documents:
        if document.current.created_by_id == person.id:
            continue  # who put it there knows it
        if document.id not in opened:
            found[document.id] = NEW
        elif document.current.id not in looks:
            found[document.id] = REPLACED
    return found


def note_opened(session: Session, person: Person, version: DocumentVersion) -> None:
    if session.get(VersionLook, (version.id, person.id)) is None:
        session.add(VersionLook(version_id=version.id, person_id=person.id))


def reading_order(session: Session, meeting: Meeting) -> list[tuple[str, Document]]:
    """Return all documents with their agenda number, as they follow each other in the meeting."""
    ordered = [
        (node.number, document)
        for node in flat(tree(session, meeting))
        for document in node.documents
    ]
    return ordered + [("", document) for document in _on_item(session, meeting, None)]


def pages_without_text(session: Session, documents: Sequence[Document]) -> dict[int, int]:
    """Return by the document's id how many pages of its current version are pictures alone, once
    all are read: words on them are not found by searching. Documents without such pages are left
    out."""
    versions = {d.current.id: d.id for d in documents if d.current.is_prepared}
    counted = session.execute(
        select(Page.version_id, func.count())
        .where(Page.version_id.in_(versions), func.trim(Page.text, " \n") == "")
        .group_by(Page.version_id)
    )
    return {versions[version_id]: count for version_id, count in counted}


def _changed(session: Session, by: Person, verb: str, document: Document) -> None:
    document.meeting.documents_revision += 1
    audit.note(session, by, verb, document)


def title_of(file_name: str) -> str:
    """Return a document's first title: the file name without folder and ending."""
    plain = clean_text.without_folders(file_name)
    endings = [e for e in (".pdf", *office.ENDINGS) if plain.lower().endswith(e)]
    title = plain[: -len(endings[0])] if endings else plain
    return title.strip()[: entries.LONGEST_NAME] or "無題の資料"


def version_of(
    by: Person, prepared: PreparedDocument, *, number: int, released_at: datetime | None
) -> DocumentVersion:
    """Return the prepared PDF as a version that belongs to no document yet."""
    version = DocumentVersion(
        number=number,
        file_name=clean_text.file_name(prepared.file_name, "資料.pdf"),
        sha256=prepared.stored.sha256,
        size_bytes=prepared.stored.size_bytes,
        page_count=len(prepared.pages),
        compared_pages=len(prepared.pages) if number == 1 else 0,
        thumbnail_sha256=prepared.thumbnail.sha256,
        created_by=by,
        released_at=released_at,
        released_by_id=by.id if released_at else None,
    )
    if prepared.original is not None:
        version.original_file_name = clean_text.file_name(prepared.original.file_name, "資料")
        version.original_sha256 = prepared.original.stored.sha256
        version.original_size_bytes = prepared.original.stored.size_bytes
        carried = prepared.original.carries
        version.original_carries = None if carried is None else "\n".join(carried)
    version.pages = [
        Page(number=place, width=size.width, height=size.height)
        for place, size in enumerate(prepared.pages, 1)
    ]
    return version


def _end_of(session: Session, meeting: Meeting, agenda_item: AgendaItem | None) -> int:
    """Return the position after the last document there: removed ones may have left gaps."""
    return 1 + max((d.position for d in _on_item(session, meeting, agenda_item)), default=-1)


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
