"""署名と原本: the signed PDF, the members who sign on paper with their sheet and its scan, and
whether a file is the approved record."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.errors import FileRejected, InvalidInput, NotFound, NotPossibleNow
from meetings.rights import Right
from minutes.records.records import minutes_of
from minutes.sealing import signed_records, signers
from models.meeting import Meeting
from models.minutes import Minutes, MinutesRevision
from models.person import STAFF, Person
from models.seal import SignatureScan, SignedRecord
from web import access
from web.audit_access import note_look
from web.door.costs import costs
from web.shared import intake, verification
from web.shared.files.named_files import send_named
from web.shared.people import person_numbered
from web.transaction import database_session, reading_session, reads, release, storage
from web.views.meetings._meeting_head import meeting_head

blueprint = Blueprint("sealing", __name__)
PDF = "application/pdf"


@blueprint.get("/verification")
@access.with_role(*STAFF)
def verification_form(person: Person) -> ResponseReturnValue:
    return render_template("records/verification.html")


@blueprint.post("/verification")
@access.with_role(*STAFF)
@costs(files="document_mb")
@reads
def verify(person: Person) -> ResponseReturnValue:
    try:
        verdict = verification.verify_received()
    except (FileRejected, InvalidInput) as problem:
        return render_template("records/verification.html", problem=problem.message), 422
    return render_template("records/verification.html", verdict=verdict)


@blueprint.get("/revisions/<int:revision_id>/signatures")
@access.to(MinutesRevision, Right.HEAR)
def show(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    return _page(person, revision)


@blueprint.get("/signed-records/<int:signed_record_id>")
@access.to(SignedRecord, Right.HEAR)
def signed_pdf(person: Person, signed_record: SignedRecord) -> ResponseReturnValue:
    if signed_record.pdf_sha256 is None:
        raise NotPossibleNow(signed_record.problem)
    note_look(person, "download", signed_record)
    revision = signed_record.approval.request.revision
    name = f"会議録_{revision.content['title']}_第{revision.number}版_署名付き.pdf"
    path = storage().whole(signed_record.pdf_sha256)
    return send_named(path, PDF, name, etag=signed_record.pdf_sha256)


@blueprint.post("/meetings/<int:meeting_id>/signers")
@access.to(Meeting, Right.CORRECT)
def choose(person: Person, meeting: Meeting) -> ResponseReturnValue:
    minutes, session = _required(meeting), database_session()
    chosen = [person_numbered("person_ids", one) for one in request.form.getlist("person_ids")]
    signers.choose(session, person, minutes, [one for one in chosen if one is not None])
    flash("署名する人を決めました。", "done")
    return redirect(url_for(".show", revision_id=minutes.latest.id))


@blueprint.get("/revisions/<int:revision_id>/signature-sheet.pdf")
@access.to(MinutesRevision, Right.HEAR)
def sheet(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    note_look(person, "print", revision)
    made = signers.sheet(reading_session(), revision)
    name = f"署名簿_{revision.content['title']}.pdf"
    return send_named(made, PDF, name, as_attachment=False)


@blueprint.post("/revisions/<int:revision_id>/signature-scans")
@access.to(MinutesRevision, Right.CORRECT)
@costs(files="document_mb")
def take_scan(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    try:
        intake.receive_signature_scan(revision.id)
    except (FileRejected, InvalidInput, NotPossibleNow) as problem:
        release()
        flash(problem.message, "error")
    else:
        flash("署名の写しを、承認された版と一緒に保存しました。", "done")
    return redirect(url_for(".show", revision_id=revision.id))


@blueprint.get("/signature-scans/<int:signature_scan_id>")
@access.to(SignatureScan, Right.HEAR)
def scan(person: Person, signature_scan: SignatureScan) -> ResponseReturnValue:
    note_look(person, "download", signature_scan)
    path = storage().whole(signature_scan.sha256)
    return send_named(path, PDF, signature_scan.file_name, etag=signature_scan.sha256)


def _page(person: Person, revision: MinutesRevision) -> str:
    session = reading_session()
    chosen = signers.signers_of(session, revision.minutes)
    return render_template(
        "records/signatures.html",
        meeting=revision.meeting,
        head=meeting_head(person, revision.meeting),
        revision=revision,
        decision=revision.request.decision if revision.request else None,
        signed=signed_records.signed_record(session, revision),
        members=signers.members(revision.meeting),
        chosen=[signer.person for signer in chosen],
        scans=signers.scans_of(session, revision),
    )


def _required(meeting: Meeting) -> Minutes:
    minutes = minutes_of(reading_session(), meeting)
    if minutes is None:
        raise NotFound()
    return minutes
