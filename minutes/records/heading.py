"""Brings the head of the minutes up to what the meeting's rows say, when they were corrected after
the text was drafted.
"""

from sqlalchemy.orm import Session

from minutes.records.content import content_of
from minutes.records.head import head_of
from minutes.records.records import add_revision, prepare_revision
from models.minutes import Minutes, MinutesRevision
from models.person import Person


def renew_head(session: Session, by: Person, minutes: Minutes) -> MinutesRevision:
    """Add a revision whose head and decisions are what the rows say now, or return the latest one
    where nothing differs. Raises what `add_revision` raises.
    """
    latest, head = minutes.latest, head_of(session, minutes.meeting)
    prepared = prepare_revision(session, by, minutes, content_of(latest), latest.number, head)
    return add_revision(session, by, prepared)


def is_head_old(session: Session, revision: MinutesRevision) -> bool:
    """Return whether the rows say something else by now than the revision's head."""
    return content_of(revision).head != head_of(session, revision.meeting)
