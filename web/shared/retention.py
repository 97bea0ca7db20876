"""保存と削除, for screens and API alike: what a person is shown of it, and of what by name."""

from dataclasses import dataclass

from flask import Response

from meetings.errors import NotFound
from meetings.rights import Right, rights_by_role
from minutes.retention import certificates, plan
from minutes.retention.plan import PlannedDeletion
from models.meeting import Meeting
from models.person import Person, Role
from models.retention import Deletion
from web.audit_access import note_look
from web.shared.files.named_files import send_named
from web.transaction import config, reading_session, storage

JSON, PDF = "application/json", "application/pdf"
STAFF = (Role.ORGANISER, Role.SECRETARY, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class ShownDeletion:
    """A deletion, and the name of its meeting as this person may read it. `may_open`: whether the
    certificate, which names it, may be read too."""

    deletion: Deletion
    title: str
    may_open: bool


def name_for(person: Person, meeting: Meeting, title: str) -> str:
    """Return the title, or only a number for whoever runs the server and reads no meetings."""
    return title if _sees(person, meeting) else f"会議　番号{meeting.id}"


def _sees(person: Person, meeting: Meeting) -> bool:
    return Right.SEE in rights_by_role(person, meeting.department)


def plan_for(person: Person) -> list[PlannedDeletion]:
    """Return what will go of the meetings of this person's departments; for administrators of
    all."""
    every = plan.planned(reading_session(), config().retention)
    is_over_all = person.has_role(Role.ADMINISTRATOR)
    return [one for one in every if is_over_all or _sees(person, one.meeting)]


def deletions_for(person: Person) -> list[ShownDeletion]:
    """Return the deletions in this person's departments, the newest first; for administrators
    all."""
    is_over_all = person.has_role(Role.ADMINISTRATOR)
    return [
        ShownDeletion(one, name_for(person, one.meeting, one.title), _sees(person, one.meeting))
        for one in certificates.listed(reading_session())
        if is_over_all or _sees(person, one.meeting)
    ]


def send_certificate(person: Person, deletion_id: int, kind: str) -> Response:
    """Send the certificate (`json` or `pdf`) of a deletion in this person's departments. Raises
    NotFound for any other."""
    deletion = certificates.required(reading_session(), deletion_id)
    if not _sees(person, deletion.meeting):
        raise NotFound()
    note_look(person, "download", deletion)
    name = f"削除証明_第{deletion.id}号.{kind}"
    if kind == "json":
        return send_named((deletion.certificate or "").encode(), JSON, name)
    assert deletion.pdf_sha256 is not None  # it has a certificate
    return send_named(storage().whole(deletion.pdf_sha256), PDF, name)
