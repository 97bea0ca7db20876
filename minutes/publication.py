"""Publishing approved minutes, and withdrawing them: each a row with who and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from meetings import audit, dates, entries
from meetings.errors import NotPossibleNow
from meetings.rights import publication_of
from minutes import published
from minutes.content import Content, content_of
from minutes.published import Layout
from minutes.unread import refuse_unread, unread
from models.minutes import MinutesRevision, Publication, Withdrawal
from models.person import Person

LONGEST_REASON = 2000


@dataclass(frozen=True)
class Prepared:
    """The text of an approved revision, which never changes, and its layout."""

    content: Content
    layout: Layout


def prepare(session: Session, revision: MinutesRevision) -> Prepared:
    """The slow part of `publish`. Raises NotPossibleNow as that does."""
    _refuse(session, revision)
    content = content_of(revision)
    return Prepared(content, published.layout_of(session, revision, content))


def publish(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    prepared: Prepared | None = None,
    *,
    allows_unread: bool = True,
) -> Publication:
    """Raises NotPossibleNow unless the revision is the latest, approved, and nothing is public, and
    for anything unread unless the city `allows_unread`."""
    _refuse(session, revision)
    prepared = prepared or prepare(session, revision)
    content = prepared.content
    if not allows_unread:
        refuse_unread(unread(session, revision.transcript_ids, content))
    starts_at, ends_at = map(datetime.fromisoformat, (content.starts_at, content.ends_at))
    publication = Publication(
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
    session.add(publication)
    published.keep(session, publication, prepared.layout)
    revision.meeting.is_in_work = False
    audit.note(session, by, "publish", revision)
    return publication


def withdraw(session: Session, by: Person, revision: MinutesRevision, reason: str) -> Withdrawal:
    publication = current_publication(revision)
    if publication is None:
        raise NotPossibleNow("この会議録は公開されていません。")
    withdrawal = Withdrawal(
        publication=publication,
        reason=entries.text("reason", "取り下げる理由", reason, LONGEST_REASON),
        withdrawn_by=by,
    )
    session.add(withdrawal)
    published.clear(session, publication)
    revision.meeting.is_in_work = True
    audit.note(session, by, "withdraw", revision)
    return withdrawal


def _refuse(session: Session, revision: MinutesRevision) -> None:
    if not revision.is_approved or revision is not revision.minutes.latest:
        raise NotPossibleNow("承認された最新の改訂だけを公開できます。")
    if publication_of(session, revision.meeting.id) is not None:
        raise NotPossibleNow("この会議の会議録はすでに公開されています。")


def current_publication(revision: MinutesRevision) -> Publication | None:
    return next((p for p in reversed(revision.publications) if p.withdrawal is None), None)
