"""引き継ぎ: what waits for people who have left."""

from flask import Blueprint
from pydantic import Field

from meetings.rights import Right
from minutes import handovers
from models.meeting import Meeting
from models.person import Person
from web import access
from web.api.operations import Shape, operation
from web.transaction import database_session, reading_session

blueprint = Blueprint("api_handovers", __name__)


class HandoverAnswer(Shape):
    kind: str = Field(description="organises, invited, decides, on_path, checks")
    person: str = Field(description="利用を終えた人の氏名")
    series: str
    department: str
    meeting_id: int | None = Field(description="会議体のことなら null")


class HandoversAnswer(Shape):
    handovers: list[HandoverAnswer]


@blueprint.get("/handovers")
@access.signed_in
@operation("利用を終えた人を待つ仕事", answers=HandoversAnswer)
def list_handovers(person: Person) -> HandoversAnswer:
    found = handovers.that_may_be_done_by(reading_session(), person)
    return HandoversAnswer(
        handovers=[
            HandoverAnswer(
                kind=one.kind.value,
                person=one.person.name,
                series=one.series.name,
                department=one.department.full_name,
                meeting_id=one.meeting.id if one.meeting else None,
            )
            for one in found
        ]
    )


@blueprint.put("/meetings/<int:meeting_id>/organiser")
@access.to(Meeting, Right.PREPARE)
@operation("利用を終えた人から、会議の主催を引き受ける")
def take_over(person: Person, meeting: Meeting) -> None:
    handovers.take_over(database_session(), person, meeting)
