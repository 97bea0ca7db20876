"""The seal of an approval: one SHA-256 over everything that was approved, so that any later change
of text, head or attachments shows.
"""

import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.document import Document
from models.meeting import Meeting
from models.minutes import Approval, MinutesRevision


def seal(session: Session, approval: Approval) -> None:
    """Write the seal of what the approval approves into its row, with the attachments as they are
    now.
    """
    revision = approval.request.revision
    approval.attachments = attachments_of(session, revision.meeting)
    approval.seal_sha256 = seal_of(revision, approval.attachments)


def attachments_of(session: Session, meeting: Meeting) -> list[dict[str, Any]]:
    """Return the documents of the meeting with the number and the hash of the version that is
    valid, in their order.
    """
    found = session.scalars(
        select(Document)
        .where(Document.meeting_id == meeting.id, Document.removed_at.is_(None))
        .order_by(Document.id)
    )
    return [
        {"title": one.title, "version": one.current.number, "sha256": one.current.sha256}
        for one in found
    ]


def seal_of(revision: MinutesRevision, attachments: list[dict[str, Any]]) -> str:
    """Return the SHA-256 over the canonical JSON (keys sorted, no space, UTF-8) of the content as
    it is stored, with its head, and of the attachments.
    """
    sealed = {"content": revision.content, "attachments": attachments}
    written = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()


def is_unbroken(approval: Approval) -> bool:
    """Return whether the stored text and its attachments' hashes are those that were approved."""
    revision = approval.request.revision
    return approval.seal_sha256 == seal_of(revision, approval.attachments or [])
