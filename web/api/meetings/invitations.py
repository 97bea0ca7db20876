"""The people who are invited to a meeting, and their answers."""

from datetime import datetime
from typing import Literal, Self

from flask import Blueprint
from pydantic import Field, model_validator

from meetings.errors import InvalidInput
from meetings.invitations import guests, invitations, notices, roster
from meetings.people import logins
from meetings.rights import Right, may_read_note, rights
from models.meeting import AnswerWord, Invitation, InvitationKind, Meeting, RosterEntry, Series
from models.meeting import InvitationReply as Given
from models.person import Person
from web import access
from web.api.operations import Identity, Shape, ShortText, operation
from web.api.shapes import PersonAnswer
from web.transaction import database_session
from web.urls import address_of

blueprint = Blueprint("api_invitations", __name__)


class AnswerAnswer(Shape):
    answer: AnswerWord = Field(description="coming（出席）、absent（欠席）、proxy（代理）")
    proxy_name: str = Field(description="代理の人の職名と氏名")
    note: str = Field(description="連絡事項。本人と、会議を準備・進行する人にだけ見える")
    answered_at: datetime

    @classmethod
    def of(cls, given: Given, *, with_note: bool) -> "AnswerAnswer":
        return cls(
            answer=AnswerWord(given.word),
            proxy_name=given.proxy_name,
            note=given.note if with_note else "",
            answered_at=given.answered_at,
        )


class InvitationAnswer(Shape):
    """招集"""

    id: int
    person: PersonAnswer
    kind: InvitationKind = Field(
        description="議長 chair、委員・出席者 attendee、説明員 presenter、参考人 witness、"
        "事務局 staff、オブザーバー observer、傍聴 audience"
    )
    kind_label: str
    office: str = Field(description="会議の日の職名")
    invited_at: datetime
    answer: AnswerAnswer | None = Field(description="返事。まだなら null")

    @classmethod
    def of(cls, invitation: Invitation, *, with_note: bool = True) -> "InvitationAnswer":
        database_session().flush()
        kind, given = InvitationKind(invitation.kind), invitation.answer
        return cls(
            id=invitation.id,
            person=PersonAnswer.of(invitation.person),
            kind=kind,
            kind_label=kind.label,
            office=invitation.title,
            invited_at=invitation.invited_at,
            answer=AnswerAnswer.of(given, with_note=with_note) if given else None,
        )


class InvitationsAnswer(Shape):
    invitations: list[InvitationAnswer] = Field(
        description="区分の順。同じ区分では主催者の決めた順"
    )


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


class CountAnswer(Shape):
    count: int = Field(description="人数")


class InvitationRoleBody(Shape):
    kind: InvitationKind
    office: ShortText = Field("", description="会議の日の職名。空なら、その人の職名")


class Shift(Shape):
    way: Literal["up", "down"]


class AnswerBody(Shape):
    answer: AnswerWord = Field(description="coming（出席）、absent（欠席）、proxy（代理）")
    proxy_name: ShortText = Field("", description="代理のとき、来る人の職名と氏名")
    note: ShortText = ""


@blueprint.get("/meetings/<int:meeting_id>/invitations")
@access.to(Meeting, Right.SEE)
@operation("招集した人と返事の一覧", answers=InvitationsAnswer)
def list_invitations(person: Person, meeting: Meeting) -> InvitationsAnswer:
    standing, given = invitations.invited(meeting), rights(database_session(), person, meeting)
    return InvitationsAnswer(
        invitations=[
            InvitationAnswer.of(i, with_note=may_read_note(given, person, i)) for i in standing
        ]
    )


@blueprint.post("/meetings/<int:meeting_id>/invitations")
@access.to(Meeting, Right.PREPARE)
@operation("招集する", answers=InvitationAnswer, status=201, body=NewInvitation)
def invite(person: Person, meeting: Meeting, body: NewInvitation) -> InvitationAnswer:
    session, invited = database_session(), _invited(body)
    return InvitationAnswer.of(invitations.invite(session, person, meeting, invited, body.kind))


@blueprint.post("/meetings/<int:meeting_id>/invitations/as-before")
@access.to(Meeting, Right.PREPARE)
@operation("写した元の会議で招集した人を招集する（外部委員を除く）", answers=CountAnswer)
def invite_as_before(person: Person, meeting: Meeting) -> CountAnswer:
    return CountAnswer(count=len(invitations.invite_as_before(database_session(), person, meeting)))


@blueprint.put("/invitations/<int:invitation_id>/position")
@access.to(Invitation, Right.PREPARE)
@operation("同じ区分の中で、上か下へ1つ移す", body=Shift)
def shift(person: Person, invitation: Invitation, body: Shift) -> None:
    invitations.shift_invitation(database_session(), person, invitation, body.way)


@blueprint.put("/invitations/<int:invitation_id>/role")
@access.to(Invitation, Right.RUN)
@operation(
    "会議での区分と、その日の職名を記録する", answers=InvitationAnswer, body=InvitationRoleBody
)
def change_role(
    person: Person, invitation: Invitation, body: InvitationRoleBody
) -> InvitationAnswer:
    invitations.set_role(database_session(), person, invitation, body.kind, body.office)
    return InvitationAnswer.of(invitation)


@blueprint.delete("/invitations/<int:invitation_id>")
@access.to(Invitation, Right.PREPARE)
@operation("招集を取り消す")
def withdraw(person: Person, invitation: Invitation) -> None:
    invitations.withdraw_invitation(database_session(), person, invitation)


