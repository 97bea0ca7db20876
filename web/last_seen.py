"""The time when a sign-in was last used: written when the answer is ready, at most every ten
minutes for each terminal. Nobody waits for it; when it cannot be written now, the next request
will."""

from contextlib import suppress

from flask import Flask, current_app, g
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from meetings.people import sign_ins
from models.base import now
from models.database import writing
from models.person import SignIn
from web.transaction import engine_of

PATIENCE_SECONDS = 0.2


def install(app: Flask) -> None:
    """Write the time after each request. To be called before `transaction.install`, because what is
    registered first is torn down last."""
    app.teardown_request(_write)


def note(entry: SignIn) -> None:
    if sign_ins.must_be_noted(entry):
        g.seen_sign_in = entry.id


def _write(_problem: BaseException | None) -> None:
    sign_in_id = g.pop("seen_sign_in", None)
    if sign_in_id is None:
        return
    engine = engine_of(current_app)
    with (
        suppress(OperationalError),
        writing(engine, patience_seconds=PATIENCE_SECONDS) as session,
        session.begin(),
    ):
        session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now()))
