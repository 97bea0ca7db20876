"""The tab 録音: taking recordings in, following their transcription, hearing them."""

import mimetypes
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file, url_for
from sqlalchemy import select

from meetings.errors import FileRejected, InvalidInput
from meetings.rights import Right
from minutes.recordings import recordings_of
from minutes.transcription import (
    Progress,
    cancel_transcription,
    is_worker_running,
    progress,
    request_transcription,
)
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording, Transcription
from models.transcript import Transcript
from web import access, intake
from web.errors import wants_json
from web.looks import note_look
from web.transaction import config, database_session, storage
from web.views._meeting_head import meeting_head
from web.views.uploads import arriving

blueprint = Blueprint("recordings", __name__)
PLAYBACK_TYPE = "audio/mp4"
UNKNOWN_TYPE = "application/octet-stream"
FORM_BYTES = 10_000
"""What a form adds to the file that it carries."""


@dataclass(frozen=True)
class Run:
    """One transcription of a recording, as the list shows it."""

    work: Transcription
    transcript: Transcript
    progress: Progress


@blueprint.get("/meetings/<int:meeting_id>/recordings")
@access.to(Meeting, Right.HEAR)
def index(person: Person, meeting: Meeting) -> Any:
    return _page(person, meeting)


@blueprint.post("/meetings/<int:meeting_id>/recordings")
@access.to(Meeting, Right.RECORD)
def receive(person: Person, meeting: Meeting) -> Any:
    meeting_id = meeting.id
    try:
        _refuse_too_large()
        recording = intake.receive_recording(meeting_id)
    except (FileRejected, InvalidInput) as problem:
        if wants_json():
            raise
        return _page(person, meeting, problem=problem.message), 422
    flash(f"録音「{recording.file_name}」を受け付けました。文字起こしを始めます。", "done")
    target = url_for("recordings.index", meeting_id=meeting_id)
    return (jsonify(url=target), 201) if wants_json() else redirect(target)


# The token is checked before the file is read: a form of gigabytes is never parsed twice.
receive.checks_own_token = True  # type: ignore[attr-defined]


@blueprint.post("/recordings/<int:recording_id>/transcriptions")
@access.to(Recording, Right.RECORD)
def transcribe_again(person: Person, recording: Recording) -> Any:
    request_transcription(database_session(), person, recording)
    flash("文字起こしをもう一度始めます。前の逐語録と修正は残ります。", "done")
    return redirect(url_for("recordings.index", meeting_id=recording.meeting_id))


@blueprint.post("/transcriptions/<int:transcription_id>/cancellation")
@access.to(Transcription, Right.RECORD)
def cancel(person: Person, transcription: Transcription) -> Any:
    cancel_transcription(database_session(), person, transcription)
    flash("文字起こしを中止しました。ここまでの文は残っています。", "done")
    return redirect(url_for("recordings.index", meeting_id=transcription.meeting.id))


@blueprint.get("/recordings/<int:recording_id>/sound")
@access.to(Recording, Right.HEAR)
def sound(person: Person, recording: Recording) -> Any:
    """For the player, in ranges: the playback copy as soon as there is one. A page that was
    opened before there was one asks for `?original=yes`: pieces of two files do not fit."""
    _note_first_look(person, "hear", recording)
    if recording.playback_sha256 and "original" not in request.args:
        path, kind = storage().path(recording.playback_sha256), PLAYBACK_TYPE
    else:
        path, kind = storage().path(recording.sha256), _kind(recording.file_name)
    return send_file(path, mimetype=kind, conditional=True)


@blueprint.get("/recordings/<int:recording_id>/file")
@access.to(Recording, Right.HEAR)
def original(person: Person, recording: Recording) -> Any:
    """The file as it was received."""
    _note_first_look(person, "download", recording)
    return send_file(
        storage().path(recording.sha256),
        mimetype=_kind(recording.file_name),
        as_attachment=True,
        download_name=recording.file_name,
    )


def _page(person: Person, meeting: Meeting, problem: str = "") -> str:
    session = database_session()
    found = recordings_of(session, meeting)
    return render_template(
        "recordings/list.html",
        meeting=meeting,
        head=meeting_head(person, meeting),
        tab="recordings",
        recordings=[(recording, _runs(recording)) for recording in reversed(found)],
        is_worker_running=is_worker_running(session),
        limit_mb=config().limits.recording_mb,
        upload_limit_mb=config().limits.upload_mb,
        upload_limit_bytes=config().limits.upload_mb * intake.MEGABYTE,
        problem=problem,
        **arriving(meeting),
    )


def _runs(recording: Recording) -> list[Run]:
    """Newest first."""
    session = database_session()
    transcript_of = {
        transcript.transcription_id: transcript
        for transcript in session.scalars(
            select(Transcript).join(Transcription).where(Transcription.recording_id == recording.id)
        )
    }
    return [
        Run(work, transcript_of[work.id], progress(session, work))
        for work in reversed(recording.transcriptions)
    ]


def _refuse_too_large() -> None:
    """Before a byte of it is read."""
    limit_mb = config().limits.recording_mb
    if (request.content_length or 0) > limit_mb * intake.MEGABYTE + FORM_BYTES:
        raise FileRejected(
            f"ファイルが大きすぎます（上限 {limit_mb:,} MB）。"
            "分割するか、管理者に上限の変更を相談してください。"
        )


def _note_first_look(person: Person, verb: str, recording: Recording) -> None:
    """A player asks for one recording in dozens of pieces: the first one is the look."""
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        note_look(person, verb, recording)


def _kind(file_name: str) -> str:
    """Only sound or video is called by its type: nothing received is ever run as a page."""
    guessed = mimetypes.guess_type(file_name)[0] or ""
    return guessed if guessed.startswith(("audio/", "video/")) else UNKNOWN_TYPE
