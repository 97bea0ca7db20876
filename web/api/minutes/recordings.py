"""Recordings and the work of transcribing them."""

from datetime import datetime, timedelta
from typing import Literal

from flask import Blueprint, Response
from pydantic import Field

from meetings.errors import InvalidInput
from meetings.rights import Right
from minutes.imports.importing import remarks_of
from minutes.recordings.beginnings import after_first_part
from minutes.recordings.parts import place_of, placed_recordings
from minutes.recordings.recordings import place_in_short, place_recording
from minutes.sound import peaks
from minutes.speech_models import speech_model
from minutes.transcription import work as transcribing
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording, RecordingKind, Step, Transcription
from web import access
from web.api.operations import FormUpload, Moment, Shape, ShortText, operation
from web.api.shapes import PersonAnswer, WorkAnswer
from web.audit_access import note_look
from web.door.costs import costs
from web.shared import intake
from web.shared.files.sounds import send_peaks
from web.transaction import config, database_session

blueprint = Blueprint("api_recordings", __name__)
DAY_SECONDS = 86_400.0
SOUND = FormUpload("録音ファイル（mp3、m4a、wav など）")
TRANSCRIPT = FormUpload(
    "逐語録のファイル（txt、docx、srt、vtt、WhisperのJSON）",
    {
        "placing": "times（時刻のとおり。時刻がなければ音に合わせる）か sound（音に合わせる）",
        "offset": "ファイルの時刻を遅らせる長さ。秒か 時:分:秒。負の値は早める",
    },
)


class RecordingAnswer(Shape):
    """録音。受け取ったままの音で、変わらない。"""

    id: int
    meeting_id: int
    file_name: str
    size_bytes: int
    sha256: str
    duration_seconds: float
    codec: str
    is_cut_off: bool = Field(description="途中で切れていたため、読めたところまで")
    track: int = Field(description="文字にする音声。何本目か（1から）。0は、すべてを重ねたもの")
    tracks: int = Field(description="ファイルに入っている音声の本数")
    gap_seconds: float = Field(description="途中の時刻の抜け。その間は無音とした")
    has_peaks: bool = Field(description="波形（GET /recordings/{id}/peaks）がある")
    kind: str = Field(description="part（本編）か spare（予備）")
    place: str = Field(description="種類と始まりの時刻の短い形。変えるときに seen として送り返す")
    part: int | None = Field(description="第何部か。予備では、どの部の予備か")
    began_at: datetime | None = Field(description="録音の始まりの時刻。分からなければ null")
    beginning_source: str | None = Field(
        description="始まりの時刻の出どころ。stamp（ファイルの時刻）、stamped_end（ファイルの時刻を"
        "終わりとみた）、changed（更新時刻から）、browser（画面の録音ボタン）、sender（送信元）、"
        "hand（手で入力）。記録がなければ null"
    )
    is_beginning_sure: bool = Field(
        description="始まりの時刻を人が確かめたか、画面の録音ボタンによる"
    )
    stamped_at: datetime | None = Field(description="録音ファイルにある時刻")
    offset_seconds: float | None = Field(
        description="第1部の始まりから。時刻が不明な部は前の部に続くとみる。不明な予備は null"
    )
    received_at: datetime
    received_by: PersonAnswer
    transcriptions: list[WorkAnswer]

    @classmethod
    def of(cls, recording: Recording) -> "RecordingAnswer":
        database_session().flush()
        placed = place_of(database_session(), recording)
        return cls(
            id=recording.id,
            meeting_id=recording.meeting_id,
            file_name=recording.file_name,
            size_bytes=recording.size_bytes,
            sha256=recording.sha256,
            duration_seconds=recording.duration_seconds,
            codec=recording.codec,
            is_cut_off=recording.is_cut_off,
            track=recording.track,
            tracks=recording.tracks,
            gap_seconds=recording.gap_seconds,
            has_peaks=recording.peaks_sha256 is not None,
            kind=recording.kind,
            place=place_in_short(recording.kind, recording.began_at),
            part=placed.number or None,
            began_at=recording.began_at,
            beginning_source=recording.beginning_source,
            is_beginning_sure=recording.is_beginning_sure,
            stamped_at=recording.stamped_at,
            offset_seconds=placed.offset_seconds,
            received_at=recording.received_at,
            received_by=PersonAnswer.of(recording.received_by),
            transcriptions=[WorkAnswer.of(work) for work in recording.transcriptions],
        )


