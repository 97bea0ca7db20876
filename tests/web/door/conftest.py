"""One server on a port of its own for all tests of the door."""

import hashlib
import io
import os
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import config as settings
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.settings.server import StorageSettings
from models.base import now
from models.database import connect, writing
from models.document import DocumentVersion
from models.meeting import Meeting
from models.person import Person, SignIn
from tests.serving import served_on_a_port
from web import access
from web.app import create_app
from web.bench.harness.hostile_clients import ServerAddress
from web.demo import builders
from web.streams.live import Hub

BIG_BYTES = 30_000_000
MOST_PER_ADDRESS = 40
NEIGHBOUR = "127.0.0.2"
"""Another machine of the network, as the server sees it."""


@dataclass
class Odd:
    """Routes that no product has, and what became of them."""

    hold: threading.Event = field(default_factory=threading.Event)
    closed: list[str] = field(default_factory=list)

    def add_to(self, app: Flask) -> None:
        for path, answer in (
            ("/odd/header", lambda: Response(self._pieces("header", 5), headers={"X-A": "a\x7f"})),
            ("/odd/held", self._held),
            ("/odd/broken", lambda: Response(self._pieces("broken", 40, breaks=True))),
        ):
            app.add_url_rule(path, path, access.anyone(partial(answer)))

    def _held(self) -> str:
        self.hold.wait(60)
        return "held"

    def _pieces(self, name: str, count: int, *, breaks: bool = False) -> Iterator[bytes]:
        try:
            for _ in range(count):
                yield b"x" * 100_000
            if breaks:
                raise OSError("the disk is gone")
        finally:
            self.closed.append(name)


@dataclass(frozen=True)
class Hall:
    """A server with a meeting whose first document is large, and tokens of who takes part."""

    place: ServerAddress
    app: Flask
    config: Config
    engine: Engine
    meeting_id: int
    version_id: int
    organiser: str
    attendee: str
    odd: Odd

    @property
    def big_file(self) -> str:
        return f"/versions/{self.version_id}/file"

    @property
    def hub(self) -> Hub:
        found: Hub = self.app.extensions["hub"]
        return found

    def arriving(self) -> list[Path]:
        return list((self.config.home / "arriving").iterdir())


@pytest.fixture(scope="session")
def hall(peopled_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    home = tmp_path_factory.mktemp("door")
    loaded = settings.load()
    config = replace(
        loaded,
        storage=StorageSettings(home=str(home)),
        server=replace(loaded.server, connections_per_address=MOST_PER_ADDRESS),
        limits=replace(loaded.limits, spare_mb=10, document_mb=8),
    )
    config.database.write_bytes(peopled_database.read_bytes())
    engine = connect(config.database)
    app, odd = create_app(config, engine), Odd()
    odd.add_to(app)
    meeting_id, version_id = _set_up(engine, Storage(home))
    organiser, attendee = (sign_in(engine, login) for login in ("koga", "okuma"))
    with served_on_a_port(app) as port:
        yield Hall(
            ServerAddress(port),
            app,
            config,
            engine,
            meeting_id,
            version_id,
            organiser,
            attendee,
            odd,
        )
        odd.hold.set()
    engine.dispose()


def sign_in(engine: Engine, login: str) -> str:
    """A new token of this person."""
    token = secrets.token_urlsafe(24)
    with writing(engine) as session, session.begin():
        session.add(
            SignIn(
                person=session.scalars(select(Person).where(Person.login == login)).one(),
                token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                is_script=True,
                expires_at=now() + timedelta(hours=12),
            )
        )
    return token


def _set_up(engine: Engine, storage: Storage) -> tuple[int, int]:
    with writing(engine) as session, session.begin():
        koga = session.scalars(select(Person).where(Person.login == "koga")).one()
        meeting = _meeting(session, koga)
        source = builders.folder("dx-council")
        builders.add_materials(session, storage, koga, meeting, source)
        session.flush()
        version = session.scalars(select(DocumentVersion)).first()
        assert version is not None
        stored = storage.add(io.BytesIO(os.urandom(BIG_BYTES)), BIG_BYTES)
        version.sha256, version.size_bytes = stored.sha256, stored.size_bytes
        return meeting.id, version.id


def _meeting(session: Session, koga: Person) -> Meeting:
    meeting = builders.add_meeting(
        session,
        koga,
        builders.folder("dx-council"),
        series="DX推進計画策定懇話会",
        department=koga.department,
        starts_at=now() - timedelta(minutes=5),
    )
    session.flush()
    return meeting
