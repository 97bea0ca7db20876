"""The answers that more than one module of the API gives."""

from pydantic import Field

from minutes.accuracy import Accuracy
from minutes.transcription import progress as following
from models.person import Department, Person
from models.recording import Transcription
from models.transcript import Transcript
from web.api.operations import Shape
from web.transaction import database_session


class DepartmentAnswer(Shape):
    id: int
    name: str = Field(description="局と課を続けた名前")

    @classmethod
    def of(cls, department: Department) -> "DepartmentAnswer":
        return cls(id=department.id, name=department.full_name)


class PersonAnswer(Shape):
    id: int
    name: str
    title: str = Field(description="職名")

    @classmethod
    def of(cls, person: Person) -> "PersonAnswer":
        return cls(id=person.id, name=person.name, title=person.title)


class AccuracyAnswer(Shape):
    """正変換率。確認済みの発話だけを数える。"""

    total: int = Field(description="確認済みの文の字数（N字中M字のN）")
    right: int = Field(description="正しく変換した字数（M）＝ N − 誤り − 抜け")
    wrong: int
    missing: int
    added: int = Field(description="余計に出た字数。誤り率に数え、正変換率には数えない")
    fillers: int = Field(description="聞き取ったあと人が除いた「えー」などの字。added に含まない")
    rate: float | None = Field(description="M ÷ N。数える字がないとき null")
    sentence: str = Field(description="「279字中272字を正しく変換」の形")

    @classmethod
    def of(cls, counted: Accuracy) -> "AccuracyAnswer":
        return cls(
            total=counted.total,
            right=counted.right,
            wrong=counted.wrong,
            missing=counted.missing,
            added=counted.added,
            fillers=counted.fillers,
            rate=counted.rate,
            sentence=counted.sentence,
        )


class StageAnswer(Shape):
    """受付、音声確認、文字起こし、そのあとの工程のひとつ。"""

    label: str
    state: str = Field(description="waiting, running, paused, finished, failed, cancelled")
    words: str = Field(description="画面の言葉")
    problem: str = Field(description="この工程だけが失敗したとき、その理由")
    step_id: int | None = Field(description="やり直せる工程の番号（POST /steps/{id}/attempts）")


class WorkAnswer(Shape):
    """How far a transcription is."""

    id: int
    transcript_id: int
    state: str = Field(description="waiting, running, paused, finished, failed, cancelled")
    state_label: str = Field(description="状態（画面の言葉）")
    stage: str = Field(description="いまの段階（画面の言葉）")
    percent: int = Field(description="0から100")
    remaining_seconds: int | None = Field(
        description="全部が文字になるまでの見込み。まだ分からないとき null"
    )
    finishing_seconds: int | None = Field(
        description="すべての工程が終わるまでの見込み。まだ分からないとき null"
    )
    remaining_words: str = Field(description="残りの見込み（画面の言葉）")
    place: int | None = Field(description="順番。次なら1。処理中か、待つものがないとき null")
    is_moved_up: bool = Field(description="先に処理するよう頼まれた")
    segment_count: int = Field(description="もう読める発話の数")
    problem: str = Field(description="失敗したとき、その理由")
    is_worker_running: bool
    sentence: str = Field(description="画面にそのまま出せる、いまの様子")
    stages: list[StageAnswer]
    language: str = Field(description="ja, en, zh, ko")
    speech_model: str = Field(description="聞き取った音声認識モデル。始まる前は空")
    speech_model_sha256: str | None = Field(description="その model.bin のハッシュ")
    imported_file_name: str = Field(
        description="手元の逐語録を取り込んだものなら、そのファイル名。機械の文字起こしなら空"
    )

    @classmethod
    def of(cls, work: Transcription) -> "WorkAnswer":
        session = database_session()
        session.flush()
        progress = following.progress(session, work)
        transcript = session.query(Transcript.id).filter_by(transcription_id=work.id).one()
        return cls(
            id=work.id,
            transcript_id=transcript.id,
            state=progress.state.value,
            state_label=progress.state.label,
            stage=progress.stage,
            percent=progress.percent,
            remaining_seconds=progress.remaining_seconds,
            finishing_seconds=progress.finishing_seconds,
            remaining_words=progress.remaining_words,
            place=progress.place,
            is_moved_up=work.moved_up_at is not None,
            segment_count=progress.segment_count,
            problem=progress.problem,
            is_worker_running=progress.is_worker_running,
            sentence=progress.sentence,
            stages=[
                StageAnswer(
                    label=stage.label,
                    state=stage.state.value,
                    words=stage.words,
                    problem=stage.problem,
                    step_id=stage.step_id,
                )
                for stage in progress.stages
            ],
            language=work.language,
            speech_model=work.speech_model,
            speech_model_sha256=work.speech_model_sha256,
            imported_file_name=work.imported_file_name,
        )
