"""Answers that more than one module of the API gives."""

from pydantic import Field

from minutes import transcription
from minutes.accuracy import Accuracy
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
            rate=counted.rate,
            sentence=counted.sentence,
        )


class WorkAnswer(Shape):
    """How far a transcription is."""

    id: int
    transcript_id: int
    state: str = Field(description="waiting, running, finished, failed, cancelled")
    state_label: str = Field(description="状態（画面の言葉）")
    stage: str = Field(description="いまの段階（画面の言葉）")
    percent: int = Field(description="0から100")
    remaining_seconds: int | None = Field(description="残りの見込み。まだ分からないとき null")
    segment_count: int = Field(description="もう読める発話の数")
    problem: str = Field(description="失敗したとき、その理由")
    is_worker_running: bool

    @classmethod
    def of(cls, work: Transcription) -> "WorkAnswer":
        session = database_session()
        session.flush()
        progress = transcription.progress(session, work)
        transcript = session.query(Transcript.id).filter_by(transcription_id=work.id).one()
        return cls(
            id=work.id,
            transcript_id=transcript.id,
            state=progress.state.value,
            state_label=progress.state.label,
            stage=progress.stage,
            percent=progress.percent,
            remaining_seconds=progress.remaining_seconds,
            segment_count=progress.segment_count,
            problem=progress.problem,
            is_worker_running=progress.is_worker_running,
        )
