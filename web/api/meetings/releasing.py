"""Releasing a proposed version: the slow comparison first, then a short transaction."""

from flask import current_app

from meetings.documents import versions
from meetings.rights import Right
from models.database import reading
from models.document import Document, DocumentVersion
from web import access
from web.transaction import database_session, engine_of, release


def release_version(version_id: int) -> Document:
    """Raise NotPossibleNow, and NotFound when the right was lost meanwhile."""
    release()
    with reading(engine_of(current_app)) as session:
        version = session.get_one(DocumentVersion, version_id)
        versions.check_is_proposed(version)
        changes = versions.compare(version)
    person = access.required_person()
    version = access.fetch(DocumentVersion, version_id, Right.PREPARE, person)
    versions.release_version(database_session(), person, version, changes)
    document: Document = version.document
    return document
