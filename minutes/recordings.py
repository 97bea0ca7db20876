"""Taking recordings in: opened and measured before they count as received."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.entries import LONGEST_NAME
from meetings.errors import NotPossibleNow
from meetings.storage import Incoming, Storage, StoredFile
from minutes.recognition import audio
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording, RecordingKind


@dataclass(frozen=True)
class PreparedRecording:
    """A recording that is in the store, measured, and not yet with the meeting."""

    file_name: str
    stored: StoredFile
    sound: audio.Sound


def prepare_recording(storage: Storage, file_name: str, incoming: Incoming) -> PreparedRecording:
    """The slow part of taking a recording in, outside any transaction. Raises FileRejected."""
    incoming.flush_to_disk()
    sound = audio.inspect(incoming.path)
    plain_name = PurePath(file_name.replace("\\", "/")).name[-LONGEST_NAME:] or "録音"
    return PreparedRecording(plain_name, storage.keep(incoming), sound)


def add_recording(
    session: Session,
    by: Person,
    meeting: Meeting,
    prepared: PreparedRecording,
    *,
    kind: RecordingKind = RecordingKind.PART,
    began_at: datetime | None = None,
) -> Recording:
    """Raises NotPossibleNow when this very sound is with the meeting already."""
    _refuse_second_copy(session, meeting, prepared.stored.sha256)
    recording = Recording(
        meeting=meeting,
        file_name=prepared.file_name,
        sha256=prepared.stored.sha256,
        size_bytes=prepared.stored.size_bytes,
        duration_seconds=prepared.sound.duration_seconds,
        codec=prepared.sound.codec,
        is_cut_off=prepared.sound.is_cut_off,
        kind=kind,
        began_at=began_at,
        received_by=by,
    )
    session.add(recording)
    audit.note(session, by, "receive", recording)
    return recording


def recordings_of(session: Session, meeting: Meeting) -> list[Recording]:
    return list(
        session.scalars(
            select(Recording).where(Recording.meeting_id == meeting.id).order_by(Recording.id)
        )
    )


def _refuse_second_copy(session: Session, meeting: Meeting, sha256: str) -> None:
    same = session.scalar(
        select(Recording).where(Recording.meeting_id == meeting.id, Recording.sha256 == sha256)
    )
    if same:
        raise NotPossibleNow(
            f"この録音は「{same.file_name}」としてすでに受け付けています。送り直す必要はありません。"
        )
