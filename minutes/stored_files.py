"""Which columns name files of the store. What no row names may be removed, and is in no backup."""

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.document import DocumentVersion, Page
from models.recording import Recording, Transcription
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
}
"""Every column that names a stored file by its hash, with the file's Japanese name, in which {} is
the id of the row."""


def named(session: Session) -> dict[str, str]:
    """Return every hash that a row names, and what its file is."""
    found: dict[str, str] = {}
    for what, (identity, sha256) in NAMING.items():
        for number, name in session.execute(select(identity, sha256).where(sha256.is_not(None))):
            found.setdefault(str(name), what.format(number))
    return found
