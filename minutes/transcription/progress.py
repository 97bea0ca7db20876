"""Tells how far a transcription is, in Japanese and in figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from minutes.transcription import remaining, scheduling
from minutes.transcription.work import may_run_again
from models.base import now
from models.recording import Step, StepKind, Transcription, WorkerSign, WorkState
from models.transcript import Doubt, Segment, Transcript

SILENT_AFTER = timedelta(seconds=30)
"""A worker without a sign of life for so long counts as stopped."""
FORGOTTEN_AFTER = timedelta(days=1)
"""Older signs of life are deleted."""
SOON_SECONDS = 40
"""A shorter remaining time is not put in figures."""
NO_WORKER = "文字起こしの処理が動いていません。管理者に連絡してください。録音は保存されています。"


STATE_WORDS = {
    WorkState.WAITING: "これから",
    WorkState.RUNNING: "処理中",
    WorkState.PAUSED: "一時停止",
    WorkState.FINISHED: "済み",
    WorkState.FAILED: "失敗",
    WorkState.CANCELLED: "中止",
    WorkState.REMOVED: "削除",
}


@dataclass(frozen=True)
class ProgressStage:
    """One stage of the work on a recording, as a line on the screen. `step_id` is set for a step
    that can be run again.
    """

    label: str
    state: WorkState
    words: str
    problem: str = ""
    step_id: int | None = None


@dataclass(frozen=True)
class Progress:
    """How far a transcription is. `stage` is what is being done, `sentence` says everything for a
    screen.

    `place` is its place in the queue, from 1; None if it does not wait. `remaining_seconds` is the
    time until the whole text is there, `finishing_seconds` until all steps are done; None if
    unknown. `remaining_words` says the first in Japanese, and is empty if the transcription is not
    running.
    """

    state: WorkState
    stage: str
    percent: int
    remaining_seconds: int | None
    finishing_seconds: int | None
    remaining_words: str
    place: int | None
    segment_count: int
    problem: str
    is_worker_running: bool
    stages: list[ProgressStage]
    sentence: str

    @property
    def is_moving(self) -> bool:
        """Return whether the progress changes without a person."""
        return any(stage.state in scheduling.UNDER_WAY for stage in self.stages)

    @property
    def shape(self) -> str:
        """Return a text that changes whenever other buttons have to be shown."""
        return " ".join(stage.state for stage in self.stages)


def progress(session: Session, transcription: Transcription) -> Progress:
    """Return how far the transcription is and how long it still takes (`remaining.py`)."""
    state = WorkState(transcription.state)
    done = sum(max(0.0, chunk.done_seconds) for chunk in transcription.chunks)
    total = sum(chunk.duration_seconds for chunk in transcription.chunks)
    percent = 100 if state == WorkState.FINISHED else int(100 * done / total) if total else 0
    is_under_way = state in scheduling.UNDER_WAY
    text_left, finishing = _left(session, transcription)
    words = remaining_words(text_left) if state == WorkState.RUNNING else ""
    place = scheduling.place(session, transcription) if is_under_way else None
    is_running = is_worker_running(session)
    return Progress(
        state=state,
        stage=_stage(transcription),
        percent=percent,
        remaining_seconds=text_left,
        finishing_seconds=finishing,
        remaining_words=words,
        place=place,
        segment_count=_count_segments(session, transcription),
        problem=transcription.problem,
        is_worker_running=is_running,
        stages=_stages(transcription, percent),
        sentence=NO_WORKER
        if is_under_way and not is_running
        else _imported(session, transcription)
        if transcription.is_imported
        else _sentence(transcription, percent, words, finishing, place),
    )


def show_life(session: Session, worker: str) -> None:
    """Store the worker's sign of life, and delete those of workers long gone."""
    session.execute(delete(WorkerSign).where(WorkerSign.seen_at < now() - FORGOTTEN_AFTER))
    session.merge(WorkerSign(name=worker, seen_at=now()))


def is_worker_running(session: Session) -> bool:
    """Return whether a worker gave a sign of life in the last SILENT_AFTER. A sign from the future
    was given before the clock was set back and does not count.
    """
    soon = now() + SILENT_AFTER
    recent = WorkerSign.seen_at.between(now() - SILENT_AFTER, soon)
    return session.scalar(select(WorkerSign.name).where(recent).limit(1)) is not None


def last_sign(session: Session) -> datetime | None:
    """Return when any worker gave its last sign of life, None if none is stored."""
    return session.scalar(select(func.max(WorkerSign.seen_at)))


