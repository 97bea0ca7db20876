"""Imports a transcript: the file is read and placed, and becomes a transcript of its own beside the
machine's.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import InvalidInput
from meetings.invitations.invitations import invited
from minutes.imports import placing
from minutes.imports.persons import person_named
from minutes.imports.pieces import ImportedPiece, is_timed
from minutes.imports.placing import PlacedPiece, Placement
from minutes.timing_error import Timed
from minutes.transcripts.transcripts import segments_of
from models.base import now
from models.person import Person
from models.recording import Recording, Step, StepKind, Transcription, WorkState
from models.texts import folded
from models.transcript import Doubt, Segment, Speaker, Transcript

OFFSET = re.compile(r"([+-]?)(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,6}(?:\.\d{1,3})?)")
MINUS_SIGNS = str.maketrans("−‐–—ー", "-----")
OFFSET_UNCLEAR = (
    "ずらす時間は、秒（例：12.5、-3）か、時:分:秒（例：0:01:30、-0:00:05）で入力してください。"
)


@dataclass(frozen=True)
class PlacingOptions:
    """How a file is to be placed. With `by_sound` its own times are not used even where it has
    them; `offset_seconds` is added to them otherwise.
    """

    by_sound: bool = False
    offset_seconds: float = 0.0


@dataclass(frozen=True)
class PreparedFile:
    """A file that is stored, read and placed, but is no transcript yet."""

    file_name: str
    sha256: str
    placing: Placement


def read_offset(typed: str) -> float:
    """Return the seconds by which a file's times are to be later, as typed: 12.5, -3, 0:01:30.
    Raises InvalidInput.
    """
    words = unicodedata.normalize("NFKC", typed).translate(MINUS_SIGNS).replace(" ", "")
    if not words:
        return 0.0
    found = OFFSET.fullmatch(words)
    if not found:
        raise InvalidInput("offset", OFFSET_UNCLEAR)
    sign, hours, minutes, seconds = found.groups()
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)
    return -whole if sign == "-" else whole


def heard_in(session: Session, recording: Recording) -> list[Timed]:
    """Return what the newest finished transcription of the recording heard, with times; empty
    where there is none with words.
    """
    runs = (t for t in reversed(recording.transcriptions) if _has_ended(t))
    for transcription in runs:
        transcript = session.scalars(
            select(Transcript).where(Transcript.transcription_id == transcription.id)
        ).one()
        heard = [
            Timed(segment.heard, segment.start_seconds, segment.end_seconds)
            for segment in segments_of(session, transcript)
            if segment.heard
        ]
        if heard:
            return heard
    return []


def place(
    pieces: Sequence[ImportedPiece],
    choice: PlacingOptions,
    heard: Sequence[Timed],
    length_seconds: float,
) -> Placement:
    """Place the pieces as `choice` says. Slow for hours of speech. Raises InvalidInput and
    NotPossibleNow as `by_times` and `by_sound` do.
    """
    if is_timed(list(pieces)) and not choice.by_sound:
        return placing.by_times(pieces, choice.offset_seconds, length_seconds)
    return placing.by_sound(pieces, heard, length_seconds)


def add_imported(
    session: Session, by: Person, recording: Recording, prepared: PreparedFile
) -> Transcript:
    """Add the new transcript and return it; the recording's other transcripts stay as they
    are.
    """
    steps = [Step(kind=kind) for kind in _needed_steps(recording)]
    transcription = Transcription(
        recording=recording,
        state=WorkState.FINISHED,
        language=_language_of(recording),
        imported_file_name=prepared.file_name,
        imported_sha256=prepared.sha256,
        requested_by=by,
        ended_at=now(),
        steps=steps,
    )
    transcript = Transcript(transcription=transcription)
    session.add_all([transcription, transcript])
    session.flush()
    speakers = _speakers(session, transcript, prepared.placing)
    session.flush()
    rows = [_row(transcript, speakers.get(one.speaker), one) for one in prepared.placing.placed]
    if rows:
        session.execute(insert(Segment), rows)
    audit.note(session, by, "import", transcription)
    return transcript


def _row(transcript: Transcript, speaker: Speaker | None, one: PlacedPiece) -> dict[str, Any]:
    return {
        "transcript_id": transcript.id,
        "speaker_id": speaker.id if speaker else None,
        "start_seconds": one.start_seconds,
        "end_seconds": one.end_seconds,
        "heard": one.text,
        "machine": one.text,
        "text": one.text,
        "doubt": None if one.is_sure else Doubt.UNPLACED,
    }


def remarks_of(placed: Placement) -> list[str]:
    """Return Japanese sentences on how the file was placed, for whoever sent it."""
    count = len(placed.placed)
    if not placed.by_sound:
        return [f"{count:,}発話を、ファイルの時刻のとおりに置きました。", *placed.remarks]
    sure = f"{count:,}発話のうち{count - placed.unsure:,}発話を、音に合わせて置きました。"
    if not placed.unsure:
        return [sure, *placed.remarks]
    unsure = (
        f"残りの{placed.unsure:,}発話は録音の中に合う所が見つからず、時刻は前後からの推定です"
        "（校正の画面の「疑わしい箇所」に出ます）。"
    )
    return [sure, unsure, *placed.remarks]


def _has_ended(transcription: Transcription) -> bool:
    return transcription.state == WorkState.FINISHED and not transcription.is_imported


def _language_of(recording: Recording) -> str:
    """Return the language that the recording's last transcription was asked for, else "ja"."""
    runs = recording.transcriptions
    return runs[-1].language if runs else "ja"


def _needed_steps(recording: Recording) -> list[StepKind]:
    """Return the steps that an imported transcript still needs. None of them changes its text."""
    playback = [StepKind.PLAYBACK] if _lacks_playback(recording) else []
    return [*playback, StepKind.ITEMS]


def _lacks_playback(recording: Recording) -> bool:
    """Return whether the recording has no playback file and no transcription is going to make
    it.
    """
    is_made = recording.playback_sha256 and recording.peaks_sha256
    is_coming = any(
        step.kind == StepKind.PLAYBACK and WorkState(step.state).is_open
        for transcription in recording.transcriptions
        for step in transcription.steps
    )
    return not is_made and not is_coming


def _speakers(session: Session, transcript: Transcript, placed: Placement) -> dict[str, Speaker]:
    """Add the speakers and return them by their mark in the file; two marks of one person are one
    speaker.
    """
    names = [invitation.person.name for invitation in invited(transcript.meeting)]
    found: dict[str, Speaker] = {}
    by_mark: dict[str, Speaker] = {}
    for mark in dict.fromkeys(one.speaker for one in placed.placed if one.speaker):
        name = person_named(mark, names)
        same = folded(name)
        if same not in found:
            found[same] = Speaker(transcript=transcript, name=name)
            session.add(found[same])
        by_mark[mark] = found[same]
    return by_mark
