"""監査の記録, for the auditor and the administrator, who sees no titles of meetings."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from meetings import entries
from meetings.auditing import listing, words
from meetings.auditing.exporting import AuditFile
from meetings.auditing.listing import AuditFilter
from models.audit import AuditLine
from models.person import Person, Role
from web import access
from web.audit_access import note_hourly_look
from web.shared.files import audit_files
from web.transaction import reading_session

blueprint = Blueprint("audit", __name__)
FIELDS = ("from", "until", "login", "verb", "meeting", "address", "result", "q")


@blueprint.get("/audit")
@access.with_role(Role.AUDITOR, Role.ADMINISTRATOR)
def index(person: Person) -> ResponseReturnValue:
    found = listing.page(reading_session(), _wanted())
    note_hourly_look(person, AuditLine())
    return render_template(
        "audit/index.html",
        found=found,
        rows=[listing.cells(line, found) for line in found.lines],
        with_titles=person.has_role(Role.AUDITOR),
        query=_query(),
        verbs=sorted(words.VERBS.items(), key=lambda known: known[1]),
    )


@blueprint.get("/audit/lines/<int:line_id>")
@access.with_role(Role.AUDITOR, Role.ADMINISTRATOR)
def show(person: Person, line_id: int) -> ResponseReturnValue:
    found = audit_files.line_with(line_id)
    note_hourly_look(person, AuditLine())
    cells = listing.cells(found.lines[0], found)
    if not person.has_role(Role.AUDITOR):
        del cells["会議"]
    return render_template("audit/show.html", cells=cells)


@blueprint.get("/audit/lines.csv")
@access.with_role(Role.AUDITOR, Role.ADMINISTRATOR)
def as_csv(person: Person) -> ResponseReturnValue:
    return audit_files.send(person, _wanted(), AuditFile.CSV)


@blueprint.get("/audit/lines.json")
@access.with_role(Role.AUDITOR, Role.ADMINISTRATOR)
def as_json(person: Person) -> ResponseReturnValue:
    return audit_files.send(person, _wanted(), AuditFile.JSON)


def _wanted() -> AuditFilter:
    """Return the filter of the URL. Raises InvalidInput for a day that is none."""
    first, last = request.args.get("from"), request.args.get("until")
    return AuditFilter(
        first_day=entries.date_of("from", "はじめの日", first) if first else None,
        last_day=entries.date_of("until", "おわりの日", last) if last else None,
        login=request.args.get("login", "").strip()[:100],
        verb=request.args.get("verb", "")[:60],
        meeting_id=entries.plain_number(request.args.get("meeting")),
        address=request.args.get("address", "").strip()[:45],
        is_refused=audit_files.RESULTS.get(request.args.get("result", "")),
        words=request.args.get("q", "")[:200],
        before=entries.plain_number(request.args.get("before")),
    )


def _query() -> dict[str, Any]:
    """Return what the form says, with which the next page and the files are asked for."""
    return {name: request.args[name] for name in FIELDS if request.args.get(name)}
