"""署名議員・署名委員: the members who sign the minutes on paper, the sheet for it, and its scan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from meetings import audit, clean_text, dates
from meetings.disk.storage import Incoming, Storage
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.invitations.invitations import invited
from meetings.pdf import scans, typesetting
from minutes.records.content import content_of
from models.meeting import InvitationKind, Meeting
from models.minutes import Approval, Minutes, MinutesRevision
from models.person import Person
from models.seal import SignatureScan, Signer

MEMBERS = (InvitationKind.CHAIR, InvitationKind.ATTENDEE)
LARGEST_BYTES = 200_000_000
MOST_SIGNERS = 20


def members(meeting: Meeting) -> list[Person]:
    """Return those of the meeting who can sign: chair and attendees, as they are invited."""
    return [i.person for i in invited(meeting) if InvitationKind(i.kind) in MEMBERS]


def signers_of(session: Session, minutes: Minutes) -> Sequence[Signer]:
    """Return who signs, in order."""
    wanted = select(Signer).where(Signer.minutes_id == minutes.id)
    return session.scalars(wanted.order_by(Signer.position)).all()


def choose(session: Session, by: Person, minutes: Minutes, people: Sequence[Person]) -> None:
    """Let these members sign, in this order, in place of those of before. Raises InvalidInput for
    somebody who is no member of the meeting.
    """
    possible = members(minutes.meeting)
    for person in people:
        if person not in possible:
            raise InvalidInput("person_ids", f"{person.name}さんは、この会議の出席者にいません。")
    if len(people) > MOST_SIGNERS:
        raise InvalidInput("person_ids", f"署名する人は{MOST_SIGNERS}人までです。")
    session.execute(delete(Signer).where(Signer.minutes_id == minutes.id))
    for position, person in enumerate(dict.fromkeys(people)):
        session.add(Signer(minutes=minutes, person=person, position=position, chosen_by_id=by.id))
    audit.note(session, by, "choose_signers", minutes)


def sheet(session: Session, revision: MinutesRevision) -> bytes:
    """Return the sheet to sign as a PDF. Raises NotPossibleNow before somebody was chosen."""
    chosen = signers_of(session, revision.minutes)
    if not chosen:
        raise NotPossibleNow("署名する人をまだ選んでいません。先に選んで保存してください。")
    content, approval = content_of(revision), _approval(revision)
    draft = "" if approval else "（承認前）"
    return typesetting.to_pdf(
        "signatures",
        {
            "title": content.title,
            "series": content.series,
            "when": dates.span(*map(datetime.fromisoformat, (content.starts_at, content.ends_at))),
            "place": content.place,
            "revision": f"第{revision.number}版{draft}",
            "signers": [{"name": s.person.name, "title": s.person.title} for s in chosen],
            "seal": (approval.seal_sha256 or "") if approval else "",
        },
    )


@dataclass(frozen=True)
class PreparedScan:
    """A scan in the store, as a plain PDF."""

    sha256: str
    file_name: str
    page_count: int


def prepare_scan(storage: Storage, file_name: str, incoming: Incoming) -> PreparedScan:
    """Make a plain PDF of what came in and store it. Slow. Raises FileRejected, StorageFull."""
    incoming.flush_to_disk()
    with storage.workspace() as folder:
        target = folder / "scan.pdf"
        pages = scans.cleaned(incoming.path, target)
        with target.open("rb") as file:
            stored = storage.add(file, LARGEST_BYTES)
    name = clean_text.file_name(f"{Path(file_name).stem}.pdf", "署名の写し.pdf")
    return PreparedScan(stored.sha256, name, pages)


def take_scan(
    session: Session, by: Person, revision: MinutesRevision, prepared: PreparedScan
) -> SignatureScan:
    """Keep the scan with the approved revision. Raises NotPossibleNow for one that is not
    approved.
    """
    approval = _approval(revision)
    if approval is None:
        raise NotPossibleNow("署名の写しは、承認された版に付けます。先に承認を受けてください。")
    scan = SignatureScan(
        approval=approval,
        sha256=prepared.sha256,
        file_name=prepared.file_name,
        page_count=prepared.page_count,
        taken_by=by,
    )
    session.add(scan)
    audit.note(session, by, "add", scan)
    return scan


def scans_of(session: Session, revision: MinutesRevision) -> Sequence[SignatureScan]:
    """Return the scans kept with the revision, the oldest first."""
    approval = _approval(revision)
    if approval is None:
        return []
    wanted = select(SignatureScan).where(SignatureScan.approval_id == approval.id)
    return session.scalars(wanted.order_by(SignatureScan.id)).all()


def _approval(revision: MinutesRevision) -> Approval | None:
    decision = revision.request.decision if revision.request else None
    return decision if decision is not None and decision.is_approved else None
