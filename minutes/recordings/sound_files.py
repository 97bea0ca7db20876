"""The files of a recording for whoever wants to hear it, as long as they are kept."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes import deleted
from models.recording import Recording, Transcription
from models.transcript import Transcript

SOUND = "録音"


def received(storage: Storage, recording: Recording) -> Path:
    """Return the file as it was received. Raises ContentDeleted once its time is over, and
    StoredFileLost.
    """
    deleted.refuse(SOUND, recording.emptied_at)
    return storage.whole(recording.sha256)


def playable(storage: Storage, recording: Recording) -> Path:
    """Return the playback copy, or what was received while there is none. Raises as `received`."""
    deleted.refuse(SOUND, recording.emptied_at)
    return storage.whole(recording.playback_sha256 or recording.sha256)


def deletion_told(session: Session, transcript_ids: Iterable[int]) -> str:
    """Return the sentence that tells that the sound behind these transcripts was deleted; empty
    while all of it is there.
    """
    gone = session.scalar(
        select(func.max(Recording.emptied_at))
        .join(Recording.transcriptions)
        .join(Transcript, Transcript.transcription_id == Transcription.id)
        .where(Transcript.id.in_(list(transcript_ids)))
    )
    return deleted.words(SOUND, gone) if gone is not None else ""
