"""The agenda tree of a meeting."""

from typing import Annotated

from flask import Blueprint
from pydantic import Field

from meetings import agenda
from meetings.rights import Right
from models.meeting import AgendaItem, Meeting
from models.person import Person
from web import access
from web.api.operations import Identity, Revision, Shape, ShortText, operation
from web.transaction import database_session

blueprint = Blueprint("api_agenda", __name__)
PlannedMinutes = Annotated[int, Field(ge=1, le=1440)]


class AgendaItemAnswer(Shape):
    id: int
    number: str = Field(description="「2-1」の形")
    level: int
    parent_id: int | None
    position: int = Field(description="同じ親の下での順。0から")
    title: str
    presenter: str
    planned_minutes: int | None
    revision: int
    document_ids: list[int]

    @classmethod
    def of(cls, entry: AgendaItem) -> "AgendaItemAnswer":
        return next(a for a in agenda_of(entry.meeting) if a.id == entry.id)


class AgendaAnswer(Shape):
    agenda_items: list[AgendaItemAnswer] = Field(description="印刷の順")


class NewAgendaItem(Shape):
    title: ShortText
    presenter: ShortText = Field("", description="説明者")
    planned_minutes: PlannedMinutes | None = Field(None, description="予定の分数")
    parent_id: Identity | None = Field(None, description="この議題の下に置く")


class AgendaItemChange(Shape):
    title: ShortText
    presenter: ShortText
    planned_minutes: PlannedMinutes | None
    revision: Revision = Field(description="読んだときの revision")


class AgendaPosition(Shape):
    parent_id: Identity | None = Field(description="null なら一番上の段")
    position: int = Field(ge=0, le=10_000, description="その親の下で何番目か。0から")


@blueprint.get("/meetings/<int:meeting_id>/agenda-items")
@access.to(Meeting, Right.SEE)
@operation("議題の一覧", answers=AgendaAnswer)
def show(person: Person, meeting: Meeting) -> AgendaAnswer:
    return AgendaAnswer(agenda_items=agenda_of(meeting))


@blueprint.post("/meetings/<int:meeting_id>/agenda-items")
@access.to(Meeting, Right.PREPARE)
@operation("議題を加える", answers=AgendaItemAnswer, status=201, body=NewAgendaItem)
def add(person: Person, meeting: Meeting, body: NewAgendaItem) -> AgendaItemAnswer:
    entry = agenda.add_agenda_item(
        database_session(),
        person,
        meeting,
        title=body.title,
        presenter=body.presenter,
        planned_minutes=body.planned_minutes,
        parent=item_or_none(meeting, body.parent_id, "parent_id"),
    )
    return AgendaItemAnswer.of(entry)


@blueprint.put("/agenda-items/<int:agenda_item_id>")
@access.to(AgendaItem, Right.PREPARE)
@operation("議題を直す", answers=AgendaItemAnswer, body=AgendaItemChange)
def change(person: Person, agenda_item: AgendaItem, body: AgendaItemChange) -> AgendaItemAnswer:
    agenda.change_agenda_item(
        database_session(),
        person,
        agenda_item,
        title=body.title,
        presenter=body.presenter,
        planned_minutes=body.planned_minutes,
        based_on=body.revision,
    )
    return AgendaItemAnswer.of(agenda_item)


@blueprint.post("/agenda-items/<int:agenda_item_id>/place")
@access.to(AgendaItem, Right.PREPARE)
@operation("議題を移す", answers=AgendaAnswer, body=AgendaPosition)
def place(person: Person, agenda_item: AgendaItem, body: AgendaPosition) -> AgendaAnswer:
    parent = item_or_none(agenda_item.meeting, body.parent_id, "parent_id")
    agenda.move_agenda_item(database_session(), person, agenda_item, parent, body.position)
    return AgendaAnswer(agenda_items=agenda_of(agenda_item.meeting))


@blueprint.delete("/agenda-items/<int:agenda_item_id>")
@access.to(AgendaItem, Right.PREPARE)
@operation("議題を消す")
def remove(person: Person, agenda_item: AgendaItem) -> None:
    agenda.remove_agenda_item(database_session(), person, agenda_item)


def agenda_of(meeting: Meeting) -> list[AgendaItemAnswer]:
    session = database_session()
    session.flush()
    return [
        AgendaItemAnswer(
            id=node.entry.id,
            number=node.number,
            level=node.level,
            parent_id=node.entry.parent_id,
            position=node.entry.position,
            title=node.entry.title,
            presenter=node.entry.presenter,
            planned_minutes=node.entry.planned_minutes,
            revision=node.entry.revision,
            document_ids=[document.id for document in node.documents],
        )
        for node in agenda.flat(agenda.tree(session, meeting))
    ]


def item_or_none(
    meeting: Meeting, identity: int | None, field: str = "agenda_item_id"
) -> AgendaItem | None:
    """Return the item of this meeting with this id; None for no id. Raises InvalidInput."""
    return None if identity is None else agenda.item_of(meeting, identity, field)
