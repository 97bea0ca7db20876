"""The data for the viewer (`web/assets/viewer`): the meeting as this person may read it."""

from datetime import timedelta
from typing import Any

from flask import url_for

from meetings import agenda
from meetings.documents import documents
from meetings.documents.paper_numbers import paper_names
from meetings.rights import Right, may_download, may_print, rights
from meetings.sitting import presenting
from minutes.transcripts.transcripts import has_words
from models.base import now
from models.document import Document, DocumentVersion
from models.meeting import Meeting
from models.person import Person
from web import access
from web.transaction import database_session

# Meetings overrun; presenting is possible until so long after the planned end.
OVERRUN = timedelta(hours=12)


def viewer_data(
    person: Person, meeting: Meeting, older: DocumentVersion | None = None
) -> dict[str, Any]:
    """Return the data of the meeting for this person. `older` is shown in place of the current
    version of its document."""
    session = database_session()
    given = rights(session, person, meeting)
    readable = documents.readable(session, person, meeting)
    seconds = max(0, int((meeting.ends_at + OVERRUN - now()).total_seconds()))
    marks = documents.marks(session, person, [document for _, document in readable])
    names = paper_names(session, meeting)
    return {
        "me": {
            "id": person.id,
            "name": person.name,
            "may_present": presenting.may_present(session, person, meeting, given),
            "may_take": Right.PREPARE in given,
            "may_change_item": Right.RUN in given,
            "may_hear": Right.HEAR in given and has_words(session, meeting),
        },
        "meeting": {
            "id": meeting.id,
            "title": meeting.title,
            "url": url_for("meetings.show", meeting_id=meeting.id),
            "is_open": seconds > 0,
            "open_seconds": seconds,
            "keep_seconds": min(seconds, _signed_in_seconds()),
        },
        "documents": [
            _document(given, number, _shown(document, older), marks.get(document.id, ""))
            | {"title": names[document.id].full}
            for number, document in readable
        ],
        "items": [
            {"id": node.entry.id, "number": node.number, "title": node.entry.title}
            for node in agenda.flat(agenda.tree(session, meeting))
        ],
        "documents_revision": meeting.documents_revision,
        "data_url": url_for("documents.viewer", meeting_id=meeting.id),
    }


def _signed_in_seconds() -> int:
    """Return how long this terminal stays signed in at the most: no document is kept on it for
    longer."""
    entry = access.current_sign_in()
    return max(0, int((entry.expires_at - now()).total_seconds())) if entry else 0


def _shown(document: Document, older: DocumentVersion | None) -> DocumentVersion:
    return older if older is not None and older.document_id == document.id else document.current


def _document(
    given: frozenset[Right], number: str, version: DocumentVersion, mark: str
) -> dict[str, Any]:
    document = version.document
    return {
        "id": document.id,
        "item_id": document.agenda_item_id,
        "item_number": number,
        "item_title": document.agenda_item.title if document.agenda_item else "",
        "version_id": version.id,
        "version": version.number,
        "page_count": version.page_count,
        "mark": mark,
        "may_print": may_print(given, document),
        "may_download": may_download(given, document),
        "is_watermarked": document.is_watermarked,
        "file_url": url_for("documents.file", version_id=version.id),
        "url": url_for("documents.show", document_id=document.id),
        "changes_url": _changes_url(version),
    }


def _changes_url(version: DocumentVersion) -> str:
    """Return the URL of what this version changed; "" for the first one."""
    is_later = version.number > 1
    return url_for("documents.comparison", version_id=version.id) if is_later else ""
