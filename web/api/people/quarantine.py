"""隔離したファイル, for administrators."""

from datetime import datetime
from typing import Self

from flask import Blueprint
from pydantic import Field

from meetings.scanning import quarantine
from models.person import Person, Role
from models.quarantined_file import QuarantinedFile
from web import access
from web.api.operations import Shape, operation
from web.transaction import database_session, reading_session, storage

blueprint = Blueprint("api_quarantine", __name__)


class QuarantinedFileAnswer(Shape):
    """隔離したファイル"""

    id: int
    found_at: datetime
    file_name: str
    sha256: str
    size_bytes: int
    virus: str = Field(description="ウイルス検査が付けた名前")
    sent_by: str = Field(description="送った人")
    settled_at: datetime | None = Field(description="扱いを決めた時刻。null なら待っている")
    settled_by: str | None
    is_let_in: bool = Field(description="誤検知とした。同じ内容のファイルは通る")

    @classmethod
    def of(cls, file: QuarantinedFile) -> Self:
        return cls(
            id=file.id,
            found_at=file.found_at,
            file_name=file.file_name,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            virus=file.virus,
            sent_by=file.sent_by.name,
            settled_at=file.settled_at,
            settled_by=file.settled_by.name if file.settled_by else None,
            is_let_in=file.is_let_in,
        )


class QuarantineAnswer(Shape):
    files: list[QuarantinedFileAnswer] = Field(description="扱いを待つものから、新しい順に")


@blueprint.get("/quarantine")
@access.with_role(Role.ADMINISTRATOR)
@operation("隔離したファイルの一覧", answers=QuarantineAnswer)
def list_quarantine(person: Person) -> QuarantineAnswer:
    found = quarantine.known(reading_session())
    return QuarantineAnswer(files=[QuarantinedFileAnswer.of(file) for file in found])


@blueprint.post("/quarantine/<int:file_id>/destruction")
@access.with_role(Role.ADMINISTRATOR)
@operation("隔離したファイルを消す", answers=QuarantinedFileAnswer)
def destroy(person: Person, file_id: int) -> QuarantinedFileAnswer:
    file = quarantine.one(database_session(), file_id)
    quarantine.destroy(database_session(), person, storage(), file)
    return QuarantinedFileAnswer.of(file)


@blueprint.post("/quarantine/<int:file_id>/admission")
@access.with_role(Role.ADMINISTRATOR)
@operation("誤検知として、同じ内容のファイルを通す", answers=QuarantinedFileAnswer)
def let_in(person: Person, file_id: int) -> QuarantinedFileAnswer:
    file = quarantine.one(database_session(), file_id)
    quarantine.let_in(database_session(), person, storage(), file)
    return QuarantinedFileAnswer.of(file)