@blueprint.put("/meetings/<int:meeting_id>/answer")
@access.to(Meeting, Right.ANSWER)
@operation("招集に返事をする", answers=AnswerAnswer, body=AnswerBody)
def answer(person: Person, meeting: Meeting, body: AnswerBody) -> AnswerAnswer:
    session = database_session()
    given = invitations.answer_invitation(
        session, person, meeting, body.answer, proxy_name=body.proxy_name, note=body.note
    )
    session.flush()
    return AnswerAnswer.of(given, with_note=True)


def _invited(body: NewInvitation) -> Person:
    session = database_session()
    if body.login is not None:
        field, found = "login", logins.person_of(session, body.login)
    else:
        field, found = "person_id", session.get(Person, body.person_id)
    if found is None or found.ended_at is not None or found.is_guest:
        raise InvalidInput(
            field, "その利用者は登録されていません。管理者に登録を依頼してください。"
        )
    return found


class RosterEntryAnswer(Shape):
    """会議体の名簿の1人"""

    id: int
    person: PersonAnswer
    kind: InvitationKind

    @classmethod
    def of(cls, entry: RosterEntry) -> "RosterEntryAnswer":
        database_session().flush()
        return cls(
            id=entry.id, person=PersonAnswer.of(entry.person), kind=InvitationKind(entry.kind)
        )


class RosterAnswer(Shape):
    series_id: int
    series: str
    roster: list[RosterEntryAnswer] = Field(description="区分の順。同じ区分では主催者の決めた順")

    @classmethod
    def of(cls, series: Series) -> "RosterAnswer":
        database_session().flush()
        return cls(
            series_id=series.id,
            series=series.name,
            roster=[RosterEntryAnswer.of(entry) for entry in roster.standing(series)],
        )


class GuestBody(Shape):
    name: ShortText
    title: ShortText = ""
    email: ShortText = ""
    kind: InvitationKind = InvitationKind.ATTENDEE


class GuestAnswer(Shape):
    """外部委員。link と code はここでしか分からない。"""

    person: PersonAnswer
    link: str
    code: str

    @classmethod
    def of(cls, way: guests.GuestAccess) -> "GuestAnswer":
        return cls(
            person=PersonAnswer.of(way.guest_pass.person),
            link=address_of("guests.door", token=way.token),
            code=way.code,
        )


@blueprint.get("/meetings/<int:meeting_id>/roster")
@access.to(Meeting, Right.PREPARE)
@operation("会議体の名簿", answers=RosterAnswer)
def list_roster(person: Person, meeting: Meeting) -> RosterAnswer:
    return RosterAnswer.of(meeting.series)


@blueprint.post("/meetings/<int:meeting_id>/roster")
@access.to(Meeting, Right.PREPARE)
@operation("会議体の名簿に加える", answers=RosterEntryAnswer, status=201, body=NewInvitation)
def add_to_roster(person: Person, meeting: Meeting, body: NewInvitation) -> RosterEntryAnswer:
    made = roster.add(database_session(), person, meeting.series, _invited(body), body.kind)
    return RosterEntryAnswer.of(made)


@blueprint.delete("/meetings/<int:meeting_id>/roster/<int:entry_id>")
@access.to(Meeting, Right.PREPARE)
@operation("会議体の名簿から外す", answers=RosterAnswer)
def remove_from_roster(person: Person, meeting: Meeting, entry_id: int) -> RosterAnswer:
    for entry in roster.standing(meeting.series):
        if entry.id == entry_id:
            roster.remove(database_session(), person, entry)
    return RosterAnswer.of(meeting.series)


@blueprint.post("/meetings/<int:meeting_id>/roster/keeping")
@access.to(Meeting, Right.PREPARE)
@operation("招集した人（外部委員を除く）を会議体の名簿に加える", answers=RosterAnswer)
def keep_as_roster(person: Person, meeting: Meeting) -> RosterAnswer:
    roster.keep(database_session(), person, meeting)
    return RosterAnswer.of(meeting.series)


@blueprint.post("/meetings/<int:meeting_id>/roster/invitations")
@access.to(Meeting, Right.PREPARE)
@operation("名簿の全員を招集する", answers=CountAnswer)
def invite_roster(person: Person, meeting: Meeting) -> CountAnswer:
    return CountAnswer(count=roster.invite_all(database_session(), person, meeting))


@blueprint.post("/meetings/<int:meeting_id>/reminders")
@access.to(Meeting, Right.PREPARE)
@operation("未回答の人に、回答をお願いする", answers=CountAnswer)
def urge(person: Person, meeting: Meeting) -> CountAnswer:
    return CountAnswer(count=notices.urge(database_session(), meeting))


@blueprint.post("/meetings/<int:meeting_id>/guests")
@access.to(Meeting, Right.PREPARE)
@operation("外部委員を招く", answers=GuestAnswer, status=201, body=GuestBody)
def add_guest(person: Person, meeting: Meeting, body: GuestBody) -> GuestAnswer:
    code = guests.new_code()
    way = guests.add_guest(
        database_session(),
        person,
        meeting,
        code,
        name=body.name,
        title=body.title,
        email=body.email,
        kind=body.kind,
    )
    return GuestAnswer.of(way)


@blueprint.post("/invitations/<int:invitation_id>/pass")
@access.to(Invitation, Right.PREPARE)
@operation(
    "外部委員に新しいリンクと番号を出す。前のものは使えなくなる", answers=GuestAnswer, status=201
)
def renew_pass(person: Person, invitation: Invitation) -> GuestAnswer:
    code = guests.new_code()
    meeting, guest = invitation.meeting, invitation.person
    return GuestAnswer.of(guests.make_pass(database_session(), person, meeting, guest, code))
