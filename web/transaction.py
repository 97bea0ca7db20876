"""One database session per request, committed in one place.

It only reads until the view asks for `database_session`: who asks, whether they may, what was sent
and whatever takes long comes before that, by `reading_session`. So a changing view has two parts:

    prepared = records.prepare(reading_session(), …)     # slow; nobody waits for it
    records.write(database_session(), …, prepared)       # short; sees that nothing changed

The second part sees the newest rows, and whether the person still may is asked once more. What an
answer of thousands of rows needs is read after `settle`.

What changes of that which the terminals of a meeting are shown is noticed when it is flushed, and
told after the commit: no view has to remember it.
"""

from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from meetings import audit
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.scanning.quarantine import Gate
from meetings.sitting.live_changes import LiveThing, changed_by_flush
from models.database import for_writing, reading
from web import origin

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
PATIENCE_SECONDS = 5.0
"""So long a request waits for its turn to write; then it is told to come again."""

MOST_WAITING = 12
"""Requests that wait to write: the other threads go on reading."""

Telling = Callable[[Session, Collection[LiveThing]], Iterable[Callable[[], None]]]
"""Reads before the commit what is to be told of these things, and returns what tells it after."""

ViewT = TypeVar("ViewT", bound=Callable[..., Any])
Decided = TypeVar("Decided")


class Phase(Enum):
    READING = auto()
    WRITING = auto()
    SETTLED = auto()


@dataclass
class _Transaction:
    """The state of a request's transaction. `flushed` keeps the rows by which something `changed`,
    so that they are not read once more to tell of it."""

    session: Session
    phase: Phase = Phase.READING
    decide: Callable[[], Any] | None = None
    changed: set[LiveThing] = field(default_factory=set)
    flushed: list[object] = field(default_factory=list)
    announcements: list[Callable[[], None]] = field(default_factory=list)


class Application(Flask):
    """Ends a request's transaction where the error handlers still reach: an answer that says that
    something was saved leaves only when it is."""

    def dispatch_request(self) -> Any:
        with audit.coming_from(origin.of_request()), ExitStack() as undo:
            undo.callback(release)
            answer = self.make_response(super().dispatch_request())
            _end(answer)
            undo.pop_all()
        return answer


def install(app: Flask, telling: Telling) -> None:
    app.extensions["telling"] = telling
    app.teardown_request(_close)


def reads(view: ViewT) -> ViewT:
    """Declare that a view changes nothing, whatever its method: it never takes the write lock."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def urgent(view: ViewT) -> ViewT:
    """Declare that a hall waits for this view: it goes before the others that want to write."""
    view.is_urgent = True  # type: ignore[attr-defined]
    return view


def reading_session() -> Session:
    """Return the session of this request, for what only looks."""
    return _of_request().session


def database_session() -> Session:
    """Return the session of this request, for what changes something as well. The first call of a
    changing request takes the write lock; it is held until the answer is ready, or until `settle`.

    Everything that was read before is read anew, and who may is decided once more.
    """
    mine = _of_request()
    if mine.phase is Phase.READING and _may_write():
        _switch(mine, Phase.WRITING)
        if mine.decide is not None:
            mine.decide()
    return mine.session


def settle() -> None:
    """Commit now. What follows only reads, and needs no lock."""
    mine = _of_request()
    if mine.phase is Phase.WRITING:
        mine.session.expire_on_commit = False
        _commit(mine)
        _switch(mine, Phase.SETTLED)
        _announce(mine)


def release() -> None:
    """Undo what was not settled, and let the others write; the next `database_session` begins
    anew."""
    if "transaction" in g:
        mine = _of_request()
        mine.changed.clear()
        mine.flushed.clear()
        mine.announcements.clear()
        _switch(mine, Phase.READING)


def decided(decide: Callable[[], Decided]) -> Decided:
    """Call `decide`, which raises when the person may not, and return what it returns; it is called
    again when something is changed."""
    _of_request().decide = decide
    return decide()


def after_commit(announce: Callable[[], None]) -> None:
    """Run this when what the request changed is on disk; never when it was refused."""
    _of_request().announcements.append(announce)


def engine_of(app: Flask) -> Engine:
    return cast(Engine, app.extensions["engine"])


def storage() -> Storage:
    return cast(Storage, current_app.extensions["storage"])


def gate() -> Gate:
    """Return what every file from outside passes before it is opened."""
    return cast(Gate, current_app.extensions["gate"])


def config() -> Config:
    return cast(Config, current_app.extensions["config"])


def view_says(word: str) -> bool:
    """Return whether the view of this request was declared so by one of the decorators."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), word, False))


def _of_request() -> _Transaction:
    if "transaction" not in g:
        session = reading(engine_of(current_app))
        g.transaction = mine = _Transaction(session)
        event.listen(session, "before_flush", lambda *_: _refuse_unless_writing(mine))
        event.listen(session, "after_flush", lambda *_: _notice(mine))
    return cast(_Transaction, g.transaction)


def _may_write() -> bool:
    return request.method not in SAFE_METHODS and not view_says("only_reads")


def _switch(mine: _Transaction, phase: Phase) -> None:
    """Roll back, so that the next query begins a transaction of this kind."""
    mine.session.rollback()
    engine = engine_of(current_app)
    is_writing = phase is Phase.WRITING
    mine.session.bind = (
        for_writing(engine, is_urgent=view_says("is_urgent")) if is_writing else engine
    )
    mine.phase = phase


def _refuse_unless_writing(mine: _Transaction) -> None:
    if mine.phase is not Phase.WRITING:
        raise RuntimeError("a row was changed without database_session()")


def _notice(mine: _Transaction) -> None:
    if changed := changed_by_flush(mine.session):
        mine.changed |= changed
        mine.flushed += (*mine.session.new, *mine.session.dirty)


def _end(answer: Response) -> None:
    """Commit, unless the answer is a refusal."""
    if "transaction" not in g:
        return
    mine = _of_request()
    if answer.status_code >= 400:
        release()
        return
    _commit(mine)
    _announce(mine)


def _commit(mine: _Transaction) -> None:
    mine.session.flush()
    telling: Telling = current_app.extensions["telling"]
    mine.announcements += telling(mine.session, mine.changed)
    mine.session.commit()
    mine.changed.clear()
    mine.flushed.clear()


def _announce(mine: _Transaction) -> None:
    announcements, mine.announcements = mine.announcements, []
    for announce in announcements:
        announce()


def _close(_problem: BaseException | None) -> None:
    mine: _Transaction | None = g.pop("transaction", None)
    if mine is not None:
        mine.session.close()
