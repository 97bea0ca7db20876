"""Guests (外部委員), who are let in to one meeting by a personal link and a code, both ended with
it.

A guest is a person with an invitation like anybody else, so all rights hold as they are; only the
way in is another one.
"""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.errors import NotFound, NotPossibleNow, TooManyTries, WrongCode
from meetings.invitations.invitations import invite
from meetings.people import passwords, sign_ins, throttling, tokens
from meetings.people.sign_ins import Entered, SignInPlace
from models.audit import Result
from models.base import now
from models.database import reading, writing
from models.guest import GuestPass
from models.meeting import InvitationKind, Meeting
from models.person import Person, SignInWay

STAYS_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Code:
    """A code of six digits, and its hash: made before the write lock is taken."""

    digits: str = field(repr=False)
    hash: str = field(repr=False)


@dataclass(frozen=True)
class GuestAccess:
    """The link and code for a guest, shown once: they are kept nowhere."""

    guest_pass: GuestPass
    token: str
    code: str


def new_code() -> Code:
    """Make a code. Hashing takes a moment, so this comes before the first query of a change."""
    digits = f"{secrets.randbelow(10**6):06}"
    return Code(digits, passwords.hashed(digits).hash)


def add_guest(
    session: Session,
    by: Person,
    meeting: Meeting,
    code: Code,
    *,
    name: str,
    title: str = "",
    email: str = "",
    kind: InvitationKind = InvitationKind.ATTENDEE,
) -> GuestAccess:
    """Add somebody without an account, invited to this meeting, and return their link and code."""
    if meeting.ends_at <= now():
        raise NotPossibleNow("終わった会議に外部委員を招くことはできません。")
    guest = Person(
        login=f"guest-{secrets.token_hex(8)}",
        name=entries.text("name", "氏名", name),
        title=entries.optional_text("title", "職名", title),
        email=entries.email("email", "メールアドレス", email),
        department=meeting.department,
        password_hash="",
        is_guest=True,
    )
    session.add(guest)
    session.flush()
    invite(session, by, meeting, guest, kind)
    return make_pass(session, by, meeting, guest, code)


def make_pass(
    session: Session, by: Person, meeting: Meeting, guest: Person, code: Code
) -> GuestAccess:
    """Make a new link and code; those given before end. Raises NotFound for somebody who is no
    guest."""
    for known in _open_passes(session, meeting, guest):
        known.ended_at = now()
    token = tokens.new_token()
    guest_pass = GuestPass(
        meeting=meeting,
        person=guest,
        token_sha256=sign_ins.hash_of(tokens.plain_token(token)),
        code_hash=code.hash,
        made_by_id=by.id,
    )
    session.add(guest_pass)
    audit.note(session, by, "admit", guest_pass)
    return GuestAccess(guest_pass, token, code.digits)


def pass_of(session: Session, token: str) -> GuestPass:
    """Return the pass with this link, while it is open. Raises NotFound."""
    hashes = {sign_ins.hash_of(token), sign_ins.hash_of(tokens.plain_token(token))}
    found = session.scalar(select(GuestPass).where(GuestPass.token_sha256.in_(hashes)))
    if found is None or found.ended_at is not None:
        raise NotFound()
    return found


def let_in(engine: Engine, token: str, code: str, place: SignInPlace) -> tuple[Entered, int]:
    """Return a sign-in that ends a day after the meeting, and the meeting's id. The code is
    compared with no transaction open. Raises WrongCode, which is counted, TooManyTries while the
    guest must wait because of that, NotPossibleNow when the meeting is over, NotFound for a link
    that ended."""
    with reading(engine) as session:
        guest_pass = pass_of(session, token)
        _check_may_try(guest_pass)
        kept = guest_pass.code_hash
    is_right = passwords.matches(kept, code.strip())
    with writing(engine) as session, session.begin():
        guest_pass = pass_of(session, token)
        _check_may_try(guest_pass)
        if is_right:
            until = guest_pass.meeting.ends_at + STAYS_AFTER
            made, entry = sign_ins.begin_sign_in(
                session, guest_pass.person, until, place, way=SignInWay.GUEST
            )
            return Entered(made, entry.person_id, entry.expires_at), guest_pass.meeting_id
        guest_pass.wrong_codes, guest_pass.last_wrong_at = guest_pass.wrong_codes + 1, now()
        of_pass = audit.Named.of(guest_pass)
        audit.note_refusal(
            session,
            "code",
            place.address,
            guest_pass.person_id,
            of_pass,
            result=Result.MISTYPED,
        )
    raise WrongCode()


def check_is_not_over(guest_pass: GuestPass) -> None:
    """Raise NotPossibleNow a day after the meeting."""
    if now() > guest_pass.meeting.ends_at + STAYS_AFTER:
        raise NotPossibleNow("この会議は終わりました。リンクはもう使えません。")


def _check_may_try(guest_pass: GuestPass) -> None:
    check_is_not_over(guest_pass)
    left = throttling.CODE.left(guest_pass.wrong_codes, guest_pass.last_wrong_at)
    if left:
        raise TooManyTries(
            throttling.whole_seconds(left),
            f"番号の間違いが続いたため、あと{throttling.in_words(left)}は受け付けません。"
            "そのあとで、もう一度入力してください。お急ぎのときは、主催者に新しいリンクと番号を"
            "頼んでください。",
        )


def is_being_guessed(guest_pass: GuestPass) -> bool:
    """Return whether so many codes were wrong that the organiser had better make a new link and
    code."""
    return guest_pass.wrong_codes >= throttling.CODE.free


def guests_of(session: Session, meeting: Meeting) -> list[GuestPass]:
    """Return the open passes of the meeting, one for each guest."""
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
