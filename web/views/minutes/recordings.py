"""The tab 録音: receiving recordings, following their transcription, hearing them."""

import mimetypes
from dataclasses import dataclass

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from meetings import entries
from meetings.config import MEGABYTE
from meetings.errors import FileRejected, GijidoError, InvalidInput, NotFound, NotPossibleNow
from meetings.rights import Right, rights
from minutes.imports import removing
from minutes.imports.importing import remarks_of
from minutes.proposals.means import means_of
from minutes.recordings import sound_files
from minutes.recordings.parts import placed_recordings
from minutes.speech_models import speech_model
from minutes.transcription import work
from minutes.transcription.progress import Progress, is_worker_running, progress
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording, Step, StepKind, Transcription
from models.transcript import Transcript
from web import access
from web.audit_access import note_look
from web.door.costs import costs
from web.errors import wants_json
from web.shared import intake
from web.shared.files.named_files import send_named
from web.shared.files.sounds import send_peaks
from web.transaction import config, database_session, release, storage
from web.views.meetings._meeting_head import meeting_head
from web.views.meetings.series import choices_for_run
from web.views.minutes.uploads import arriving

blueprint = Blueprint("recordings", __name__)
PLAYBACK_TYPE = "audio/mp4"
UNKNOWN_TYPE = "application/octet-stream"
FORM_BYTES = 10_000
"""What a form adds to the file that it carries."""


@dataclass(frozen=True)
class TranscriptRemoval:
    """What goes with a transcript that was taken in, or why it cannot go."""

    corrected: int
    obstacle: str

    @classmethod
    def of(cls, transcript: Transcript) -> "TranscriptRemoval":
        session = database_session()
        return cls(
            removing.count_corrected(session, transcript), removing.obstacle(session, transcript)
        )


@dataclass(frozen=True)
class Run:
    """One transcription of a recording, as the list shows it."""

    transcription: Transcription
    transcript: Transcript
    progress: Progress
    removal: TranscriptRemoval | None

    @classmethod
    def of(cls, transcription: Transcription, transcript: Transcript) -> "Run":
        session = database_session()
        removal = TranscriptRemoval.of(transcript) if transcription.is_imported else None
        return cls(transcription, transcript, progress(session, transcription), removal)


@dataclass(frozen=True)
class RefusedTranscriptFile:
    """A transcript's file that could not be taken in onto this recording."""

    recording_id: int
    problem: GijidoError

    @property
    def field(self) -> str:
        """Return the name of the field beside which the problem is told."""
        return "offset" if getattr(self.problem, "field", "") == "offset" else "file"


