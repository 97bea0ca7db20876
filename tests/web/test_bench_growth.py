"""`gijido bench growth`: a whole city is filled in, and every page of it is answered."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.storage import Storage
from models.meeting import Meeting
from models.minutes import Publication
from models.person import Person
from models.transcript import Segment
from tests.conftest import Cast
from tests.world import build_world
from web.bench import city, growth


@pytest.fixture
def filled(config: Config, session: Session, storage: Storage, cast: Cast) -> Iterator[Config]:
    """The smallest city on top of the world of the tests."""
    build_world(session, storage, cast)
    session.commit()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    city.fill(engine, city.LEAST)
    yield config


def test_a_city_is_filled_in_and_each_of_its_pages_is_answered(
    filled: Config, session: Session
) -> None:
    def count(table: type) -> int:
        return session.scalar(select(func.count()).select_from(table)) or 0

    assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    assert count(Meeting) >= city.LEAST.meetings and count(Person) >= city.LEAST.people
    assert count(Segment) > city.SEGMENTS and count(Publication) > 1
    session.commit()
    site = growth.Site(filled)
    for login, url in growth.PAGES.values():
        milliseconds, queries = site.ask(login, url)
        assert milliseconds > 0 and queries > 0


def test_a_share_is_so_much_of_everything_and_at_least_one_of_each() -> None:
    tenth = city.amounts(0.1)
    assert (tenth.meetings, tenth.people, tenth.series) == (600, 150, 10)
    assert city.amounts(0.0001) == city.LEAST
