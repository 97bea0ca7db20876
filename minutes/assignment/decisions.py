"""The agenda item of segments: as the machine found it, and as a person decides. What a person
has decided no machine touches again."""

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
    """What the machine found for each of these; `items`: the ids of the agenda in order."""
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
        transcripts.place_all(session, segments, item, by)


def start_agenda_item(
    session: Session,
    by: Person,
    segment: Segment,
    agenda_item: AgendaItem | None,
    *,
    is_left_out: bool = False,
) -> list[Segment]:
    """From this segment on the talk is about `agenda_item`, up to where another one begins; about
    none where it `is_left_out` (議題外); without either nobody knows yet."""
    transcripts.refuse_when_approved(session, segment.transcript)
    is_known = agenda_item is not None or is_left_out
    changed = list(_run(session, segment))
    by_whom = AssignedBy.PERSON if is_known else None
    transcripts.place_all(session, changed, agenda_item, by_whom)
    audit.note(session, by, "start_agenda_item", segment)
    return changed


def confirm_item(session: Session, by: Person, segment: Segment) -> list[Segment]:
    """A person has seen that the item begins here: what the machine assigned from here on, up to
    where another one begins, is theirs now. Raises NotPossibleNow where there is nothing of it."""
    transcripts.refuse_when_approved(session, segment.transcript)
    if segment.assigned_by in (None, AssignedBy.PERSON):
        raise NotPossibleNow(NOTHING_TO_CONFIRM)
    changed = [one for one in _run(session, segment) if one.assigned_by != AssignedBy.PERSON]
    transcripts.place_all(session, changed, segment.agenda_item, AssignedBy.PERSON)
    audit.note(session, by, "confirm_item", segment)
    return changed


@dataclass(frozen=True)
class AgendaPlace:
    """Of a segment in the agenda, and who put it there."""

    agenda_item: AgendaItem | None
    assigned_by: AssignedBy | None

    def is_of(self, segment: Segment) -> bool:
        return (self.agenda_item, self.assigned_by) == (segment.agenda_item, segment.assigned_by)


@dataclass(frozen=True)
class AgendaMove:
    """`then` instead of `now`."""

    segment: Segment
    now: AgendaPlace
    then: AgendaPlace


def place_again(session: Session, by: Person, placings: Sequence[AgendaMove]) -> list[Segment]:
    """A decision about many taken back, or done again: of the segments that still are where it
    put them, and only of those. What the machine had found is the machine's again. Returns them."""
    for transcript in {one.segment.transcript for one in placings}:
        transcripts.refuse_when_approved(session, transcript)
    standing = [one for one in placings if one.now.is_of(one.segment)]
    for then in dict.fromkeys(one.then for one in standing):
        segments = [one.segment for one in standing if one.then == then]
        transcripts.place_all(session, segments, then.agenda_item, then.assigned_by)
    changed = [one.segment for one in standing]
    if changed:
        audit.note(session, by, "place_again", changed[0])
    return changed


def _run(session: Session, segment: Segment) -> Sequence[Segment]:
    """From this one on, as far as they have the same place in the agenda. Of the thousands behind
    them only where they stand is read."""
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
    """As `Segment.place_in_agenda`."""
    return row.agenda_item_id, row.agenda_item_id is None and row.assigned_by is not None
