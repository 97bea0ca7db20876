"""Who is asked to come, and the answers."""

from datetime import datetime
from typing import Self

from flask import Blueprint
from pydantic import Field, model_validator
from sqlalchemy import select

from meetings import invitations
from meetings.errors import InvalidInput
from meetings.rights import Right
from models.meeting import Invitation, InvitationKind, Meeting
from models.person import Person
from web import access
from web.api.operations import Identity, Shape, operation
from web.api.shapes import PersonAnswer
from web.transaction import database_session

blueprint = Blueprint("api_invitations", __name__)


class AnswerAnswer(Shape):
    is_coming: bool
    answered_at: datetime


class InvitationAnswer(Shape):
    """招集"""

    id: int
    person: PersonAnswer
    kind: InvitationKind = Field(description="attendee（出席者）か presenter（説明者）")
    kind_label: str
    invited_at: datetime
    answer: AnswerAnswer | None = Field(description="返事。まだなら null")

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationAnswer":
        database_session().flush()
        kind, given = InvitationKind(invitation.kind), invitation.answer
        return cls(
            id=invitation.id,
            person=PersonAnswer.of(invitation.person),
            kind=kind,
            kind_label=kind.label,
            invited_at=invitation.invited_at,
            answer=AnswerAnswer(is_coming=given.is_coming, answered_at=given.answered_at)
            if given
            else None,
        )


class InvitationsAnswer(Shape):
    invitations: list[InvitationAnswer] = Field(description="説明者が先")


class NewInvitation(Shape):
    """login か person_id のどちらか一方。"""

    login: str | None = Field(None, max_length=100, description="利用者ID")
    person_id: Identity | None = None
    kind: InvitationKind = InvitationKind.ATTENDEE

    @model_validator(mode="after")
    def names_one_person(self) -> Self:
        if (self.login is None) == (self.person_id is None):
            raise ValueError("login か person_id のどちらか一方を送ってください。")
        return self


class Attendance(Shape):
    is_coming: bool = Field(description="出席するとき true")


@blueprint.get("/meetings/<int:meeting_id>/invitations")
@access.to(Meeting, Right.SEE)
@operation("招集した人と返事の一覧", answers=InvitationsAnswer)
def list_invitations(person: Person, meeting: Meeting) -> InvitationsAnswer:
    standing = invitations.invited(meeting)
    return InvitationsAnswer(invitations=[InvitationAnswer.of(i) for i in standing])


@blueprint.post("/meetings/<int:meeting_id>/invitations")
@access.to(Meeting, Right.PREPARE)
@operation("招集する", answers=InvitationAnswer, status=201, body=NewInvitation)
def invite(person: Person, meeting: Meeting, body: NewInvitation) -> InvitationAnswer:
    session, invited = database_session(), _invited(body)
    return InvitationAnswer.of(invitations.invite(session, person, meeting, invited, body.kind))


@blueprint.delete("/invitations/<int:invitation_id>")
@access.to(Invitation, Right.PREPARE)
@operation("招集を取り消す")
def withdraw(person: Person, invitation: Invitation) -> None:
    invitations.withdraw_invitation(database_session(), person, invitation)


@blueprint.put("/meetings/<int:meeting_id>/answer")
@access.to(Meeting, Right.ANSWER)
@operation("招集に返事をする", answers=AnswerAnswer, body=Attendance)
def answer(person: Person, meeting: Meeting, body: Attendance) -> AnswerAnswer:
    session = database_session()
    given = invitations.answer_invitation(session, person, meeting, is_coming=body.is_coming)
    session.flush()
    return AnswerAnswer(is_coming=given.is_coming, answered_at=given.answered_at)


def _invited(body: NewInvitation) -> Person:
    if body.login is not None:
        field, wanted = "login", Person.login == body.login.strip()
    else:
        field, wanted = "person_id", Person.id == body.person_id
    found = database_session().scalar(select(Person).where(wanted, Person.ended_at.is_(None)))
    if found is None:
        raise InvalidInput(
            field, "その利用者は登録されていません。管理者に登録を依頼してください。"
        )
    return found
