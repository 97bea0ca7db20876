"""Recordings (録音), the work of transcribing them (文字起こし) and its chunks (処理単位)."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, Sha256, When, now, word
from models.meeting import Meeting
from models.person import Person


class RecordingKind(StrEnum):
    """A meeting may have several parts, one after the other, and a spare recorder beside them."""

    PART = "part"
    SPARE = "spare"

    @property
    def label(self) -> str:
        return {RecordingKind.PART: "本編", RecordingKind.SPARE: "予備"}[self]


class BeginningSource(StrEnum):
    """Who says when a recording begins."""

    STAMP = "stamp"
    STAMPED_END = "stamped_end"
    CHANGED = "changed"
    BROWSER = "browser"
    SENDER = "sender"
    HAND = "hand"

    @property
    def label(self) -> str:
        return {
            BeginningSource.STAMP: "録音ファイルの時刻",
            BeginningSource.STAMPED_END: "録音ファイルの時刻（録音の終わりとみて、長さを引いた）",
            BeginningSource.CHANGED: "ファイルの更新時刻から録音の長さを引いた",
            BeginningSource.BROWSER: "この画面の録音ボタンを押した時刻",
            BeginningSource.SENDER: "送信した機器やプログラムが伝えた時刻",
            BeginningSource.HAND: "手で入力",
        }[self]


class Recording(Base):
    """The sound as received, never altered. Playback copy and peaks are made from it for
    browsers. `began_at` is where it stands on the meeting's clock, where that is known; it is a
    suggestion until a person has checked it. `stamped_at` is what the file itself says. `track` is
    the sound track that is heard, from 1, of the `tracks` in the file, 0 for all of them together;
    `gap_seconds` the silence where its time stamps leap.
    """

    __tablename__ = "recording"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    file_name: Mapped[Name]
    sha256: Mapped[Sha256]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_seconds: Mapped[float]
    codec: Mapped[str] = mapped_column(String(40))
    is_cut_off: Mapped[bool] = mapped_column(default=False)
    track: Mapped[int] = mapped_column(default=1)
    tracks: Mapped[int] = mapped_column(default=1)
    gap_seconds: Mapped[float] = mapped_column(default=0.0)
    kind: Mapped[RecordingKind] = mapped_column(word(RecordingKind), default=RecordingKind.PART)
    began_at: Mapped[When | None]
    beginning_source: Mapped[BeginningSource | None] = mapped_column(word(BeginningSource))
    beginning_checked_at: Mapped[When | None]
    beginning_checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stamped_at: Mapped[When | None]
    playback_sha256: Mapped[Sha256 | None]
    peaks_sha256: Mapped[Sha256 | None]
    received_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[When] = mapped_column(default=now)

    meeting: Mapped[Meeting] = relationship()
    received_by: Mapped[Person] = relationship(foreign_keys=received_by_id)
    beginning_checked_by: Mapped[Person | None] = relationship(foreign_keys=beginning_checked_by_id)
    transcriptions: Mapped[list["Transcription"]] = relationship(
        back_populates="recording",
        order_by="Transcription.id",
        primaryjoin=lambda: and_(
            Recording.id == Transcription.recording_id, Transcription.state != WorkState.REMOVED
        ),
    )
    """Without those that were taken away."""

    @property
    def is_beginning_sure(self) -> bool:
        """A person has checked it, or the server's own clock ran while it was recorded."""
        is_ours = self.beginning_source == BeginningSource.BROWSER
        return self.began_at is not None and (is_ours or self.beginning_checked_at is not None)


