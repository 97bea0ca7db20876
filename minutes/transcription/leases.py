"""Who works on a piece of work: a chunk, or a step beside the chunks.

Whoever takes a piece gets a lease, a word that nobody else knows, and renews it while it works.
When it is not renewed the piece is free again; whoever comes later with an old word is refused.
"""

import secrets
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.base import now
from models.recording import Chunk, Step, Transcription, WorkState

LEASE = timedelta(seconds=90)
RENEWALS = 15
"""So often a worker renews a lease before it runs out."""

MOST_ATTEMPTS = 3
"""Attempts of a piece in a row without a word or a result: then it is given up."""

STILL_WANTED = (WorkState.RUNNING, WorkState.PAUSED)

WorkItem = Chunk | Step
WorkItemT = TypeVar("WorkItemT", bound=Chunk | Step)


class LeaseLost(Exception):
    """The piece was cancelled or belongs to another worker by now."""


def is_free(piece: WorkItem) -> bool:
    """Nobody works on it.

    A lease that ends later than leases do was given before the clock went back. Its worker, if
    it lives, renews it within seconds; if it does not, nobody should wait for hours.
    """
    if piece.state == WorkState.WAITING:
        return True
    if piece.state != WorkState.RUNNING:
        return False
    left = (piece.lease_until or now()) - now()
    return not timedelta(0) < left <= 2 * LEASE


def take(session: Session, piece: WorkItem) -> str:
    """Lease it. Ask `is_free` in the same transaction."""
    piece.lease = secrets.token_hex(16)
    piece.lease_until = now() + LEASE
    piece.attempts += 1
    piece.state = WorkState.RUNNING
    if isinstance(piece, Chunk):
        piece.taken_at = _next_turn(session)
    session.flush()
    return piece.lease


def hold(session: Session, kind: type[WorkItemT], piece_id: int, lease: str) -> WorkItemT:
    """The piece, with its lease renewed. Raises LeaseLost when it is not this worker's any more.

    However late the worker is: as long as nobody else took the piece, it may go on. What it heard
    of a transcription that was paused meanwhile is kept, of a cancelled one not.
    """
    whose = [kind.id == piece_id, kind.lease == lease, kind.state == WorkState.RUNNING]
    if kind is Chunk:
        whose.append(Chunk.transcription.has(Transcription.state.in_(STILL_WANTED)))
    renewed: WorkItemT | None = session.scalar(
        update(kind).where(*whose).values(lease_until=now() + LEASE).returning(kind)
    )
    if renewed is None:
        raise LeaseLost()
    return renewed


def renew(session: Session, piece: WorkItem) -> None:
    """Say that somebody still works on it; nothing when it is somebody else's by now."""
    kind = type(piece)
    session.execute(
        update(kind)
        .where(kind.id == piece.id, kind.lease == piece.lease, kind.state == WorkState.RUNNING)
        .values(lease_until=now() + LEASE)
    )


def give_back(piece: WorkItem) -> None:
    """A worker that has to stop leaves a piece that it holds to the next one, without counting a
    failure."""
    piece.state, piece.lease, piece.lease_until = WorkState.WAITING, None, None
    piece.attempts -= 1


def end(piece: WorkItem, state: WorkState) -> None:
    piece.state, piece.lease, piece.lease_until = state, None, None
    if isinstance(piece, Step):
        piece.ended_at = now()


def _next_turn(session: Session) -> datetime:
    """Now, but always after the last one: whose turn it is must not depend on a clock that goes
    back."""
    last = session.scalar(select(func.max(Chunk.taken_at)))
    return max(now(), last + timedelta(microseconds=1)) if last else now()
