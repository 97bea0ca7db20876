"""Leases: which worker works on a piece of work: a chunk, a step, or an upload that is complete.

A worker that takes a piece gets a lease with a random token and renews it while it works. If the
lease is not renewed, the piece is free again. A worker whose token is no longer that of the piece
is refused.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from models.base import now
from models.database import writing
from models.recording import Chunk, Step, Transcription, WorkState
from models.upload import Upload

LEASE = timedelta(seconds=90)
"""How long a lease is valid without renewal."""
RENEWALS = 15
"""How often a worker renews a lease during that time."""

MOST_ATTEMPTS = 3
"""Attempts in a row without a new segment or a result, after which a piece is given up."""

STILL_WANTED = (WorkState.RUNNING, WorkState.PAUSED)
"""States of a transcription in which what a worker recognised is still stored."""

WorkItem = Chunk | Step
WorkItemT = TypeVar("WorkItemT", bound=Chunk | Step)
Leased = WorkItem | Upload


class LeaseLost(Exception):
    """Raised if the piece was cancelled or another worker has it."""


def is_free(piece: WorkItem) -> bool:
    """Return whether nobody works on the piece."""
    is_running = piece.state == WorkState.RUNNING
    return piece.state == WorkState.WAITING or (is_running and is_over(piece))


def is_over(piece: Leased) -> bool:
    """Return whether the piece has no lease, or one that was not renewed in time.

    A lease that ends later than is possible was taken before the clock was set back, and is over
    too. If its worker is alive it renews the lease within seconds; if not, nobody should wait for
    hours.
    """
    left = (piece.lease_until or now()) - now()
    return not timedelta(0) < left <= 2 * LEASE


def take(session: Session, piece: WorkItem) -> str:
    """Take the piece for a worker and return the lease's token. Call `is_free` in the same
    transaction first.
    """
    token = begin(piece)
    piece.state = WorkState.RUNNING
    if isinstance(piece, Chunk):
        piece.taken_at = _next_turn(session)
    session.flush()
    return token


def begin(piece: Leased) -> str:
    """Give the piece a new lease, count the attempt and return the lease's token."""
    piece.lease, piece.lease_until = secrets.token_hex(16), now() + LEASE
    piece.attempts += 1
    return piece.lease


def hold(session: Session, kind: type[WorkItemT], piece_id: int, lease: str) -> WorkItemT:
    """Renew the lease and return the piece. Raises LeaseLost if it is no longer this worker's.

    However late the worker is, it may go on as long as nobody else took the piece. If the
    transcription was paused meanwhile, what it recognised is stored; if it was cancelled, not.
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
    """Renew the lease if the piece is still this worker's; does nothing otherwise."""
    kind = type(piece)
    session.execute(
        update(kind)
        .where(kind.id == piece.id, kind.lease == piece.lease, kind.state == WorkState.RUNNING)
        .values(lease_until=now() + LEASE)
    )


@contextmanager
def renewed(engine: Engine, kind: type[Leased], piece_id: int, token: str) -> Iterator[None]:
    """Renew the lease in a thread, as long as the block lasts and the piece is still whose token
    this is: for work that takes longer than a lease.
    """
    done = threading.Event()
    whose = (kind.id == piece_id, kind.lease == token)

    def go_on() -> None:
        while not done.wait(LEASE.total_seconds() / RENEWALS):
            with writing(engine) as session, session.begin():
                session.execute(update(kind).where(*whose).values(lease_until=now() + LEASE))

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def give_back(piece: WorkItem) -> None:
    """Free a piece whose worker has to stop, without counting a failed attempt."""
    piece.state, piece.lease, piece.lease_until = WorkState.WAITING, None, None
    piece.attempts -= 1


def end(piece: WorkItem, state: WorkState) -> None:
    """End the lease and set the state of the piece."""
    piece.state, piece.lease, piece.lease_until = state, None, None
    if isinstance(piece, Step):
        piece.ended_at = now()


def _next_turn(session: Session) -> datetime:
    """Return the current time, but always later than the last one, so that the order of turns does
    not depend on a clock that is set back.
    """
    last = session.scalar(select(func.max(Chunk.taken_at)))
    return max(now(), last + timedelta(microseconds=1)) if last else now()
