"""Recordings on their way in, as the tab 録音 shows them; the sending itself is the API's."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from meetings.errors import NotFound
from meetings.rights import Right
from minutes.recordings import uploads
from models.meeting import Meeting
from models.person import Person
from models.upload import Upload, UploadState
from web import access
from web.audit_access import note_look
from web.shared.files.named_files import send_named
from web.transaction import database_session, storage

blueprint = Blueprint("uploads", __name__)


@blueprint.get("/meetings/<int:meeting_id>/uploads")
@access.to(Meeting, Right.RECORD)
def index(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Show the part of the tab that changes by itself."""
    return render_template("recordings/_arriving.html", **arriving(meeting))


@blueprint.post("/uploads/<upload_key>/completion")
@access.to(Upload, Right.RECORD)
def finish(person: Person, upload: Upload) -> ResponseReturnValue:
    uploads.finish_upload(database_session(), person, upload)
    flash("届いたところまでの録音を受け付けます。音声を確かめています。", "done")
    return redirect(url_for("recordings.index", meeting_id=upload.meeting_id))


@blueprint.post("/uploads/<upload_key>/withdrawal")
@access.to(Upload, Right.RECORD)
def withdraw(person: Person, upload: Upload) -> ResponseReturnValue:
    uploads.withdraw_upload(database_session(), person, upload)
    flash(f"「{upload.file_name}」の送信を取りやめました。", "done")
    return redirect(url_for("recordings.index", meeting_id=upload.meeting_id))


@blueprint.get("/uploads/<upload_key>/file")
@access.to(Upload, Right.RECORD)
def refused_file(person: Person, upload: Upload) -> ResponseReturnValue:
    """Send the file that could not be taken, as it was received."""
    path = storage().arrival_path(upload.key)
    if upload.state != UploadState.REFUSED or not path.exists():
        raise NotFound()
    note_look(person, "download", upload)
    return send_named(path, "application/octet-stream", upload.file_name)


def arriving(meeting: Meeting) -> dict[str, Any]:
    """Return what `recordings/_arriving.html` shows, newest first."""
    found = uploads.open_uploads(database_session(), meeting)
    return {"arriving": found[::-1], "is_quiet": uploads.is_quiet}
