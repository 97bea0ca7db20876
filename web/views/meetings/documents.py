"""資料: receiving and replacing PDFs, the viewer, the files themselves."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from meetings.agenda import item_of
from meetings.documents import documents, memos, printing, versions
from meetings.documents.documents import Permissions
from meetings.entries import plain_number
from meetings.errors import FileRejected, InvalidInput, NotFound, NotPossibleNow
from meetings.rights import (
    Right,
    is_only_invited,
    may_download,
    may_print,
    may_take_original,
    rights,
)
from models.document import Document, DocumentVersion
from models.meeting import Meeting
from models.person import Person
from web import access, transaction
from web.api.meetings import releasing
from web.audit_access import note_hourly_look, note_look, note_opening
from web.door.costs import RequestLane, costs
from web.shared import intake
from web.shared.files.downloads import send_all_documents, send_document
from web.shared.files.named_files import send_named
from web.transaction import config, database_session, storage
from web.views.meetings._viewer import viewer_data
from web.views.meetings.meetings import RefusedForm, meeting_page

blueprint = Blueprint("documents", __name__)
PDF = "application/pdf"
FOREVER_SECONDS = 31_536_000
DOCUMENTS_AT_ONCE = 10
"""Of the largest size; smaller ones may be more."""


@blueprint.post("/meetings/<int:meeting_id>/documents")
@access.to(Meeting, Right.PREPARE)
@costs(files="document_mb", at_once=DOCUMENTS_AT_ONCE)
def receive(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Receive several documents at once; a bad one is told by name and does not hold up the
    others."""
    target = url_for("meetings.show", meeting_id=meeting.id)
    try:
        added, refused = intake.receive_documents(meeting.id)
    except (FileRejected, InvalidInput) as problem:
        flash(problem.message, "error")
        return redirect(target)
    for name, sentence in refused:
        flash(f"「{name}」は登録できませんでした。{sentence}", "error")
    if not added:
        return redirect(target)
    flash(f"資料を{len(added)}件登録しました。", "done")
    for document in added:
        _tell_if_known(document)
    return redirect(target) if refused else _back(added[0])


def _tell_if_known(document: Document) -> None:
    """Tell the organiser of another document with the same file. The same paper may belong to two
    items; more often it was chosen twice."""
    known = documents.same_file(database_session(), document)
    if known is not None:
        flash(
            f"資料「{document.title}」は、すでにある資料「{known.title}」と同じファイルです。"
            "二つとも登録してあります。要らないほうは外してください。",
            "wait",
        )


