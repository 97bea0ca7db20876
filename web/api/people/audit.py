"""監査の記録, for scripts of the auditor."""

from datetime import date, datetime
from typing import Literal, Self

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from meetings.auditing import listing, words
from meetings.auditing.exporting import AuditFile
from meetings.auditing.listing import AuditFilter, AuditPage
from models.audit import AuditLine, Result, Way
from models.person import Person, Role
from web import access
from web.api.operations import Identity, Query, Shape, operation
from web.audit_access import note_hourly_look
from web.shared.files import audit_files
from web.transaction import reading_session

blueprint = Blueprint("api_audit", __name__)


class AuditFileQuery(Query):
    first_day: date | None = Field(None, description="この日から（2026-04-01 の形）")
    last_day: date | None = Field(None, description="この日まで")
    login: str = Field("", max_length=100, description="利用者ID")
    verb: str = Field("", max_length=60, description="操作（look、correct など）。拒否されたものも")
    meeting_id: Identity | None = None
    address: str = Field("", max_length=45)
    result: Literal["", "done", "refused"] = Field("", description="済みだけ、拒否だけ")
    q: str = Field("", max_length=200, description="操作、対象、人、会議の名前に含まれる言葉")

    def filter(self, before: int | None = None) -> AuditFilter:
        """Return what is asked for."""
        return AuditFilter(
            first_day=self.first_day,
            last_day=self.last_day,
            login=self.login,
            verb=self.verb,
            meeting_id=self.meeting_id,
            address=self.address,
            is_refused=audit_files.RESULTS.get(self.result),
            words=self.q,
            before=before,
        )


class AuditQuery(AuditFileQuery):
    before: Identity | None = Field(None, description="この番号より前の行。50行ずつ")


class AuditLineAnswer(Shape):
    """監査の記録の1行"""

    id: int
    at: datetime
    login: str | None = Field(description="だれが。プログラムか、だれか分からないときは null")
    verb: str
    verb_words: str = Field(description="操作の日本語")
    thing: str
    thing_words: str = Field(description="対象の日本語")
    thing_id: int | None
    meeting_id: int | None
    way: Way
    address: str
    result: Result
    times: int
    link: str = Field(description="鎖: 前の行の鎖とこの行の内容のSHA-256")

    @classmethod
    def of(cls, line: AuditLine) -> Self:
        return cls(
            id=line.id,
            at=line.at,
            login=line.person.login if line.person else None,
            verb=line.verb,
            verb_words=words.verb(line.verb),
            thing=line.thing,
            thing_words=words.thing(line.thing),
            thing_id=line.thing_id,
            meeting_id=line.meeting_id,
            way=line.way,
            address=line.address,
            result=line.result,
            times=line.times,
            link=line.link.hex() if line.link else "",
        )


class AuditAnswer(Shape):
    lines: list[AuditLineAnswer] = Field(description="新しい順")
    next_before: int | None = Field(description="続きを求める before。続きがなければ null")

    @classmethod
    def of(cls, page: AuditPage) -> Self:
        lines = [AuditLineAnswer.of(line) for line in page.lines]
        return cls(lines=lines, next_before=page.next.before if page.next else None)


@blueprint.get("/audit/lines")
@access.with_role(Role.AUDITOR, Role.ADMINISTRATOR)
@operation("監査の記録の一覧", answers=AuditAnswer, query=AuditQuery)
def list_lines(person: Person, query: AuditQuery) -> AuditAnswer:
    note_hourly_look(person, AuditLine())
    return AuditAnswer.of(listing.page(reading_session(), query.filter(query.before)))


@blueprint.get("/audit/lines/<int:line_id>")
@access.with_role(Role.AUDITOR, Role.ADMINISTRATOR)
@operation("監査の記録の1行", answers=AuditLineAnswer)
def show(person: Person, line_id: int) -> AuditLineAnswer:
    note_hourly_look(person, AuditLine())
    return AuditLineAnswer.of(audit_files.line_with(line_id).lines[0])


@blueprint.get("/audit/lines.csv")
@access.with_role(Role.AUDITOR, Role.ADMINISTRATOR)
@operation("監査の記録をCSVで取り出す", query=AuditFileQuery, file="text/csv")
def as_csv(person: Person, query: AuditFileQuery) -> ResponseReturnValue:
    return audit_files.send(person, query.filter(), AuditFile.CSV)


@blueprint.get("/audit/lines.json")
@access.with_role(Role.AUDITOR, Role.ADMINISTRATOR)
@operation("監査の記録をJSONで取り出す", query=AuditFileQuery, file="application/json")
def as_json(person: Person, query: AuditFileQuery) -> ResponseReturnValue:
    return audit_files.send(person, query.filter(), AuditFile.JSON)
