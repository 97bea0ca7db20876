"""The people who came to a meeting, and those whose terminals are connected now."""

from collections import Counter
from datetime import datetime

from flask import Blueprint
from pydantic import Field

from meetings.errors import InvalidInput
from meetings.invitations.invitations import invited
from meetings.rights import Right
from meetings.sitting.attendance import (
    attendances_of,
    capacity_of,
    count_audience,
    note_by_hand,
    strike_attendance,
)
from models.meeting import InvitationKind, Meeting
from models.person import Person
from models.sitting import Attendance, WayIn
from web import access
from web.api.operations import Identity, Moment, Shape, ShortText, operation
from web.streams.live import hub
from web.transaction import database_session

blueprint = Blueprint("api_attendance", __name__)


class AttendanceAnswer(Shape):
    """出席"""

    id: int
    person_id: int | None = Field(description="市の利用者でない人は null")
    name: str
    kind: InvitationKind = Field(description="会議での区分")
    proxy_for_id: int | None = Field(description="代理で来たとき、代わった人")
    way: WayIn
    came_at: datetime

    @classmethod
    def of(cls, entry: Attendance) -> "AttendanceAnswer":
        return cls(
            id=entry.id,
            person_id=entry.person_id,
            name=entry.attendee_name,
            kind=capacity_of(entry.meeting, entry),
            proxy_for_id=entry.proxy_for_id,
            way=WayIn(entry.way),
            came_at=entry.came_at,
        )


class AttendancesAnswer(Shape):
    attendances: list[AttendanceAnswer] = Field(description="来た順")


class AttendanceBody(Shape):
    """招集した人の person_id か、名簿にない人の name のどちらか"""

    person_id: Identity | None = None
    name: ShortText = ""
    kind: InvitationKind | None = Field(None, description="name の人の区分。null なら委員・出席者")
    proxy_for_id: Identity | None = Field(None, description="代理のとき、代わった人")
    came_at: Moment | None = Field(
        None, description="来た時刻。null なら、会議の間はいま、終わったあとは開始の時刻"
    )


class AudienceBody(Shape):
    count: int | None = Field(ge=0, le=100_000, description="傍聴者の数。数えていないとき null")


class SeatAnswer(Shape):
    name: str
    terminals: int


class SeatsAnswer(Shape):
    seats: list[SeatAnswer] = Field(description="いま接続している人と端末の数")


@blueprint.get("/meetings/<int:meeting_id>/attendances")
@access.to(Meeting, Right.RUN)
@operation("出席した人", answers=AttendancesAnswer)
def list_attendances(person: Person, meeting: Meeting) -> AttendancesAnswer:
    found = attendances_of(database_session(), meeting)
    return AttendancesAnswer(attendances=[AttendanceAnswer.of(entry) for entry in found])


@blueprint.post("/meetings/<int:meeting_id>/attendances")
@access.to(Meeting, Right.RUN)
@operation("出席を書き加える", answers=AttendanceAnswer, status=201, body=AttendanceBody)
def add(person: Person, meeting: Meeting, body: AttendanceBody) -> AttendanceAnswer:
    session = database_session()
    by_id = {entry.person_id: entry.person for entry in invited(meeting)}
    for field in ("person_id", "proxy_for_id"):
        if getattr(body, field) is not None and getattr(body, field) not in by_id:
            raise InvalidInput(field, "この会議に招集した人から選んでください。")
    attendee = by_id[body.person_id] if body.person_id is not None else None
    made = note_by_hand(
        session, person, meeting, person=attendee, name=body.name, came_at=body.came_at,
        kind=body.kind, proxy_for=by_id.get(body.proxy_for_id or 0),
    )  # fmt: skip
    session.flush()
    return AttendanceAnswer.of(made)


@blueprint.put("/meetings/<int:meeting_id>/audience")
@access.to(Meeting, Right.RUN)
@operation("傍聴者の数を記録する", body=AudienceBody)
def note_audience(person: Person, meeting: Meeting, body: AudienceBody) -> None:
    count_audience(database_session(), person, meeting, body.count)


@blueprint.delete("/attendances/<int:attendance_id>")
@access.to(Attendance, Right.RUN)
@operation("出席を取り消す")
def strike(person: Person, attendance: Attendance) -> None:
    strike_attendance(database_session(), person, attendance)


@blueprint.get("/meetings/<int:meeting_id>/seats")
@access.to(Meeting, Right.RUN)
@operation("いま接続している端末", answers=SeatsAnswer)
def seats(person: Person, meeting: Meeting) -> SeatsAnswer:
    counted = Counter(seat.name for seat in hub().seats(meeting.id) if seat.name)
    return SeatsAnswer(seats=[SeatAnswer(name=name, terminals=n) for name, n in counted.items()])
