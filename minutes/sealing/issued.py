"""The words that were issued of an approved revision, by their hash: a text or Word file is known
again however it was saved since.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.sealing.form_words import FormWords
from models.minutes import MinutesRevision
from models.seal import IssuedText


def note(session: Session, revision: MinutesRevision, issued: Iterable[FormWords]) -> None:
    """Note these words as issued of an approved revision, unless the same were before."""
    if not revision.is_approved:
        return
    wanted = select(IssuedText.text_sha256).where(IssuedText.revision_id == revision.id)
    known = set(session.scalars(wanted))
    for one in issued:
        if one.sha256 not in known:
            known.add(one.sha256)
            session.add(
                IssuedText(
                    revision=revision,
                    text_sha256=one.sha256,
                    form=one.label,
                    standing=one.standing,
                )
            )
    session.flush()


def issued_with(session: Session, text_sha256: str) -> IssuedText | None:
    """Return what was issued last with words of this hash, or None."""
    wanted = select(IssuedText).where(IssuedText.text_sha256 == text_sha256)
    return session.scalar(wanted.order_by(IssuedText.id.desc()).limit(1))
