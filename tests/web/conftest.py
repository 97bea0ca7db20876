"""A city with one of everything, for tests that walk every screen; and a watch on passwords."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher
from flask import Flask
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.invitations import guests
from meetings.people import passwords, people, sign_ins
from minutes.approval import steps
from minutes.approval.steps import PlannedStep
from minutes.records import records
from minutes.records.content import content_of
from models.person import Role
from models.speech_check import SpeechCheck
from tests.conftest import Cast
from tests.web.test_access import rules, url_of
from tests.world import World


@dataclass
class House:
    """A city with one of everything, which is as it was before after `put_back`."""

    app: Flask
    engine: Engine
    config: Config
    world: World
    other_pages: list[str]
    before: bytes = b""

    def put_back(self) -> None:
        self.engine.dispose()
        for ending in ("-wal", "-shm"):
            self.config.database.with_name(f"{self.config.database.name}{ending}").unlink(True)
        self.config.database.write_bytes(self.before)


@pytest.fixture
def house(
    app: Flask, session: Session, cast: Cast, engine: Engine, config: Config, world: World
) -> House:
    """The organiser has every role. Minutes that are published have a newer revision that waits
    for a decision."""
    for role in (Role.SECRETARY, Role.APPROVER, Role.ADMINISTRATOR):
        people.grant_role(session, cast.organiser, role)
    minutes = records.minutes_of(session, world.published)
    assert minutes is not None
    changed = content_of(minutes.latest).model_copy(update={"place": "別の場所"})
    newer = records.revise(session, cast.secretary, minutes, changed, based_on=1)
    steps.set_steps(session, cast.secretary, world.published.series, [PlannedStep("課長")])
    records.request_approval(session, cast.secretary, newer)
    steps.set_steps(session, cast.secretary, world.published.series, [])
    code = guests.new_code()
    way = guests.add_guest(session, cast.organiser, world.unpublished, code, name="外部 委員")
    check = session.get_one(SpeechCheck, 1)
    check.token_sha256 = sign_ins.hash_of("ownwords")
    session.commit()
    older = [f"/revisions/{revision.id}" for revision in minutes.revisions]
    return House(
        app, engine, config, world, [*older, f"/guest/{way.token}", "/check-links/ownwords"]
    )


def pages_of(house: House) -> Iterator[str]:
    for rule, method in rules(house.app):
        if method == "GET" and not str(rule).startswith(("/api", "/static")):
            yield url_of(rule, house.world)


def route_of(app: Flask, url: str) -> str:
    return str(app.url_map.bind("localhost").match(url, method="POST")[0])


class Watching:
    """Hashes, and sees each time whether somebody else could write meanwhile."""

    def __init__(self, config: Config, hasher: PasswordHasher) -> None:
        self._path = config.database
        self._hasher = hasher
        self.seen = 0

    def look(self) -> None:
        connection = sqlite.connect(self._path, timeout=0)
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")  # "database is locked", if this request holds it
        connection.execute("ROLLBACK")
        connection.close()
        self.seen += 1

    def hash(self, password: str) -> str:
        self.look()
        return self._hasher.hash(password)

    def verify(self, kept: str, password: str) -> bool:
        self.look()
        return self._hasher.verify(kept, password)

    def check_needs_rehash(self, kept: str) -> bool:
        return self._hasher.check_needs_rehash(kept)


@pytest.fixture
def watching(config: Config, monkeypatch: pytest.MonkeyPatch) -> Watching:
    made = Watching(config, passwords.HASHER)
    monkeypatch.setattr(passwords, "HASHER", made)
    return made
