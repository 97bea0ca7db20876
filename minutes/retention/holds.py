"""Holds (保存の凍結): nothing of a meeting is deleted while one stands, of its own or of its
series.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.errors import InvalidInput, NotFound, NotPossibleNow
from models.base import now
from models.meeting import Meeting, Series
from models.person import Person
from models.retention import RetentionHold, RetentionWarning

LONGEST_REASON = 2000


def place(session: Session, by: Person, what: Meeting | Series, reason: str) -> RetentionHold:
    """Let nothing of the meeting, or of all meetings of the series, be deleted from now on. Raises
    InvalidInput without a reason.
    """
    said = entries.long_text("reason", "凍結の理由", reason, LONGEST_REASON)
    if not said:
        raise InvalidInput("reason", "凍結の理由を入力してください（監査請求、訴訟など）。")
    hold = RetentionHold(reason=said, placed_by=by)
    if isinstance(what, Meeting):
        hold.meeting = what
    else:
        hold.series = what
    session.add(hold)
    audit.note(session, by, "hold", hold)
    return hold


def lift(session: Session, by: Person, hold: RetentionHold) -> None:
    """Let the clock go on. What is due by now goes no sooner than those whom it concerns are told
    anew. Raises NotPossibleNow for one that was lifted before.
    """
    if hold.lifted_at is not None:
        raise NotPossibleNow("この凍結は、すでに解かれています。")
    hold.lifted_at, hold.lifted_by_id = now(), by.id
    held = (
        [hold.meeting_id]
        if hold.meeting_id
        else select(Meeting.id).where(Meeting.series_id == hold.series_id)
    )
    session.execute(delete(RetentionWarning).where(RetentionWarning.meeting_id.in_(held)))
    audit.note(session, by, "lift_hold", hold)


def hold_of(session: Session, meeting: Meeting, hold_id: int) -> RetentionHold:
    """Return the hold of this id, which is of the meeting or of its series. Raises NotFound."""
    found = session.get(RetentionHold, hold_id) if hold_id < 2**63 else None
    is_its_own = found is not None and (
        found.meeting_id == meeting.id or found.series_id == meeting.series_id
    )
    if found is None or not is_its_own:
        raise NotFound()
    return found


def standing(session: Session, meeting: Meeting) -> Sequence[RetentionHold]:
    """Return the holds that stand for this meeting now, the oldest first."""
    mine = or_(RetentionHold.meeting_id == meeting.id, RetentionHold.series_id == meeting.series_id)
    return session.scalars(_standing().where(mine)).all()


def is_held() -> ColumnElement[bool]:
    """Return the condition that a row of Meeting is held."""
    stands = _standing().order_by(None)
    return or_(
        Meeting.id.in_(stands.with_only_columns(RetentionHold.meeting_id).where(_OF_MEETING)),
        Meeting.series_id.in_(stands.with_only_columns(RetentionHold.series_id).where(_OF_SERIES)),
    )


_OF_MEETING = RetentionHold.meeting_id.is_not(None)
_OF_SERIES = RetentionHold.series_id.is_not(None)


def _standing() -> Select[RetentionHold]:
    return select(RetentionHold).where(RetentionHold.lifted_at.is_(None)).order_by(RetentionHold.id)
