"""Which columns name files of the store. What no row names may be removed, and is in no backup."""

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.document import DocumentVersion, Page
from models.minutes import Approval, ApprovalRequest, MinutesRevision
from models.recording import Recording, Transcription
from models.retention import Deletion
from models.seal import SignatureScan, SignedRecord
from models.word_template import WordTemplate

NAMING: dict[str, tuple[InstrumentedAttribute[int], InstrumentedAttribute[str | None]]] = {
    "資料のPDF（版 {}）": (DocumentVersion.id, DocumentVersion.sha256),
    "資料の表紙の画像（版 {}）": (DocumentVersion.id, DocumentVersion.thumbnail_sha256),
    "資料の元のファイル（版 {}）": (DocumentVersion.id, DocumentVersion.original_sha256),
    "資料の頁の画像（頁 {}）": (Page.id, Page.picture_sha256),
    "録音（録音 {}）": (Recording.id, Recording.sha256),
    "再生用の音（録音 {}）": (Recording.id, Recording.playback_sha256),
    "波形（録音 {}）": (Recording.id, Recording.peaks_sha256),
    "取り込んだ逐語録（文字起こし {}）": (Transcription.id, Transcription.imported_sha256),
    "様式のひな形（ひな形 {}）": (WordTemplate.id, WordTemplate.sha256),
    "署名した会議録（署名 {}）": (SignedRecord.id, SignedRecord.pdf_sha256),
    "署名の写し（写し {}）": (SignatureScan.id, SignatureScan.sha256),
    "削除証明（削除 {}）": (Deletion.id, Deletion.pdf_sha256),
}
"""Every column that names a stored file by its hash, with the file's Japanese name, in which {} is
the id of the row."""

KEPT_APPROVALS = (
    select(Approval.id)
    .join(Approval.request)
    .join(ApprovalRequest.revision)
    .where(MinutesRevision.emptied_at.is_(None))
)
WITH_FILE: dict[InstrumentedAttribute[int], ColumnElement[bool]] = {
    DocumentVersion.id: DocumentVersion.emptied_at.is_(None),
    Recording.id: Recording.emptied_at.is_(None),
    SignedRecord.id: SignedRecord.approval_id.in_(KEPT_APPROVALS),
    SignatureScan.id: SignatureScan.approval_id.in_(KEPT_APPROVALS),
}
"""Which rows of a table still have their files: others keep the hash of what was deleted."""


def named(session: Session) -> dict[str, str]:
    """Return every hash that a row names, and what its file is."""
    found: dict[str, str] = {}
    for what, (identity, sha256) in NAMING.items():
        rows = select(identity, sha256).where(sha256.is_not(None), *_has_file(identity))
        for number, name in session.execute(rows):
            found.setdefault(str(name), what.format(number))
    return found


def unnamed(session: Session, hashes: Iterable[str]) -> Iterator[str]:
    """Yield those of the hashes that no row names."""
    for sha256 in hashes:
        wanted = (
            exists().where(column == sha256, *_has_file(identity))
            for identity, column in NAMING.values()
        )
        if not any(session.scalar(select(one)) for one in wanted):
            yield sha256


def _has_file(identity: InstrumentedAttribute[int]) -> list[ColumnElement[bool]]:
    return [WITH_FILE[identity]] if identity in WITH_FILE else []
