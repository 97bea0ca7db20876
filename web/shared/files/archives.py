"""Sends the archive of a meeting, for screens and API."""

from flask import Response

from meetings.disk.storage import raising_storage_full
from minutes.archives import meeting_archive
from models.meeting import Meeting
from models.person import Person
from web.audit_access import note_look
from web.shared.files.named_files import send_named
from web.transaction import config, reading_session, storage

ZIP = "application/zip"


def send_archive(person: Person, meeting: Meeting) -> Response:
    """Return everything of the meeting as one ZIP. It is written to a nameless file first, so that
    a full disk is told before anything is sent. Raises StorageFull."""
    note_look(person, "export", meeting)
    stream = storage().nameless()
    with raising_storage_full():
        meeting_archive.write(reading_session(), storage(), config(), meeting, stream)
    stream.seek(0)
    name = f"{meeting_archive.folder_name(meeting)}.zip"
    return send_named(stream, ZIP, name, etag=False)
