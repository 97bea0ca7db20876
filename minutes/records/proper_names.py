"""The proper names of a meeting: no style rule changes them."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.agenda import flat, tree
from meetings.invitations.invitations import invited
from meetings.invitations.roster import standing
from minutes.style.protected import Names
from minutes.terms.dictionaries import departments_of, entries_of, entries_of_departments
from models.document import Document
from models.meeting import Meeting
from models.person import Department


def names_of(session: Session, meeting: Meeting) -> Names:
    """Return the names of the meeting, its people, departments, documents and agenda items, and
    the words of its dictionaries.
    """
    return Names.of(_names(session, meeting))


def _names(session: Session, meeting: Meeting) -> Iterator[str]:
    yield meeting.title
    yield meeting.series.name
    yield from (node.entry.title for node in flat(tree(session, meeting)))
    yield from session.scalars(select(Document.title).where(Document.meeting_id == meeting.id))
    yield from session.scalars(select(Department.name))
    series = meeting.series
    entries = [
        *entries_of(session, series),
        *entries_of_departments(session, departments_of(series)),
    ]
    yield from (entry.surface for entry in entries)
    people = [invitation.person for invitation in invited(meeting)]
    for person in [*people, *(entry.person for entry in standing(series))]:
        yield person.name
        yield person.name.replace(" ", "").replace("　", "")
        yield from person.name.split()
