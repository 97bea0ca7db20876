"""資料: taking PDFs in, the viewer, the files themselves."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for

from meetings import documents
from meetings.errors import FileRejected, InvalidInput
from meetings.rights import Right
from models.document import Document, DocumentVersion
from models.meeting import AgendaItem, Meeting
from models.person import Person
from web import access, intake
from web.looks import note_look
from web.transaction import database_session, storage

blueprint = Blueprint("documents", __name__)
FOREVER_SECONDS = 31_536_000


@blueprint.post("/meetings/<int:meeting_id>/documents")
@access.to(Meeting, Right.PREPARE)
def receive(person: Person, meeting: Meeting) -> Any:
    """Several at once; a bad one is told by name and does not hold up the others."""
    target = url_for("meetings.show", meeting_id=meeting.id)
    try:
        added, refused = intake.receive_documents(meeting.id)
    except (FileRejected, InvalidInput) as problem:
        flash(problem.message, "error")
        return redirect(target)
    if added:
        flash(f"資料を{len(added)}件登録しました。", "done")
    for name, sentence in refused:
        flash(f"「{name}」は登録できませんでした。{sentence}", "error")
    return redirect(target)


receive.checks_own_token = True  # type: ignore[attr-defined]


@blueprint.get("/documents/<int:document_id>")
@access.to(Document, Right.SEE)
def show(person: Person, document: Document) -> Any:
    note_look(person, "look", document)
    meeting = document.meeting
    return render_template(
        "documents/show.html",
        meeting=meeting,
        document=document,
        viewer={
            "meeting": {
                "title": meeting.title,
                "url": url_for("meetings.show", meeting_id=meeting.id),
            },
            "documents": [
                _for_viewer(number, entry)
                for number, entry in documents.reading_order(database_session(), meeting)
            ],
            "current": document.id,
            "page": 1,
        },
    )


@blueprint.get("/versions/<int:version_id>/file")
@access.to(DocumentVersion, Right.SEE)
def file(person: Person, version: DocumentVersion) -> Any:
    """The PDF. A version never changes, so the terminal may keep it."""
    if "Range" not in request.headers:
        note_look(person, "fetch", version)
    response = send_file(
        storage().path(version.sha256),
        mimetype="application/pdf",
        download_name=version.file_name,
        conditional=True,
        etag=version.sha256,
    )
    response.headers["Cache-Control"] = f"private, max-age={FOREVER_SECONDS}, immutable"
    return response


@blueprint.get("/versions/<int:version_id>/thumbnail")
@access.to(DocumentVersion, Right.SEE)
def thumbnail(person: Person, version: DocumentVersion) -> Any:
    response = send_file(
        storage().path(version.thumbnail_sha256), mimetype="image/jpeg", conditional=True
    )
    response.headers["Cache-Control"] = f"private, max-age={FOREVER_SECONDS}, immutable"
    return response


@blueprint.post("/documents/<int:document_id>")
@access.to(Document, Right.PREPARE)
def change(person: Person, document: Document) -> Any:
    session = database_session()
    documents.rename_document(session, person, document, request.form.get("title", ""))
    target = _target(document.meeting, request.form.get("agenda_item_id", ""))
    if target is not document.agenda_item:
        documents.move_document(session, person, document, target)
    flash("資料を変更しました。", "done")
    return redirect(url_for("meetings.show", meeting_id=document.meeting_id))


@blueprint.post("/documents/<int:document_id>/removal")
@access.to(Document, Right.PREPARE)
def remove(person: Person, document: Document) -> Any:
    documents.remove_document(database_session(), person, document)
    flash(f"資料「{document.title}」を議題から外しました。", "done")
    return redirect(url_for("meetings.show", meeting_id=document.meeting_id))


def _for_viewer(number: str, document: Document) -> dict[str, Any]:
    version = document.current
    return {
        "id": document.id,
        "title": document.title,
        "item_number": number,
        "item_title": document.agenda_item.title if document.agenda_item else "",
        "version": version.number,
        "page_count": len(version.pages),
        "file_url": url_for("documents.file", version_id=version.id),
        "url": url_for("documents.show", document_id=document.id),
    }


def _target(meeting: Meeting, given: str) -> AgendaItem | None:
    return next((entry for entry in meeting.agenda_items if str(entry.id) == given), None)
