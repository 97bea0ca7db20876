"""Inviting people, and their answers."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from meetings import audit, entries
from meetings.errors import InvalidInput, NotFound, NotPossibleNow
from meetings.finding import not_ended, of_a_list
from meetings.invitations.notices import notify
from meetings.people import sign_ins
from models.base import now
from models.guest import GuestPass
from models.meeting import AnswerWord, Invitation, InvitationKind, InvitationReply, Meeting
from models.notice import NoticeKind
from models.person import Person


def invite(
    session: Session,
    by: Person,
    meeting: Meeting,
    person: Person,
    kind: InvitationKind = InvitationKind.ATTENDEE,
) -> Invitation:
    """Invite; somebody who is invited already gets the new kind, one withdrawn is asked again."""
    _check_takes_place(meeting)
    invitation = invitation_of(session, meeting, person)
    is_asked_anew = invitation is None or invitation.withdrawn_at is not None
    if invitation is None:
        invitation = Invitation(
            meeting=meeting,
            person=person,
            kind=kind,
            position=_last_position(meeting) + 1,
            invited_by_id=by.id,
            sequence=0,
        )
        session.add(invitation)
    elif is_asked_anew:
        invitation.sequence += 1
    invitation.kind = kind
    invitation.withdrawn_at = None
    if is_asked_anew:
        notify(session, invitation, NoticeKind.INVITATION)
    audit.note(session, by, "invite", invitation)
    return invitation


def invite_all(
    session: Session,
    by: Person,
    meeting: Meeting,
    people: Iterable[tuple[Person, InvitationKind]],
) -> list[Invitation]:
    """Invite those who were never invited to this meeting, all at once and in this order, and
    return their invitations."""
    _check_takes_place(meeting)
    asked = {invitation.person_id for invitation in meeting.invitations}
    first = _last_position(meeting) + 1
    new = [(person, kind) for person, kind in people if person.id not in asked]
    made = [
        Invitation(
            meeting=meeting,
            person=person,
            kind=kind,
            position=place,
            invited_by_id=by.id,
            sequence=0,
        )
        for place, (person, kind) in enumerate(new, first)
    ]
    for invitation in made:
        notify(session, invitation, NoticeKind.INVITATION)
    session.add_all(made)
    session.flush()
    audit.note_each(session, by, "invite", made)
    return made


def withdraw_invitation(session: Session, by: Person, invitation: Invitation) -> None:
    """Withdraw the invitation. A guest, who came for this meeting alone, is not let in any more and
    leaves at once."""
    if invitation.withdrawn_at is not None:
        return
    invitation.withdrawn_at = now()
    notify(session, invitation, NoticeKind.WITHDRAWAL)
    audit.note(session, by, "withdraw", invitation)
    if invitation.person.is_guest:
        _show_out(session, by, invitation)


def answer_invitation(
    session: Session,
    person: Person,
    meeting: Meeting,
    word: AnswerWord,
    *,
    proxy_name: str = "",
    note: str = "",
) -> InvitationReply:
    """Answer 出席, 欠席, or 代理 with the title and name of who comes instead. Raises NotFound
    where no invitation stands."""
    _check_takes_place(meeting)
    invitation = invitation_of(session, meeting, person)
    if invitation is None or invitation.withdrawn_at is not None:
        raise NotFound()
    if word == AnswerWord.PROXY:
        proxy_name = entries.text("proxy_name", "代理の人の職名と氏名", proxy_name)
    answer = InvitationReply(
        invitation=invitation,
        word=word,
        proxy_name=proxy_name if word == AnswerWord.PROXY else "",
        note=entries.optional_text("note", "連絡事項", note),
        answered_by_id=person.id,
    )
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
    """Return the invitations that stand: by kind, among those of one kind as the organiser wants
    them."""
    standing = [i for i in meeting.invitations if i.withdrawn_at is None]
    return sorted(standing, key=lambda i: (InvitationKind(i.kind).rank, i.position, i.id))


def set_role(
    session: Session, by: Person, invitation: Invitation, kind: InvitationKind, office: str
) -> None:
    """Note in which capacity, and in which office of that day, somebody is at the meeting; an empty
    office is the person's title. Raises NotPossibleNow for an invitation that was withdrawn."""
    if invitation.withdrawn_at is not None:
        raise NotPossibleNow("この招集は取り消されています。もう一度招集してください。")
    office = entries.optional_text("office", "その日の職名", office)
    chosen = office if office != invitation.person.title else ""
    if (invitation.kind, invitation.office or "") != (kind, chosen):
        invitation.kind, invitation.office = kind, chosen or None
        audit.note(session, by, "set_role", invitation)


