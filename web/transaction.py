"""One database session per request, committed in one place."""

from collections.abc import Callable
from typing import cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.storage import Storage
from models.database import reading, writing

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def install(app: Flask) -> None:
    app.after_request(_commit)
    app.teardown_request(_close)


def database_session() -> Session:
    """The session of this request. A changing request holds the write lock from its first query
    until the end, so a view that does slow work calls `release` before it."""
    if "session" not in g:
        engine = engine_of(current_app)
        is_change = request.method not in SAFE_METHODS
        g.session = writing(engine) if is_change else reading(engine)
    return cast(Session, g.session)


def release() -> None:
    """End the transaction, and with it the write lock; the next query begins another."""
    database_session().rollback()


def after_commit(announce: Callable[[], None]) -> None:
    """Run this when what the request changed is on disk; never when it was refused."""
    g.setdefault("announcements", []).append(announce)


def engine_of(app: Flask) -> Engine:
    return cast(Engine, app.extensions["engine"])


def storage() -> Storage:
    return cast(Storage, current_app.extensions["storage"])


def config() -> Config:
    return cast(Config, current_app.extensions["config"])


def _commit(response: Response) -> Response:
    session: Session | None = g.get("session")
    if session is not None:
        if response.status_code < 400:
            session.commit()
            for announce in g.pop("announcements", []):
                announce()
        else:
            session.rollback()
    return response


def _close(_problem: BaseException | None) -> None:
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()
