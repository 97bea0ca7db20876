"""The city's figures."""

from flask import Blueprint
from pydantic import Field

from minutes.statistics import DepartmentFigures, figures
from models.person import STAFF, Person
from web import access
from web.api.operations import Query, Shape, operation
from web.api.shapes import AccuracyAnswer, DepartmentAnswer
from web.transaction import database_session

blueprint = Blueprint("api_statistics", __name__)


class DepartmentFiguresAnswer(Shape):
    department: DepartmentAnswer
    recordings: int
    seconds: float
    editing_seconds: float
    raw: AccuracyAnswer
    normalised: AccuracyAnswer

    @classmethod
    def of(cls, row: DepartmentFigures) -> "DepartmentFiguresAnswer":
        return cls(
            department=DepartmentAnswer.of(row.department),
            recordings=row.recordings,
            seconds=row.seconds,
            editing_seconds=row.editing_seconds,
            raw=AccuracyAnswer.of(row.raw),
            normalised=AccuracyAnswer.of(row.normalised),
        )


class StatisticsAnswer(Shape):
    sentence: str = Field(description="「79所属 283件」の形")
    recordings: int = Field(description="文字起こしを終えた録音の数")
    seconds: float = Field(description="その録音の長さの合計")
    editing_seconds: float = Field(description="校正に使った時間の合計（秒）")
    raw: AccuracyAnswer
    normalised: AccuracyAnswer
    departments: list[DepartmentFiguresAnswer]
    waiting: int = Field(
        description="変わったばかりで数え直している逐語録の数。前に数えた分で足してある"
    )


class OfYear(Query):
    year: int | None = Field(
        None, ge=1, le=9000, description="会議の年度（2026なら令和8年度）。なければすべて"
    )


@blueprint.get("/statistics")
@access.with_role(*STAFF)
@operation("統計", answers=StatisticsAnswer, query=OfYear)
def show(person: Person, query: OfYear) -> StatisticsAnswer:
    found = figures(database_session(), query.year)
    return StatisticsAnswer(
        sentence=found.sentence,
        recordings=found.recordings,
        seconds=found.seconds,
        editing_seconds=found.editing_seconds,
        raw=AccuracyAnswer.of(found.raw),
        normalised=AccuracyAnswer.of(found.normalised),
        departments=[DepartmentFiguresAnswer.of(row) for row in found.departments],
        waiting=found.waiting,
    )
