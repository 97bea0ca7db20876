"""Uploads (送信): a recording arrives in parts, and each part is acknowledged. When it is complete,
the worker checks it (`minutes/recordings/upload_checks.py`).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from meetings import audit
from meetings.config import MEGABYTE
from meetings.disk.storage import Storage
from meetings.errors import NotFound, NotPossibleNow, StorageFull, TooLarge
from meetings.settings.work import LimitSettings
from minutes.recordings.recordings import plain_name
from models.base import now
from models.meeting import Meeting
from models.person import Person
from models.recording import RecordingKind
from models.upload import Upload, UploadState

MOST_AT_ONCE = 50
"""Most uploads of one person that are being received at the same time."""

RESERVED_FOR_LIVE_BYTES = 100 * MEGABYTE
OPEN_STATES = (UploadState.RECEIVING, UploadState.WHOLE, UploadState.REFUSED)
REFUSED_KEPT = timedelta(days=30)
QUIET_AFTER = timedelta(minutes=1)
"""Silence of a live recording that counts as a fault, since browsers send every few seconds."""

ENDED = "この録音の送信はもう終わっています。録音の一覧を開き直して確かめてください。"
ELSEWHERE = (
    "続きを送る位置が、サーバーで受け取ったところと合いません。"
    "受け取ったところを確かめてから、続きを送ってください。"
)


@dataclass(frozen=True)
class Announced:
    """What a sender says about a file beforehand. `size_bytes` is None while it is still being
    recorded in the browser.
    """

    file_name: str
    size_bytes: int | None
    sha256: str | None = None
    kind: RecordingKind = RecordingKind.PART
    began_at: datetime | None = None


def start_upload(
    session: Session,
    storage: Storage,
    by: Person,
    meeting: Meeting,
    announced: Announced,
    limits: LimitSettings,
) -> Upload:
    """Add an upload and the empty file for it. Raises TooLarge, NotPossibleNow when this person is
    sending too many already, and StorageFull when it would not fit beside what is arriving.
    """
    _refuse_too_large(announced.size_bytes or 0, limits)
    _refuse_too_many(session, by)
    _refuse_when_full(session, storage, announced.size_bytes or 0, limits)
    upload = Upload(
        key=secrets.token_hex(16),
        meeting=meeting,
        person=by,
        file_name=plain_name(announced.file_name),
        size_bytes=announced.size_bytes,
        received_bytes=0,
        sha256=announced.sha256,
        is_live=announced.size_bytes is None,
        kind=announced.kind,
        began_at=announced.began_at,
        state=UploadState.WHOLE if announced.size_bytes == 0 else UploadState.RECEIVING,
    )
    storage.begin_arrival(upload.key)
    session.add(upload)
    audit.note(session, by, "send", upload)
    return upload


def admit_piece(
    upload: Upload, by: Person, offset: int, size_bytes: int | None, limits: LimitSettings
) -> None:
    """Check that the next part may come, from byte `offset` on. With the last part of a live
    recording, `size_bytes` says how large all of it is, and is stored.

    Raises NotFound for somebody else's upload, NotPossibleNow at the wrong offset or when the
    upload has ended, TooLarge.
    """
    if upload.person_id != by.id:
        raise NotFound()
    if upload.state != UploadState.RECEIVING:
        raise NotPossibleNow(ENDED)
    if offset != upload.received_bytes:
        raise NotPossibleNow(ELSEWHERE)
    if size_bytes is not None:
        _tell_size(upload, size_bytes, limits)


def acknowledge(session: Session, key: str, since: int, received_bytes: int) -> Upload:
    """Store that `received_bytes` bytes are on the disk for good, where it was `since` before.
    With the last byte the upload is complete. Raises NotPossibleNow when it has ended or moved on
    meanwhile.
    """
    upload: Upload | None = session.scalar(
        update(Upload)
        .where(
            Upload.key == key,
            Upload.state == UploadState.RECEIVING,
            Upload.received_bytes == since,
        )
        .values(received_bytes=received_bytes, changed_at=now())
        .returning(Upload)
    )
    if upload is None:
        raise NotPossibleNow(ENDED)
    if received_bytes == upload.size_bytes:
        upload.state = UploadState.WHOLE
    return upload


def finish_upload(session: Session, by: Person | None, upload: Upload) -> None:
    """End a live recording with the bytes that have come. `by` is None when the worker does it.
    Raises NotPossibleNow when it has ended, is not live, or nothing has come.
    """
    if upload.state != UploadState.RECEIVING or not upload.is_live:
        raise NotPossibleNow(ENDED)
    if not upload.received_bytes:
        raise NotPossibleNow(
            "まだ音が1つも届いていません。録音している端末がつながるのを待つか、取りやめてください。"
        )
    upload.size_bytes = upload.received_bytes
    upload.state, upload.changed_at = UploadState.WHOLE, now()
    audit.note(session, by, "finish", upload)


def withdraw_upload(session: Session, by: Person, upload: Upload) -> None:
    """Withdraw the upload; the worker deletes its file. Raises NotPossibleNow once it is a
    recording.
    """
    if upload.state not in OPEN_STATES:
        raise NotPossibleNow("この録音はすでに受け付けました。録音の一覧を開き直してください。")
    upload.state, upload.changed_at = UploadState.WITHDRAWN, now()
    audit.note(session, by, "withdraw", upload)


def open_uploads(session: Session, meeting: Meeting) -> list[Upload]:
    """Return the meeting's uploads that are on their way or were refused, oldest first."""
    return list(
        session.scalars(
            select(Upload)
            .where(Upload.meeting_id == meeting.id, Upload.state.in_(OPEN_STATES))
            .order_by(Upload.id)
        )
    )