class RecordingsAnswer(Shape):
    recordings: list[RecordingAnswer]


class RunChoice(Shape):
    language: str = Field("ja", max_length=10, description="ja, en, zh, ko")
    speech_model: ShortText = Field(
        "", description="GET /speech-models のどれか。空なら会議体、なければ設定のもの"
    )
    voices: int | None = Field(
        None, ge=1, le=transcribing.MOST_VOICES, description="発言者の数。分からなければ null"
    )


class RecordingPlace(Shape):
    """本編か予備か、いつ始まったか。時刻か、第1部の始まりからの秒数で。どちらもなければ不明。
    いまと違う時刻は、送った人が確かめたものとする。"""

    kind: Literal["part", "spare"]
    began_at: Moment | None = Field(None, description="録音の始まりの時刻")
    after_first_part_seconds: float | None = Field(
        None, ge=-DAY_SECONDS, le=10 * DAY_SECONDS, description="第1部の始まりからの秒数"
    )
    is_checked: bool = Field(False, description="いまの時刻のままで確かめたとき true")
    seen: ShortText | None = Field(
        None, description="読んだときの place。送ると、その後にほかの人が変えていれば409になる"
    )


class Received(Shape):
    recording: RecordingAnswer
    transcription: WorkAnswer


class ImportAnswer(Shape):
    """取り込んだ逐語録。"""

    work: WorkAnswer
    segments: int = Field(description="発話の数")
    placed_by_sound: int = Field(description="うち、音に合わせて置けた数")
    unsure: int = Field(description="うち、時刻が前後からの推定の数（発話に doubt が付く）")
    remarks: list[str] = Field(description="画面にそのまま出せる文")


@blueprint.get("/meetings/<int:meeting_id>/recordings")
@access.to(Meeting, Right.HEAR)
@operation("録音の一覧", answers=RecordingsAnswer)
def list_recordings(person: Person, meeting: Meeting) -> RecordingsAnswer:
    """Return the recordings by their place on the meeting's clock, a spare after the part that it
    covers."""
    found = placed_recordings(database_session(), meeting)
    return RecordingsAnswer(recordings=[RecordingAnswer.of(one.recording) for one in found])


@blueprint.post("/meetings/<int:meeting_id>/recordings")
@access.to(Meeting, Right.RECORD)
@costs(files="recording_mb")
@operation(
    "録音を送る。受け付けると文字起こしが始まる",
    answers=Received,
    status=201,
    upload=SOUND,
)
def receive(person: Person, meeting: Meeting) -> Received:
    recording = intake.receive_recording(meeting.id)
    return Received(
        recording=RecordingAnswer.of(recording),
        transcription=WorkAnswer.of(recording.transcriptions[-1]),
    )


@blueprint.get("/recordings/<int:recording_id>")
@access.to(Recording, Right.HEAR)
@operation("録音の情報", answers=RecordingAnswer)
def show(person: Person, recording: Recording) -> RecordingAnswer:
    note_look(person, "look", recording)
    return RecordingAnswer.of(recording)


@blueprint.get("/recordings/<int:recording_id>/peaks")
@access.to(Recording, Right.HEAR)
@operation(
    "波形。audiowaveformのデータ形式（版2、8ビット、1秒に50組の最小値と最大値）",
    file=peaks.TYPE,
)
def show_peaks(person: Person, recording: Recording) -> Response:
    """Send the waveform's peaks; 404 until they are made, soon after the first words can be
    read."""
    return send_peaks(recording)


