"""The audit as the screen and the API give it: one line, and files."""

from flask import Response, current_app

from meetings import entries
from meetings.auditing import exporting, listing
from meetings.auditing.exporting import AuditFile
from meetings.auditing.listing import AuditFilter, AuditPage
from models.audit import AuditLine
from models.person import Person, Role
from web.audit_access import note_look
from web.shared.files.named_files import send_pieces
from web.transaction import engine_of, reading_session

RESULTS = {"done": False, "refused": True}
"""Whether only what was refused is wanted, by the word of the filter."""


def line_with(line_id: int) -> AuditPage:
    """Return the line with this number, alone on a page. Raises NotFound."""
    return listing.one(reading_session(), min(line_id, entries.LARGEST_ID - 1))


def send(person: Person, wanted: AuditFilter, kind: AuditFile) -> Response:
    """Send what the filter wants as a file, and note that it was taken out."""
    note_look(person, "export", AuditLine())
    pieces = exporting.written(
        engine_of(current_app), wanted, kind, with_titles=person.has_role(Role.AUDITOR)
    )
    return send_pieces(pieces, kind.content_type, f"gijido-audit.{kind}")
