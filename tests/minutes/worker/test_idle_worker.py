"""A worker with nothing to do looks up what is open and reads no table from end to end: after ten
years it costs no more than on the first day."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.documents import appearance, preparation
from meetings.invitations import mail, notices
from minutes.meeting_stages import waiting_for
from minutes.terms import papers
from minutes.transcription import normalised, scheduling
from models.database import reading
from tests.conftest import Cast

pytestmark = pytest.mark.hostile

WHOLE_TABLE = re.compile(r"SCAN (\w+)")
"""How SQLite's plan says it; with an index that is smaller than the table it says which."""

SMALL = {"department"}
"""What a city has few of."""


@pytest.mark.parametrize(
    "look",
    [
        lambda engine, config: preparation.prepare_some(engine, Storage(config.home)),
        lambda engine, config: appearance.compare_some(engine, Storage(config.home)),
        lambda engine, config: papers.collect_some(engine),
        lambda engine, config: _read(engine, scheduling.next_piece),
        lambda engine, config: _read(engine, scheduling.give_up_hopeless),
        lambda engine, config: _read(engine, lambda s: normalised.clear(s, config.home)),
        lambda engine, config: _read(engine, mail._next),
        lambda engine, config: _read(engine, lambda s: notices.add_reminders(s, 1)),
    ],
    ids=["pages", "looks", "terms", "turn", "hopeless", "sounds", "mail", "reminders"],
)
def test_what_the_worker_looks_for_all_the_time_is_found_by_an_index(
    engine: Engine, config: Config, look: Callable[[Engine, Config], Any]
) -> None:
    normalised.folder_of(config.home).mkdir(parents=True, exist_ok=True)
    with _planned(engine) as plans:
        look(engine, config)
    assert plans, "it asked nothing"
    assert _read_whole(plans) == []


def test_what_waits_for_somebody_is_found_among_what_is_in_work(engine: Engine, cast: Cast) -> None:
    with _planned(engine) as plans:
        _read(engine, lambda session: waiting_for(session, session.merge(cast.secretary)))
    assert _read_whole(plans) == []


def _read(engine: Engine, look: Callable[..., Any]) -> None:
    with reading(engine) as session:
        look(session)
        session.rollback()


def _read_whole(plans: list[str]) -> list[str]:
    found = [(plan, match[1]) for plan in plans if (match := WHOLE_TABLE.match(plan))]
    return [plan for plan, table in found if table not in SMALL and "USING" not in plan]


@contextmanager
def _planned(engine: Engine) -> Iterator[list[str]]:
    """The steps of SQLite's plan for everything that is asked meanwhile."""
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, values: Any, *_others: Any) -> None:
        if statement.startswith("SELECT"):
            steps = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(step[3] for step in steps)

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", explain)
