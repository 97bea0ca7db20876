"""Files coming in over the network, for pages and API alike: received without holding the write
lock, inspected, and only then added in a short transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import current_app, request
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

from meetings.config import MEGABYTE
from meetings.documents import documents, versions
from meetings.errors import FileRejected, InvalidInput
from meetings.people import csv_lists, lists
from meetings.rights import Right
from minutes.forms import returning, templates
from minutes.forms.kinds import RecordForm
from minutes.forms.returning import ReturnedPiece
from minutes.imports import importing, reading
from minutes.imports.placing import Placement
from minutes.recordings import recordings
from minutes.sealing import signers
from minutes.timing_error import Timed
from minutes.transcription import work
from models.document import Document, DocumentVersion
from models.meeting import AgendaItem, Meeting, Series
from models.minutes import MinutesRevision
from models.people_list import PeopleList
from models.recording import Recording
from models.seal import SignatureScan
from models.transcript import Transcript
from models.word_template import WordTemplate
from web import access
from web.shared.multipart import ReceivedFile, ReceivedForm, receive_form
from web.transaction import config, database_session, gate, release, storage


def receive_recording(meeting_id: int) -> Recording:
    """Receive the form's file as a recording of the meeting, request its transcription, and return
    it.

    Raises FileRejected, InvalidInput, NotPossibleNow (this sound is there already), and NotFound
    when the right was lost while the file came.
    """
    with _received(config().limits.recording_mb, _admit_recording) as form:
        file = _only_file(form)
        prepared = recordings.prepare_received(
            storage(), file.file_name, file.incoming, config().limits.recording_hours
        )
    session, person = database_session(), access.required_person()
    meeting = access.fetch(Meeting, meeting_id, Right.RECORD, person)
    recording = recordings.add_recording(session, person, meeting, prepared)
    work.request_transcription(session, person, recording)
    return recording


def receive_document(
    meeting_id: int, place: Callable[[Meeting, dict[str, str]], AgendaItem | None]
) -> Document:
    """Receive the form's PDF as a new document on the agenda item that `place` reads from the
    fields, and return it."""
    with _received(config().limits.document_mb) as form:
        file = _only_file(form)
        prepared = _prepare(file)
    person = access.required_person()
    meeting = access.fetch(Meeting, meeting_id, Right.PREPARE, person)
    item = place(meeting, form.fields)
    return documents.add_document(database_session(), person, meeting, item, prepared)


def receive_version(document_id: int) -> DocumentVersion:
    """Receive the form's PDF as the proposed next version of this document, and return it."""
    with _received(config().limits.document_mb) as form:
        file = _only_file(form)
        prepared = _prepare(file)
    person = access.required_person()
    document = access.fetch(Document, document_id, Right.PREPARE, person)
    return versions.propose_version(database_session(), person, document, prepared)


def receive_documents(meeting_id: int) -> tuple[list[Document], list[tuple[str, str]]]:
    """Receive every PDF of the form as a new document on the item `agenda_item_id`. Return the
    documents, and what could not be taken: file name and sentence. A bad file does not hold up the
    good ones."""
    with _received(config().limits.document_mb) as form:
        if not form.files:
            raise InvalidInput("files", "資料のファイルを選んでから送信してください。")
        prepared, refused = _prepare_each(form.files)
    person = access.required_person()
    meeting = access.fetch(Meeting, meeting_id, Right.PREPARE, person)
    wanted = form.fields.get("agenda_item_id", "")
    item = next((entry for entry in meeting.agenda_items if str(entry.id) == wanted), None)
    session = database_session()
    added = [documents.add_document(session, person, meeting, item, one) for one in prepared]
    return added, refused


def receive_transcript(recording_id: int) -> tuple[Transcript, Placement]:
    """Receive the form's file as a transcript of this recording, and return it and how it was
    placed. Fields before the file: `offset`, `placing` (times or sound).

    Raises FileRejected, InvalidInput, NotPossibleNow, NotFound.
    """
    with _received(config().limits.transcript_mb) as form:
        file = _only_file(form)
        choice = _read_choice(form.fields)
        file.incoming.flush_to_disk()
        pieces = reading.read(file.file_name, file.incoming.path)
        heard, length_seconds = _heard_in(recording_id)
        placing = importing.place(pieces, choice, heard, length_seconds)
        stored = storage().keep(file.incoming)
    name = recordings.plain_name(file.file_name)
    session, person = database_session(), access.required_person()
    recording = access.fetch(Recording, recording_id, Right.RECORD, person)
    prepared = importing.PreparedFile(name, stored.sha256, placing)
    return importing.add_imported(session, person, recording, prepared), placing