@blueprint.get("/meetings/<int:meeting_id>/recordings")
@access.to(Meeting, Right.HEAR)
def index(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return _page(person, meeting)


@blueprint.post("/meetings/<int:meeting_id>/recordings")
@access.to(Meeting, Right.RECORD)
@costs(files="recording_mb")
def receive(person: Person, meeting: Meeting) -> ResponseReturnValue:
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


@blueprint.post("/recordings/<int:recording_id>/transcriptions")
@access.to(Recording, Right.RECORD)
def transcribe_again(person: Person, recording: Recording) -> ResponseReturnValue:
    work.request_transcription(
        database_session(),
        person,
        recording,
        language=request.form.get("language", "ja"),
        speech_model=speech_model.refuse_unknown(config(), request.form.get("speech_model", "")),
        voices=_voices(),
    )
    flash("文字起こしをもう一度始めます。前の逐語録と修正は残ります。", "done")
    return redirect(url_for("recordings.index", meeting_id=recording.meeting_id))


@blueprint.post("/recordings/<int:recording_id>/transcripts")
@access.to(Recording, Right.RECORD)
@costs(files="transcript_mb")
def import_transcript(person: Person, recording: Recording) -> ResponseReturnValue:
    recording_id, meeting_id = recording.id, recording.meeting_id
    try:
        transcript, placing = intake.receive_transcript(recording_id)
    except (FileRejected, InvalidInput, NotPossibleNow) as problem:
        release()
        meeting = access.fetch(Meeting, meeting_id, Right.RECORD, access.required_person())
        return _page(
            access.required_person(), meeting, refused=RefusedTranscriptFile(recording_id, problem)
        ), 422
    said = Markup("「{}」を取り込みました。{}<a href='{}'>校正する</a>")
    name = transcript.transcription.imported_file_name
    desk = url_for("transcripts.edit", transcript_id=transcript.id)
    flash(said.format(name, "".join(remarks_of(placing)), desk), "done")
    return redirect(url_for("recordings.index", meeting_id=meeting_id))


@blueprint.post("/transcripts/<int:transcript_id>/removal")
@access.to(Transcript, Right.CORRECT)
def remove_import(person: Person, transcript: Transcript) -> ResponseReturnValue:
    name, meeting_id = transcript.transcription.imported_file_name, transcript.meeting.id
    removing.remove(database_session(), person, transcript)
    flash(f"取り込んだ逐語録「{name}」を消しました。録音はそのままです。", "done")
    return redirect(url_for("recordings.index", meeting_id=meeting_id))


@blueprint.get("/transcriptions/<int:transcription_id>/file")
@access.to(Transcription, Right.HEAR)
def imported_file(person: Person, transcription: Transcription) -> ResponseReturnValue:
    """Send the transcript's file that was taken in, as it was received."""
    if transcription.imported_sha256 is None:
        raise NotFound()
    note_look(person, "download", transcription)
    path = storage().whole(transcription.imported_sha256)
    return send_named(path, UNKNOWN_TYPE, transcription.imported_file_name)


@blueprint.post("/transcriptions/<int:transcription_id>/cancellation")
@access.to(Transcription, Right.RECORD)
def cancel(person: Person, transcription: Transcription) -> ResponseReturnValue:
    work.cancel_transcription(database_session(), person, transcription)
    flash("文字起こしを中止しました。ここまでの文は残っています。", "done")
    return _back(transcription)


@blueprint.post("/transcriptions/<int:transcription_id>/pause")
@access.to(Transcription, Right.RECORD)
def pause(person: Person, transcription: Transcription) -> ResponseReturnValue:
    work.pause_transcription(database_session(), person, transcription)
    flash("文字起こしを一時停止しました。ここまでの文は残っています。", "done")
    return _back(transcription)


@blueprint.post("/transcriptions/<int:transcription_id>/resumption")
@access.to(Transcription, Right.RECORD)
def resume(person: Person, transcription: Transcription) -> ResponseReturnValue:
    work.resume_transcription(database_session(), person, transcription)
    flash("文字起こしを続きから再開しました。", "done")
    return _back(transcription)


@blueprint.post("/transcriptions/<int:transcription_id>/priority")
@access.to(Transcription, Right.RECORD)
def move_up(person: Person, transcription: Transcription) -> ResponseReturnValue:
    work.move_up(database_session(), person, transcription)
    flash("この文字起こしを先に処理します。", "done")
    return _back(transcription)


@blueprint.post("/steps/<int:step_id>/attempts")
@access.to(Step, Right.RECORD)
def run_step_again(person: Person, step: Step) -> ResponseReturnValue:
    work.run_again(database_session(), person, step)
    flash(f"{StepKind(step.kind).label}をもう一度行います。", "done")
    return _back(step.transcription)


@blueprint.post("/transcriptions/<int:transcription_id>/voices")
@access.to(Transcription, Right.RECORD)
def tell_voices_apart(person: Person, transcription: Transcription) -> ResponseReturnValue:
    work.tell_voices_apart(database_session(), person, transcription, _voices())
    flash("発言者をもう一度聞き分けます。人が付けた名前は残ります。", "done")
    return _back(transcription)


def _voices() -> int | None:
    """Return how many people speak, if somebody wrote it. Raises InvalidInput."""
    return entries.whole_number(
        "voices", "発言者の数", request.form.get("voices"), most=work.MOST_VOICES
    )


@blueprint.get("/recordings/<int:recording_id>/runs")
@access.to(Recording, Right.HEAR)
def runs(person: Person, recording: Recording) -> ResponseReturnValue:
    """Show one recording's part of the list, for its script: when a button comes or goes."""
    given = rights(database_session(), person, recording.meeting)
    return render_template(
        "recordings/_work.html",
        recording=recording,
        runs=_runs(recording),
        may_record=Right.RECORD in given,
        may_correct=Right.CORRECT in given,
        speech_models=choices_for_run(recording.meeting.series),
        languages=work.LANGUAGES,
        refused=None,
        transcript_mb=config().limits.transcript_mb,
    )


@blueprint.get("/recordings/<int:recording_id>/peaks")
@access.to(Recording, Right.HEAR)
def peaks(person: Person, recording: Recording) -> ResponseReturnValue:
    """Send the waveform of the sound; 404 until it is made."""
    return send_peaks(recording)


@blueprint.get("/recordings/<int:recording_id>/sound")
@access.to(Recording, Right.HEAR)
def sound(person: Person, recording: Recording) -> ResponseReturnValue:
    """Send the sound for the player, in ranges: the playback copy as soon as there is one. A
    page that was opened before there was one asks for `?original=yes`: pieces of two files do
    not fit."""
    _note_first_look(person, "hear", recording)
    if recording.playback_sha256 and "original" not in request.args:
        path, kind = sound_files.playable(storage(), recording), PLAYBACK_TYPE
    else:
        path, kind = sound_files.received(storage(), recording), _kind(recording.file_name)
    return send_file(path, mimetype=kind, conditional=True)


@blueprint.get("/recordings/<int:recording_id>/file")
@access.to(Recording, Right.HEAR)
def original(person: Person, recording: Recording) -> ResponseReturnValue:
    """Send the file as it was received."""
    _note_first_look(person, "download", recording)
    path, name = sound_files.received(storage(), recording), recording.file_name
    return send_named(path, _kind(name), name)


def _page(
    person: Person,
    meeting: Meeting,
    problem: str = "",
    refused: RefusedTranscriptFile | None = None,
) -> str:
    session = database_session()
    head = meeting_head(person, meeting)
    every = placed_recordings(session, meeting)
    return render_template(
        "recordings/list.html",
        meeting=meeting,
        head=head,
        tab="recordings",
        may_record=Right.RECORD in head.rights,
        may_correct=Right.CORRECT in head.rights,
        speech_models=choices_for_run(meeting.series),
        languages=work.LANGUAGES,
        every=every,
        recordings=[(placed.recording, _runs(placed.recording)) for placed in every],
        means=means_of(session, meeting),
        is_worker_running=is_worker_running(session),
        limit_mb=config().limits.recording_mb,
        upload_limit_mb=config().limits.upload_mb,
        upload_limit_bytes=config().limits.upload_mb * MEGABYTE,
        problem=problem,
        refused=refused,
        transcript_mb=config().limits.transcript_mb,
        **arriving(meeting),
    )


def _runs(recording: Recording) -> list[Run]:
    """Return the transcriptions of the recording with their transcripts, newest first."""
    session = database_session()
    transcript_of = {
        transcript.transcription_id: transcript
        for transcript in session.scalars(
            select(Transcript).join(Transcription).where(Transcription.recording_id == recording.id)
        )
    }
    return [
        Run.of(transcription, transcript_of[transcription.id])
        for transcription in reversed(recording.transcriptions)
    ]


def _back(transcription: Transcription) -> ResponseReturnValue:
    return redirect(url_for("recordings.index", meeting_id=transcription.meeting.id))


def _refuse_too_large() -> None:
    """Refuse a file that is too large, before a byte of it is read."""
    limit_mb = config().limits.recording_mb
    if (request.content_length or 0) > limit_mb * MEGABYTE + FORM_BYTES:
        raise FileRejected(
            f"ファイルが大きすぎます（上限 {limit_mb:,} MB）。"
            "分割するか、管理者に上限の変更を相談してください。"
        )


def _note_first_look(person: Person, verb: str, recording: Recording) -> None:
    """Note the look at a recording. A player asks for it in dozens of pieces: the first one is the
    look."""
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        note_look(person, verb, recording)


def _kind(file_name: str) -> str:
    """Return the content type of a file. Only sound or video is called by its type: nothing
    received is ever run as a page."""
    guessed = mimetypes.guess_type(file_name)[0] or ""
    return guessed if guessed.startswith(("audio/", "video/")) else UNKNOWN_TYPE
