"""Work that goes wrong is set aside and tried again after a pause, so that the next one goes on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine, Integer, Select, cast, delete, select
from sqlalchemy.orm import Session

from models.base import now
from models.database import writing
from models.setback import Setback

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


def begin(session: Session, kind: str, thing: object, problem: str = "") -> Setback:
    """Count a try before it is made: should it break off, the thing rests for a while. `problem`:
    why the last one failed, where that is known."""
    setback = session.scalar(
        select(Setback).where(Setback.kind == kind, Setback.thing == str(thing))
    )
    if setback is None:
        setback = Setback(kind=kind, thing=str(thing), attempts=0, problem="")
        session.add(setback)
    setback.attempts += 1
    setback.problem = problem or setback.problem
    setback.next_try_at = now() + pause_after(setback.attempts)
    return setback


def over(session: Session, kind: str, thing: object) -> None:
    """Forget the setback: the work succeeded, or nobody tries it any more."""
    session.execute(delete(Setback).where(Setback.kind == kind, Setback.thing == str(thing)))


@contextmanager
def counted(engine: Engine, kind: str, thing: object) -> Iterator[None]:
    """Count one try before it, and forget it when it came to its end."""
    with writing(engine) as session, session.begin():
        begin(session, kind, thing)
    yield
    with writing(engine) as session, session.begin():
        over(session, kind, thing)


def resting(kind: str) -> Select[int]:
    """Select the ids of the things that are not tried yet again."""
    chosen = select(cast(Setback.thing, Integer))
    return chosen.where(Setback.kind == kind, Setback.next_try_at > now())


def standing(session: Session, kind: str, least_attempts: int = 1) -> Sequence[Setback]:
    """Return what has failed so often and not succeeded since, the oldest first."""
    chosen = select(Setback).where(Setback.kind == kind, Setback.attempts >= least_attempts)
    return session.scalars(chosen.order_by(Setback.began_at)).all()


def pause_after(attempts: int) -> timedelta:
    """Return the pause after so many tries: twice as long after each, up to an hour."""
    return min(FIRST_PAUSE * int(2 ** min(attempts - 1, 10)), LONGEST_PAUSE)
