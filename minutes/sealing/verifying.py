"""Tells whether a file (PDF, docx, txt) is the approved record, of which meeting and revision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import dates, signing
from meetings.cell import Cell
from meetings.config import Config
from meetings.disk.integrity import hash_of
from meetings.errors import FileRejected
from minutes.approval import sealing
from minutes.sealing import issued
from models.minutes import Approval, MinutesRevision
from models.seal import SignedRecord

ACCEPTED = (".pdf", ".docx", ".txt")
CELL = Cell(memory_mb=1500, output_mb=1, at_once=2)
SECONDS = 120
OTHER_KIND = "確かめられるのは、会議録のPDF、Word（docx）、テキスト（txt）です。"
EMPTY = "ファイルが空（0バイト）です。もとのファイルを確かめてください。"
UNSIGNED = "このPDFには署名がありません。承認された会議録の「署名付きPDF」ではありません。"
CHANGED = "このPDFは、署名したあとで内容が変えられています。承認された会議録ではありません。"
ADDED = "このPDFには、署名したあとで書き足されたところがあります。承認された会議録ではありません。"
STRANGER = "このPDFの署名は、この市のものではありません（署名者：{signer}）。"
EXPIRED = (
    "このPDFは、証明書の期限（{until}）の外の日時に署名されています。承認された会議録とは"
    "認められません。"
)
UNKNOWN_SEAL = "署名は正しいものですが、この承認の記録は、このサーバーにありません。"
OTHER_TEXT = (
    "このファイルの文は、承認された会議録のどれとも一致しません。書き換えられているか、承認前の版"
    "か、この市の会議録ではありません。"
)
BROKEN_SEAL = (
    "このファイルは{what}として出されましたが、サーバーに保存した文か資料が承認のときと違って"
    "います。管理者に連絡してください。"
)


@dataclass(frozen=True)
class Verdict:
    """Whether the file is an approved record, and the sentence that says so; of which revision,
    where that is known. `form`: as what it was issued.
    """

    is_approved: bool
    sentence: str
    revision: MinutesRevision | None = None
    form: str = ""
    signer: str = ""


def verify(session: Session, config: Config, path: Path, file_name: str) -> Verdict:
    """Return what is known of the file, by its content; the name only tells its kind. Raises
    FileRejected for a file of another kind, an empty or a broken one, ConfigurationError for a
    signing file of the settings that cannot be opened.
    """
    kind = Path(file_name).suffix.lower()
    if kind not in ACCEPTED:
        raise FileRejected(OTHER_KIND)
    if not path.stat().st_size:
        raise FileRejected(EMPTY)
    path = path.resolve()
    return _of_pdf(session, config, path) if kind == ".pdf" else _of_text(session, kind, path)


def _of_pdf(session: Session, config: Config, path: Path) -> Verdict:
    said = _look(config, path)
    if not said["is_signed"]:
        return Verdict(False, UNSIGNED)
    record = session.scalar(select(SignedRecord).where(SignedRecord.pdf_sha256 == hash_of(path)))
    approval = record.approval if record else _approval_with(session, said["seal"])
    wrong = _what_is_wrong(said, is_known=_is_known(session, said["certificate_sha256"]))
    if wrong:
        return Verdict(False, wrong, signer=said["signer"])
    if approval is None:
        return Verdict(False, UNKNOWN_SEAL, signer=said["signer"])
    signed = f"署名は有効です（{said['signer']}、{_day(said['signed_at'])}）。"
    return _approved(approval, "署名付きPDF", signed, said["signer"])


def _of_text(session: Session, kind: str, path: Path) -> Verdict:
    sha256 = CELL.ask("minutes.inside.record_texts", kind, str(path), seconds=SECONDS, reads=[path])
    found = issued.issued_with(session, sha256)
    decision = found.revision.request.decision if found and found.revision.request else None
    if found is None or decision is None:
        return Verdict(False, OTHER_TEXT)
    return _approved(decision, found.form, "文は承認されたときのままです。")


def _look(config: Config, path: Path) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        roots = Path(folder).resolve() / "roots.pem"
        trusted = signing.trusted(config)
        roots.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in trusted))
        found: dict[str, Any] = CELL.ask(
            "minutes.inside.signatures",
            str(path),
            str(roots),
            seconds=SECONDS,
            reads=[path, roots],
        )
    return found


def _what_is_wrong(said: dict[str, Any], *, is_known: bool) -> str:
    if not said["is_intact"]:
        return CHANGED
    if not said["is_whole"]:
        return ADDED
    if not said["was_valid"]:
        return EXPIRED.format(until=f"{_day(said['ends_at'])}まで")
    return "" if said["is_trusted"] or is_known else STRANGER.format(signer=said["signer"])


def _approved(approval: Approval, form: str, how: str, signer: str = "") -> Verdict:
    revision = approval.request.revision
    at = dates.in_full(approval.decided_at)
    what = f"「{revision.content['title']}」の会議録（第{revision.number}版、{at}に承認）"
    if not sealing.is_unbroken(approval):
        return Verdict(False, BROKEN_SEAL.format(what=what), revision, form, signer)
    newer = _newer(revision)
    later = f"そのあと、第{newer.number}版が承認されています。" if newer else ""
    return Verdict(True, f"{what}です。{how}{later}", revision, form, signer)


def _newer(revision: MinutesRevision) -> MinutesRevision | None:
    later: Iterable[MinutesRevision] = reversed(revision.minutes.revisions)
    return next((r for r in later if r.number > revision.number and r.is_approved), None)


def _approval_with(session: Session, seal: str) -> Approval | None:
    if not seal:
        return None
    return session.scalar(select(Approval).where(Approval.seal_sha256 == seal).limit(1))


def _is_known(session: Session, certificate_sha256: str) -> bool:
    """Return whether records were signed with this certificate, trusted now or not."""
    wanted = select(SignedRecord.id).where(SignedRecord.certificate_sha256 == certificate_sha256)
    return session.scalar(wanted.limit(1)) is not None


def _day(moment: str) -> str:
    return dates.in_full(datetime.fromisoformat(moment)) if moment else "日時不明"