def receive_template(form: RecordForm, series_of: Callable[[], Series | None]) -> WordTemplate:
    """Receive the form's Word file as the template of this form of record, for the series that
    `series_of` returns, or for the city. Raises FileRejected, OutOfBounds, InvalidInput, and what
    `series_of` raises when the right was lost meanwhile.
    """
    with _received(templates.LARGEST_MB) as received:
        file = _only_file(received)
        checked = templates.prepare(storage(), form, file.file_name, file.incoming)
    session, person = database_session(), access.required_person()
    return templates.put_in(session, person, series_of(), checked)


def receive_people_list() -> PeopleList:
    """Receive the form's CSV file as a list of people that waits to be looked at. Raises
    FileRejected, InvalidInput."""
    with _received(csv_lists.LARGEST_MB) as form:
        file = _only_file(form)
        file.incoming.flush_to_disk()
        content = file.incoming.path.read_bytes()
    session, person = database_session(), access.required_person()
    taken = lists.take(session, person, file.file_name, content)
    session.flush()
    return taken


def receive_returned(meeting_id: int) -> list[ReturnedPiece]:
    """Receive the form's Word file as one of the meeting's minutes that was corrected outside, and
    return its text. Nothing of it is kept. Raises FileRejected, OutOfBounds, InvalidInput.
    """
    with _received(config().limits.transcript_mb) as form:
        file = _only_file(form)
        file.incoming.flush_to_disk()
        pieces = returning.read(file.file_name, file.incoming.path)
    access.fetch(Meeting, meeting_id, Right.CORRECT, access.required_person())
    return pieces


def _read_choice(fields: dict[str, str]) -> importing.PlacingOptions:
    wanted = fields.get("placing", "times")
    if wanted not in ("times", "sound"):
        raise InvalidInput("placing", "置き方は times（時刻）か sound（音）です。")
    return importing.PlacingOptions(
        wanted == "sound", importing.read_offset(fields.get("offset", ""))
    )


def _heard_in(recording_id: int) -> tuple[list[Timed], float]:
    """Read before the slow part, without keeping the write lock during it."""
    recording = access.fetch(Recording, recording_id, Right.RECORD, access.required_person())
    heard = importing.heard_in(database_session(), recording)
    length_seconds = recording.duration_seconds
    release()
    return heard, length_seconds


def _prepare(file: ReceivedFile) -> documents.PreparedDocument:
    seconds, pages = config().documents.office_seconds, config().limits.document_pages
    return documents.prepare_document(storage(), file.file_name, file.incoming, seconds, pages)


def _prepare_each(
    files: list[ReceivedFile],
) -> tuple[list[documents.PreparedDocument], list[tuple[str, str]]]:
    prepared, refused = [], []
    for file in files:
        try:
            prepared.append(_prepare(file))
        except FileRejected as problem:
            refused.append((file.file_name, problem.message))
    return prepared, refused


def _admit(file: ReceivedFile, sender: int) -> None:
    gate().admit(file.incoming, file.file_name, sender)


def _admit_recording(file: ReceivedFile, sender: int) -> None:
    file.incoming.flush_to_disk()
    incoming = file.incoming
    gate().admit_recording(incoming.path, incoming.sha256, file.file_name, sender)


@contextmanager
def _received(
    limit_mb: int, admit: Callable[[ReceivedFile, int], None] = _admit
) -> Iterator[ReceivedForm]:
    """Give the form when the virus scanner has passed all of its files."""
    sender = access.required_person().id
    release()
    with receive_form(storage(), limit_mb * MEGABYTE, check_token) as form:
        for file in form.files:
            admit(file, sender)
        yield form


def check_token(fields: dict[str, str]) -> None:
    """Check the anti-forgery token, in a field before the file or in the header. Raises
    CSRFError."""
    if access.bearer_token() or not current_app.config["WTF_CSRF_ENABLED"]:
        return
    try:
        validate_csrf(fields.get("csrf_token") or request.headers.get("X-CSRFToken"))
    except ValidationError as problem:
        raise CSRFError(problem.args[0]) from problem


@contextmanager
def received_file(limit_mb: int) -> Iterator[ReceivedFile]:
    """Give the only file of the form while it is there. Raises FileRejected, InvalidInput."""
    with _received(limit_mb) as form:
        yield _only_file(form)


def receive_signature_scan(revision_id: int) -> SignatureScan:
    """Receive the form's file (PDF or picture) as the scan of the signed sheet, and return it.
    Raises FileRejected, InvalidInput, NotPossibleNow, NotFound."""
    with received_file(config().limits.document_mb) as file:
        prepared = signers.prepare_scan(storage(), file.file_name, file.incoming)
    session, person = database_session(), access.required_person()
    revision = access.fetch(MinutesRevision, revision_id, Right.CORRECT, person)
    return signers.take_scan(session, person, revision, prepared)


def _only_file(form: ReceivedForm) -> ReceivedFile:
    if len(form.files) != 1:
        raise InvalidInput("file", "ファイルを1つ選んでから送信してください。")
    return form.files[0]
