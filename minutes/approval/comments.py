"""Remarks at single paragraphs of a revision, by those who read it before it is approved."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.errors import InvalidInput, NotPossibleNow
from models.approval import ApprovalComment
from models.minutes import MinutesRevision
from models.person import Person

LONGEST_COMMENT = 2000


def comment(
    session: Session, by: Person, revision: MinutesRevision, section: int, paragraph: int, text: str
) -> ApprovalComment:
    """Add a remark at this paragraph. Raises InvalidInput without a text or for a place that the
    revision does not have, NotPossibleNow for one that was decided about.
    """
    if revision.request is not None and revision.request.decision is not None:
        raise NotPossibleNow("承認または差し戻しされた版には、コメントを加えられません。")
    sections = revision.content["sections"]
    if section >= len(sections) or paragraph >= len(sections[section]["paragraphs"]):
        raise InvalidInput("paragraph", "その発言はこの版にありません。画面を開き直してください。")
    cleaned = entries.long_text("text", "コメント", text, LONGEST_COMMENT)
    if not cleaned:
        raise InvalidInput("text", "コメントを入力してください。")
    made = ApprovalComment(
        revision=revision, section=section, paragraph=paragraph, text=cleaned, written_by=by
    )
    session.add(made)
    audit.note(session, by, "comment", revision)
    return made


def comments_of(session: Session, revision: MinutesRevision) -> Sequence[ApprovalComment]:
    """Return the remarks at this revision, in the order of its text."""
    wanted = select(ApprovalComment).where(ApprovalComment.revision_id == revision.id)
    order = (ApprovalComment.section, ApprovalComment.paragraph, ApprovalComment.id)
    return session.scalars(wanted.order_by(*order)).all()


def by_place(comments: Sequence[ApprovalComment]) -> dict[tuple[int, int], list[ApprovalComment]]:
    """Return the remarks by the places (section, paragraph) at which they stand."""
    found: dict[tuple[int, int], list[ApprovalComment]] = defaultdict(list)
    for one in comments:
        found[one.section, one.paragraph].append(one)
    return found
