"""The words that were issued of an approved revision, by their hash: a text or Word file is known
again however it was saved since.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.sealing.words import text_hash
from models.minutes import MinutesRevision
from models.seal import IssuedText


def note(session: Session, revision: MinutesRevision, form: str, text: str) -> None:
    """Note that this text was issued of an approved revision, unless the same words were before."""
    sha256 = text_hash(text)
    known = select(IssuedText.id).where(
        IssuedText.revision_id == revision.id, IssuedText.text_sha256 == sha256
    )
    if revision.is_approved and session.scalar(known) is None:
        session.add(IssuedText(revision=revision, text_sha256=sha256, form=form))
        session.flush()


def issued_with(session: Session, text_sha256: str) -> IssuedText | None:
    """Return what was issued last with words of this hash, or None."""
    wanted = select(IssuedText).where(IssuedText.text_sha256 == text_sha256)
    return session.scalar(wanted.order_by(IssuedText.id.desc()).limit(1))
