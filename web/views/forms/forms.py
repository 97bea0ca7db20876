"""様式: the record as a file in its forms, and the Word templates of a series or of the city."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.errors import FileRejected, InvalidInput, OutOfBounds
from meetings.rights import Right
from minutes.forms import starters, templates
from minutes.forms.context import example
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import RecordFile, RecordForm
from minutes.records.records import minutes_of
from models.meeting import Meeting, Series
from models.minutes import MinutesRevision
from models.person import Person, Role
from models.word_template import WordTemplate
from web import access
from web.door.costs import RequestLane, costs
from web.shared import intake
from web.shared.files import record_files
from web.shared.files.named_files import send_named
from web.transaction import database_session, reading_session, release, storage

blueprint = Blueprint("forms", __name__)
blueprint.add_app_template_global(lambda: list(RecordForm), "record_forms")
blueprint.add_app_template_global(lambda: list(RecordFile), "record_files")
ANY_FORM = f"any({', '.join(one.value for one in RecordForm)})"
ANY_KIND = f"any({', '.join(one.value for one in RecordFile)})"


@dataclass(frozen=True)
class FormLine:
    """A form with the template of its own, and the one that counts without it."""

    form: RecordForm
    own: WordTemplate | None
    otherwise: str
    problem: str = ""


@blueprint.get(f"/revisions/<int:revision_id>/files/<{ANY_FORM}:form>/<{ANY_KIND}:kind>")
@access.to(MinutesRevision, Right.HEAR)
@costs(lane=RequestLane.FILES)
def take_out(
    person: Person, revision: MinutesRevision, form: str, kind: str
) -> ResponseReturnValue:
    layout = record_files.layout_of_request()
    is_public = request.args.get("public") == record_files.SWITCH
    wanted = WantedFile(RecordForm(form), RecordFile(kind), layout, is_public)
    return record_files.send_record(person, revision, wanted)


@blueprint.get("/meetings/<int:meeting_id>/programme.docx")
@access.to(Meeting, Right.SEE)
@costs(lane=RequestLane.FILES)
def programme(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return record_files.send_programme(person, meeting)


@blueprint.get("/meetings/<int:meeting_id>/forms")
@access.to(Meeting, Right.CORRECT)
def index(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return _page_of(meeting)


@blueprint.post(f"/meetings/<int:meeting_id>/forms/<{ANY_FORM}:form>/template")
@access.to(Meeting, Right.CORRECT)
@costs(files="transcript_mb")
def put_in(person: Person, meeting: Meeting, form: str) -> ResponseReturnValue:
    meeting_id = meeting.id

    def series() -> Series:
        return _meeting(meeting_id).series

    try:
        intake.receive_template(RecordForm(form), series)
    except (FileRejected, InvalidInput, OutOfBounds) as problem:
        release()
        return _page_of(_meeting(meeting_id), form, problem.message), 422
    flash(f"{RecordForm(form).label}のひな形を入れました。見本で確かめてください。", "done")
    return redirect(url_for(".index", meeting_id=meeting_id))


@blueprint.post(f"/meetings/<int:meeting_id>/forms/<{ANY_FORM}:form>/template/removal")
@access.to(Meeting, Right.CORRECT)
def take_back(person: Person, meeting: Meeting, form: str) -> ResponseReturnValue:
    templates.take_back(database_session(), person, meeting.series, RecordForm(form))
    flash(f"{RecordForm(form).label}のひな形を外しました。", "done")
    return redirect(url_for(".index", meeting_id=meeting.id))


@blueprint.get(f"/meetings/<int:meeting_id>/forms/<{ANY_FORM}:form>/template")
@access.to(Meeting, Right.CORRECT)
def template(person: Person, meeting: Meeting, form: str) -> ResponseReturnValue:
    """Send the template that counts for the series."""
    return _send(meeting.series, RecordForm(form))


@blueprint.get(f"/meetings/<int:meeting_id>/forms/<{ANY_FORM}:form>/preview")
@access.to(Meeting, Right.CORRECT)
@costs(lane=RequestLane.FILES)
def preview(person: Person, meeting: Meeting, form: str) -> ResponseReturnValue:
    return record_files.send_preview(person, meeting, RecordForm(form))


@blueprint.get(f"/forms/<{ANY_FORM}:form>/starter")
@access.signed_in
def starter(person: Person, form: str) -> ResponseReturnValue:
    wanted = RecordForm(form)
    kind = RecordFile.DOCX.content_type
    return send_named(starters.starter(wanted), kind, f"ひな形_{wanted.label}.docx")


@blueprint.get("/administration/forms")
@access.with_role(Role.ADMINISTRATOR)
def city_index(person: Person) -> ResponseReturnValue:
    return _page_of(None)


@blueprint.post(f"/administration/forms/<{ANY_FORM}:form>/template")
@access.with_role(Role.ADMINISTRATOR)
@costs(files="transcript_mb")
def put_in_for_city(person: Person, form: str) -> ResponseReturnValue:
    try:
        intake.receive_template(RecordForm(form), lambda: None)
    except (FileRejected, InvalidInput, OutOfBounds) as problem:
        release()
        return _page_of(None, form, problem.message), 422
    flash(f"市の{RecordForm(form).label}のひな形を入れました。見本で確かめてください。", "done")
    return redirect(url_for(".city_index"))


@blueprint.post(f"/administration/forms/<{ANY_FORM}:form>/template/removal")
@access.with_role(Role.ADMINISTRATOR)
def take_back_for_city(person: Person, form: str) -> ResponseReturnValue:
    templates.take_back(database_session(), person, None, RecordForm(form))
    flash(f"市の{RecordForm(form).label}のひな形を外しました。", "done")
    return redirect(url_for(".city_index"))


@blueprint.get(f"/administration/forms/<{ANY_FORM}:form>/template")
@access.with_role(Role.ADMINISTRATOR)
def template_of_city(person: Person, form: str) -> ResponseReturnValue:
    return _send(None, RecordForm(form))


@blueprint.get(f"/administration/forms/<{ANY_FORM}:form>/preview")
@access.with_role(Role.ADMINISTRATOR)
@costs(lane=RequestLane.FILES)
def preview_of_city(person: Person, form: str) -> ResponseReturnValue:
    """Send an example: who runs the server reads no minutes."""
    wanted = RecordForm(form)
    found = templates.own(reading_session(), None, wanted)
    return record_files.send_example(wanted, templates.content(storage(), found, wanted))


def _page_of(meeting: Meeting | None, refused: str = "", problem: str = "") -> str:
    """Show the forms of the meeting's series, or of the city; beside the refused one, why."""
    session = reading_session()
    series = meeting.series if meeting else None
    lines = [
        FormLine(
            form,
            templates.own(session, series, form),
            "市のひな形" if series and templates.own(session, None, form) else "はじめのひな形",
            problem if form == refused else "",
        )
        for form in RecordForm
    ]
    has_minutes = meeting is not None and minutes_of(session, meeting) is not None
    return render_template(
        "minutes/forms.html",
        meeting=meeting,
        lines=lines,
        has_minutes=has_minutes,
        fields=_fields(example().for_templates()),
    )


def _fields(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the names that a template may use, each with those of what it is a list of."""
    found = []
    for name, value in values.items():
        first = value[0] if isinstance(value, list) else None
        found.append((name, "、".join(first) if isinstance(first, dict) else ""))
    return found


def _send(series: Series | None, form: RecordForm) -> ResponseReturnValue:
    found = templates.in_use(reading_session(), series, form)
    name = found.file_name if found else f"ひな形_{form.label}.docx"
    content = templates.content(storage(), found, form)
    return send_named(content, RecordFile.DOCX.content_type, name)


def _meeting(meeting_id: int) -> Meeting:
    """Return the meeting; raises NotFound where the person may not correct it any more."""
    found: Meeting = access.fetch(Meeting, meeting_id, Right.CORRECT, access.required_person())
    return found
