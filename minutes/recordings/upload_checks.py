"""The worker's part in uploads: opens and measures those that are complete, under a lease, and
makes recordings of them. What nobody wants any more is removed by
`minutes/recordings/upload_tidying.py`.
"""

from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Arrival
from meetings.errors import FileRejected, NotPossibleNow, ScannerSilent, VirusFound
from meetings.periodic import PeriodicTask
from meetings.scanning.quarantine import Gate
from meetings.settings.work import LimitSettings
from minutes.recordings.recordings import PreparedRecording, add_recording, prepare_recording
from minutes.recordings.timestamps import Beginning
from minutes.recordings.upload_tidying import TIDY_SECONDS, Tidying
from minutes.transcription import leases
from minutes.transcription.work import request_transcription
from models.base import now
from models.database import writing
from models.recording import BeginningSource, RecordingKind
from models.upload import Upload, UploadState

CHECK_SECONDS = 1.0
CHANGED = (
    "受け取ったファイルが、送る前のものと一致しません（SHA-256が違います）。"
    "録音機の元のファイルを確かめて、もう一度送ってください。"
)
STUCK = (
    "音声の確認が繰り返し途中で止まりました。管理者に連絡してください。"
    "送ったファイルは残っていて、取り出せます。"
)
NO_MEETING = "会議が取り消されたため、録音を受け付けませんでした。"


@dataclass(frozen=True)
class Taken:
    """An upload that this worker has leased."""

    id: int
    key: str
    lease: str
    file_name: str
    received_bytes: int
    sha256: str | None
    person_id: int


@dataclass(frozen=True)
class Refusal:
    """Why a file is no recording. `is_gone`: nothing of it may be taken out again."""

    sentence: str
    is_gone: bool = False


def periodic_tasks(gate: Gate, limits: LimitSettings) -> list[PeriodicTask]:
    """Return the tasks of the worker that check complete uploads and tidy up after ended ones."""
    tidying = Tidying(gate.engine, gate.storage, limits)
    return [
        PeriodicTask("届いた録音の確認", partial(check_next, gate, limits), CHECK_SECONDS),
        PeriodicTask("送信の後片付け", tidying.tidy, TIDY_SECONDS),
    ]


def check_next(gate: Gate, limits: LimitSettings | None = None) -> bool:
    """Make a recording of the next complete upload, or note why it is none. Returns False when
    there is no such upload. If the worker is killed meanwhile, the upload is checked again once the
    lease has run out; so it is while the virus scanner is silent, which is no fault of the file.
    """
    engine = gate.engine
    with writing(engine) as session, session.begin():
        taken = _take(session)
    if taken is None:
        return False
    try:
        with leases.renewed(engine, Upload, taken.id, taken.lease):
            outcome = _look_into(gate, taken, (limits or LimitSettings()).recording_hours)
    except ScannerSilent:
        with writing(engine) as session, session.begin():
            _postpone(session, taken)
        return True
    with writing(engine) as session, session.begin():
        is_over = _settle(session, taken, outcome)
    if is_over:
        gate.storage.drop_arrival(taken.key)
    return True


def _take(session: Session) -> Taken | None:
    """Lease the oldest complete upload that no worker is checking. One that was tried
    `leases.MOST_ATTEMPTS` times is refused.
    """
    whole = select(Upload).where(Upload.state == UploadState.WHOLE).order_by(Upload.id)
    for upload in filter(leases.is_over, session.scalars(whole)):
        if upload.attempts < leases.MOST_ATTEMPTS:
            return Taken(
                upload.id,
                upload.key,
                leases.begin(upload),
                upload.file_name,
                upload.received_bytes,
                upload.sha256,
                upload.person_id,
            )
        _refuse(upload, STUCK)
    return None


def _postpone(session: Session, taken: Taken) -> None:
    """Take the try back. The lease stays, and is the pause before the next one."""
    upload = session.get(Upload, taken.id)
    if upload is not None and upload.lease == taken.lease:
        upload.attempts -= 1


def _look_into(gate: Gate, taken: Taken, longest_hours: int) -> PreparedRecording | Refusal:
    """Return the recording, stored and measured, or why the file is none. Raises
    ScannerSilent."""
    try:
        arrival = gate.storage.open_arrival(taken.key, wait=True)
    except FileRejected as problem:
        return Refusal(problem.message)
    try:
        return _measured(gate, arrival, taken, longest_hours)
    except VirusFound as problem:
        return Refusal(problem.message, is_gone=True)
    except FileRejected as problem:
        return Refusal(problem.message)
    finally:
        arrival.close()


def _measured(
    gate: Gate, arrival: Arrival, taken: Taken, longest_hours: int
) -> PreparedRecording | Refusal:
    arrival.cut(taken.received_bytes)
    sha256 = arrival.sha256()
    if taken.sha256 not in (None, sha256):
        return Refusal(CHANGED)
    gate.admit_recording(arrival.path, sha256, taken.file_name, taken.person_id)
    return prepare_recording(
        taken.file_name,
        arrival.path,
        lambda _sound: gate.storage.keep_arrival(arrival, sha256),
        longest_hours,
    )


def _settle(session: Session, taken: Taken, outcome: PreparedRecording | Refusal) -> bool:
    """Write the outcome into the row. Returns whether the file that arrived is not needed any
    more. An outcome that comes too late, after a withdrawal or from a worker whose lease ran out,
    changes nothing.
    """
    upload = session.scalar(
        select(Upload).where(
            Upload.id == taken.id,
            Upload.lease == taken.lease,
            Upload.state == UploadState.WHOLE,
        )
    )
    if upload is None:
        return False
    if isinstance(outcome, Refusal):
        _refuse(upload, outcome.sentence)
        if outcome.is_gone:
            upload.received_bytes = 0
            return True
        return False
    _accept(session, upload, outcome)
    return upload.state == UploadState.ACCEPTED


def _accept(session: Session, upload: Upload, prepared: PreparedRecording) -> None:
    if upload.meeting.removed_at is not None:
        return _refuse(upload, NO_MEETING)
    try:
        recording = add_recording(
            session,
            upload.person,
            upload.meeting,
            prepared,
            kind=RecordingKind(upload.kind),
            beginning=_beginning_of(upload),
        )
    except NotPossibleNow as problem:  # the same sound is there already
        return _refuse(upload, problem.message)
    request_transcription(session, upload.person, recording)
    upload.recording, upload.state = recording, UploadState.ACCEPTED
    upload.lease, upload.lease_until, upload.changed_at = None, None, now()


def _beginning_of(upload: Upload) -> Beginning | None:
    source = BeginningSource.BROWSER if upload.is_live else BeginningSource.SENDER
    return Beginning(upload.began_at, source) if upload.began_at else None


def _refuse(upload: Upload, problem: str) -> None:
    upload.state, upload.problem = UploadState.REFUSED, problem
    upload.lease, upload.lease_until, upload.changed_at = None, None, now()
