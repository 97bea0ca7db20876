"""Deletes one kind of a meeting, really: rows, files, what was made from them, and what the
database's log still has of it. A row says what is to go before anything goes, so that whoever was
killed in between leaves nothing half done: the next start brings it to its end.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import NotPossibleNow
from minutes import stored_files
from minutes.retention import certificates, holds
from minutes.retention.erasing import ERASING
from minutes.retention.inventory import files_of, things_of
from minutes.retention.scope import rows_of
from minutes.sound.clips import Clips
from minutes.transcription import normalised
from minutes.transcripts import counts
from models.base import now
from models.database import empty_log, reading, writing
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording, Transcription
from models.retention import Deletion, KeptKind, RetentionWarning
from models.transcript import Transcript, TranscriptCount

LOG = logging.getLogger(__name__)
SETTLED_SECONDS = 3600.0
"""Age from which a file may go: one that has just been stored may get its row in a moment."""


@dataclass(frozen=True)
class DeletionGround:
    """Why something goes: the rule in words with its event and its end, or a person's reason."""

    rule: str
    counted_at: datetime | None = None
    due_at: datetime | None = None
    reason: str = ""


def begin(
    session: Session, by: Person | None, meeting: Meeting, kind: KeptKind, ground: DeletionGround
) -> Deletion | None:
    """Decide that everything of this kind in the meeting goes, from now on for good; None where
    there is nothing. Raises NotPossibleNow while the meeting is held.
    """
    if holds.standing(session, meeting):
        raise NotPossibleNow(
            "この会議は保存を凍結しています。削除できるのは、凍結を解いたあとです。"
        )
    rows = rows_of(session, meeting, kind)
    things, files = things_of(session, rows), files_of(session, rows)
    if kind is not KeptKind.MEETING and not things:
        return None
    at = now()
    deletion = Deletion(
        meeting=meeting,
        kind=kind,
        title=meeting.title,
        series=meeting.series.name,
        starts_at=meeting.starts_at,
        rule=ground.rule,
        counted_at=ground.counted_at,
        due_at=ground.due_at,
        reason=ground.reason,
        decided_by=by,
        things=[thing.stored for thing in things],
        files=files,
        begun_at=at,
    )
    session.add(deletion)
    for row in rows.marked:
        row.emptied_at = at
    if kind is KeptKind.MEETING:
        meeting.emptied_at = at
    meeting.documents_revision += 1  # terminals ask for what they may still keep
    audit.note(session, by, "delete", deletion)
    return deletion


def count_letters(engine: Engine, meeting_id: int) -> None:
    """Bring the counts of the meeting's letters up to date: they outlive the words."""
    stale = (
        select(TranscriptCount.transcript_id)
        .join(Transcript, Transcript.id == TranscriptCount.transcript_id)
        .join(Transcript.transcription)
        .join(Transcription.recording)
        .where(
            Recording.meeting_id == meeting_id,
            Transcript.emptied_at.is_(None),
            TranscriptCount.is_stale,
        )
    )
    with reading(engine) as session:
        wanted = session.scalars(stale).all()
    for transcript_id in wanted:
        counts.recount(engine, transcript_id)


def unfinished(session: Session) -> list[int]:
    """Return the ids of the deletions that are not at their end, the oldest first."""
    waiting = select(Deletion.id).where(Deletion.finished_at.is_(None))
    return list(session.scalars(waiting.order_by(Deletion.begun_at, Deletion.id)))


def finish(
    engine: Engine,
    config: Config,
    storage: Storage,
    deletion_id: int,
    settled_seconds: float = SETTLED_SECONDS,
) -> bool:
    """Bring a deletion to its end, from wherever it came to. Returns whether it is there: not yet
    while one of its files is too young, or while somebody reads the database as it was before.
    """
    _erase(engine, deletion_id)
    waits = _remove_files(engine, config, storage, deletion_id, settled_seconds)
    if waits or not empty_log(config.database):
        LOG.info("deletion %d is not at its end yet", deletion_id)
        return False
    certificates.issue(engine, config, storage, deletion_id)
    return True


def _erase(engine: Engine, deletion_id: int) -> None:
    with reading(engine) as session:
        deletion = session.get_one(Deletion, deletion_id)
        kind, meeting_id = KeptKind(deletion.kind), deletion.meeting_id
    for erase in ERASING[kind]:
        done = 1
        while done:
            with writing(engine) as session, session.begin():
                done = erase(session, meeting_id)
    with writing(engine) as session, session.begin():
        of_meeting = RetentionWarning.meeting_id == meeting_id
        session.execute(delete(RetentionWarning).where(of_meeting, RetentionWarning.kind == kind))


def _remove_files(
    engine: Engine, config: Config, storage: Storage, deletion_id: int, settled_seconds: float
) -> bool:
    """Remove the files that nobody else has, and what was made from them. Returns whether one has
    to wait.
    """
    with reading(engine) as session:
        files = session.get_one(Deletion, deletion_id).files
    waits = False
    clips = Clips(config.home)
    for sha256 in files:
        with writing(engine) as session, session.begin():  # nobody names it meanwhile
            if not list(stored_files.unnamed(session, [sha256])):
                continue
            if _is_young(storage.path(sha256), settled_seconds):
                waits = True
                continue
            storage.remove(sha256)
        clips.forget(sha256)
        (normalised.folder_of(config.home) / f"{sha256}.wav").unlink(missing_ok=True)
    return waits


def _is_young(path: Path, settled_seconds: float) -> bool:
    try:
        changed = path.stat().st_ctime
    except FileNotFoundError:
        return False
    return time.time() - changed < settled_seconds
