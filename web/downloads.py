"""Documents that leave the server: to be saved or printed, stamped where that is asked for."""

from flask import Response, send_file

from meetings import dates
from meetings.rights import is_only_invited
from meetings.stamping import stamp
from models.base import now
from models.document import DocumentVersion
from models.person import Person
from web.looks import note_look
from web.transaction import database_session, storage

PDF = "application/pdf"


def send_document(person: Person, version: DocumentVersion, *, as_attachment: bool) -> Response:
    """The PDF; for those who are only invited with their name and the time over each page when
    the document is watermarked."""
    note_look(person, "download" if as_attachment else "print", version)
    name, path = version.file_name, storage().path(version.sha256)
    is_stamped = version.document.is_watermarked and is_only_invited(
        database_session(), person, version.meeting
    )
    if not is_stamped:
        return send_file(
            path, PDF, as_attachment=as_attachment, download_name=name, etag=version.sha256
        )
    with storage().workspace() as folder:
        stamp(path, folder / "stamped.pdf", f"{person.name}　{dates.in_full(now())}")
        opened = (folder / "stamped.pdf").open("rb")  # stays readable when the folder is gone
    return send_file(opened, PDF, as_attachment=as_attachment, download_name=name)
