"""出席: who is asked to come, and what they answered."""

from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from meetings.errors import InvalidInput
from meetings.invitations import answer_invitation, invite, invited, withdraw_invitation
from meetings.rights import Right
from models.meeting import Invitation, InvitationKind, Meeting
from models.person import Person
from web import access
from web.transaction import database_session
from web.views._meeting_head import meeting_head

blueprint = Blueprint("invitations", __name__)


@blueprint.get("/meetings/<int:meeting_id>/invitations")
@access.to(Meeting, Right.SEE)
def index(person: Person, meeting: Meeting) -> Any:
    invitations = invited(meeting)
    return render_template(
        "meetings/invitations.html",
        meeting=meeting,
        head=meeting_head(person, meeting),
        invitations=invitations,
        groups=_others({invitation.person_id for invitation in invitations}),
        kinds=list(InvitationKind),
        mine=next((i for i in invitations if i.person_id == person.id), None),
    )


@blueprint.post("/meetings/<int:meeting_id>/invitations")
@access.to(Meeting, Right.PREPARE)
def add(person: Person, meeting: Meeting) -> Any:
    session = database_session()
    chosen = [int(i) for i in request.form.getlist("person_ids") if i.isdecimal() and len(i) < 10]
    kind = request.form.get("kind", InvitationKind.ATTENDEE)
    if kind not in list(InvitationKind):
        raise InvalidInput("kind", "出席者か説明者を選んでください。")
    found = session.scalars(select(Person).where(Person.id.in_(chosen))).all()
    for guest in found:
        invite(session, person, meeting, guest, InvitationKind(kind))
    if found:
        flash(f"{len(found)}人を招集しました。", "done")
    else:
        flash("招集する人を選んでください。", "error")
    return _back(meeting)


@blueprint.post("/invitations/<int:invitation_id>/withdrawal")
@access.to(Invitation, Right.PREPARE)
def withdraw(person: Person, invitation: Invitation) -> Any:
    withdraw_invitation(database_session(), person, invitation)
    flash(f"{invitation.person.name}さんの招集を取り消しました。", "done")
    return _back(invitation.meeting)


@blueprint.post("/meetings/<int:meeting_id>/answer")
@access.to(Meeting, Right.ANSWER)
def answer(person: Person, meeting: Meeting) -> Any:
    given = request.form.get("is_coming")
    if given not in ("yes", "no"):
        raise InvalidInput("is_coming", "出席か欠席を選んでください。")
    answer_invitation(database_session(), person, meeting, is_coming=given == "yes")
    flash(f"{'出席' if given == 'yes' else '欠席'}で回答しました。", "done")
    return redirect(url_for("meetings.show", meeting_id=meeting.id))


def _others(invited_ids: set[int]) -> list[tuple[str, list[Person]]]:
    """Everybody else in the city, by department."""
    people = [
        person
        for person in database_session().scalars(
            select(Person).where(Person.ended_at.is_(None)).order_by(Person.kana)
        )
        if person.id not in invited_ids
    ]
    people.sort(key=lambda person: person.department.full_name)
    return [
        (name, list(them))
        for name, them in groupby(people, key=lambda person: person.department.full_name)
    ]


def _back(meeting: Meeting) -> Any:
    return redirect(url_for("invitations.index", meeting_id=meeting.id))
