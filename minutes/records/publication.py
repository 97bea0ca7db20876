"""Publishes approved minutes, replaces what is public by a newer revision, and withdraws it: each
is a row that says who did it and when.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, dates, entries
from meetings.errors import NotPossibleNow
from meetings.rights import publication_of
from minutes.records import notifications, published
from minutes.records.closed import passages
from minutes.records.closed.public_copy import marks_of, public_copy_of
from minutes.records.content import Content, content_of
from minutes.records.published import PublishedLayout
from minutes.records.unread import refuse_unread, unread
from models.minutes import MinutesRevision, Publication, Withdrawal
from models.person import Person

LONGEST_REASON = 2000


@dataclass(frozen=True)
class PreparedPublication:
    """The public copy of an approved revision as its `marks` were, and its layout for citizens."""

    content: Content
    layout: PublishedLayout
    marks: list[tuple[object, ...]]


def prepare(session: Session, revision: MinutesRevision) -> PreparedPublication:
    """Return the slow part of `publish`, to be made before a transaction for writing. Raises
    NotPossibleNow unless the revision is the latest and approved, and when it is public already.
    """
    _refuse(session, revision)
    return PreparedPublication(
        content=public_copy_of(session, revision).content,
        layout=published.layout_of(session, revision),
        marks=_decided(session, revision),
    )


def publish(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    prepared: PreparedPublication | None = None,
    *,
    allows_unread: bool = True,
    reason: str = "",
) -> Publication:
    """Open the revision to citizens and return its publication. What was public until now is
    replaced in the same transaction, for a `reason` that citizens read.

    Raises NotPossibleNow unless the revision is the latest and approved, when it is public already,
    while a passage waits for the decision whether it is closed, and, unless the city
    `allows_unread`, for anything unread; InvalidInput without a reason where there is something to
    replace.
    """
    _refuse(session, revision)
    passages.refuse_undecided(session, revision)
    replaced = publication_of(session, revision.meeting.id)
    if replaced is not None:
        _end(session, by, replaced, reason, "差し替える理由", newer=revision.number)
    if prepared is None or prepared.marks != _decided(session, revision):
        prepared = prepare(session, revision)
    if not allows_unread:
        refuse_unread(unread(session, revision.transcript_ids, content_of(revision)))
    publication = _publication(by, revision, prepared.content)
    session.add(publication)
    published.keep(session, publication, prepared.layout)
    revision.meeting.is_in_work = False
    audit.note(session, by, "publish", revision)
    return publication


def _decided(session: Session, revision: MinutesRevision) -> list[tuple[object, ...]]:
    """Return what makes the public copy of the revision what it is."""
    rows = marks_of(session, revision).passages
    return [(row.id, row.state, row.replacement, row.absent_from) for row in rows]


def _publication(by: Person, revision: MinutesRevision, content: Content) -> Publication:
    starts_at, ends_at = map(datetime.fromisoformat, (content.starts_at, content.ends_at))
    return Publication(
        revision=revision,
        meeting=revision.meeting,
        published_by=by,
        title=content.title,
        series=content.series,
        place=content.place,
        starts_at=starts_at,
        ends_at=ends_at,
        year=dates.local(starts_at).year,
    )


def withdraw(session: Session, by: Person, revision: MinutesRevision, reason: str) -> Withdrawal:
    """End the publication of the revision: nobody outside reads it any more. Raises NotPossibleNow
    when it is not public, InvalidInput without a reason.
    """
    publication = current_publication(revision)
    if publication is None:
        raise NotPossibleNow("この会議録は公開されていません。")
    withdrawal = _end(session, by, publication, reason, "取り下げる理由")
    revision.meeting.is_in_work = True
    return withdrawal


def _end(
    session: Session,
    by: Person,
    publication: Publication,
    reason: str,
    label: str,
    newer: int | None = None,
) -> Withdrawal:
    """End the publication and return its withdrawal. `newer` is the number of the revision that
    takes its place, if one does.
    """
    withdrawal = Withdrawal(
        publication=publication,
        reason=entries.text("reason", label, reason, LONGEST_REASON),
        is_replaced=newer is not None,
        withdrawn_by=by,
    )
    session.add(withdrawal)
    published.clear(session, publication)
    verb = "withdraw" if newer is None else "replace"
    audit.note(session, by, verb, publication.revision)
    notifications.tell_of_withdrawal(session, by, publication.revision, withdrawal.reason, newer)
    return withdrawal


def last_withdrawal(session: Session, meeting_id: int) -> Withdrawal | None:
    """Return the withdrawal of the meeting's last publication; None while it is public, or when
    there never was one.
    """
    newest = (
        select(Publication)
        .where(Publication.meeting_id == meeting_id)
        .order_by(Publication.id.desc())
        .limit(1)
    )
    publication = session.scalar(newest)
    return publication.withdrawal if publication is not None else None


class EventKind(StrEnum):
    """What happened to minutes that are or were public; its values are the Japanese labels."""

    PUBLISHED = "公開"
    REPLACED = "差替え"
    WITHDRAWN = "取下げ"
    AGAIN = "ふたたび公開"
    CORRECTED = "公開しない箇所の訂正"


@dataclass(frozen=True)
class Event:
    """A step in the past of a publication that citizens see. `reason` says why something was
    replaced; empty for other kinds.
    """

    kind: EventKind
    at: datetime
    reason: str = ""


def history(session: Session, publication: Publication) -> list[Event]:
    """Return how it came to what is public now, the oldest event first. The reasons of withdrawals
    stay inside the office, so they are left out.
    """
    publications = session.scalars(
        select(Publication)
        .where(Publication.meeting_id == publication.meeting_id, Publication.id <= publication.id)
        .order_by(Publication.id)
    )
    events: list[Event] = []
    before: Withdrawal | None = None
    for one in publications:
        if before is None:
            events.append(Event(EventKind.PUBLISHED, one.published_at))
        elif before.is_replaced:
            events.append(Event(EventKind.REPLACED, one.published_at, before.reason))
        else:
            events.append(Event(EventKind.WITHDRAWN, before.withdrawn_at))
            events.append(Event(EventKind.AGAIN, one.published_at))
        corrections = (correction.corrected_at for correction in one.corrections)
        events += [Event(EventKind.CORRECTED, at) for at in corrections]
        before = one.withdrawal
    return events


def _refuse(session: Session, revision: MinutesRevision) -> None:
    if not revision.is_approved or revision is not revision.minutes.latest:
        raise NotPossibleNow("承認された最新の改訂だけを公開できます。")
    if current_publication(revision) is not None:
        raise NotPossibleNow("この会議録はすでに公開されています。")


def current_publication(revision: MinutesRevision) -> Publication | None:
    """Return the publication of the revision that is not withdrawn, or None."""
    return next((p for p in reversed(revision.publications) if p.withdrawal is None), None)
