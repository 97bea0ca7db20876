"""The work of transcribing, as rows: state, chunks, leases, progress.

The queue only says which row to look at. Whoever works on a chunk holds its lease; a late
writer whose lease has passed to somebody else is refused, and every segment is committed
together with how far the chunk has come, so a killed worker loses at most one segment.
"""

import secrets
from dataclasses import astuple, dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import NotPossibleNow
from minutes.recognition.heard import Heard
from models.base import now
from models.person import Person
from models.recording import Chunk, Recording, Transcription, WorkerSign, WorkState
from models.transcript import Segment, Transcript

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
SILENT_AFTER = timedelta(seconds=30)


class LeaseLost(Exception):
    """The chunk was cancelled or belongs to another worker by now."""


@dataclass(frozen=True)
class Progress:
    state: WorkState
    stage: str
    percent: int
    remaining_seconds: int | None
    segment_count: int
    problem: str
    is_worker_running: bool


def request_transcription(session: Session, by: Person, recording: Recording) -> Transcription:
    """A new run with its own empty transcript. Raises NotPossibleNow while one is open."""
    if any(WorkState(t.state).is_open for t in recording.transcriptions):
        raise NotPossibleNow("この録音は文字起こしの途中です。終わるか中止してからお試しください。")
    transcription = Transcription(recording=recording, requested_by=by)
    session.add(transcription)
    session.add(Transcript(transcription=transcription))
    audit.note(session, by, "request", transcription)
    return transcription


def cancel_transcription(session: Session, by: Person, transcription: Transcription) -> None:
    """What was heard so far stays."""
    if not WorkState(transcription.state).is_open:
        raise NotPossibleNow("この文字起こしはすでに終わっています。")
    _end(transcription, WorkState.CANCELLED)
    audit.note(session, by, "cancel", transcription)


def begin(
    session: Session,
    transcription: Transcription,
    speech_model: str,
    spans: list[tuple[float, float]],
) -> list[Chunk]:
    """Write the chunks down, once."""
    if not transcription.chunks:
        transcription.chunks = [
            Chunk(number=number, start_seconds=start, end_seconds=end)
            for number, (start, end) in enumerate(spans, 1)
        ]
        transcription.speech_model = speech_model
        transcription.started_at = now()
        transcription.state = WorkState.RUNNING
        session.flush()
    return transcription.chunks


def take_chunk(session: Session, transcription: Transcription) -> Chunk | None:
    """Lease the first chunk that nobody works on; None when there is none to do."""
    if not WorkState(transcription.state).is_open:
        return None
    for chunk in transcription.chunks:
        if _is_free(chunk):
            chunk.lease = secrets.token_hex(16)
            chunk.lease_until = now() + LEASE
            chunk.attempts += 1
            chunk.state = WorkState.RUNNING
            return chunk
    return None


def add_segment(session: Session, chunk_id: int, lease: str, heard: Heard) -> Segment:
    """Keep one heard segment and how far the chunk has come. Raises LeaseLost."""
    chunk = hold(session, chunk_id, lease)
    transcript = session.scalars(
        select(Transcript).where(Transcript.transcription_id == chunk.transcription_id)
    ).one()
    segment = Segment(
        transcript_id=transcript.id,
        chunk_id=chunk.id,
        start_seconds=heard.start_seconds,
        end_seconds=heard.end_seconds,
        heard=heard.text,
        machine=heard.text,
        text=heard.text,
        confidence=heard.confidence,
        doubt=heard.doubt,
        words=[list(astuple(word)) for word in heard.words] or None,
    )
    session.add(segment)
    done = heard.end_seconds - chunk.start_seconds
    chunk.done_seconds = max(chunk.done_seconds, min(done, chunk.duration_seconds))
    return segment


def hold(session: Session, chunk_id: int, lease: str) -> Chunk:
    """The chunk, with its lease renewed. Raises LeaseLost when it is not this worker's any more."""
    renewed: Chunk | None = session.scalar(
        update(Chunk)
        .where(
            Chunk.id == chunk_id,
            Chunk.lease == lease,
            Chunk.state == WorkState.RUNNING,
            Chunk.transcription.has(Transcription.state == WorkState.RUNNING),
        )
        .values(lease_until=now() + LEASE)
        .returning(Chunk)
    )
    if renewed is None:
        raise LeaseLost()
    return renewed


