"""Adds recordings to a meeting, after they were opened and measured, and sets their place: part or
spare, and the start time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, clean_text, dates, department_years
from meetings.disk.storage import Incoming, Storage, StoredFile
from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from minutes.recordings import timestamps
from minutes.sound import audio
from models.base import now
from models.meeting import Meeting
from models.person import Person
from models.recording import BeginningSource, Recording, RecordingKind

NEAR = timedelta(days=1)
"""Longest time between a recording's start and the planned time of its meeting."""


@dataclass(frozen=True)
class PreparedRecording:
    """A recording that is in the store and measured, but belongs to no meeting yet."""

    file_name: str
    stored: StoredFile
    sound: audio.Sound


def prepare_recording(
    file_name: str,
    path: Path,
    keep: Callable[[audio.Sound], StoredFile],
    longest_hours: int = audio.LONGEST_HOURS,
) -> PreparedRecording:
    """Measure the file at `path`, which is on disk, and put it into the store by `keep`, which
    may raise what speaks against that. It is the slow part of adding a recording, outside any
    transaction. Raises FileRejected for a file that is no recording or longer than `longest_hours`.
    """
    sound = audio.inspect(path, longest_hours)
    return PreparedRecording(plain_name(file_name), keep(sound), sound)


def prepare_received(
    storage: Storage,
    file_name: str,
    incoming: Incoming,
    longest_hours: int = audio.LONGEST_HOURS,
) -> PreparedRecording:
    """Do `prepare_recording` with a file that came in one piece. Raises FileRejected."""
    incoming.flush_to_disk()
    return prepare_recording(
        file_name, incoming.path, lambda _sound: storage.keep(incoming), longest_hours
    )


def plain_name(file_name: str) -> str:
    """Return the file's name as it is stored: without the folders that some programs send
    along.
    """
    return clean_text.file_name(file_name, "録音")


def add_recording(
    session: Session,
    by: Person,
    meeting: Meeting,
    prepared: PreparedRecording,
    *,
    kind: RecordingKind = RecordingKind.PART,
    beginning: timestamps.Beginning | None = None,
) -> Recording:
    """Add a prepared recording to the meeting and return it. `beginning` is its start time as the
    sender gives it; without it, or where that is far from the meeting, the file's own time stamp is
    used.

    A recording is never refused for its clock: a start far from the meeting (a recorder whose clock
    was never set) is stored as unknown. Raises NotPossibleNow when the meeting has a recording with
    the same bytes.
    """
    sound, stored = prepared.sound, prepared.stored
    _refuse_second_copy(session, meeting, stored.sha256)
    beginning = _plausible(session, meeting, sound, beginning)
    recording = Recording(
        meeting=meeting,
        file_name=prepared.file_name,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        duration_seconds=sound.duration_seconds,
        codec=sound.codec,
        is_cut_off=sound.is_cut_off,
        track=sound.track,
        tracks=sound.tracks,
        gap_seconds=sound.gap_seconds,
        kind=kind,
        began_at=beginning.began_at if beginning else None,
        beginning_source=beginning.source if beginning else None,
        stamped_at=sound.recorded_at,
        received_by=by,
    )
    meeting.is_in_work = True
    session.add(recording)
    audit.note(session, by, "receive", recording)
    return recording


def _plausible(
    session: Session, meeting: Meeting, sound: audio.Sound, given: timestamps.Beginning | None
) -> timestamps.Beginning | None:
    """Return the given start time, or what the file says where that is missing or far from the
    meeting.
    """
    if given is not None and _is_near(meeting, given.began_at):
        return given
    return timestamps.suggested(session, meeting, sound.recorded_at, sound.duration_seconds)


def place_recording(
    session: Session,
    by: Person,
    recording: Recording,
    *,
    kind: RecordingKind,
    began_at: datetime | None,
    seen: str | None = None,
    is_checked: bool = False,
) -> None:
    """Set whether the recording is a part or a spare, and when it begins (None: unknown).

    `seen` is the `place_in_short` that the person saw. `is_checked` says that they listened and
    confirm the time that is set; a new time is confirmed anyway.

    Raises InvalidInput when it would begin far from the meeting, NotPossibleNow when no part would
    be left, StaleRevision when its place is another by now than the one seen.
    """
    if seen is not None and seen != place_in_short(recording.kind, recording.began_at):
        raise StaleRevision(
            place_in_short(kind, began_at), place_in_short(recording.kind, recording.began_at), 0
        )
    if began_at and not _is_near(recording.meeting, began_at):
        raise InvalidInput(
            "began_at",
            "始まりの時刻が会議から1日より離れています。日付と時刻を確かめてください。",
        )
    if kind == RecordingKind.SPARE and _is_only_part(session, recording):
        raise NotPossibleNow(
            "予備にすると、この会議の本編がなくなります。先に、ほかの録音を本編にしてください。"
        )
    if recording.began_at != began_at:
        recording.beginning_source = BeginningSource.HAND if began_at else None
        _note_check(recording, by if began_at else None)
    elif began_at and is_checked:
        _note_check(recording, by)
    recording.kind, recording.began_at = kind, began_at
    if session.is_modified(recording):
        department_years.changed(session, recording.meeting)
        audit.note(session, by, "place", recording)


def _note_check(recording: Recording, by: Person | None) -> None:
    recording.beginning_checked_by = by
    recording.beginning_checked_at = now() if by else None


def place_in_short(kind: RecordingKind, began_at: datetime | None) -> str:
    """Return kind and start as one phrase: 「本編・2026年11月23日 14:00:05から」."""
    when = f"{dates.local(began_at):%Y年%-m月%-d日 %H:%M:%S}から" if began_at else "時刻不明"
    return f"{kind.label}・{when}"


def recordings_of(session: Session, meeting: Meeting) -> list[Recording]:
    """Return the recordings of the meeting in the order in which they were received."""
    return list(
        session.scalars(
            select(Recording).where(Recording.meeting_id == meeting.id).order_by(Recording.id)
        )
    )


def _is_near(meeting: Meeting, at: datetime) -> bool:
    return meeting.starts_at - NEAR <= at <= meeting.ends_at + NEAR


def _is_only_part(session: Session, recording: Recording) -> bool:
    others = [
        other for other in recordings_of(session, recording.meeting) if other is not recording
    ]
    return recording.kind == RecordingKind.PART and all(
        other.kind == RecordingKind.SPARE for other in others
    )


def _refuse_second_copy(session: Session, meeting: Meeting, sha256: str) -> None:
    same = session.scalar(
        select(Recording).where(Recording.meeting_id == meeting.id, Recording.sha256 == sha256)
    )
    if same:
        raise NotPossibleNow(
            f"この録音は「{same.file_name}」としてすでに受け付けています。送り直す必要はありません。"
        )
