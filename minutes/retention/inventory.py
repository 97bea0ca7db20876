"""What goes, as the certificate lists it: no word of it, only names, counts, sizes and hashes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from minutes.retention.scope import KeptRows
from models.document import Page
from models.minutes import Approval, ApprovalRequest
from models.seal import SignatureScan, SignedRecord
from models.transcript import Correction, Segment


@dataclass(frozen=True)
class KeptThing:
    """One thing that goes. `count`: of sentences, pages or the like, in words, where it is not
    one."""

    what: str
    name: str = ""
    count: int = 1
    size_bytes: int | None = None
    sha256: str | None = None

    @property
    def stored(self) -> dict[str, Any]:
        """Return it as the table keeps it."""
        return asdict(self)


def things_of(session: Session, rows: KeptRows) -> list[KeptThing]:
    """Return everything that goes with these rows."""
    return [
        *(_recording(one) for one in rows.recordings),
        *(
            thing
            for one in rows.transcripts
            for thing in _transcript(session, one.id, one.recording.file_name)
        ),
        *(_version(session, one) for one in rows.versions),
        *(_revision(one) for one in rows.revisions),
        *(KeptThing(name, count=count) for name, count in rows.counts.items()),
    ]


def files_of(session: Session, rows: KeptRows) -> list[str]:
    """Return the hashes of all files behind these rows."""
    approvals = (
        select(Approval.id)
        .join(Approval.request)
        .where(ApprovalRequest.revision_id.in_([one.id for one in rows.revisions]))
    )
    pictures = select(Page.picture_sha256).where(
        Page.version_id.in_([one.id for one in rows.versions])
    )
    found: list[str | None] = [
        *(h for r in rows.recordings for h in (r.sha256, r.playback_sha256, r.peaks_sha256)),
        *(one.transcription.imported_sha256 for one in rows.transcripts),
        *(h for v in rows.versions for h in (v.sha256, v.thumbnail_sha256, v.original_sha256)),
        *session.scalars(pictures),
        *session.scalars(
            select(SignedRecord.pdf_sha256).where(SignedRecord.approval_id.in_(approvals))
        ),
        *session.scalars(
            select(SignatureScan.sha256).where(SignatureScan.approval_id.in_(approvals))
        ),
    ]
    return sorted({sha256 for sha256 in found if sha256})


def _recording(one: Any) -> KeptThing:
    return KeptThing("録音", one.file_name, size_bytes=one.size_bytes, sha256=one.sha256)


def _transcript(session: Session, transcript_id: int, name: str) -> Iterator[KeptThing]:
    mine = Segment.transcript_id == transcript_id
    said = session.scalar(select(func.count(Segment.id)).where(mine)) or 0
    corrected = select(func.count(Correction.id)).join(Correction.segment).where(mine)
    yield KeptThing("逐語録の発話", name, count=said)
    if count := session.scalar(corrected):
        yield KeptThing("修正の履歴", name, count=count)


def _version(session: Session, one: Any) -> KeptThing:
    name = f"{one.document.title}（第{one.number}版、{one.page_count}頁）"
    return KeptThing("資料", name, size_bytes=one.size_bytes, sha256=one.sha256)


def _revision(one: Any) -> KeptThing:
    decision = one.request.decision if one.request else None
    what = "会議録の原本" if one.is_approved else "会議録の下書き"
    seal = decision.seal_sha256 if decision else None
    return KeptThing(what, f"第{one.number}版", sha256=seal)