@blueprint.put("/recordings/<int:recording_id>/place")
@access.to(Recording, Right.RECORD)
@operation(
    "録音が本編か予備か、いつ始まったかを決める", answers=RecordingAnswer, body=RecordingPlace
)
def place(person: Person, recording: Recording, body: RecordingPlace) -> RecordingAnswer:
    session, began_at = database_session(), body.began_at
    if body.after_first_part_seconds is not None:
        if began_at is not None:
            raise InvalidInput("began_at", "時刻か秒数のどちらか一つだけを送ってください。")
        distance = timedelta(seconds=body.after_first_part_seconds)
        began_at = after_first_part(session, recording, distance)
    kind = RecordingKind(body.kind)
    place_recording(
        session,
        person,
        recording,
        kind=kind,
        began_at=began_at,
        seen=body.seen,
        is_checked=body.is_checked,
    )
    return RecordingAnswer.of(recording)


@blueprint.post("/recordings/<int:recording_id>/transcriptions")
@access.to(Recording, Right.RECORD)
@operation(
    "もう一度文字起こしをする（本文は省略できる）", answers=WorkAnswer, status=201, body=RunChoice
)
def request_transcription(person: Person, recording: Recording, body: RunChoice) -> WorkAnswer:
    """Request another transcription, which stands beside the older ones; corrections in them
    stay."""
    work = transcribing.request_transcription(
        database_session(),
        person,
        recording,
        language=body.language,
        speech_model=speech_model.refuse_unknown(config(), body.speech_model),
        voices=body.voices,
    )
    return WorkAnswer.of(work)


@blueprint.post("/recordings/<int:recording_id>/transcripts")
@access.to(Recording, Right.RECORD)
@costs(files="transcript_mb")
@operation(
    "手元の逐語録を取り込む。新しい逐語録ができ、前のものは残る",
    answers=ImportAnswer,
    status=201,
    upload=TRANSCRIPT,
)
def import_transcript(person: Person, recording: Recording) -> ImportAnswer:
    transcript, placing = intake.receive_transcript(recording.id)
    return ImportAnswer(
        work=WorkAnswer.of(transcript.transcription),
        segments=len(placing.placed),
        placed_by_sound=len(placing.placed) - placing.unsure if placing.by_sound else 0,
        unsure=placing.unsure,
        remarks=remarks_of(placing),
    )


@blueprint.get("/transcriptions/<int:transcription_id>")
@access.to(Transcription, Right.HEAR)
@operation("文字起こしの進み具合", answers=WorkAnswer)
def progress(person: Person, transcription: Transcription) -> WorkAnswer:
    return WorkAnswer.of(transcription)


@blueprint.delete("/transcriptions/<int:transcription_id>")
@access.to(Transcription, Right.RECORD)
@operation("文字起こしを中止する。ここまでの発話は残る", answers=WorkAnswer)
def cancel(person: Person, transcription: Transcription) -> WorkAnswer:
    transcribing.cancel_transcription(database_session(), person, transcription)
    return WorkAnswer.of(transcription)


@blueprint.post("/transcriptions/<int:transcription_id>/pause")
@access.to(Transcription, Right.RECORD)
@operation("文字起こしを一時停止する。ここまでの発話は残る", answers=WorkAnswer)
def pause(person: Person, transcription: Transcription) -> WorkAnswer:
    transcribing.pause_transcription(database_session(), person, transcription)
    return WorkAnswer.of(transcription)


@blueprint.post("/transcriptions/<int:transcription_id>/resumption")
@access.to(Transcription, Right.RECORD)
@operation("一時停止した、または失敗した文字起こしを続きから再開する", answers=WorkAnswer)
def resume(person: Person, transcription: Transcription) -> WorkAnswer:
    transcribing.resume_transcription(database_session(), person, transcription)
    return WorkAnswer.of(transcription)


@blueprint.post("/transcriptions/<int:transcription_id>/priority")
@access.to(Transcription, Right.RECORD)
@operation("この文字起こしを先に処理する", answers=WorkAnswer)
def move_up(person: Person, transcription: Transcription) -> WorkAnswer:
    transcribing.move_up(database_session(), person, transcription)
    return WorkAnswer.of(transcription)


@blueprint.post("/steps/<int:step_id>/attempts")
@access.to(Step, Right.RECORD)
@operation("失敗した工程だけ、または議題の割り当てだけをやり直す", answers=WorkAnswer)
def run_step_again(person: Person, step: Step) -> WorkAnswer:
    transcribing.run_again(database_session(), person, step)
    return WorkAnswer.of(step.transcription)
