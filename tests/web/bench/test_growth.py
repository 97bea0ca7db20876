"""`gijido bench growth`: a whole city is filled in, and every page of it is answered."""

import shutil
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.settings.server import StorageSettings
from models.base import Base
from models.database import connect
from models.meeting import Meeting
from models.minutes import Publication
from models.transcript import Segment
from tests.world import World
from web.bench import growth
from web.bench.city import city

pytestmark = pytest.mark.slow

TWICE = city.Amounts(departments=6, people=60, series=2, meetings=70)


def test_every_page_of_a_city_is_answered_and_asks_as_often_in_one_twice_as_large(
    config: Config, session: Session, world: World
) -> None:
    """On top of the world of the tests. Once more where a list has a second page: its rows are
    counted then."""
    session.get_bind().dispose()  # type: ignore[union-attr]
    other = replace(config, storage=StorageSettings(home=f"{config.home}-twice"))
    shutil.copytree(config.home, other.home)
    for home, size in ((config, city.LEAST), (other, TWICE)):
        city.fill(connect(home.database), size)
    assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    assert _count(session, Meeting) >= city.LEAST.meetings
    assert _count(session, Segment) > city.SEGMENTS and _count(session, Publication) > 1
    session.commit()
    sites = growth.Site(config), growth.Site(other)
    asked = {
        name: [site.ask(*page).queries for site in sites] for name, page in growth.PAGES.items()
    }
    assert {name: counts for name, counts in asked.items() if counts[1] - counts[0] > 1} == {}


def _count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_share_is_so_much_of_everything_and_at_least_one_of_each() -> None:
    tenth = city.amounts(0.1)
    assert (tenth.meetings, tenth.people, tenth.series) == (600, 150, 10)
    assert city.amounts(0.0001) == city.LEAST
