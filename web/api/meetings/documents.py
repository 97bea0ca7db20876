"""The documents of a meeting and their files."""

from datetime import datetime
from typing import Annotated

from flask import Blueprint, Response
from pydantic import Field

from meetings.agenda import item_of
from meetings.documents import documents, search, versions
from meetings.documents.documents import Permissions
from meetings.entries import plain_number
from meetings.errors import InvalidInput, NotFound
from meetings.rights import Right, may_download, rights
from models.document import Document, DocumentVersion, Page
from models.meeting import AgendaItem, Meeting
from models.person import Person
from web import access
from web.api.meetings.agenda import item_or_none
from web.api.meetings.releasing import release_version
from web.api.operations import (
    FormUpload,
    Identity,
    Query,
    Shape,
    ShortText,
    operation,
)
from web.api.shapes import PersonAnswer
from web.audit_access import note_hourly_look
from web.door.costs import RequestLane, costs
from web.shared import intake
from web.shared.files.downloads import PDF, send_document
from web.transaction import database_session

blueprint = Blueprint("api_documents", __name__)


class VersionAnswer(Shape):
    """版。受け取ったままのPDF。released_at がない版は、主催者にだけ見える差替えの案。"""

    id: int
    number: int
    file_name: str
    sha256: str
    size_bytes: int
    page_count: int
    prepared_pages: int = Field(description="文字と画像を読み取り終えた頁の数")
    missing_fonts: list[str] = Field(
        description="日本語に使われていて、ファイルに入っていないフォント。端末により形が変わる"
    )
    created_at: datetime
    created_by: PersonAnswer
    released_at: datetime | None

    @classmethod
    def of(cls, version: DocumentVersion) -> "VersionAnswer":
        return cls(
            id=version.id,
            number=version.number,
            file_name=version.file_name,
            sha256=version.sha256,
            size_bytes=version.size_bytes,
            page_count=version.page_count,
            prepared_pages=version.prepared_pages,
            missing_fonts=version.missing_fonts.splitlines(),
            released_at=version.released_at,
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
    may_print: bool
    may_download: bool
    may_take_original: bool = Field(description="元のファイル（Officeの文書）も渡す")
    is_watermarked: bool
    same_file_as: Annotated[
        int | None,
        Field(description="登録したときだけ：同じファイルの、この会議のほかの資料の番号"),
    ] = None
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
            may_print=document.may_print,
            may_download=document.may_download,
            may_take_original=document.may_take_original,
            is_watermarked=document.is_watermarked,
            versions=[VersionAnswer.of(version) for version in document.released],
        )


class DocumentsAnswer(Shape):
    documents: list[DocumentAnswer] = Field(description="会議で読む順")


class DocumentChange(Shape):
    title: ShortText
    agenda_item_id: Identity | None


class DocumentPlace(Shape):
    agenda_item_id: Identity | None = Field(description="null なら会議全体の資料")
    position: int = Field(ge=0, le=10_000, description="その議題の何番目か。0から")


@blueprint.get("/meetings/<int:meeting_id>/documents")
@access.to(Meeting, Right.SEE)
@operation("資料の一覧", answers=DocumentsAnswer)
def list_documents(person: Person, meeting: Meeting) -> DocumentsAnswer:
    ordered = documents.readable(database_session(), person, meeting)
    return DocumentsAnswer(documents=[DocumentAnswer.of(document) for _, document in ordered])


@blueprint.post("/meetings/<int:meeting_id>/documents")
@access.to(Meeting, Right.PREPARE)
@costs(files="document_mb")
@operation(
    "資料（PDF）を登録する",
    answers=DocumentAnswer,
    status=201,
    upload=FormUpload("PDF", {"agenda_item_id": "議題の番号。なければ会議全体の資料"}),
)
def add(person: Person, meeting: Meeting) -> DocumentAnswer:
    document = intake.receive_document(meeting.id, _place)
    session = database_session()
    answer, known = DocumentAnswer.of(document), documents.same_file(session, document)
    return answer.model_copy(update={"same_file_as": known.id if known else None})


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
    item = item_or_none(document.meeting, body.agenda_item_id)
    documents.rename_document(session, person, document, body.title)
    documents.move_document(session, person, document, item)
    return DocumentAnswer.of(document)


