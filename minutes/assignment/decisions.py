"""Stores the agenda item of segments, as the machine found it and as a person decides. What a
person has decided no machine changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import NotPossibleNow
from minutes.assignment.assigning import OUTSIDE, Assigned
from minutes.transcripts import transcripts
from models.meeting import AgendaItem
from models.person import Person
from models.transcript import AssignedBy, Segment

NOTHING_TO_CONFIRM = (
    "この発話には、確認する推定がありません。画面を開き直して、いまの議題を確かめてください。"
)


def keep(
    session: Session, found: Iterable[tuple[Segment, Assigned | None]], items: Sequence[int]
) -> None:
    """Store the agenda item that the machine found for each segment, except where a person has
    decided. `items` are the ids of the agenda items in order.
    """
    places: dict[tuple[int | None, AssignedBy | None], list[Segment]] = {}
    for segment, assigned in found:
        is_of_item = assigned is not None and assigned.place != OUTSIDE
        item_id = items[assigned.place] if assigned and is_of_item else None
        place = item_id, assigned.by if assigned else None
        is_new = place != (segment.agenda_item_id, segment.assigned_by)
        if segment.assigned_by != AssignedBy.PERSON and is_new:
            places.setdefault(place, []).append(segment)
    for (item_id, by), segments in places.items():
        item = session.get_one(AgendaItem, item_id) if item_id else None
        transcripts.set_agenda_item(session, segments, item, by)


def start_agenda_item(
    session: Session,
    by: Person,
    segment: Segment,
    agenda_item: AgendaItem | None,
    *,
    is_left_out: bool = False,
) -> list[Segment]:
    """Place this segment and those after it, up to where another item begins, in `agenda_item`;
    outside the agenda (議題外) where `is_left_out`; with neither, they become unassigned. Returns
    the segments. Raises NotPossibleNow once minutes of the transcript are approved.
    """
    transcripts.refuse_when_approved(session, segment.transcript)
    is_known = agenda_item is not None or is_left_out
    changed = list(_run(session, segment))
    by_whom = AssignedBy.PERSON if is_known else None
    transcripts.set_agenda_item(session, changed, agenda_item, by_whom)
    audit.note(session, by, "start_agenda_item", segment)
    return changed


def confirm_item(session: Session, by: Person, segment: Segment) -> list[Segment]:
    """Make what the machine assigned, from this segment up to where another item begins, a
    decision of the person. Returns the segments. Raises NotPossibleNow where the machine assigned
    nothing.
    """
    transcripts.refuse_when_approved(session, segment.transcript)
    if segment.assigned_by in (None, AssignedBy.PERSON):
        raise NotPossibleNow(NOTHING_TO_CONFIRM)
    changed = [one for one in _run(session, segment) if one.assigned_by != AssignedBy.PERSON]
    transcripts.set_agenda_item(session, changed, segment.agenda_item, AssignedBy.PERSON)
    audit.note(session, by, "confirm_item", segment)
    return changed


@dataclass(frozen=True)
class AgendaPlace:
    """The agenda item of a segment, and who assigned it."""

    agenda_item: AgendaItem | None
    assigned_by: AssignedBy | None

    def is_of(self, segment: Segment) -> bool:
        """Return whether the segment is in this place now."""
        return (self.agenda_item, self.assigned_by) == (segment.agenda_item, segment.assigned_by)


@dataclass(frozen=True)
class AgendaMove:
    """A wish that a segment be in place `then`, if it still is in place `now`."""

    segment: Segment
    now: AgendaPlace
    then: AgendaPlace


def place_again(session: Session, by: Person, placings: Sequence[AgendaMove]) -> list[Segment]:
    """Undo or redo a decision about many segments. Moves those that still are where it had put
    them, and only those. Returns them. What the machine had found counts as the machine's again.
    """
    for transcript in {one.segment.transcript for one in placings}:
        transcripts.refuse_when_approved(session, transcript)
    standing = [one for one in placings if one.now.is_of(one.segment)]
    for then in dict.fromkeys(one.then for one in standing):
        segments = [one.segment for one in standing if one.then == then]
        transcripts.set_agenda_item(session, segments, then.agenda_item, then.assigned_by)
    changed = [one.segment for one in standing]
    if changed:
        audit.note(session, by, "place_again", changed[0])
    return changed


def _run(session: Session, segment: Segment) -> Sequence[Segment]:
    """Return the run of consecutive segments, starting here, that have the same place in the
    agenda. Of the rows after it, only their places are read.
    """
    order = (Segment.start_seconds, Segment.id)
    rows = session.execute(
        select(Segment.id, Segment.agenda_item_id, Segment.assigned_by)
        .where(
            Segment.transcript_id == segment.transcript_id,
            tuple_(*order) >= (segment.start_seconds, segment.id),
        )
        .order_by(*order)
    )
    same = takewhile(lambda row: _place(row) == segment.place_in_agenda, rows)
    chosen = select(Segment).where(Segment.id.in_([row.id for row in same]))
    return session.scalars(chosen.order_by(*order)).all()


def _place(row: Any) -> tuple[int | None, bool]:
    """Return the place of a row, as `Segment.place_in_agenda` does."""
    return row.agenda_item_id, row.agenda_item_id is None and row.assigned_by is not None