def about(seconds: int) -> str:
    """Return the time in Japanese: 「約6分」, below two minutes in tens of seconds 「約70秒」,
    hours with their minutes.
    """
    if seconds < 120:
        return f"約{max(10, round(seconds, -1))}秒"
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours:
        return f"約{hours}時間{minutes}分" if minutes else f"約{hours}時間"
    return f"約{minutes}分"


def remaining_words(seconds: int | None) -> str:
    """Return the remaining time in Japanese, as 「残り約6分」."""
    if seconds is None:
        return "残り時間はまだ分かりません"
    return f"残り{about(seconds)}" if seconds >= SOON_SECONDS else "まもなく終わります"


def _left(session: Session, transcription: Transcription) -> tuple[int | None, int | None]:
    """Return the seconds until the whole text is there, and until all steps are done."""
    state, at = WorkState(transcription.state), now()
    is_in_steps = any(step.state in scheduling.UNDER_WAY for step in transcription.steps)
    if state != WorkState.RUNNING and not (state == WorkState.FINISHED and is_in_steps):
        return None, None
    pace = remaining.past_pace(session, transcription)
    later = remaining.later_seconds(transcription, pace, at)
    if state == WorkState.FINISHED:
        return None, None if later is None else max(1, round(later))
    text = remaining.text_seconds(transcription, pace, at)
    both = None if text is None or later is None else max(1, round(text + later))
    return None if text is None else max(1, round(text)), both


def _count_segments(session: Session, transcription: Transcription) -> int:
    counted = session.scalar(
        select(func.count(Segment.id))
        .join(Transcript)
        .where(Transcript.transcription_id == transcription.id)
    )
    return counted or 0


def _stage(transcription: Transcription) -> str:
    state = WorkState(transcription.state)
    if state == WorkState.RUNNING:
        return "文字起こし"
    is_listening = any(
        step.kind == StepKind.SOUND and step.state == WorkState.RUNNING
        for step in transcription.steps
    )
    return StepKind.SOUND.label if state == WorkState.WAITING and is_listening else state.label


def _stages(transcription: Transcription, percent: int) -> list[ProgressStage]:
    later = [_stage_of(step) for step in transcription.steps if step.kind != StepKind.SOUND]
    if transcription.is_imported:
        return [
            ProgressStage("取り込み", WorkState.FINISHED, STATE_WORDS[WorkState.FINISHED]),
            *later,
        ]
    state = WorkState(transcription.state)
    words = f"{percent} %" if state == WorkState.RUNNING else STATE_WORDS[state]
    return [
        ProgressStage("受付", WorkState.FINISHED, STATE_WORDS[WorkState.FINISHED]),
        *(_stage_of(step) for step in transcription.steps if step.kind == StepKind.SOUND),
        ProgressStage("文字起こし", state, words),
        *later,
    ]


def _stage_of(step: Step) -> ProgressStage:
    state = WorkState(step.state)
    if step.transcription.state == WorkState.FAILED and StepKind(step.kind).needs_whole_text:
        return ProgressStage(
            StepKind(step.kind).label, WorkState.PAUSED, "文字起こしを再開したあと"
        )
    return ProgressStage(
        StepKind(step.kind).label,
        state,
        STATE_WORDS[state],
        step.problem if step.kind != StepKind.SOUND else "",
        step.id if may_run_again(step) else None,
    )


def _imported(session: Session, transcription: Transcription) -> str:
    open_ones = session.scalar(
        select(func.count(Segment.id))
        .join(Transcript)
        .where(
            Transcript.transcription_id == transcription.id,
            Segment.doubt == Doubt.UNPLACED,
            Segment.confirmed_at.is_(None),
        )
    )
    rest = f"・時刻が推定のままの発話 {open_ones}" if open_ones else ""
    return f"「{transcription.imported_file_name}」を取り込みました{rest}"


def _sentence(
    transcription: Transcription,
    percent: int,
    remaining: str,
    finishing: int | None,
    place: int | None,
) -> str:
    waits = f"順番待ち（{place}番目）" if place else ""
    match WorkState(transcription.state):
        case WorkState.WAITING:
            return waits or "録音の音を確かめています"
        case WorkState.RUNNING:
            shown = [f"文字起こし {percent} %", remaining, waits if place != 1 else ""]
            return "・".join(part for part in shown if part)
        case WorkState.FINISHED:
            rest = f"・残りの工程は{about(finishing)}" if finishing else ""
            return f"文字起こしが終わりました{rest}"
        case WorkState.FAILED:
            return f"失敗：{transcription.problem}"
        case stopped:
            return f"{stopped.label}（{percent} %まで）"
