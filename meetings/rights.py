"""The rights of a person: what they may do with a meeting and read of it. Pages, API, files and
lists all ask here: `rights` once for the meeting, then what those rights allow with each of its
documents."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from meetings.entries import MOST_DAYS
from models.approval import RequestStep
from models.base import now
from models.document import Document
from models.meeting import Invitation, Meeting, Series
from models.minutes import ApprovalRequest, MinutesRevision, Publication, Withdrawal
from models.person import Department, Person, Role, RoleGrant


class Right(StrEnum):
    """The kinds of access for which a route asks."""

    SEE = "see"  # the meeting, its agenda, its documents
    ANSWER = "answer"  # one's own invitation
    PREPARE = "prepare"  # agenda, documents, invitations
    RUN = "run"  # the sitting: who came, whose seat works, which item is discussed
    HEAR = "hear"  # recording, transcript, unpublished minutes
    RECORD = "record"  # take in a recording, start and stop its transcription
    CORRECT = "correct"  # segments, and the draft of the minutes
    REVIEW = "review"  # a text whose approval waits for them: read and hear it, remark, decide
    DECIDE = "decide"  # approve or send back
    PUBLISH = "publish"  # publish what is approved, withdraw it
    VOICEPRINTS = "voiceprints"  # of its series: see whose there are, delete them


BY_ROLE: dict[Role, frozenset[Right]] = {
    Role.ORGANISER: frozenset({Right.SEE, Right.PREPARE, Right.RUN, Right.VOICEPRINTS}),
    Role.SECRETARY: frozenset(
        {
            Right.SEE,
            Right.RUN,
            Right.HEAR,
            Right.REVIEW,
            Right.RECORD,
            Right.CORRECT,
            Right.PUBLISH,
            Right.VOICEPRINTS,
        }
    ),
    Role.APPROVER: frozenset({Right.SEE, Right.HEAR, Right.REVIEW, Right.DECIDE, Right.PUBLISH}),
    Role.ADMINISTRATOR: frozenset(),  # runs the server, does not read the meetings
    Role.AUDITOR: frozenset(),  # reads the audit, and nothing else
}

OF_THE_INVITED = frozenset({Right.SEE, Right.ANSWER})


def rights(session: Session, person: Person | None, meeting: Meeting) -> frozenset[Right]:
    """Return everything that this person may do with this meeting."""
    return rights_of_many(session, person, [meeting])[meeting.id]


def rights_of_many(
    session: Session, person: Person | None, meetings: Sequence[Meeting]
) -> dict[int, frozenset[Right]]:
    """Return `rights` to each meeting, by its id, by one query."""
    if person is None:
        return {meeting.id: frozenset() for meeting in meetings}
    invited = _invited_to(session, person, meetings)
    return {
        meeting.id: rights_by_role(person, meeting.department)
        | (OF_THE_INVITED if meeting.id in invited else frozenset())
        if meeting.removed_at is None
        else frozenset()
        for meeting in meetings
    }


def rights_to_text(session: Session, person: Person, revision: MinutesRevision) -> frozenset[Right]:
    """Return everything that this person may do with this one text of the minutes: what they may
    with its meeting, and REVIEW where a step of its approval waits for them or was approved by
    them."""
    given, meeting = rights(session, person, revision.meeting), revision.meeting
    if Right.REVIEW in given or meeting.removed_at is not None:
        return given
    own = select(RequestStep).where(
        RequestStep.request.has(ApprovalRequest.revision_id == revision.id), _is_theirs(person)
    )
    is_asked = any(
        one.decided_at is None or (one.is_approved and one.decided_by_id == person.id)
        for one in session.scalars(own)
    )
    is_possible = may_be_asked(person, meeting.series, meeting)
    return given | {Right.REVIEW} if is_asked and is_possible else given


def may_be_asked(person: Person, series: Series, meeting: Meeting | None = None) -> bool:
    """Return whether a step of the series' approval can wait for this person: for one who may hear
    its recordings by a role, or who sits in it: on its roster, or in this meeting."""
    if person.has_left:
        return False
    if Right.HEAR in rights_by_role(person, series.department):
        return True
    is_standing = any(e.person_id == person.id and e.ended_at is None for e in series.roster)
    invited = meeting.invitations if meeting else []
    return is_standing or any(
        one.person_id == person.id and one.withdrawn_at is None for one in invited
    )


def awaited_steps(person: Person) -> Select[RequestStep]:
    """Select the steps of all approvals that wait for this person by name now."""
    newest = aliased(MinutesRevision)
    is_newest = ~(
        select(newest.id)
        .where(newest.minutes_id == MinutesRevision.minutes_id, newest.id > MinutesRevision.id)
        .exists()
    )
    return (
        select(RequestStep)
        .join(RequestStep.request)
        .join(ApprovalRequest.revision)
        .where(_is_theirs(person), RequestStep.decided_at.is_(None), is_newest)
        .where(~ApprovalRequest.decision.has())
    )


def _is_theirs(person: Person) -> ColumnElement[bool]:
    """Return the condition that the turn of a `RequestStep` has come and it names the person."""
    return and_(
        RequestStep.began_at.is_not(None),
        or_(RequestStep.person_id == person.id, RequestStep.delegate_id == person.id),
    )


def rights_by_role(person: Person, department: Department) -> frozenset[Right]:
    """Return what this person may do with the department's meetings, without what an invitation
    gives."""
    given: frozenset[Right] = frozenset()
    for role, allowed in BY_ROLE.items():
        if person.has_role_for(role, department):
            given |= allowed
    return given


def holders(right: Right, department: Department) -> Select[Person]:
    """Select whoever has this right by a role to the meetings of this department, in the order of
    ふりがな."""
    roles = [role for role in Role if right in BY_ROLE[role]]
    granted = select(RoleGrant.person_id).where(
        RoleGrant.role.in_(roles),
        RoleGrant.is_in_force,
        or_(
            RoleGrant.department_id.is_(None),
            RoleGrant.department_id.in_([department.id, department.parent_id or department.id]),
        ),
    )
    return (
        select(Person)
        .where(Person.id.in_(granted), ~Person.has_left)
        .order_by(Person.kana, Person.id)
    )


def has_anywhere(person: Person, right: Right) -> bool:
    """Return whether a role gives the right to this person in some department."""
    return any(right in BY_ROLE[Role(grant.role)] for grant in person.grants)


def may_read(given: frozenset[Right], person: Person, document: Document) -> bool:
    """Return whether the person may read the document: whoever sees the meeting may (`given` are
    this person's rights to it). Those who are only invited may until the access ends, and when
    readers are named, if they are among them."""
    if document.removed_at is not None or Right.SEE not in given:
        return False
    if not is_only_invited(given):
        return True
    if has_access_ended(document.meeting, now()):
        return False
    return not document.readers or person in document.readers


def readers_of(session: Session, document: Document) -> frozenset[int] | None:
    """Return the ids of the people who may read a document that is not for everybody in its
    meeting: its named readers, and those whose role gives them the meeting. None when everybody who
    sees the meeting may read it."""
    if not document.readers and not has_access_ended(document.meeting, now()):
        return None
    department = document.meeting.department
    staff = holders(Right.SEE, department).order_by(None).with_only_columns(Person.id)
    named = () if has_access_ended(document.meeting, now()) else document.readers
    return frozenset(session.scalars(staff)) | {person.id for person in named}


def may_print(given: frozenset[Right], document: Document) -> bool:
    return document.may_print or not is_only_invited(given)


def may_download(given: frozenset[Right], document: Document) -> bool:
    return document.may_download or not is_only_invited(given)


def may_take_original(given: frozenset[Right], document: Document) -> bool:
    """Return whether the person may take the Office file from which the PDF was made. It may carry
    what nobody sees in the PDF and cannot be stamped with a name: to those who are only invited it
    goes when somebody said so."""
    if not is_only_invited(given):
        return True
    return document.may_take_original and document.may_download and not document.is_watermarked


def may_read_note(given: frozenset[Right], person: Person, invitation: Invitation) -> bool:
    """Return whether this person reads what the invited person wrote beside their answer, which may
    be an illness: they themselves do, and those who prepare or run the meeting."""
    return person.id == invitation.person_id or not given.isdisjoint({Right.PREPARE, Right.RUN})


def may_publish_pages(document: Document) -> bool:
    """Return whether citizens see the pages of it that were shown, beside published minutes:
    nothing that is closed, stamped with its reader's name, or not to be kept."""
    is_held_back = document.readers or document.is_watermarked
    may_be_kept = document.may_print and document.may_download
    return document.removed_at is None and not is_held_back and may_be_kept


def is_only_invited(given: frozenset[Right]) -> bool:
    """Return whether no role gives this person the meeting."""
    return given <= OF_THE_INVITED


def has_access_ended(meeting: Meeting, at: datetime) -> bool:
    if meeting.access_days is None:
        return False
    return at > meeting.ends_at + timedelta(days=min(meeting.access_days, MOST_DAYS))


def visible_meetings(person: Person) -> Select[Meeting]:
    """Select the meetings that `rights` would let this person see."""
    kept = select(Meeting).where(Meeting.removed_at.is_(None))
    reached = {
        grant.department_id for grant in person.grants if Right.SEE in BY_ROLE[Role(grant.role)]
    }
    if None in reached:  # the whole city
        return kept
    departments = select(Department.id).where(
        or_(Department.id.in_(reached), Department.parent_id.in_(reached))
    )
    invited = Meeting.id.in_(_invitation_of(person).with_only_columns(Invitation.meeting_id))
    return kept.where(or_(Meeting.department_id.in_(departments), invited) if reached else invited)


def published_revision(session: Session, meeting_id: int) -> MinutesRevision | None:
    """Return the revision that everybody may read, if there is one."""
    publication = publication_of(session, meeting_id)
    return publication.revision if publication else None


def publication_of(session: Session, meeting_id: int) -> Publication | None:
    """Return what is public of this meeting now, or None."""
    return session.scalar(publications().where(Publication.meeting_id == meeting_id))


def publications() -> Select[Publication]:
    """Select what is public now: what nobody has withdrawn. Those that are not are few."""
    withdrawn = select(Withdrawal.publication_id)
    removed = select(Meeting.id).where(Meeting.removed_at.is_not(None))
    return select(Publication).where(
        Publication.id.not_in(withdrawn), Publication.meeting_id.not_in(removed)
    )


def _invitation_of(person: Person) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.person_id == person.id, Invitation.withdrawn_at.is_(None)
    )


def _invited_to(session: Session, person: Person, meetings: Sequence[Meeting]) -> set[int]:
    """Return the ids of those of these meetings to which the person is invited."""
    asked = _invitation_of(person).where(Invitation.meeting_id.in_([m.id for m in meetings]))
    return set(session.scalars(asked.with_only_columns(Invitation.meeting_id)))