def finish_chunk(session: Session, chunk_id: int, lease: str) -> None:
    """The chunk is done; with its last one the transcription is."""
    chunk = hold(session, chunk_id, lease)
    chunk.state, chunk.lease, chunk.lease_until = WorkState.FINISHED, None, None
    chunk.done_seconds = chunk.duration_seconds
    session.flush()
    if all(c.state == WorkState.FINISHED for c in chunk.transcription.chunks):
        _end(chunk.transcription, WorkState.FINISHED)


def give_back(session: Session, chunk_id: int, lease: str) -> None:
    """A worker that has to stop leaves its chunk to the next one, without counting a failure."""
    session.execute(
        update(Chunk)
        .where(Chunk.id == chunk_id, Chunk.lease == lease, Chunk.state == WorkState.RUNNING)
        .values(state=WorkState.WAITING, lease=None, lease_until=None, attempts=Chunk.attempts - 1)
    )


def fail(session: Session, transcription: Transcription, problem: str) -> None:
    """What was heard so far stays; `problem` is shown to the secretary."""
    if WorkState(transcription.state).is_open:
        transcription.problem = problem
        _end(transcription, WorkState.FAILED)


def waiting_transcriptions(session: Session) -> list[int]:
    """Ids of all that have something to do for a worker now, oldest first.

    A chunk that was leased MOST_ATTEMPTS times and never finished fails its transcription.
    """
    ready = []
    for transcription in session.scalars(
        select(Transcription)
        .where(Transcription.state.in_([WorkState.WAITING, WorkState.RUNNING]))
        .order_by(Transcription.id)
    ):
        free = [c for c in transcription.chunks if _is_free(c)]
        if any(chunk.attempts >= MOST_ATTEMPTS for chunk in free):
            fail(
                session,
                transcription,
                "処理が繰り返し途中で止まりました。管理者に連絡してください。"
                "ここまでの文字起こしと録音は残っています。",
            )
        elif not transcription.chunks or free:
            ready.append(transcription.id)
    return ready


def show_life(session: Session, worker: str) -> None:
    session.merge(WorkerSign(name=worker, seen_at=now()))


def is_worker_running(session: Session) -> bool:
    seen = session.scalar(select(func.max(WorkerSign.seen_at)))
    return seen is not None and now() - seen < SILENT_AFTER


def progress(session: Session, transcription: Transcription) -> Progress:
    """How far, and how long still, judged by the speed so far."""
    total = sum(chunk.duration_seconds for chunk in transcription.chunks)
    done = sum(chunk.done_seconds for chunk in transcription.chunks)
    state = WorkState(transcription.state)
    count = (
        select(func.count(Segment.id))
        .join(Transcript)
        .where(Transcript.transcription_id == transcription.id)
    )
    return Progress(
        state=state,
        stage=_stage(state, bool(transcription.chunks)),
        percent=100 if state == WorkState.FINISHED else int(100 * done / total) if total else 0,
        remaining_seconds=_remaining(transcription, done, total) if state.is_open else None,
        segment_count=session.scalar(count) or 0,
        problem=transcription.problem,
        is_worker_running=is_worker_running(session),
    )


def _stage(state: WorkState, has_chunks: bool) -> str:
    if state == WorkState.RUNNING:
        return "文字起こし"
    return "音声確認" if state == WorkState.WAITING and has_chunks else state.label


def _remaining(transcription: Transcription, done: float, total: float) -> int | None:
    if not transcription.started_at or done <= 0:
        return None
    elapsed = (now() - transcription.started_at).total_seconds()
    return max(1, round(elapsed / done * (total - done)))


def _is_free(chunk: Chunk) -> bool:
    return chunk.state == WorkState.WAITING or (
        chunk.state == WorkState.RUNNING and (chunk.lease_until or now()) <= now()
    )


def _end(transcription: Transcription, state: WorkState) -> None:
    transcription.state = state
    transcription.ended_at = now()