@blueprint.post("/documents/<int:document_id>/place")
@access.to(Document, Right.PREPARE)
@operation("資料を移す、順番を変える", answers=DocumentAnswer, body=DocumentPlace)
def place(person: Person, document: Document, body: DocumentPlace) -> DocumentAnswer:
    session = database_session()
    item = item_or_none(document.meeting, body.agenda_item_id)
    documents.move_document(session, person, document, item, body.position)
    return DocumentAnswer.of(document)


@blueprint.get("/meetings/<int:meeting_id>/removed-documents")
@access.to(Meeting, Right.PREPARE)
@operation("外した資料の一覧", answers=DocumentsAnswer)
def list_removed(person: Person, meeting: Meeting) -> DocumentsAnswer:
    removed = documents.removed_documents(database_session(), meeting)
    return DocumentsAnswer(documents=[DocumentAnswer.of(document) for document in removed])


@blueprint.post("/meetings/<int:meeting_id>/documents/<int:document_id>/restoration")
@access.to(Meeting, Right.PREPARE)
@operation("外した資料を元に戻す", answers=DocumentAnswer)
def restore(person: Person, meeting: Meeting, document_id: int) -> DocumentAnswer:
    session = database_session()
    document = documents.restore_document(session, person, meeting, document_id)
    return DocumentAnswer.of(document)


@blueprint.delete("/documents/<int:document_id>")
@access.to(Document, Right.PREPARE)
@operation("資料を外す。あとで元に戻せる")
def remove(person: Person, document: Document) -> None:
    documents.remove_document(database_session(), person, document)


@blueprint.get("/versions/<int:version_id>/file")
@access.to(DocumentVersion, Right.SEE)
@costs(lane=RequestLane.FILES)
@operation("資料のPDF（保存が許されている資料）", file=PDF)
def file(person: Person, version: DocumentVersion) -> Response:
    given = rights(database_session(), person, version.meeting)
    if not may_download(given, version.document):
        raise NotFound()
    return send_document(person, version, as_attachment=True)


def _place(meeting: Meeting, fields: dict[str, str]) -> AgendaItem | None:
    given = fields.get("agenda_item_id", "").strip()
    if not given:
        return None
    number = plain_number(given)
    if number is None:
        raise InvalidInput("agenda_item_id", "議題の番号は数字で送ってください。")
    return item_of(meeting, number)


class PermissionsBody(Shape):
    """閲覧・印刷・保存の許可"""

    may_print: bool
    may_download: bool
    may_take_original: bool = Field(
        False, description="元のファイル（Officeの文書）も渡す。保存を許し、氏名を入れないときだけ"
    )
    is_watermarked: bool = Field(description="画面と印刷に、読む人の氏名を透かしで入れる")
    readers: Annotated[list[Identity], Field(max_length=2000)] = Field(
        description="閲覧できる人の番号。空なら会議の全員"
    )


class PieceAnswer(Shape):
    kind: str = Field(description="kept（同じ）、removed（消えた）、added（加わった）")
    text: str


class PageChangeAnswer(Shape):
    change: versions.ChangeKind
    old_page: int | None = Field(description="前の版の頁")
    new_page: int | None = Field(description="この版の頁")
    likeness: float = Field(description="似ている度合い（0から1）")
    must_be_looked_at: bool = Field(
        description="文字のない頁で、画像の見た目だけから「同じ」とした。目で確かめる"
    )
    difference: list[PieceAnswer]


class ComparisonAnswer(Shape):
    changes: list[PageChangeAnswer] = Field(description="新しい版の頁の順")


class PageAnswer(Shape):
    id: int
    number: int
    width: float = Field(description="ポイント（1/72インチ）、回転した後")
    height: float


class PagesAnswer(Shape):
    pages: list[PageAnswer]


class SearchQuery(Query):
    words: Annotated[str, Field(max_length=200)] = Field(
        "", description="空白で区切ると、すべてを含む頁"
    )


class HitAnswer(Shape):
    document_id: int
    title: str
    version_id: int
    page: int
    excerpt: str = Field(description="見つかった場所の前後。空白と改行は除いてある")
    hit_start: int
    hit_length: int


class HitsAnswer(Shape):
    hits: list[HitAnswer]
    is_cut: bool = Field(description="多すぎて、はじめの200件だけ")


