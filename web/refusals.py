"""Refused looks at what is closed, as audit lines: written when the refused request is over, so
that nobody holds the write lock for it, and at the 1st, 2nd, 4th, 8th … time within a minute, so
that whoever asks for a thousand closed things a second costs the database ten short writes."""

import logging
import threading
from dataclasses import replace
from datetime import datetime
from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.exc import OperationalError

from meetings import audit
from models.audit import Result
from models.base import Base, now
from models.database import writing
from models.person import Person
from web import origin
from web.transaction import SAFE_METHODS, engine_of

LOG = logging.getLogger(__name__)
MOST_KEPT = 10_000
PATIENCE_SECONDS = 0.2
RefusalKey = tuple[int | None, str, str]
"""The id of the person, if known, the address, and what was refused."""


class RefusalCounts:
    """Counts how often who was refused within this minute."""

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._counts: dict[RefusalKey, int] = {}
        self._lock = threading.Lock()

    def due(self, who: RefusalKey) -> int:
        """Count one more; how many of them are to be written down now, mostly 0."""
        minute = now().replace(second=0, microsecond=0)
        with self._lock:
            if minute != self._minute or len(self._counts) > MOST_KEPT:
                self._minute, self._counts = minute, {}
            count = self._counts[who] = self._counts.get(who, 0) + 1
        is_power_of_two = count & (count - 1) == 0
        return (count + 1) // 2 if is_power_of_two else 0


def install(app: Flask) -> None:
    """Write the refusal after each request. To be called before `transaction.install`, because what
    is registered first is torn down last."""
    app.teardown_request(_write)


def note(
    verb: str,
    person: Person | None,
    thing: Base | None = None,
    result: Result = Result.NO_RIGHT,
) -> None:
    """Note that this request was refused to this person, and why; None for somebody who is not
    signed in."""
    named = audit.Named.of(thing) if thing is not None else audit.Named(_route())
    g.refusal = (verb, person.id if person else None, named, result)


def note_not_now() -> None:
    """Note that what somebody who may do it wanted to change cannot be done now, with the route:
    what it would have done is not known here."""
    if request.method in SAFE_METHODS or "acting" not in g:
        return
    person_id, thing = g.acting
    g.refusal = ("change", person_id, replace(thing, table=_route()), Result.NOT_NOW)


def note_acting(person: Person, thing: Base | None = None) -> None:
    """Remember who acts in this request, and on what, for the case that it is refused later."""
    if thing is not None:
        g.acting = (person.id, audit.Named.of(thing))
    elif "acting" not in g:
        g.acting = (person.id, audit.NOTHING)


def _route() -> str:
    """Return the route that was asked for, without what stood in its places: that may be secret."""
    return request.url_rule.rule[:60] if request.url_rule else ""


def note_outside_zone(person_id: int | None) -> None:
    """Note that this request came from a network from which this person may not do that."""
    g.refusal = ("zone", person_id, audit.Named(_route()), Result.NO_RIGHT)


def _write(_problem: BaseException | None) -> None:
    if "refusal" not in g:
        return
    verb, person_id, thing, result = g.pop("refusal")
    came = origin.of_request()
    counts = cast(RefusalCounts, current_app.extensions["refusals"])
    times = counts.due((person_id, came.address, verb))
    if not times:
        return
    LOG.warning("refused: %s, person %s from %s", verb, person_id, came.address)
    try:
        engine = engine_of(current_app)
        with (
            audit.coming_from(came),
            writing(engine, patience_seconds=PATIENCE_SECONDS) as session,
            session.begin(),
        ):
            audit.note_refusal(session, verb, came.address, person_id, thing, times, result)
    except OperationalError:
        LOG.exception("a refusal could not be written down")
