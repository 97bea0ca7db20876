"""Files of a record for screens and API: what is slow comes after everything was read and noted."""

from dataclasses import replace

from flask import Response, request

from meetings.documents import documents
from minutes.forms import exporting
from minutes.forms.context import example
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import PdfLayout, RecordFile, RecordForm
from minutes.forms.word import fill
from minutes.records.records import minutes_of
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.person import Person
from web.audit_access import note_look
from web.shared.files.named_files import send_named
from web.transaction import config, reading_session, storage

SWITCH = "1"


def send_record(person: Person, revision: MinutesRevision, wanted: WantedFile) -> Response:
    """Send the revision as a file, with the template of its series, and note that it was taken."""
    note_look(person, "download", revision)
    session, city = reading_session(), config().city.name
    if wanted.is_public:
        text = exporting.printed_for_citizens(session, revision, city)
    else:
        text = exporting.printed(revision, city)
    template = exporting.template_for(session, storage(), revision.meeting, wanted)
    made = exporting.as_file(wanted, text, template, revision.id)
    return send_named(made, wanted.kind.content_type, exporting.file_name(wanted, text))


def send_programme(person: Person, meeting: Meeting) -> Response:
    """Send 次第 as a Word file by the template of the meeting's series, before there are minutes,
    with those of the papers that this person may read.
    """
    session, wanted = reading_session(), WantedFile(RecordForm.PROGRAMME, RecordFile.DOCX)
    shown = [document.id for _, document in documents.readable(session, person, meeting)]
    text = exporting.programme(session, meeting, config().city.name, shown)
    template = exporting.template_for(session, storage(), meeting, wanted)
    made = exporting.as_file(wanted, text, template)
    return send_named(made, wanted.kind.content_type, exporting.file_name(wanted, text))


def send_preview(person: Person, meeting: Meeting, form: RecordForm) -> Response:
    """Send the form's Word file with what the meeting's newest minutes say, marked as a draft; with
    an example where there are none.
    """
    session, wanted = reading_session(), WantedFile(form, RecordFile.DOCX)
    minutes = minutes_of(session, meeting)
    template = exporting.template_for(session, storage(), meeting, wanted)
    if minutes is None:
        return send_example(form, template)
    note_look(person, "download", minutes.latest)
    text = replace(exporting.printed(minutes.latest, config().city.name), is_draft=True)
    made = exporting.as_file(wanted, text, template)
    return send_named(made, wanted.kind.content_type, f"見本_{exporting.file_name(wanted, text)}")


def send_example(form: RecordForm, template: bytes) -> Response:
    """Send the template filled with an example."""
    values = example().model_copy(update={"form": form.label})
    made = fill(template, values)
    return send_named(made, RecordFile.DOCX.content_type, f"見本_{form.label}.docx")


def layout_of_request() -> PdfLayout:
    """Return the layout that the URL asks for; anything unknown is the usual one."""
    asked = request.args
    return PdfLayout(
        columns=2 if asked.get("columns") == "2" else 1,
        has_contents=asked.get("contents") == SWITCH,
        has_line_numbers=asked.get("lines") == SWITCH,
    )
