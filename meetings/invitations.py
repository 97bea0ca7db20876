"""Asking people to come, and their answers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import NotFound
from models.base import now
from models.meeting import Invitation, InvitationAnswer, InvitationKind, Meeting
from models.person import Person


def invite(
    session: Session,
    by: Person,
    meeting: Meeting,
    person: Person,
    kind: InvitationKind = InvitationKind.ATTENDEE,
) -> Invitation:
    """Invite; somebody who is invited already gets the new kind, one withdrawn is asked again."""
    invitation = invitation_of(session, meeting, person)
    if invitation is None:
        invitation = Invitation(meeting=meeting, person=person, kind=kind, invited_by_id=by.id)
        session.add(invitation)
    invitation.kind = kind
    invitation.withdrawn_at = None
    audit.note(session, by, "invite", invitation)
    return invitation


def withdraw_invitation(session: Session, by: Person, invitation: Invitation) -> None:
    invitation.withdrawn_at = now()
    audit.note(session, by, "withdraw", invitation)


def answer_invitation(
    session: Session, person: Person, meeting: Meeting, *, is_coming: bool
) -> InvitationAnswer:
    invitation = invitation_of(session, meeting, person)
    if invitation is None or invitation.withdrawn_at is not None:
        raise NotFound()
    answer = InvitationAnswer(invitation=invitation, is_coming=is_coming, answered_by_id=person.id)
    session.add(answer)
    audit.note(session, person, "answer", invitation)
    return answer


def invitation_of(session: Session, meeting: Meeting, person: Person) -> Invitation | None:
    return session.scalar(
        select(Invitation).where(
            Invitation.meeting_id == meeting.id, Invitation.person_id == person.id
        )
    )


def invited(meeting: Meeting) -> list[Invitation]:
    """The invitations that stand, presenters first."""
    standing = [i for i in meeting.invitations if i.withdrawn_at is None]
    return sorted(standing, key=lambda i: (i.kind != InvitationKind.PRESENTER, i.id))


def unanswered(session: Session, person: Person) -> list[Invitation]:
    """Invitations to meetings still to come that wait for this person's answer."""
    standing = session.scalars(
        select(Invitation)
        .join(Meeting)
        .where(
            Invitation.person_id == person.id,
            Invitation.withdrawn_at.is_(None),
            Meeting.removed_at.is_(None),
            Meeting.ends_at > now(),
            ~Invitation.answers.any(),
        )
        .order_by(Meeting.starts_at)
    )
    return list(standing)
