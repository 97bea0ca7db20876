"""Documents of a meeting and their files."""

from datetime import datetime

from flask import Blueprint, Response, send_file
from pydantic import Field

from meetings import documents
from meetings.errors import InvalidInput, NotFound
from meetings.rights import Right
from models.document import Document, DocumentVersion
from models.meeting import AgendaItem, Meeting
from models.person import Person
from web import access, intake
from web.api.agenda import item_of
from web.api.operations import LARGEST_ID, Identity, Shape, ShortText, Upload, operation
from web.api.shapes import PersonAnswer
from web.looks import note_look
from web.transaction import database_session, storage

blueprint = Blueprint("api_documents", __name__)
PDF = "application/pdf"


class VersionAnswer(Shape):
    """版。受け取ったままのPDF。"""

    id: int
    number: int
    file_name: str
    sha256: str
    size_bytes: int
    page_count: int
    created_at: datetime
    created_by: PersonAnswer

    @classmethod
    def of(cls, version: DocumentVersion) -> "VersionAnswer":
        return cls(
            id=version.id,
            number=version.number,
            file_name=version.file_name,
            sha256=version.sha256,
            size_bytes=version.size_bytes,
            page_count=len(version.pages),
            created_at=version.created_at,
            created_by=PersonAnswer.of(version.created_by),
        )


class DocumentAnswer(Shape):
    """資料"""

    id: int
    meeting_id: int
    agenda_item_id: int | None
    title: str
    created_at: datetime
    versions: list[VersionAnswer] = Field(description="古い順。最後がいまの版")

    @classmethod
    def of(cls, document: Document) -> "DocumentAnswer":
        database_session().flush()
        return cls(
            id=document.id,
            meeting_id=document.meeting_id,
            agenda_item_id=document.agenda_item_id,
            title=document.title,
            created_at=document.created_at,
            versions=[VersionAnswer.of(version) for version in document.versions],
        )


class DocumentsAnswer(Shape):
    documents: list[DocumentAnswer] = Field(description="会議で読む順")


class DocumentChange(Shape):
    title: ShortText
    agenda_item_id: Identity | None


@blueprint.get("/meetings/<int:meeting_id>/documents")
@access.to(Meeting, Right.SEE)
@operation("資料の一覧", answers=DocumentsAnswer)
def list_documents(person: Person, meeting: Meeting) -> DocumentsAnswer:
    ordered = documents.reading_order(database_session(), meeting)
    return DocumentsAnswer(documents=[DocumentAnswer.of(document) for _, document in ordered])


@blueprint.post("/meetings/<int:meeting_id>/documents")
@access.to(Meeting, Right.PREPARE)
@operation(
    "資料（PDF）を登録する",
    answers=DocumentAnswer,
    status=201,
    upload=Upload("PDF", {"agenda_item_id": "議題の番号。なければ会議全体の資料"}),
    checks_own_token=True,
)
def add(person: Person, meeting: Meeting) -> DocumentAnswer:
    return DocumentAnswer.of(intake.receive_document(meeting.id, _place))


@blueprint.get("/documents/<int:document_id>")
@access.to(Document, Right.SEE)
@operation("資料の情報", answers=DocumentAnswer)
def show(person: Person, document: Document) -> DocumentAnswer:
    return DocumentAnswer.of(document)


@blueprint.put("/documents/<int:document_id>")
@access.to(Document, Right.PREPARE)
@operation("資料の名前と議題を変える", answers=DocumentAnswer, body=DocumentChange)
def change(person: Person, document: Document, body: DocumentChange) -> DocumentAnswer:
    session = database_session()
    item = item_of(document.meeting, body.agenda_item_id)
    documents.rename_document(session, person, document, body.title)
    if item is not document.agenda_item:
        documents.move_document(session, person, document, item)
    return DocumentAnswer.of(document)


@blueprint.delete("/documents/<int:document_id>")
@access.to(Document, Right.PREPARE)
@operation("資料を消す")
def remove(person: Person, document: Document) -> None:
    documents.remove_document(database_session(), person, document)


@blueprint.get("/versions/<int:version_id>/file")
@access.to(DocumentVersion, Right.SEE)
@operation("資料のPDF", file=PDF)
def file(person: Person, version: DocumentVersion) -> Response:
    if version.document.removed_at is not None:
        raise NotFound()
    note_look(person, "open", version)
    return send_file(
        storage().path(version.sha256),
        mimetype=PDF,
        as_attachment=True,
        download_name=version.file_name,
        etag=version.sha256,
    )


def _place(meeting: Meeting, fields: dict[str, str]) -> AgendaItem | None:
    given = fields.get("agenda_item_id", "").strip()
    if not given:
        return None
    if not given.isdecimal() or not given.isascii() or len(given) > len(str(LARGEST_ID)):
        raise InvalidInput("agenda_item_id", "議題の番号は数字で送ってください。")
    return item_of(meeting, int(given))
