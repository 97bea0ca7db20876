"""Guests (外部委員): let in to one meeting by a personal link and a code, ended with it.

A guest is a person with an invitation like anybody else, so all rights hold as they are; only
the way in is another one.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, entries, people
from meetings.errors import NotFound, NotPossibleNow
from meetings.invitations import invitation_of, invite, withdraw_invitation
from models.base import now
from models.guest import GuestPass
from models.meeting import InvitationKind, Meeting
from models.person import Person, SignIn

MOST_WRONG_CODES = 10
STAYS_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Way:
    """What the guest is given, once: it is kept nowhere."""

    guest_pass: GuestPass
    token: str
    code: str


def add_guest(
    session: Session,
    by: Person,
    meeting: Meeting,
    *,
    name: str,
    title: str = "",
    email: str = "",
    kind: InvitationKind = InvitationKind.ATTENDEE,
) -> Way:
    """Somebody without an account, invited to this meeting."""
    if meeting.ends_at <= now():
        raise NotPossibleNow("終わった会議に外部委員を招くことはできません。")
    guest = Person(
        login=f"guest-{secrets.token_hex(8)}",
        name=entries.text("name", "氏名", name),
        title=entries.optional_text("title", "職名", title),
        email=entries.email("email", "メールアドレス", email),
        department=meeting.department,
        password_hash=people.NOBODY,
        is_guest=True,
    )
    session.add(guest)
    session.flush()
    invite(session, by, meeting, guest, kind)
    return make_pass(session, by, meeting, guest)


def make_pass(session: Session, by: Person, meeting: Meeting, guest: Person) -> Way:
    """A new link and code; those given before end."""
    for known in _open_passes(session, meeting, guest):
        known.ended_at = now()
    token, code = secrets.token_urlsafe(24), f"{secrets.randbelow(10**6):06}"
    guest_pass = GuestPass(
        meeting=meeting,
        person=guest,
        token_sha256=people.hash_of(token),
        code_hash=people.HASHER.hash(code),
        made_by_id=by.id,
    )
    session.add(guest_pass)
    audit.note(session, by, "admit", guest_pass)
    return Way(guest_pass, token, code)


def end_pass(session: Session, by: Person, meeting: Meeting, guest: Person) -> None:
    """The guest is not let in any more, and leaves where they are signed in."""
    for known in _open_passes(session, meeting, guest):
        known.ended_at = now()
    for entry in session.scalars(select(SignIn).where(SignIn.person_id == guest.id)):
        entry.ended_at = entry.ended_at or now()
    invitation = invitation_of(session, meeting, guest)
    if invitation is not None:
        withdraw_invitation(session, by, invitation)


def pass_of(session: Session, token: str) -> GuestPass:
    """The pass with this link, while it is open. Raises NotFound."""
    found = session.scalar(select(GuestPass).where(GuestPass.token_sha256 == people.hash_of(token)))
    if found is None or found.ended_at is not None:
        raise NotFound()
    return found


def let_in(session: Session, guest_pass: GuestPass, code: str) -> tuple[str, SignIn] | None:
    """The secret of a sign-in that ends a day after the meeting; None for a wrong code, which is
    counted. Raises NotPossibleNow when the meeting is over or too many codes were wrong."""
    check_is_open(guest_pass)
    if not people.is_password(guest_pass.code_hash, code.strip()):
        guest_pass.wrong_codes += 1
        return None
    until = guest_pass.meeting.ends_at + STAYS_AFTER
    return people.begin_sign_in(session, guest_pass.person, until)


def check_is_open(guest_pass: GuestPass) -> None:
    if now() > guest_pass.meeting.ends_at + STAYS_AFTER:
        raise NotPossibleNow("この会議は終わりました。リンクはもう使えません。")
    if guest_pass.wrong_codes >= MOST_WRONG_CODES:
        raise NotPossibleNow(
            "番号の間違いが続いたため、このリンクは使えなくなりました。"
            "主催者に新しいリンクを頼んでください。"
        )


def guests_of(session: Session, meeting: Meeting) -> list[GuestPass]:
    """The open passes of the meeting, one for each guest."""
    return list(
        session.scalars(
            select(GuestPass)
            .where(GuestPass.meeting_id == meeting.id, GuestPass.ended_at.is_(None))
            .order_by(GuestPass.id)
        )
    )


def _open_passes(session: Session, meeting: Meeting, guest: Person) -> list[GuestPass]:
    if not guest.is_guest:
        raise NotFound()
    return [known for known in guests_of(session, meeting) if known.person_id == guest.id]
