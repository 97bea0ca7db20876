"""Makes the signed PDF of each approved revision, once, and keeps it. Setting and signing take
seconds, so it happens beside the requests of people.
"""

import io
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, Select, or_, select
from sqlalchemy.orm import Session

from meetings import signing
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import ConfigurationError
from meetings.signing import SigningIdentity
from minutes.forms import exporting
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import RecordFile, RecordForm
from minutes.sealing import form_words, issued
from minutes.sealing.form_words import FormWords, Wording
from models.base import now
from models.database import reading, writing
from models.minutes import Approval, ApprovalRequest, MinutesRevision
from models.seal import SignedRecord

TRIED_AGAIN = timedelta(minutes=10)
LARGEST_BYTES = 500_000_000
SIGN_SECONDS = 5.0
PDF = WantedFile(RecordForm.VERBATIM, RecordFile.PDF)


@dataclass(frozen=True)
class MadeRecord:
    """The signed PDF in the store, and the words of the forms in which the record is issued."""

    pdf_sha256: str
    identity: SigningIdentity
    words: list[FormWords]


def sign_next(engine: Engine, config: Config, storage: Storage) -> bool:
    """Sign the record of the next approval that has none. Returns False when there is none. What
    cannot be signed now (no key, a wrong passphrase) is noted with the reason and tried again.
    """
    with reading(engine) as session:
        approval = session.scalar(_waiting())
        if approval is None:
            return False
        identity = approval.id
        try:
            made = _made(session, config, storage, approval)
        except ConfigurationError as problem:
            failed = problem.message
            made = None
    with writing(engine) as session, session.begin():
        approval = session.get_one(Approval, identity)
        if made is None:
            _row_of(session, approval).problem = failed
            _row_of(session, approval).next_try_at = now() + TRIED_AGAIN
        else:
            _keep(session, approval, made)
    return made is not None


def signed_record(session: Session, revision: MinutesRevision) -> SignedRecord | None:
    """Return the signed PDF of an approved revision, or why there is none yet; None before that
    was tried.
    """
    decision = revision.request.decision if revision.request else None
    if decision is None:
        return None
    return session.scalar(select(SignedRecord).where(SignedRecord.approval_id == decision.id))


def _waiting() -> Select[Approval]:
    return (
        select(Approval)
        .join(Approval.request)
        .join(ApprovalRequest.revision)
        .outerjoin(SignedRecord, SignedRecord.approval_id == Approval.id)
        .where(
            Approval.seal_sha256.is_not(None),
            MinutesRevision.emptied_at.is_(None),
            SignedRecord.pdf_sha256.is_(None),
            or_(SignedRecord.id.is_(None), SignedRecord.next_try_at <= now()),
        )
        .order_by(Approval.id)
        .limit(1)
    )


def _made(session: Session, config: Config, storage: Storage, approval: Approval) -> MadeRecord:
    identity, revision = signing.identity(config), approval.request.revision
    text = exporting.printed(revision, config.city.name)
    reason = f"会議録（第{revision.number}版）の承認　原本の印 {approval.seal_sha256}"
    signed = signing.sign(
        identity, exporting.as_file(PDF, text), reason=reason, place=config.city.name
    )
    stored = storage.add(io.BytesIO(signed), LARGEST_BYTES)
    in_use = form_words.templates_in_use(session, revision.meeting)
    words = form_words.all_words(storage, Wording(text, is_public=False, templates=in_use))
    return MadeRecord(stored.sha256, identity, list(words))


def _keep(session: Session, approval: Approval, made: MadeRecord) -> None:
    row = _row_of(session, approval)
    if row.pdf_sha256 is not None:  # another worker was faster: the first stays for ever
        return
    row.pdf_sha256, row.problem, row.signed_at = made.pdf_sha256, "", now()
    row.signer, row.certificate_sha256 = made.identity.name, made.identity.sha256
    issued.note(session, approval.request.revision, made.words)


def _row_of(session: Session, approval: Approval) -> SignedRecord:
    known = session.scalar(select(SignedRecord).where(SignedRecord.approval_id == approval.id))
    row = known or SignedRecord(approval=approval)
    session.add(row)
    session.flush()
    return row
