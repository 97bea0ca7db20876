"""利用者の一覧（CSV）, for administrators: taken in at once or on a day."""

from datetime import datetime
from typing import Self

from flask import Blueprint, Response
from pydantic import Field

from meetings import entries
from meetings.people import csv_lists, lists, people
from meetings.people.planning import ListPlan
from models.people_list import PeopleList
from models.person import Person, Role
from web import access
from web.api.operations import FormUpload, Shape, operation
from web.door.costs import costs
from web.shared import intake
from web.shared.files.named_files import send_named
from web.transaction import database_session, reading_session

blueprint = Blueprint("api_people_lists", __name__)


class LineAnswer(Shape):
    number: int = Field(description="ファイルの行の番号")
    login: str
    does: dict[str, str] = Field(
        description="add, reinstate, move, change, roles, end のうち、する事とその中身"
    )


class LineProblemAnswer(Shape):
    number: int
    message: str


class ListPlanAnswer(Shape):
    """この一覧を取り込むとどうなるか"""

    lines: list[LineAnswer] = Field(description="変わる人だけ")
    problems: list[LineProblemAnswer] = Field(description="1つでもあると、取り込めない")
    new_departments: list[str]
    unchanged: int = Field(description="何も変わらない行の数")

    @classmethod
    def of(cls, planned: ListPlan) -> Self:
        return cls(
            lines=[
                LineAnswer(
                    number=line.number,
                    login=line.login,
                    does={kind.value: words for kind, words in line.does.items()},
                )
                for line in planned.changing
            ],
            problems=[
                LineProblemAnswer(number=one.number, message=one.message)
                for one in planned.problems
            ],
            new_departments=list(planned.new_departments),
            unchanged=planned.unchanged,
        )


class PeopleListAnswer(Shape):
    id: int
    file_name: str
    effective_at: datetime | None = Field(description="ひとりでに反映される時刻。なければ null")
    done_at: datetime | None
    withdrawn_at: datetime | None
    plan: ListPlanAnswer | None = Field(description="反映したあと、取りやめたあとは null")

    @classmethod
    def of(cls, sent: PeopleList) -> Self:
        planned = lists.plan(reading_session(), sent) if sent.is_open else None
        return cls(
            id=sent.id,
            file_name=sent.file_name,
            effective_at=sent.effective_at,
            done_at=sent.done_at,
            withdrawn_at=sent.withdrawn_at,
            plan=ListPlanAnswer.of(planned) if planned else None,
        )


class DayBody(Shape):
    day: str = Field(description="発令日（2027-04-01）。この日の始めに反映する")


@blueprint.get("/people.csv")
@access.with_role(Role.ADMINISTRATOR)
@operation("利用者の一覧をCSVで", file="text/csv")
def write(person: Person) -> Response:
    written = csv_lists.written(reading_session().scalars(people.chosen()))
    return send_named(written.encode("utf-8-sig"), "text/csv", "people.csv")


@blueprint.post("/people-lists")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@costs(files="transcript_mb")
@operation(
    "一覧（CSV）を送る。まだ何も変わらない",
    answers=PeopleListAnswer,
    status=201,
    upload=FormUpload("利用者の一覧（CSV。UTF-8 か Shift_JIS）"),
)
def take(person: Person) -> PeopleListAnswer:
    return PeopleListAnswer.of(intake.receive_people_list())


@blueprint.get("/people-lists/<int:list_id>")
@access.with_role(Role.ADMINISTRATOR)
@operation("送った一覧", answers=PeopleListAnswer)
def show(person: Person, list_id: int) -> PeopleListAnswer:
    return PeopleListAnswer.of(lists.one(reading_session(), list_id))


@blueprint.put("/people-lists/<int:list_id>/application")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@operation("一覧をいま反映する", answers=ListPlanAnswer)
def apply(person: Person, list_id: int) -> ListPlanAnswer:
    session = database_session()
    return ListPlanAnswer.of(lists.apply(session, person, lists.one(session, list_id)))


@blueprint.put("/people-lists/<int:list_id>/day")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@operation("一覧を反映する日を決める", answers=PeopleListAnswer, body=DayBody)
def set_day(person: Person, list_id: int, body: DayBody) -> PeopleListAnswer:
    session = database_session()
    sent = lists.one(session, list_id)
    lists.set_day(session, person, sent, entries.date_of("day", "発令日", body.day))
    return PeopleListAnswer.of(sent)


@blueprint.delete("/people-lists/<int:list_id>")
@access.with_role(Role.ADMINISTRATOR)
@operation("一覧を取りやめる")
def withdraw(person: Person, list_id: int) -> None:
    session = database_session()
    lists.withdraw(session, person, lists.one(session, list_id))