def is_quiet(upload: Upload) -> bool:
    """Return whether a live recording is going on and nothing has come for `QUIET_AFTER`."""
    is_recording = upload.is_live and upload.state == UploadState.RECEIVING
    return is_recording and now() - upload.changed_at > QUIET_AFTER


def expires_at(upload: Upload, limits: LimitSettings) -> datetime:
    """Return when an upload that nobody continues is withdrawn by the worker."""
    if upload.state == UploadState.REFUSED:
        return upload.changed_at + REFUSED_KEPT
    return upload.changed_at + timedelta(days=limits.upload_days)


def _tell_size(upload: Upload, size_bytes: int, limits: LimitSettings) -> None:
    if upload.size_bytes not in (None, size_bytes) or size_bytes < upload.received_bytes:
        raise NotPossibleNow(ELSEWHERE)
    _refuse_too_large(size_bytes, limits)
    upload.size_bytes = size_bytes


def _refuse_too_large(size_bytes: int, limits: LimitSettings) -> None:
    if size_bytes > limits.upload_mb * MEGABYTE:
        raise TooLarge(limits.upload_mb)


def _refuse_too_many(session: Session, by: Person) -> None:
    mine = select(func.count(Upload.id)).where(
        Upload.person_id == by.id, Upload.state == UploadState.RECEIVING
    )
    if (session.scalar(mine) or 0) >= MOST_AT_ONCE:
        raise NotPossibleNow(
            f"送信の途中の録音が{MOST_AT_ONCE}件あります。"
            "終わるのを待つか、使わないものを取りやめてから送ってください。"
        )


def _refuse_when_full(
    session: Session, storage: Storage, size_bytes: int, limits: LimitSettings
) -> None:
    still_coming = session.scalar(
        select(func.sum(_still_to_come())).where(Upload.state == UploadState.RECEIVING)
    )
    wanted = size_bytes + limits.spare_mb * MEGABYTE + (still_coming or 0)
    if wanted > storage.free_bytes():
        raise StorageFull()


def _still_to_come() -> ColumnElement[int]:
    """Return the bytes still to come of an upload as an SQL expression. Nobody knows how long a
    live recording will last: `RESERVED_FOR_LIVE_BYTES` are reserved for its next hours.
    """
    return func.coalesce(Upload.size_bytes - Upload.received_bytes, RESERVED_FOR_LIVE_BYTES)