@blueprint.get("/meetings/<int:meeting_id>/presentation")
@access.to(Meeting, Right.SEE)
def presentation(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Show the meeting itself: the viewer on the page that is presented."""
    note_look(person, "look", meeting)
    note_opening(person, meeting)
    return _viewer(person, meeting, meeting.title, {"follow": True, "document": None, "page": 1})


@blueprint.get("/meetings/<int:meeting_id>/viewer")
@access.to(Meeting, Right.SEE)
def viewer(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Return the data that an open viewer asks for again when the documents changed."""
    return viewer_data(person, meeting)


@blueprint.get("/documents/<int:document_id>")
@access.to(Document, Right.SEE)
def show(person: Person, document: Document) -> ResponseReturnValue:
    """Show the viewer on one document. `?page=N` begins there, `?version=N` shows an older
    version."""
    note_look(person, "look", document)
    note_opening(person, document.meeting)
    start = {"follow": False, "document": document.id, "page": _number("page") or 1}
    older = _released(document, _number("version"))
    return _viewer(person, document.meeting, document.title, start, older)


@blueprint.get("/versions/<int:version_id>/file")
@access.to(DocumentVersion, Right.SEE)
def file(person: Person, version: DocumentVersion) -> ResponseReturnValue:
    """Send the PDF for the viewer. A version never changes, so the terminal may keep it. To those
    who may not save it, or not without their name on it, a browser does not show it as a page of
    its own."""
    if request.headers.get("Sec-Fetch-Mode") == "navigate" and _is_held_back(person, version):
        raise NotFound()
    if "Range" not in request.headers:
        note_look(person, "fetch", version)
    path, name = storage().whole(version.sha256), version.file_name
    response = send_named(path, PDF, name, as_attachment=False, etag=version.sha256)
    return _kept_by_the_terminal(response)


@blueprint.get("/versions/<int:version_id>/download")
@access.to(DocumentVersion, Right.SEE)
@costs(lane=RequestLane.FILES)
def download(person: Person, version: DocumentVersion) -> ResponseReturnValue:
    if not may_download(_given(person, version), version.document):
        raise NotFound()
    return send_document(person, version, as_attachment=True)


@blueprint.get("/versions/<int:version_id>/original")
@access.to(DocumentVersion, Right.SEE)
def original(person: Person, version: DocumentVersion) -> ResponseReturnValue:
    """Send the Office file from which the PDF was made."""
    is_allowed = may_take_original(_given(person, version), version.document)
    if version.original_sha256 is None or not is_allowed:
        raise NotFound()
    note_look(person, "download", version)
    path = storage().whole(version.original_sha256)
    return send_named(path, "application/octet-stream", version.original_file_name)


@blueprint.get("/versions/<int:version_id>/print")
@access.to(DocumentVersion, Right.SEE)
@costs(lane=RequestLane.FILES)
def to_print(person: Person, version: DocumentVersion) -> ResponseReturnValue:
    if not may_print(_given(person, version), version.document):
        raise NotFound()
    return send_document(person, version, as_attachment=False)


@blueprint.get("/meetings/<int:meeting_id>/documents.pdf")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.FILES)
def download_all(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return send_all_documents(person, meeting)


@blueprint.get("/meetings/<int:meeting_id>/programme.pdf")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.FILES)
def programme(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Send 次第 as a PDF."""
    session = database_session()
    shown = [document for _, document in documents.readable(session, person, meeting)]
    pdf = printing.programme(session, config(), meeting, shown)
    return send_named(pdf, PDF, "次第.pdf", as_attachment=False)


@blueprint.get("/versions/<int:version_id>/thumbnail")
@access.to(DocumentVersion, Right.SEE)
def thumbnail(person: Person, version: DocumentVersion) -> ResponseReturnValue:
    """Part of the meeting's page, so the look is one at the meeting."""
    note_hourly_look(person, version.meeting)
    return _picture(version.thumbnail_sha256)


@blueprint.get("/versions/<int:version_id>/pages/<int:number>/picture")
@access.to(DocumentVersion, Right.SEE)
def page_picture(person: Person, version: DocumentVersion, number: int) -> ResponseReturnValue:
    page = next((page for page in version.pages if page.number == number), None)
    if page is None or page.picture_sha256 is None:
        raise NotFound()
    note_hourly_look(person, version)
    return _picture(page.picture_sha256)


@blueprint.post("/documents/<int:document_id>")
@access.to(Document, Right.PREPARE)
def change(person: Person, document: Document) -> ResponseReturnValue:
    """Change everything in the box of one document, and then do what the button says in `act`:
    nothing more, `up`, `down` or `remove`. All of it or, when something typed cannot be taken,
    nothing."""
    session, act = database_session(), request.form.get("act", "")
    try:
        _change(person, document)
        if act in ("up", "down"):
            documents.shift_document(session, person, document, act)
    except InvalidInput as problem:
        transaction.release()
        refused = RefusedForm(document.id, request.form, problem)
        return meeting_page(person, document.meeting, refused=refused), 422
    if act == "remove":
        documents.remove_document(session, person, document)
        flash(
            f"資料「{document.title}」を外しました。画面の下の「外した資料」から元に戻せます。",
            "done",
        )
    elif not act:
        flash(f"資料「{document.title}」を変更しました。", "done")
    return _back(document)


@blueprint.post("/meetings/<int:meeting_id>/documents/<int:document_id>/restoration")
@access.to(Meeting, Right.PREPARE)
def restore(person: Person, meeting: Meeting, document_id: int) -> ResponseReturnValue:
    session = database_session()
    document = documents.restore_document(session, person, meeting, document_id)
    flash(f"資料「{document.title}」を元に戻しました。", "done")
    return _back(document)


@blueprint.post("/documents/<int:document_id>/versions")
@access.to(Document, Right.PREPARE)
@costs(files="document_mb")
def propose(person: Person, document: Document) -> ResponseReturnValue:
    try:
        version = intake.receive_version(document.id)
    except (FileRejected, InvalidInput) as problem:
        flash(problem.message, "error")
        return _back(document)
    database_session().flush()
    return redirect(url_for("documents.comparison", version_id=version.id))


@blueprint.get("/versions/<int:version_id>/comparison")
@access.to(DocumentVersion, Right.SEE)
def comparison(person: Person, version: DocumentVersion) -> ResponseReturnValue:
    """Show what this version changed, page by page; to an organiser already before it is
    released."""
    note_hourly_look(person, version)
    older, is_ready = versions.before(version), versions.can_compare(version)
    is_proposed = version.document.proposed is version
    session = database_session()
    return render_template(
        "documents/comparison.html",
        document=version.document,
        version=version,
        older=older,
        is_proposed=is_proposed,
        is_ready=is_ready,
        changes=_with_differences(version) if is_ready else [],
        memo_counts=memos.counted_by_page(session, older) if older and is_proposed else {},
    )


@blueprint.post("/versions/<int:version_id>/release")
@access.to(DocumentVersion, Right.PREPARE)
def release(person: Person, version: DocumentVersion) -> ResponseReturnValue:
    document = version.document
    try:
        document = releasing.release_version(version.id)
    except NotPossibleNow as problem:
        flash(problem.message, "error")
        return _back(document)
    flash(f"資料「{document.title}」を第{document.current.number}版に差し替えました。", "done")
    return _back(document)


@blueprint.post("/versions/<int:version_id>/withdrawal")
@access.to(DocumentVersion, Right.PREPARE)
def withdraw(person: Person, version: DocumentVersion) -> ResponseReturnValue:
    versions.drop_proposal(database_session(), person, version)
    flash("差替えを取りやめました。資料は前のままです。", "done")
    return _back(version.document)


def _change(person: Person, document: Document) -> None:
    session, form = database_session(), request.form
    documents.rename_document(session, person, document, form.get("title", ""))
    item_id = plain_number(form.get("agenda_item_id"))
    target = item_of(document.meeting, item_id) if item_id else None
    documents.move_document(session, person, document, target)
    chosen = set(form.getlist("readers"))
    permissions = Permissions(
        may_print="may_print" in form,
        may_download="may_download" in form,
        may_take_original="may_take_original" in form,
        is_watermarked="is_watermarked" in form,
        readers=[i.person for i in document.meeting.invitations if str(i.person_id) in chosen],
    )
    documents.permit(session, person, document, permissions)


def _with_differences(
    version: DocumentVersion,
) -> list[tuple[versions.PageChange, list[versions.PageTextPart]]]:
    return [(change, versions.difference(change)) for change in versions.compare(version)]


def _viewer(
    person: Person,
    meeting: Meeting,
    title: str,
    start: dict[str, Any],
    older: DocumentVersion | None = None,
) -> str:
    data = viewer_data(person, meeting, older) | {"start": start}
    return render_template("documents/show.html", title=title, viewer=data)


def _kept_by_the_terminal(response: Response) -> Response:
    response.headers["Cache-Control"] = f"private, max-age={FOREVER_SECONDS}, immutable"
    return response


def _picture(sha256: str) -> ResponseReturnValue:
    picture = send_file(storage().whole(sha256), mimetype="image/jpeg", conditional=True)
    return _kept_by_the_terminal(picture)


def _is_held_back(person: Person, version: DocumentVersion) -> bool:
    """Return whether this person may not keep the file as it is."""
    document, given = version.document, _given(person, version)
    is_stamped = document.is_watermarked and is_only_invited(given)
    return is_stamped or not may_download(given, document)


def _given(person: Person, version: DocumentVersion) -> frozenset[Right]:
    return rights(database_session(), person, version.meeting)


def _back(document: Document) -> ResponseReturnValue:
    place = None if document.removed_at else f"document-{document.id}"
    return redirect(url_for("meetings.show", meeting_id=document.meeting_id, _anchor=place))


def _released(document: Document, number: int | None) -> DocumentVersion | None:
    return next((version for version in document.released if version.number == number), None)


def _number(name: str) -> int | None:
    return plain_number(request.args.get(name))
