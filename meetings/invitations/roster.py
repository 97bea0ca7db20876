"""The roster of a series (名簿): the people who are invited to each of its meetings."""

from sqlalchemy.orm import Session

from meetings import audit
from meetings.invitations import invitations
from models.base import now
from models.meeting import InvitationKind, Meeting, RosterEntry, Series
from models.person import Person


def standing(series: Series) -> list[RosterEntry]:
    """Return those who are on the roster now: by kind, among those of one kind as they were put
    there."""
    entries = [entry for entry in series.roster if entry.ended_at is None]
    return sorted(entries, key=lambda e: (InvitationKind(e.kind).rank, e.position, e.id))


def add(
    session: Session, by: Person, series: Series, person: Person, kind: InvitationKind
) -> RosterEntry:
    """Put somebody on the roster; one who is on it already gets the new kind."""
    entry = next((known for known in standing(series) if known.person_id == person.id), None)
    if entry is None:
        last = max((known.position or 0 for known in series.roster), default=0)
        entry = RosterEntry(
            series=series, person=person, kind=kind, position=last + 1, added_by_id=by.id
        )
        session.add(entry)
    entry.kind = kind
    audit.note(session, by, "add", entry)
    return entry


def remove(session: Session, by: Person, entry: RosterEntry) -> None:
    entry.ended_at = now()
    audit.note(session, by, "remove", entry)


def keep(session: Session, by: Person, meeting: Meeting) -> None:
    """Put whoever is invited to the meeting on the roster, in this order; guests are left out."""
    people = [i for i in invitations.invited(meeting) if not i.person.is_guest]
    for place, invitation in enumerate(people, 1):
        kind = InvitationKind(invitation.kind)
        add(session, by, meeting.series, invitation.person, kind).position = place


def invite_all(session: Session, by: Person, meeting: Meeting) -> int:
    """Invite everybody of the roster who is not invited yet; how many these are."""
    people = [
        (entry.person, InvitationKind(entry.kind))
        for entry in standing(meeting.series)
        if not entry.person.has_left
    ]
    return len(invitations.invite_all(session, by, meeting, people))
