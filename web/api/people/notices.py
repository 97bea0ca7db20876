"""お知らせ: what one has not been told yet of the meetings that one is invited to."""

from datetime import datetime
from typing import Self

from flask import Blueprint
from pydantic import Field

from meetings.invitations import notices
from models.notice import Notice, NoticeKind
from models.person import Person
from web import access
from web.api.operations import Shape, operation
from web.transaction import database_session, reading_session

blueprint = Blueprint("api_notices", __name__)


class NoticeAnswer(Shape):
    """お知らせ"""

    id: int
    kind: NoticeKind
    meeting_id: int | None = Field(
        description="null なら、会議でなくアカウントかサーバーのお知らせ"
    )
    words: str = Field(description="お知らせの文")
    created_at: datetime

    @classmethod
    def of(cls, notice: Notice) -> Self:
        return cls(
            id=notice.id,
            kind=NoticeKind(notice.kind),
            meeting_id=(None if notice.is_of_account or notice.is_of_house else notice.meeting.id),
            words=notice.words,
            created_at=notice.created_at,
        )


class NoticesAnswer(Shape):
    notices: list[NoticeAnswer] = Field(description="まだ見ていないもの。古いものから")


class SeenBody(Shape):
    count: int | None = Field(
        None, ge=1, description="古いものからこの数だけ。null なら、すべてを見たことにする"
    )


@blueprint.get("/me/notices")
@access.signed_in
@operation("自分あての、まだ見ていないお知らせ", answers=NoticesAnswer)
def list_notices(person: Person) -> NoticesAnswer:
    found = notices.unseen(reading_session(), person)
    return NoticesAnswer(notices=[NoticeAnswer.of(notice) for notice in found])


@blueprint.post("/me/notices/seen")
@access.signed_in
@operation("お知らせを見たことにする", body=SeenBody)
def mark_seen(person: Person, body: SeenBody) -> None:
    notices.mark_seen(database_session(), person, body.count)
