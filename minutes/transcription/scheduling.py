"""Decides whose turn it is. The choice is made anew after every piece of work, among everything
that is open, so that a short memo does not wait behind a long council, and several workers can
share one recording.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from minutes.transcription import work
from minutes.transcription.leases import MOST_ATTEMPTS, WorkItem, is_free
from models.recording import Chunk, Step, StepKind, Transcription, WorkState

UNDER_WAY = (WorkState.WAITING, WorkState.RUNNING)
GIVEN_UP = (
    "処理が繰り返し途中で止まりました。もう一度実行しても続くときは管理者に連絡してください。"
    "ここまでの文字起こしと録音は残っています。"
)


def next_piece(session: Session) -> WorkItem | None:
    """Return the piece of work that a worker should do now, or None."""
    return next((piece for whose in in_turn(session) for piece in due_pieces(whose)), None)


def in_turn(session: Session) -> list[Transcription]:
    """Return the transcriptions that have work left, in the order of their turns: those that a
    person moved up, then those whose last turn was longest ago. Those that never had one come
    first, by the time of the request.
    """
    last_turn = func.max(Chunk.taken_at)
    found = session.scalars(
        select(Transcription)
        .outerjoin(Transcription.chunks)
        .where(
            Transcription.state != WorkState.PAUSED,
            goes_on(),
        )
        .group_by(Transcription.id)
        .order_by(
            Transcription.moved_up_at.is_(None),
            last_turn.asc().nulls_first(),
            Transcription.requested_at,
            Transcription.id,
        )
        .options(selectinload(Transcription.chunks), selectinload(Transcription.steps))
    )
    return list(found)


def goes_on() -> ColumnElement[bool]:
    """Return the condition that a `Transcription` or one of its steps is waiting or running. Those
    few are found by the index of their state, however many are finished.
    """
    with_steps = select(Step.transcription_id).where(Step.state.in_(UNDER_WAY))
    itself = select(Transcription.id).where(Transcription.state.in_(UNDER_WAY))
    return Transcription.id.in_(itself.union(with_steps))


def due_pieces(transcription: Transcription) -> Iterator[WorkItem]:
    """Yield what a worker may take of the transcription now, in order: the sound, the short first
    chunk, the steps, the other chunks.
    """
    sound = [step for step in transcription.steps if step.kind == StepKind.SOUND]
    later = [step for step in transcription.steps if step.kind != StepKind.SOUND]
    chunks = transcription.chunks
    pieces: list[WorkItem] = [*sound, *chunks[:1], *later, *chunks[1:]]
    return filter(is_due, pieces)


def is_due(piece: WorkItem) -> bool:
    """Return whether a worker may take the piece now: it is free, and what it needs is there."""
    transcription = piece.transcription
    state = WorkState(transcription.state)
    if state == WorkState.PAUSED or not is_free(piece):
        return False
    if isinstance(piece, Chunk):
        return state == WorkState.RUNNING
    if piece.kind == StepKind.SOUND:
        return state == WorkState.WAITING
    if StepKind(piece.kind).needs_whole_text:
        return state == WorkState.FINISHED
    has_first_words = any(chunk.state == WorkState.FINISHED for chunk in transcription.chunks)
    return has_first_words or not state.is_open


def place(session: Session, transcription: Transcription) -> int | None:
    """Return the transcription's place among those that wait, from 1. None if a worker is at it or
    it has nothing to wait for.
    """
    pieces: list[WorkItem] = [*transcription.chunks, *transcription.steps]
    if any(_is_in_hand(piece) for piece in pieces) or transcription.state not in UNDER_WAY:
        return None
    waiting = [other.id for other in in_turn(session) if any(due_pieces(other))]
    return waiting.index(transcription.id) + 1 if transcription.id in waiting else None


def give_up_hopeless(session: Session) -> None:
    """Fail the pieces that were taken MOST_ATTEMPTS times without progress, so that they do not
    stop everything else.
    """
    for transcription in in_turn(session):
        for piece in list(due_pieces(transcription)):
            if piece.attempts >= MOST_ATTEMPTS:
                work.fail(session, piece, GIVEN_UP)


def _is_in_hand(piece: WorkItem) -> bool:
    return piece.state == WorkState.RUNNING and not is_free(piece)
