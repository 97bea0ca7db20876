"""Memos and bookmarks on the pages of a meeting's documents."""

from typing import Annotated, Any

from flask import Blueprint
from pydantic import Field

from meetings.documents import memos
from meetings.documents.documents import readable
from meetings.rights import Right
from models.document import Document, DocumentVersion, Page
from models.meeting import Meeting
from models.memo import Memo, MemoKind
from models.person import Person
from web import access
from web.api.operations import Identity, Revision, Shape, operation
from web.api.shapes import PersonAnswer
from web.audit_access import note_hourly_look
from web.transaction import database_session

blueprint = Blueprint("api_memos", __name__)


class MemoAnswer(Shape):
    """メモ。位置は頁の左上からのポイント（1/72インチ）。"""

    id: int
    key: str
    page_id: int
    page: int
    version_id: int
    width: float = Field(description="その頁の幅（ポイント）")
    height: float
    kind: MemoKind
    content: dict[str, Any]
    author: PersonAnswer
    is_mine: bool
    is_shared: bool
    is_carried: bool = Field(description="前の版で書いたもの")
    written_version: int = Field(description="書いたときの版の番号")
    is_page_changed: bool = Field(description="前の版で書いたもので、その頁がこの版で変わった")
    revision: int

    @classmethod
    def of(cls, person: Person, placed: memos.PlacedMemo) -> "MemoAnswer":
        memo = placed.memo
        return cls(
            id=memo.id,
            key=memo.key,
            page_id=placed.page.id,
            page=placed.page.number,
            version_id=placed.page.version_id,
            width=placed.page.width,
            height=placed.page.height,
            kind=MemoKind(memo.kind),
            content=placed.content,
            author=PersonAnswer.of(memo.person),
            is_mine=memo.person_id == person.id,
            is_shared=memo.shared_at is not None,
            is_carried=placed.is_carried,
            written_version=memo.page.version.number,
            is_page_changed=placed.is_page_changed,
            revision=memo.revision,
        )


class MemosAnswer(Shape):
    memos: list[MemoAnswer]


class MemoBody(Shape):
    key: Annotated[str, Field(max_length=36)] = Field(
        description="端末で作る重ならない目印。同じ key で2度送っても1件になる"
    )
    kind: MemoKind
    content: dict[str, Any] = Field(
        description="ink・marker は {strokes: [[[x, y, 筆圧], …], …], colour, width}、"
        "note は {x, y, text}"
    )


class MemoChange(Shape):
    page_id: Identity
    content: dict[str, Any]
    based_on: Revision = Field(description="変更のもとにした revision")


class BookmarkAnswer(Shape):
    document_id: int
    title: str
    version_id: int
    page_id: int
    page: int


class BookmarksAnswer(Shape):
    bookmarks: list[BookmarkAnswer]


@blueprint.get("/versions/<int:version_id>/memos")
@access.to(DocumentVersion, Right.SEE)
@operation("この版に見えるメモ（前の版で書いたものも）", answers=MemosAnswer)
def list_memos(person: Person, version: DocumentVersion) -> MemosAnswer:
    note_hourly_look(person, version)
    found = memos.placed(database_session(), person, version)
    return MemosAnswer(memos=[MemoAnswer.of(person, entry) for entry in found])


@blueprint.get("/documents/<int:document_id>/stranded-memos")
@access.to(Document, Right.SEE)
@operation("いまの版に頁がなくなったメモ", answers=MemosAnswer)
def stranded(person: Person, document: Document) -> MemosAnswer:
    found = memos.stranded(database_session(), person, document)
    return MemosAnswer(memos=[_as_written(person, memo) for memo in found])


@blueprint.post("/pages/<int:page_id>/memos")
@access.to(Page, Right.SEE)
@operation("メモを書く", answers=MemoAnswer, status=201, body=MemoBody)
def write(person: Person, page: Page, body: MemoBody) -> MemoAnswer:
    memo = memos.write(
        database_session(), person, page, key=body.key, kind=body.kind, content=body.content
    )
    return _as_written(person, memo)


@blueprint.put("/memos/<int:memo_id>")
@access.to(Memo, Right.SEE)
@operation("メモを書き直す", answers=MemoAnswer, body=MemoChange)
def change(person: Person, memo: Memo, body: MemoChange) -> MemoAnswer:
    page = access.fetch(Page, body.page_id, Right.SEE, person)
    memos.change(database_session(), memo, page, body.content, body.based_on)
    return _as_written(person, memo)


@blueprint.delete("/memos/<int:memo_id>")
@access.to(Memo, Right.SEE)
@operation("メモを消す（取り消せる）", answers=MemoAnswer)
def erase(person: Person, memo: Memo) -> MemoAnswer:
    memos.erase(database_session(), memo)
    return _as_written(person, memo)


@blueprint.post("/memos/<int:memo_id>/restoration")
@access.to(Memo, Right.SEE)
@operation("消したメモを戻す", answers=MemoAnswer)
def restore(person: Person, memo: Memo) -> MemoAnswer:
    memos.restore(database_session(), memo)
    return _as_written(person, memo)


@blueprint.put("/memos/<int:memo_id>/sharing")
@access.to(Memo, Right.SEE)
@operation("メモを会議の全員に見せる", answers=MemoAnswer)
def share(person: Person, memo: Memo) -> MemoAnswer:
    memos.share(database_session(), memo)
    return _as_written(person, memo)


@blueprint.delete("/memos/<int:memo_id>/sharing")
@access.to(Memo, Right.SEE)
@operation("メモを自分だけのものに戻す", answers=MemoAnswer)
def unshare(person: Person, memo: Memo) -> MemoAnswer:
    memos.unshare(database_session(), memo)
    return _as_written(person, memo)


@blueprint.get("/meetings/<int:meeting_id>/bookmarks")
@access.to(Meeting, Right.SEE)
@operation("自分のしおり", answers=BookmarksAnswer)
def list_bookmarks(person: Person, meeting: Meeting) -> BookmarksAnswer:
    session = database_session()
    documents = [document for _, document in readable(session, person, meeting)]
    found = memos.bookmarks(session, person, documents)
    return BookmarksAnswer(bookmarks=[_bookmark(page) for page in found])


@blueprint.put("/pages/<int:page_id>/bookmark")
@access.to(Page, Right.SEE)
@operation("しおりを挟む")
def bookmark(person: Person, page: Page) -> None:
    memos.bookmark(database_session(), person, page)


@blueprint.delete("/pages/<int:page_id>/bookmark")
@access.to(Page, Right.SEE)
@operation("しおりを外す")
def remove_bookmark(person: Person, page: Page) -> None:
    memos.remove_bookmark(database_session(), person, page)


def _as_written(person: Person, memo: Memo) -> MemoAnswer:
    return MemoAnswer.of(person, memos.PlacedMemo(memo, memo.page, memo.content))


def _bookmark(page: Page) -> BookmarkAnswer:
    document = page.version.document
    return BookmarkAnswer(
        document_id=document.id,
        title=document.title,
        version_id=page.version_id,
        page_id=page.id,
        page=page.number,
    )
