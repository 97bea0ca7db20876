"""削除の予定: what will go when, and what of it is held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from meetings import dates
from meetings.rights import publications
from meetings.settings.keeping import RetentionSettings
from minutes.retention import holds, rules, scope
from minutes.retention.deleting import DeletionGround
from minutes.retention.rules import KeptFor
from models.base import now
from models.meeting import Meeting
from models.minutes import Approval, ApprovalRequest, Minutes, MinutesRevision, Publication
from models.retention import RULED_KINDS, CountedFrom, KeptKind, RetentionWarning
from models.voiceprint import Voiceprint

HORIZON = timedelta(days=366)
"""What goes later is not listed."""

BY_CONSENT = "同意した期間"
BY_HAND = "会議の削除（手による）"
KindOfMeeting = tuple[int, KeptKind]
EventTimes = Mapping[CountedFrom, Mapping[int, datetime]]


@dataclass(frozen=True)
class PlannedDeletion:
    """One kind of a meeting that will go. `due_at`: when its time is over; `goes_at`: when it goes
    at the earliest, because those whom it concerns are told some days before.
    """

    meeting: Meeting
    kind: KeptKind
    ground: DeletionGround
    due_at: datetime
    goes_at: datetime
    warned_at: datetime | None
    is_held: bool

    @property
    def key(self) -> tuple[int, str, datetime]:
        """Return what tells it from others, and from itself with another end."""
        return self.meeting.id, self.kind.value, self.due_at

    def is_due(self, at: datetime) -> bool:
        """Return whether it may go now."""
        is_told = self.warned_at is not None or self.kind is KeptKind.MEETING
        return is_told and not self.is_held and self.goes_at <= at


def planned(
    session: Session, settings: RetentionSettings, until: datetime | None = None
) -> list[PlannedDeletion]:
    """Return what will go until then (None: within a year), the first one first."""
    until = until or now() + HORIZON
    found = [
        *_by_rule(session, settings, until),
        *_by_hand(session, settings, until),
        *_by_consent(session, until),
    ]
    return sorted(found, key=lambda one: (one.goes_at, one.meeting.id, one.kind))


def of_meeting(
    session: Session, settings: RetentionSettings, meeting: Meeting
) -> list[PlannedDeletion]:
    """Return what of this meeting will go, whenever that is, in the order of the kinds."""
    if meeting.removed_at is not None:
        return _by_hand(session, settings, None, meeting)
    return _by_rule(session, settings, None, meeting)


def _by_rule(
    session: Session,
    settings: RetentionSettings,
    until: datetime | None,
    meeting: Meeting | None = None,
) -> list[PlannedDeletion]:
    every = rules.rules_by_series(session)
    ruled = {kind for of_one in every.values() for kind, kept in of_one.items() if kept.amount}
    if not ruled:
        return []
    events = _events(session, meeting)
    warned = _warnings(session)
    due: dict[KindOfMeeting, tuple[KeptFor, datetime, datetime]] = {}
    for kind in (kind for kind in RULED_KINDS if kind in ruled):
        for row in _candidates(session, kind, meeting):
            kept_for = rules.chosen(every, row.series_id, kind)
            event_at = events[kept_for.counted_from].get(row.id)
            ends_at = kept_for.ends_at(event_at) if event_at else None
            if event_at and ends_at and (until is None or ends_at <= until):
                due[row.id, kind] = kept_for, event_at, ends_at
    meetings = _meetings(session, {meeting_id for meeting_id, _ in due})
    held = _held(session)
    return [
        _planned(settings, meetings[key[0]], key[1], facts, warned.get(key), key[0] in held)
        for key, facts in due.items()
        if scope.goes(session, meetings[key[0]], key[1])
    ]


def _planned(
    settings: RetentionSettings,
    meeting: Meeting,
    kind: KeptKind,
    facts: tuple[KeptFor, datetime, datetime],
    warned_at: datetime | None,
    is_held: bool,
) -> PlannedDeletion:
    kept_for, event_at, due_at = facts
    told = (warned_at or now()) + timedelta(days=settings.warned_days)
    ground = DeletionGround(kept_for.words, event_at, due_at)
    return PlannedDeletion(meeting, kind, ground, due_at, max(due_at, told), warned_at, is_held)


def _by_hand(
    session: Session,
    settings: RetentionSettings,
    until: datetime | None,
    meeting: Meeting | None = None,
) -> list[PlannedDeletion]:
    """Return the meetings in the bin."""
    wanted = select(Meeting).where(Meeting.removed_at.is_not(None), Meeting.emptied_at.is_(None))
    if meeting is not None:
        wanted = wanted.where(Meeting.id == meeting.id)
    held, found = _held(session), []
    for one in session.scalars(wanted):
        assert one.removed_at is not None
        due_at = one.removed_at + timedelta(days=settings.bin_days)
        if until is None or due_at <= until:
            ground = DeletionGround(BY_HAND, one.removed_at, due_at, one.removed_reason)
            kind, is_held = KeptKind.MEETING, one.id in held
            found.append(PlannedDeletion(one, kind, ground, due_at, due_at, None, is_held))
    return found


def _by_consent(session: Session, until: datetime) -> list[PlannedDeletion]:
    """Return the voiceprints, which go by themselves; no hold lengthens what somebody agreed to."""
    every = session.scalars(select(Voiceprint).where(Voiceprint.expires_at <= until)).all()
    return [
        PlannedDeletion(
            one.meeting,
            KeptKind.VOICEPRINT,
            DeletionGround(f"{BY_CONSENT}（{dates.in_full(one.consent_at)}から）"),
            one.expires_at,
            one.expires_at,
            None,
            is_held=False,
        )
        for one in every
    ]


def _candidates(
    session: Session, kind: KeptKind, meeting: Meeting | None
) -> Sequence[Row[int, int]]:
    wanted = select(Meeting.id, Meeting.series_id).where(
        Meeting.id.in_(scope.meetings_with(kind)), Meeting.removed_at.is_(None)
    )
    if meeting is not None:
        wanted = wanted.where(Meeting.id == meeting.id)
    return session.execute(wanted).all()


def _events(session: Session, meeting: Meeting | None) -> EventTimes:
    """Return when each event was, by meeting: the end, the last approval, what is public now."""
    approved = (
        select(Minutes.meeting_id, func.max(Approval.decided_at))
        .join(Minutes.revisions)
        .join(ApprovalRequest, ApprovalRequest.revision_id == MinutesRevision.id)
        .join(ApprovalRequest.decision)
        .where(Approval.is_approved)
        .group_by(Minutes.meeting_id)
    )
    ended = select(Meeting.id, Meeting.ends_at).where(Meeting.removed_at.is_(None))
    published = publications().with_only_columns(Publication.meeting_id, Publication.published_at)
    if meeting is not None:
        approved = approved.where(Minutes.meeting_id == meeting.id)
        ended = ended.where(Meeting.id == meeting.id)
        published = published.where(Publication.meeting_id == meeting.id)
    return {
        CountedFrom.END: dict(session.execute(ended).all()),
        CountedFrom.APPROVAL: dict(session.execute(approved).all()),
        CountedFrom.PUBLICATION: dict(session.execute(published).all()),
    }


def _warnings(session: Session) -> dict[KindOfMeeting, datetime]:
    rows = session.execute(
        select(RetentionWarning.meeting_id, RetentionWarning.kind, RetentionWarning.warned_at)
    )
    return {(meeting_id, KeptKind(kind)): at for meeting_id, kind, at in rows}


def _held(session: Session) -> set[int]:
    return set(session.scalars(select(Meeting.id).where(holds.is_held())))


def _meetings(session: Session, wanted: set[int]) -> dict[int, Meeting]:
    """Return the meetings by id, some hundred at a time: SQLite takes only so many values."""
    ids = sorted(wanted)
    found: dict[int, Meeting] = {}
    for place in range(0, len(ids), 500):
        some = session.scalars(select(Meeting).where(Meeting.id.in_(ids[place : place + 500])))
        found |= {meeting.id: meeting for meeting in some}
    return found
