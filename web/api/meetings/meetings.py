"""Series and meetings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from flask import Blueprint
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from meetings import finding, setting_up
from meetings.errors import InvalidInput
from meetings.finding import MeetingFilter
from meetings.rights import Right, rights_of_many
from minutes.meeting_stages import shown_state, states_of
from models.meeting import Meeting, Series
from models.person import Department, Person, Role
from web import access
from web.api.operations import Identity, Moment, Query, Revision, Shape, ShortText, operation
from web.api.shapes import DepartmentAnswer
from web.audit_access import note_hourly_look
from web.shared.paging import count_of
from web.transaction import config, database_session

blueprint = Blueprint("api_meetings", __name__)


class SeriesAnswer(Shape):
    """会議体"""

    id: int
    name: str
    department: DepartmentAnswer

    @classmethod
    def of(cls, series: Series) -> "SeriesAnswer":
        department = DepartmentAnswer.of(series.department)
        return cls(id=series.id, name=series.name, department=department)


class SeriesList(Shape):
    series: list[SeriesAnswer]


class MeetingAnswer(Shape):
    """会議"""

    id: int
    title: str
    series: SeriesAnswer
    department: DepartmentAnswer
    starts_at: datetime
    ends_at: datetime
    place: str
    revision: int = Field(description="変えた回数。直すときに送り返す")
    state: str = Field(
        description="準備中、開催中、録音待ち、文字起こし中、校正中、承認待ち、承認済み、公開、中止。"
        "録音を聞けない人には、開催後から公開までを「終了」と返す"
    )
    rights: list[str] = Field(description="この会議でわたしにできること")

    @classmethod
    def of(cls, meeting: Meeting, person: Person) -> "MeetingAnswer":
        return cls.of_many([meeting], person)[0]

    @classmethod
    def of_many(cls, meetings: Sequence[Meeting], person: Person) -> "list[MeetingAnswer]":
        session = database_session()
        session.flush()
        given, states = rights_of_many(session, person, meetings), states_of(session, meetings)
        return [
            cls(
                id=meeting.id,
                title=meeting.title,
                series=SeriesAnswer.of(meeting.series),
                department=DepartmentAnswer.of(meeting.department),
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                place=meeting.place,
                revision=meeting.revision,
                state=shown_state(meeting, states[meeting.id], given[meeting.id]),
                rights=sorted(right.value for right in given[meeting.id]),
            )
            for meeting in meetings
        ]


class MeetingList(Shape):
    meetings: list[MeetingAnswer] = Field(description="新しい順")
    total: int = Field(description="見られる会議の数")


class MeetingPage(Query):
    limit: int = Field(50, ge=1, le=200, description="一度に返す数")
    offset: int = Field(0, ge=0, le=1_000_000, description="とばす数")
    q: Annotated[str, Field(max_length=200)] = Field(
        "", description="会議名か会議体の名前にある言葉。空白で区切ると、すべてを含む会議"
    )
    year: int | None = Field(None, ge=1, le=9000, description="年度（4月から翌年3月）")
    series_id: Identity | None = Field(None, description="会議体")


class MeetingCopy(Shape):
    title: ShortText
    starts_at: Moment = Field(description="時差まで書いた日時")
    ends_at: Moment
    place: ShortText


class NewMeeting(MeetingCopy):
    series: ShortText | None = Field(
        None, description="会議体の名前。なければ作る。一回だけの会議では書かない（会議名になる）"
    )
    department: ShortText | None = Field(None, description="所属（課）の名前。なければ自分の所属")


class MeetingChange(MeetingCopy):
    revision: Revision = Field(description="読んだときの revision")


class CallingOff(Shape):
    reason: ShortText = ""


class Access(Shape):
    days: int | None = Field(
        ge=0, le=3650, description="会議の後、招集された人が資料を読める日数。null なら終わりなし"
    )


@blueprint.get("/series")
@access.with_role(Role.ORGANISER)
@operation("会議体の一覧", answers=SeriesList)
def list_series(person: Person) -> SeriesList:
    """Return the series for which this person may set up meetings."""
    every = select(Series).options(joinedload(Series.department)).order_by(Series.name)
    found = database_session().scalars(every)
    mine = [s for s in found if person.has_role_for(Role.ORGANISER, s.department)]
    return SeriesList(series=[SeriesAnswer.of(series) for series in mine])


@blueprint.get("/meetings")
@access.signed_in
@operation("見られる会議の一覧", answers=MeetingList, query=MeetingPage)
def list_meetings(person: Person, query: MeetingPage) -> MeetingList:
    session, wanted = database_session(), MeetingFilter(query.q, query.year, query.series_id)
    chosen = finding.meetings_for(person, wanted)
    found = session.scalars(chosen.limit(query.limit).offset(query.offset)).all()
    return MeetingList(
        meetings=MeetingAnswer.of_many(found, person), total=count_of(session, chosen)
    )


@blueprint.post("/meetings")
@access.with_role(Role.ORGANISER)
@operation("会議を設定する", answers=MeetingAnswer, status=201, body=NewMeeting)
def set_up(person: Person, body: NewMeeting) -> MeetingAnswer:
    session = database_session()
    department = _department(person, body.department)
    meeting = setting_up.set_up_meeting(
        session,
        person,
        series=setting_up.series_named(session, body.series, department) if body.series else None,
        department=department,
        access_days=config().documents.days_of_access,
        title=body.title,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        place=body.place,
    )
    return MeetingAnswer.of(meeting, person)


@blueprint.get("/meetings/<int:meeting_id>")
@access.to(Meeting, Right.SEE)
@operation("会議", answers=MeetingAnswer)
def show(person: Person, meeting: Meeting) -> MeetingAnswer:
    note_hourly_look(person, meeting)
    return MeetingAnswer.of(meeting, person)


@blueprint.put("/meetings/<int:meeting_id>")
@access.to(Meeting, Right.PREPARE)
@operation("会議を直す", answers=MeetingAnswer, body=MeetingChange)
def change(person: Person, meeting: Meeting, body: MeetingChange) -> MeetingAnswer:
    setting_up.change_meeting(
        database_session(),
        person,
        meeting,
        title=body.title,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        place=body.place,
        based_on=body.revision,
    )
    return MeetingAnswer.of(meeting, person)


@blueprint.post("/meetings/<int:meeting_id>/calling-off")
@access.to(Meeting, Right.PREPARE)
@operation("会議を中止にする", answers=MeetingAnswer, body=CallingOff)
def call_off(person: Person, meeting: Meeting, body: CallingOff) -> MeetingAnswer:
    setting_up.call_off(database_session(), person, meeting, body.reason)
    return MeetingAnswer.of(meeting, person)


@blueprint.delete("/meetings/<int:meeting_id>/calling-off")
@access.to(Meeting, Right.PREPARE)
@operation("会議の中止を取り消す", answers=MeetingAnswer)
def reinstate(person: Person, meeting: Meeting) -> MeetingAnswer:
    setting_up.reinstate(database_session(), person, meeting)
    return MeetingAnswer.of(meeting, person)


@blueprint.post("/meetings/<int:meeting_id>/copies")
@access.to(Meeting, Right.PREPARE)
@operation(
    "議題を写して次の会議を設定する。招集は POST …/invitations/as-before で",
    answers=MeetingAnswer,
    status=201,
    body=MeetingCopy,
)
def copy(person: Person, meeting: Meeting, body: MeetingCopy) -> MeetingAnswer:
    made = setting_up.copy_meeting(
        database_session(),
        person,
        meeting,
        title=body.title,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        place=body.place,
    )
    return MeetingAnswer.of(made, person)


@blueprint.put("/meetings/<int:meeting_id>/access")
@access.to(Meeting, Right.PREPARE)
@operation("資料を読める日数を決める", answers=MeetingAnswer, body=Access)
def limit_access(person: Person, meeting: Meeting, body: Access) -> MeetingAnswer:
    setting_up.limit_access(database_session(), person, meeting, body.days)
    return MeetingAnswer.of(meeting, person)


def _department(person: Person, name: str | None) -> Department:
    """Return the department to which the meeting belongs. Raises InvalidInput where this person is
    no organiser."""
    found: Department | None = person.department
    if name is not None:
        found = database_session().scalar(select(Department).where(Department.name == name))
    if found is None or not person.has_role_for(Role.ORGANISER, found):
        named = name or person.department.name
        raise InvalidInput(
            "department", f"所属「{named}」の会議を設定する権限がないか、その所属がありません。"
        )
    return found
