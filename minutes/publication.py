"""Publishing approved minutes, and withdrawing them: each a row with who and when."""

from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.errors import NotPossibleNow
from meetings.rights import published_revision, published_revisions
from models.meeting import Meeting
from models.minutes import MinutesRevision, Publication, Withdrawal
from models.person import Person

LONGEST_REASON = 2000


def publish(session: Session, by: Person, revision: MinutesRevision) -> Publication:
    """Raises NotPossibleNow unless the revision is the latest, approved, and nothing is public."""
    if not revision.is_approved or revision is not revision.minutes.latest:
        raise NotPossibleNow("承認された最新の改訂だけを公開できます。")
    if published_revision(session, revision.meeting.id) is not None:
        raise NotPossibleNow("この会議の会議録はすでに公開されています。")
    publication = Publication(revision=revision, published_by=by)
    session.add(publication)
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
    audit.note(session, by, "withdraw", revision)
    return withdrawal


def current_publication(revision: MinutesRevision) -> Publication | None:
    return next((p for p in reversed(revision.publications) if p.withdrawal is None), None)


def published(session: Session) -> list[MinutesRevision]:
    """Everything that citizens may read, the newest meeting first."""
    return list(session.scalars(published_revisions().order_by(Meeting.starts_at.desc())))
