"""Tells what a file (PDF, docx, txt) is to the approved record, of which meeting and revision."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
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
from minutes import deleted
from minutes.approval import sealing
from minutes.forms.kinds import RecordFile
from minutes.sealing import form_words, issued, recognising
from minutes.sealing.words import text_hash
from models.minutes import Approval, MinutesRevision
from models.seal import IssuedText, SignedRecord, Standing

ACCEPTED = (".pdf", ".docx", ".txt")
CELL = Cell(memory_mb=1500, output_mb=1, at_once=2)
SECONDS = 120
OTHER_KIND = "確かめられるのは、会議録のPDF、Word（docx）、テキスト（txt）です。"
EMPTY = "ファイルが空（0バイト）です。もとのファイルを確かめてください。"
UNSIGNED = (
    "このPDFには署名がなく、文も、承認された会議録のどれとも一致しません。この市の会議録ではないか、"
    "別のプログラムで作り直されています。"
)
CHANGED = "このPDFは、署名したあとで内容が変えられています。承認された会議録ではありません。"
ADDED = "このPDFには、署名したあとで書き足されたところがあります。承認された会議録ではありません。"
STRANGER = "このPDFの署名は、この市のものではありません（署名者：{signer}）。"
EXPIRED = (
    "このPDFは、証明書の期限（{until}）の外の日時に署名されています。承認された会議録とは"
    "認められません。"
)
UNKNOWN_SEAL = "署名は正しいものですが、この承認の記録は、このサーバーにありません。"
OTHER_TEXT = (
    "このファイルは、承認された会議録のどれでもありません。この市の会議録ではないか、承認前の"
    "会議録です。"
)
OTHER_WORDS = (
    "このファイルの文は、承認された{what}のどの様式とも一致しません。書き換えられているか、"
    "承認前の版です。"
)
SAME_WORDS = "文は承認されたときのままです（図と見た目は調べていません）。"
PUBLIC_WORDS = "文は公開用の写しのままです（図と見た目は調べていません）。"
CORRECTED = "そのあと、公開しない箇所が改められています。"
BROKEN_SEAL = (
    "このファイルは{what}として出されましたが、サーバーに保存した文か資料が承認のときと違って"
    "います。管理者に連絡してください。"
)


@dataclass(frozen=True)
class Verdict:
    """What the file is to an approved record, and the sentence that says so; of which revision,
    where that is known. `form`: as what it was issued.
    """

    standing: Standing
    sentence: str
    revision: MinutesRevision | None = None
    form: str = ""
    signer: str = ""

    @property
    def is_approved(self) -> bool:
        """Return whether the file is an approved record, or the public copy of one."""
        return self.standing.is_approved


def verify(session: Session, config: Config, path: Path, file_name: str) -> Verdict:
    """Return what is known of the file, by its content; the name only tells its kind. Takes
    seconds for a file that was issued with no note.

    Raises FileRejected for a file of another kind, an empty or a broken one, ConfigurationError for
    a signing file of the settings that cannot be opened.
    """
    kind = Path(file_name).suffix.lower()
    if kind not in ACCEPTED:
        raise FileRejected(OTHER_KIND)
    if not path.stat().st_size:
        raise FileRejected(EMPTY)
    path = path.resolve()
    if kind == ".pdf":
        said = _look(config, path)
        if said["is_signed"]:
            return _of_signature(session, path, said)
    return _of_words(session, config, RecordFile(kind.removeprefix(".")), path)


def _of_signature(session: Session, path: Path, said: dict[str, Any]) -> Verdict:
    record = session.scalar(select(SignedRecord).where(SignedRecord.pdf_sha256 == hash_of(path)))
    approval = record.approval if record else _approval_with(session, said["seal"])
    is_ours = said["is_trusted"] or _is_known(session, said["certificate_sha256"])
    wrong = _what_is_wrong(said, is_known=is_ours)
    if wrong:
        standing = Standing.DIFFERS if is_ours else Standing.UNKNOWN
        return Verdict(standing, wrong, signer=said["signer"])
    if approval is None:
        return Verdict(Standing.UNKNOWN, UNKNOWN_SEAL, signer=said["signer"])
    signed = f"署名は有効です（{said['signer']}、{_day(said['signed_at'])}）。"
    found = Verdict(Standing.ORIGINAL, signed, form="署名付きPDF", signer=said["signer"])
    return _approved(approval, found)


def _of_words(session: Session, config: Config, kind: RecordFile, path: Path) -> Verdict:
    [read] = form_words.read(kind, path)
    noted = issued.issued_with(session, text_hash(read.words))
    if noted is not None:
        later = _corrected_since(noted)
        return _of_form(noted.revision, noted.standing, noted.form, later)
    found = recognising.recognise(session, config, read, kind)
    if found is None:
        unknown = UNSIGNED if kind is RecordFile.PDF else OTHER_TEXT
        return Verdict(Standing.UNKNOWN, unknown)
    if found.form is None:
        what = f"「{found.revision.meeting.title}」の会議録"
        return Verdict(Standing.DIFFERS, OTHER_WORDS.format(what=what), found.revision)
    return _of_form(found.revision, found.form.standing, found.form.label)


def _of_form(revision: MinutesRevision, standing: Standing, form: str, later: str = "") -> Verdict:
    decision = revision.request.decision if revision.request else None
    assert decision is not None  # only of approved revisions words are noted, or compared
    same = PUBLIC_WORDS if standing is Standing.PUBLIC else SAME_WORDS
    return _approved(
        decision, Verdict(standing, f"{form}として出した形です。{same}{later}", form=form)
    )


def _corrected_since(noted: IssuedText) -> str:
    """Return a sentence where the public copy was noted before its last correction."""
    if noted.standing is not Standing.PUBLIC:
        return ""
    publications = noted.revision.publications
    corrections = [one.corrected_at for each in publications for one in each.corrections]
    return CORRECTED if any(at > noted.issued_at for at in corrections) else ""


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


def _approved(approval: Approval, found: Verdict) -> Verdict:
    """Return the verdict with the name of the record before its sentence; that the seal is broken,
    where it is.
    """
    revision = approval.request.revision
    at = dates.in_full(approval.decided_at)
    what = f"「{revision.content['title']}」の会議録（第{revision.number}版、{at}に承認）"
    if revision.emptied_at is not None:
        gone = deleted.words("サーバーの原本", revision.emptied_at)
        said = f"{what}です。{found.sentence}{gone}印と署名の記録は残っています。"
        return replace(found, sentence=said, revision=revision)
    if not sealing.is_unbroken(approval):
        broken = BROKEN_SEAL.format(what=what)
        return replace(found, standing=Standing.DIFFERS, sentence=broken, revision=revision)
    newer = _newer(revision)
    later = f"そのあと、第{newer.number}版が承認されています。" if newer else ""
    said = f"{what}です。{found.sentence}{later}"
    return replace(found, sentence=said, revision=revision)


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