def shift_invitation(session: Session, by: Person, invitation: Invitation, way: str) -> None:
    """Move the invitation one place `up` or `down` among those of the same kind, as they stand on
    the lists, in notices and in the minutes; at either end it stays."""
    if way not in ("up", "down"):
        raise InvalidInput("way", "移動の向きは「上へ」か「下へ」を選んでください。")
    peers = [i for i in invited(invitation.meeting) if i.kind == invitation.kind]
    place = peers.index(invitation)
    other = place + (1 if way == "down" else -1)
    if not 0 <= other < len(peers):
        return
    peers[place], peers[other] = peers[other], peers[place]
    for position, peer in enumerate(peers, 1):
        peer.position = position
    audit.note(session, by, "move", invitation)


def people_of_before(session: Session, meeting: Meeting) -> list[Invitation]:
    """Return the invitations to the meeting that this one was copied from, of those who still work
    here and were not invited to this one."""
    source = session.get(Meeting, meeting.copied_from_id) if meeting.copied_from_id else None
    asked = {invitation.person_id for invitation in meeting.invitations}
    return [
        known
        for known in (invited(source) if source else [])
        if known.person_id not in asked and not known.person.has_left
    ]


def invite_as_before(session: Session, by: Person, meeting: Meeting) -> list[Invitation]:
    """Ask those to come who were asked to the meeting that this one was copied from. Guests are
    let in to one meeting alone, so they are not among them."""
    people = [
        (known.person, InvitationKind(known.kind))
        for known in people_of_before(session, meeting)
        if not known.person.is_guest
    ]
    return invite_all(session, by, meeting, people)


def _last_position(meeting: Meeting) -> int:
    return max((invitation.position or 0 for invitation in meeting.invitations), default=0)


def unanswered(person: Person) -> Select[Invitation]:
    """Select the invitations to meetings still to come that wait for this person's answer, the
    next meeting first."""
    return (
        select(Invitation)
        .join(Invitation.meeting)
        .where(
            Invitation.person_id == person.id,
            Invitation.withdrawn_at.is_(None),
            Meeting.removed_at.is_(None),
            Meeting.called_off_at.is_(None),
            Invitation.meeting_id.in_(not_ended()),
            ~Invitation.answers.any(),
        )
        .order_by(Meeting.starts_at, Invitation.id)
        .options(contains_eager(Invitation.meeting), selectinload(Invitation.answers))
    )


def meetings_to_answer(person: Person) -> Select[Meeting]:
    """Select the meetings of those invitations."""
    waiting = unanswered(person).order_by(None).with_only_columns(Invitation.meeting_id)
    return (
        select(Meeting)
        .where(Meeting.id.in_(waiting))
        .order_by(Meeting.starts_at, Meeting.id)
        .options(*of_a_list())
    )


def _show_out(session: Session, by: Person, invitation: Invitation) -> None:
    passes = select(GuestPass).where(
        GuestPass.meeting_id == invitation.meeting_id,
        GuestPass.person_id == invitation.person_id,
        GuestPass.ended_at.is_(None),
    )
    for guest_pass in session.scalars(passes):
        guest_pass.ended_at = now()
    sign_ins.end_all(session, by, invitation.person)


def _check_takes_place(meeting: Meeting) -> None:
    if meeting.called_off_at is not None:
        raise NotPossibleNow("この会議は中止になりました。")
