"""The signed PDF, who signs on paper with the sheet and its scan, and verifying a file."""

from datetime import datetime

from flask import Blueprint
from pydantic import Field

from meetings.errors import NotPossibleNow
from meetings.rights import Right
from minutes.records.records import minutes_of
from minutes.sealing import signed_records, signers
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.person import STAFF, Person
from models.seal import SignatureScan, Standing
from web import access
from web.api.operations import FormUpload, Identity, Shape, operation
from web.api.shapes import PersonAnswer
from web.door.costs import costs
from web.shared import intake, verification
from web.shared.people import person_numbered
from web.transaction import database_session, reading_session, reads

blueprint = Blueprint("api_sealing", __name__)


class VerdictAnswer(Shape):
    """ファイルが承認された会議録か"""

    is_approved: bool
    standing: Standing = Field(
        description="原本、市のひな形の形、公開用の写し、文が違う、どの会議録か不明"
    )
    sentence: str
    meeting_id: int | None
    revision: int | None = Field(description="改訂の number")
    form: str
    signer: str


class ScanAnswer(Shape):
    id: int
    file_name: str
    page_count: int
    taken_by: PersonAnswer
    taken_at: datetime

    @classmethod
    def of(cls, scan: SignatureScan) -> "ScanAnswer":
        return cls(
            id=scan.id,
            file_name=scan.file_name,
            page_count=scan.page_count,
            taken_by=PersonAnswer.of(scan.taken_by),
            taken_at=scan.taken_at,
        )


class SealAnswer(Shape):
    """署名と原本"""

    seal_sha256: str | None = Field(description="文・記録事項・資料のSHA-256。承認の前は null")
    signed_record_id: int | None = Field(
        description="署名付きPDF（/signed-records/番号）。まだなければ null"
    )
    pdf_sha256: str | None
    signer: str
    signed_at: datetime | None
    problem: str = Field(description="署名できていないときの理由")
    signers: list[PersonAnswer] = Field(description="署名議員・署名委員")
    scans: list[ScanAnswer]


class SignersBody(Shape):
    person_ids: list[Identity] = Field(max_length=signers.MOST_SIGNERS)


@blueprint.post("/verification")
@access.with_role(*STAFF)
@costs(files="document_mb")
@reads
@operation(
    "ファイルが承認された会議録かを調べる（保存しない）",
    answers=VerdictAnswer,
    upload=FormUpload("会議録のPDF、docx、txt"),
)
def verify(person: Person) -> VerdictAnswer:
    found = verification.verify_received()
    return VerdictAnswer(
        is_approved=found.is_approved,
        standing=found.standing,
        sentence=found.sentence,
        meeting_id=found.revision.meeting.id if found.revision else None,
        revision=found.revision.number if found.revision else None,
        form=found.form,
        signer=found.signer,
    )


@blueprint.get("/revisions/<int:revision_id>/seal")
@access.to(MinutesRevision, Right.HEAR)
@operation("署名と原本", answers=SealAnswer)
def show(person: Person, revision: MinutesRevision) -> SealAnswer:
    return _seal(revision)


@blueprint.put("/meetings/<int:meeting_id>/signers")
@access.to(Meeting, Right.CORRECT)
@operation("署名議員・署名委員を決める", answers=SealAnswer, body=SignersBody)
def choose(person: Person, meeting: Meeting, body: SignersBody) -> SealAnswer:
    session = database_session()
    minutes = minutes_of(session, meeting)
    if minutes is None:
        raise NotPossibleNow("会議録はまだありません。先に逐語録から作ってください。")
    chosen = [person_numbered("person_ids", one) for one in body.person_ids]
    signers.choose(session, person, minutes, [one for one in chosen if one is not None])
    return _seal(minutes.latest)


@blueprint.post("/revisions/<int:revision_id>/signature-scans")
@access.to(MinutesRevision, Right.CORRECT)
@costs(files="document_mb")
@operation(
    "署名した紙の写しを、承認された版に付ける",
    answers=ScanAnswer,
    status=201,
    upload=FormUpload("PDFか画像"),
)
def take_scan(person: Person, revision: MinutesRevision) -> ScanAnswer:
    scan = intake.receive_signature_scan(revision.id)
    database_session().flush()
    return ScanAnswer.of(scan)


def _seal(revision: MinutesRevision) -> SealAnswer:
    session = reading_session()
    decision = revision.request.decision if revision.request else None
    signed = signed_records.signed_record(session, revision)
    chosen = signers.signers_of(session, revision.minutes)
    return SealAnswer(
        seal_sha256=decision.seal_sha256 if decision else None,
        signed_record_id=signed.id if signed and signed.pdf_sha256 else None,
        pdf_sha256=signed.pdf_sha256 if signed else None,
        signer=signed.signer if signed else "",
        signed_at=signed.signed_at if signed else None,
        problem=signed.problem if signed else "",
        signers=[PersonAnswer.of(one.person) for one in chosen],
        scans=[ScanAnswer.of(scan) for scan in signers.scans_of(session, revision)],
    )