@blueprint.put("/documents/<int:document_id>/permissions")
@access.to(Document, Right.PREPARE)
@operation("資料の閲覧・印刷・保存の許可を変える", answers=DocumentAnswer, body=PermissionsBody)
def permit(person: Person, document: Document, body: PermissionsBody) -> DocumentAnswer:
    session = database_session()
    readers = [session.get(Person, identity) for identity in dict.fromkeys(body.readers)]
    if None in readers:
        raise InvalidInput("readers", "閲覧できる人は、この会議に招集した人から選んでください。")
    permissions = Permissions(
        may_print=body.may_print,
        may_download=body.may_download,
        may_take_original=body.may_take_original,
        is_watermarked=body.is_watermarked,
        readers=[reader for reader in readers if reader],
    )
    documents.permit(session, person, document, permissions)
    return DocumentAnswer.of(document)


@blueprint.post("/documents/<int:document_id>/versions")
@access.to(Document, Right.PREPARE)
@costs(files="document_mb")
@operation(
    "差替えの案を登録する",
    answers=VersionAnswer,
    status=201,
    upload=FormUpload("PDF"),
)
def propose(person: Person, document: Document) -> VersionAnswer:
    version = intake.receive_version(document.id)
    database_session().flush()
    return VersionAnswer.of(version)


@blueprint.get("/versions/<int:version_id>/comparison")
@access.to(DocumentVersion, Right.SEE)
@operation("前の版と頁ごとに比べる", answers=ComparisonAnswer)
def comparison(person: Person, version: DocumentVersion) -> ComparisonAnswer:
    note_hourly_look(person, version)
    return ComparisonAnswer(changes=[_change(entry) for entry in versions.compare(version)])


@blueprint.post("/versions/<int:version_id>/release")
@access.to(DocumentVersion, Right.PREPARE)
@operation("差し替える", answers=DocumentAnswer)
def release(person: Person, version: DocumentVersion) -> DocumentAnswer:
    return DocumentAnswer.of(release_version(version.id))


@blueprint.delete("/versions/<int:version_id>")
@access.to(DocumentVersion, Right.PREPARE)
@operation("差替えを取りやめる")
def drop(person: Person, version: DocumentVersion) -> None:
    versions.drop_proposal(database_session(), person, version)


@blueprint.put("/versions/<int:version_id>/look")
@access.to(DocumentVersion, Right.SEE)
@operation("この版を開いた（新着・差替の印を外す）")
def look(person: Person, version: DocumentVersion) -> None:
    documents.note_opened(database_session(), person, version)


@blueprint.get("/versions/<int:version_id>/pages")
@access.to(DocumentVersion, Right.SEE)
@operation("頁の番号と大きさ", answers=PagesAnswer)
def pages(person: Person, version: DocumentVersion) -> PagesAnswer:
    return PagesAnswer(pages=[_page(page) for page in version.pages])


@blueprint.get("/meetings/<int:meeting_id>/search")
@access.to(Meeting, Right.SEE)
@operation("会議の全資料から探す", answers=HitsAnswer, query=SearchQuery)
def find(person: Person, meeting: Meeting, query: SearchQuery) -> HitsAnswer:
    note_hourly_look(person, meeting)
    hits, is_cut = search.find(database_session(), person, meeting, query.words)
    return HitsAnswer(hits=[_hit(hit) for hit in hits], is_cut=is_cut)


def _page(page: Page) -> PageAnswer:
    return PageAnswer(id=page.id, number=page.number, width=page.width, height=page.height)


def _change(change: versions.PageChange) -> PageChangeAnswer:
    return PageChangeAnswer(
        change=change.change,
        old_page=change.old.number if change.old else None,
        new_page=change.new.number if change.new else None,
        likeness=round(change.likeness, 3),
        must_be_looked_at=change.must_be_looked_at,
        difference=[
            PieceAnswer(kind=piece.kind, text=piece.text) for piece in versions.difference(change)
        ],
    )


def _hit(hit: search.PageHit) -> HitAnswer:
    return HitAnswer(
        document_id=hit.document.id,
        title=hit.document.title,
        version_id=hit.page.version_id,
        page=hit.page.number,
        excerpt=hit.excerpt,
        hit_start=hit.start,
        hit_length=hit.length,
    )
