"""Recordings (録音), the work of transcribing them (文字起こし) and its chunks (処理単位)."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, Sha256, When, now, word
from models.meeting import Meeting
from models.person import Person


class RecordingKind(StrEnum):
    """Whether a recording is one of the parts of a meeting, which follow each other, or a spare
    recorder's that ran beside them."""

    PART = "part"
    SPARE = "spare"

    @property
    def label(self) -> str:
        return {RecordingKind.PART: "本編", RecordingKind.SPARE: "予備"}[self]


class BeginningSource(StrEnum):
    """The source of a recording's beginning time."""

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
    """The sound as it was received, which is never altered. A playback copy and a waveform are made
    from it for browsers."""

    __tablename__ = "recording"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    file_name: Mapped[Name]
    sha256: Mapped[Sha256]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_seconds: Mapped[float]
    # The name that ffmpeg gives to the codec.
    codec: Mapped[str] = mapped_column(String(40))
    # The file ends in the middle, as when a recorder lost its power.
    is_cut_off: Mapped[bool] = mapped_column(default=False)
    # The sound track that is heard, from 1; 0 for all of the `tracks` in the file mixed together.
    track: Mapped[int] = mapped_column(default=1)
    tracks: Mapped[int] = mapped_column(default=1)
    # The silence where the time stamps of the file leap.
    gap_seconds: Mapped[float] = mapped_column(default=0.0)
    kind: Mapped[RecordingKind] = mapped_column(word(RecordingKind), default=RecordingKind.PART)
    # Where it begins on the meeting's clock, where that is known. A suggestion until a person has
    # checked it.
    began_at: Mapped[When | None]
    beginning_source: Mapped[BeginningSource | None] = mapped_column(word(BeginningSource))
    beginning_checked_at: Mapped[When | None]
    beginning_checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # The time that the file itself says.
    stamped_at: Mapped[When | None]
    # The playback copy and the waveform's peaks, by their hashes in the store; None until made.
    playback_sha256: Mapped[Sha256 | None]
    peaks_sha256: Mapped[Sha256 | None]
    received_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[When] = mapped_column(default=now)
    # Since when its sound is gone; hash, size and length stay.
    emptied_at: Mapped[When | None]

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
        """Return whether a person has checked the beginning, or the server's own clock ran while it
        was recorded in the browser."""
        is_ours = self.beginning_source == BeginningSource.BROWSER
        return self.began_at is not None and (is_ours or self.beginning_checked_at is not None)


class WorkState(StrEnum):
    """The state of a transcription, a chunk or a step. REMOVED: a text that was taken in by mistake
    and taken away again; its row stays for the drafts that were made from it."""

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
        """Return whether the work has neither ended nor been given up; a second run has to wait for
        it."""
        return self in (WorkState.WAITING, WorkState.RUNNING, WorkState.PAUSED)


class Transcription(Base):
    """One run of transcribing one recording. A second run stands beside the first. A text that was
    made elsewhere and taken in (取り込み) is a run too, which no speech model heard."""

    __tablename__ = "transcription"
    __table_args__ = (
        # What the statistics ask of every run.
        Index("ix_transcription_recording_id", "recording_id", "imported_file_name", "state"),
    )

    id: Mapped[Id]
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    state: Mapped[WorkState] = mapped_column(word(WorkState), default=WorkState.WAITING, index=True)
    # Why it failed, in Japanese; empty otherwise.
    problem: Mapped[LongText] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(10), default="ja")
    # Before the work begins, the speech model that was asked for (empty: the one of the series,
    # else of the settings); from then on the one that was chosen, whatever the settings become.
    wanted_model: Mapped[Name] = mapped_column(default="")
    # The name of the speech model that heard it.
    speech_model: Mapped[Name] = mapped_column(default="")
    speech_model_sha256: Mapped[Sha256 | None]
    # How many people speak, if somebody knows.
    voices: Mapped[int | None]
    # Empty unless the text was taken in from a file, which is then in the store.
    imported_file_name: Mapped[Name] = mapped_column(default="")
    imported_sha256: Mapped[Sha256 | None]
    # When somebody moved it before those that nobody moved up.
    moved_up_at: Mapped[When | None]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[When] = mapped_column(default=now)
    started_at: Mapped[When | None]
    # Also when it was paused.
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
    """The unit of transcription work (処理単位) that a worker leases: a stretch of the
    recording."""

    __tablename__ = "chunk"
    __table_args__ = (UniqueConstraint("transcription_id", "number"),)

    id: Mapped[Id]
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcription.id"), index=True)
    number: Mapped[int]
    # Both in seconds from the beginning of the recording.
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    state: Mapped[WorkState] = mapped_column(word(WorkState), default=WorkState.WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    # The token of the worker that has it. A worker with an older one is refused.
    lease: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[When | None]
    taken_at: Mapped[When | None]
    # How much of its sound was transcribed so far.
    done_seconds: Mapped[float] = mapped_column(default=0.0)

    transcription: Mapped[Transcription] = relationship(back_populates="chunks")

    @property
    def duration_seconds(self) -> float:
        return self.end_seconds - self.start_seconds


class StepKind(StrEnum):
    """The kinds of work besides the text: first the sound, which makes the chunks; then the later
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
        """Return whether the step waits for the whole text; one that does not is done as soon as
        the first words can be read."""
        return self not in (StepKind.SOUND, StepKind.PLAYBACK)


class Step(Base):
    """One step (工程) of a transcription besides its chunks, leased like a chunk. A later step can
    fail and be run again alone; what was finished before stays."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("transcription_id", "kind"),)

    id: Mapped[Id]
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcription.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(word(StepKind))
    state: Mapped[WorkState] = mapped_column(word(WorkState), default=WorkState.WAITING, index=True)
    # Why it failed, in Japanese; empty otherwise.
    problem: Mapped[LongText] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[When | None]
    # Stays while a step that was finished is done once more.
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