class WorkState(StrEnum):
    """REMOVED: a text that was taken in by mistake and taken away; only its row is left, for the
    drafts that were made from it."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REMOVED = "removed"

    @property
    def label(self) -> str:
        return {
            WorkState.WAITING: "順番待ち",
            WorkState.RUNNING: "文字起こし中",
            WorkState.PAUSED: "一時停止",
            WorkState.FINISHED: "完了",
            WorkState.FAILED: "失敗",
            WorkState.CANCELLED: "中止",
            WorkState.REMOVED: "削除",
        }[self]

    @property
    def is_open(self) -> bool:
        """Neither ended nor given up: a second run has to wait."""
        return self in (WorkState.WAITING, WorkState.RUNNING, WorkState.PAUSED)


class Transcription(Base):
    """One run over one recording. A second run stands beside the first.

    Or a text that was made elsewhere and taken in (取り込み): then `imported_file_name` is not
    empty, the file is in the store, and no speech model has heard anything.

    `wanted_model` says which speech model was asked for (empty: the one of the series, else of the
    settings); once the work has begun it says which one was chosen, whatever the settings become.
    `speech_model` is the name of that one. `voices`: how many speak, if somebody knows. `ended_at`
    is also when it was paused.
    """

    __tablename__ = "transcription"
    __table_args__ = (
        # What the statistics ask of every run.
        Index("ix_transcription_recording_id", "recording_id", "imported_file_name", "state"),
    )

    id: Mapped[Id]
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    state: Mapped[WorkState] = mapped_column(word(WorkState), default=WorkState.WAITING, index=True)
    problem: Mapped[LongText] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(10), default="ja")
    wanted_model: Mapped[Name] = mapped_column(default="")
    speech_model: Mapped[Name] = mapped_column(default="")
    speech_model_sha256: Mapped[Sha256 | None]
    voices: Mapped[int | None]
    imported_file_name: Mapped[Name] = mapped_column(default="")
    imported_sha256: Mapped[Sha256 | None]
    moved_up_at: Mapped[When | None]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[When] = mapped_column(default=now)
    started_at: Mapped[When | None]
    ended_at: Mapped[When | None]

    recording: Mapped[Recording] = relationship(back_populates="transcriptions")
    requested_by: Mapped[Person] = relationship()
    chunks: Mapped[list["Chunk"]] = relationship(
        back_populates="transcription", order_by="Chunk.number"
    )
    steps: Mapped[list["Step"]] = relationship(back_populates="transcription", order_by="Step.id")

    @property
    def meeting(self) -> Meeting:
        return self.recording.meeting

    @property
    def is_imported(self) -> bool:
        return bool(self.imported_file_name)

    @property
    def is_removed(self) -> bool:
        return self.state == WorkState.REMOVED


class Chunk(Base):
    """The piece of work that is leased. Whoever holds an older `lease` is refused."""

    __tablename__ = "chunk"
    __table_args__ = (UniqueConstraint("transcription_id", "number"),)

    id: Mapped[Id]
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcription.id"), index=True)
    number: Mapped[int]
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    state: Mapped[WorkState] = mapped_column(word(WorkState), default=WorkState.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[When | None]
    taken_at: Mapped[When | None]
    done_seconds: Mapped[float] = mapped_column(default=0.0)

    transcription: Mapped[Transcription] = relationship(back_populates="chunks")

    @property
    def duration_seconds(self) -> float:
        return self.end_seconds - self.start_seconds


class StepKind(StrEnum):
    """What is done besides the text: first the sound, which makes the chunks; then the later
    steps, each by itself."""

    SOUND = "sound"
    PLAYBACK = "playback"
    PROPOSALS = "proposals"
    ITEMS = "items"
    SPEAKERS = "speakers"
    WORDS = "words"

    @property
    def label(self) -> str:
        return {
            StepKind.SOUND: "音声確認",
            StepKind.PLAYBACK: "再生用の音と波形",
            StepKind.PROPOSALS: "資料の言葉との照らし合わせ",
            StepKind.ITEMS: "議題の割り当て",
            StepKind.SPEAKERS: "発言者の聞き分け",
            StepKind.WORDS: "言葉ごとの時刻",
        }[self]

    @property
    def needs_whole_text(self) -> bool:
        """A step that does not is done as soon as the first words can be read."""
        return self not in (StepKind.SOUND, StepKind.PLAYBACK)


class Step(Base):
    """One step (工程) of a transcription beside its chunks, leased like a chunk. A later step can
    fail and be run again alone, and what was finished before stays. `ended_at` stays while a step
    that was finished is done once more."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("transcription_id", "kind"),)

    id: Mapped[Id]
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcription.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(word(StepKind))
    state: Mapped[WorkState] = mapped_column(word(WorkState), default=WorkState.WAITING, index=True)
    problem: Mapped[LongText] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[When | None]
    ended_at: Mapped[When | None]

    transcription: Mapped[Transcription] = relationship(back_populates="steps")

    @property
    def meeting(self) -> Meeting:
        return self.transcription.meeting


class WorkerSign(Base):
    """The last sign of life of a worker, so that a screen can say that none is running."""

    __tablename__ = "worker_sign"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    seen_at: Mapped[When]
