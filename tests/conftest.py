"""The fixed cast, a fresh city for every test, and ways in: domain, pages, API."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from werkzeug.test import TestResponse
from xdist.scheduler import LoadScopeScheduling

from meetings import config as settings
from meetings.cell import Cell
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.people import passwords
from meetings.settings.server import StorageSettings
from meetings.settings.work import SpeakerSettings
from minutes.speech_models import speech_model
from models import database
from models.base import now
from models.database import connect, migrate, reading
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording
from models.transcript import Transcript
from tests import network, speech_models
from tests.cast import Cast, cast_of
from tests.cells import AskedOnce
from tests.cities import PARTS, Cities
from tests.oidc_provider import MODULES, NODE, RunningProvider, oidc_provider
from tests.parts import TwoParts, add_spare, find_two_parts, transcript_of
from tests.shelf import Shelf
from tests.slapd import SERVER as SLAPD
from tests.slapd import Slapd, slapd
from tests.world import World, find_world
from web.app import attach, create_app
from web.demo import builders, papers
from web.demo.people import PASSWORD

# How long an example takes says more about the machine than about the code.
hypothesis.register_profile("untimed", deadline=None)
hypothesis.load_profile("untimed")


MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 4_000_000_000

# Every change of a city is waited for until it is on the disk, thousands of times: in memory that
# is at once. `--basetemp` moves it elsewhere.
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


class LiveTestsTogether(LoadScopeScheduling):
    """File by file to whoever is free, but those of the demo's live server to one process: it
    takes minutes of processor until it has heard its recordings."""

    def _split_scope(self, nodeid: str) -> str:
        path = Path(nodeid.split("::")[0])
        return str(path.parent if path.parent.name == "live" else path)


def pytest_configure(config: pytest.Config) -> None:
    """Leave the network before other processes of the tests begin, so that all are in one."""
    if not hasattr(config, "workerinput"):
        network.leave()


def pytest_report_header() -> str:
    return f"network: {'loopback only' if network.is_left() else 'that of this machine'}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LiveTestsTogether:
    return LiveTestsTogether(config, log)


READS_WHOLE_FILES = {
    "meetings/documents/test_appearance.py",
    "meetings/documents/test_versions.py",
    "minutes/archives/test_meeting_archive.py",
    "minutes/forms/test_templates.py",
    "minutes/imports/test_reading.py",
    "minutes/sealing/test_verifying.py",
    "minutes/sound/test_audio.py",
    "minutes/sound/test_mp4_recovery.py",
    "minutes/sound/test_protection.py",
    "minutes/voices/test_step.py",
    "minutes/worker/test_worker.py",
}
"""Tests that decode sound, compare pictures, or read and write whole Word files and PDFs, mostly in
processes of their own: seconds for each file of them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser by where it stands, what runs a speech model by its fixture (the
    small one is loaded and run as a large one is), and what is slow by its files."""
    for item in items:
        if str(item.path.relative_to(Path(__file__).parent)) in READS_WHOLE_FILES:
            item.add_marker("slow")
        if Path(__file__).parent / "e2e" in item.path.parents:
            item.add_marker("browser")
        if "small_model" in getattr(item, "fixturenames", ()):
            item.add_marker("model")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The last lines say what was not tested on this machine, and what would bring it: a reason
    for skipping names its command in brackets."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        terminalreporter.section("not tested on this machine")
    for reason, number in reasons.most_common():
        terminalreporter.write_line(f"{number} skipped: {reason}")


@pytest.fixture(scope="session")
def running_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    """OpenLDAP's server, started once for all tests of a process."""
    if not Path(SLAPD).exists():
        pytest.skip("slapd is not installed (Debian: slapd)")
    with slapd(tmp_path_factory.mktemp("slapd")) as running:
        yield running


@pytest.fixture
def directory(running_directory: Slapd) -> Iterator[Slapd]:
    """A directory without anybody in it yet."""
    yield running_directory
    running_directory.clear()


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    """A real OpenID provider, started once for all tests of a process."""
    if not (NODE and (MODULES / "oidc-provider").exists()):
        pytest.skip("Node.js or its oidc-provider is not installed (make dev)")
    with oidc_provider(tmp_path_factory.mktemp("oidc"), settings.load().address) as running:
        yield running


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once; every test copies it."""
    path = tmp_path_factory.mktemp("database") / "gijido.sqlite3"
    migrate(path)
    return path


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hashed so fast that hundreds of people can be made and sign in."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "HASHER", cheap)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Every test has a database of its own and with it an engine, which would translate each
    statement into SQL anew: a fifth of the time of a test."""
    compiled: dict[Any, Any] = {}
    first = create_engine("sqlite://", module=sqlite)
    first.connect().close()

    def like_the_first(*arguments: Any, **options: Any) -> Engine:
        engine = create_engine(*arguments, **options)
        engine.dialect = first.dialect  # a part of the key of what was compiled
        engine.update_execution_options(compiled_cache=compiled)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", like_the_first)
        yield


@pytest.fixture(scope="session", autouse=True)
def files_measured_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(papers, "to_pdf", cache(papers.to_pdf))
        patch.setattr(Cell, "ask", AskedOnce().ask)
        yield


@pytest.fixture(scope="session")
def cities(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Cities:
    return Cities(tmp_path_factory.mktemp("cities"), empty_database)


@pytest.fixture(scope="session")
def peopled_database(cities: Cities, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the people of the demo."""
    home = tmp_path_factory.mktemp("peopled")
    cities.copy(set(), home)
    return home / "gijido.sqlite3"


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole speech model that loads at once and hears nothing sensible."""
    home = tmp_path_factory.mktemp("speech-models")
    return speech_models.make_small(speech_model.prepare(home).folder, home / "small")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """As delivered; voices are told apart only where a test is about that: it costs seconds."""
    home, apart = (
        StorageSettings(home=str(tmp_path / "home")),
        SpeakerSettings(tell_apart=False),
    )
    return replace(settings.load(), storage=home, speakers=apart)


@pytest.fixture
def storage(config: Config) -> Storage:
    return Storage(config.home)


def a_city_with(part: str) -> Any:
    """A fixture that says: in the test that asks for it, by whatever way, the city has this part
    from the beginning (`tests/cities.py`)."""
    return pytest.fixture(lambda: None, name=f"city_with_{part}")


city_with_meeting = a_city_with("meeting")
city_with_recording = a_city_with("recording")
city_with_transcript = a_city_with("transcript")
city_with_two_parts = a_city_with("two_parts")
city_with_world = a_city_with("world")


@pytest.fixture
def engine(config: Config, cities: Cities, request: pytest.FixtureRequest) -> Iterator[Engine]:
    parts = {part for part in PARTS if f"city_with_{part}" in request.fixturenames}
    cities.copy(parts, config.home)
    engine = connect(config.database)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A domain test's session. Commit it before going through pages or the API, and once more
    before looking at what they changed. It takes no write lock by reading (`writing` would, and
    the next request would wait for it in vain), but before it writes: others may have written
    since it read."""
    with reading(engine) as session:
        event.listen(session, "before_flush", lambda *_: _take_write_lock(session))
        event.listen(session, "do_orm_execute", _lock_for_changes)
        event.listen(session, "after_transaction_end", _forget_write_lock)
        yield session


def _forget_write_lock(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:  # each flush and each savepoint is a transaction within another
        session.info.clear()


def _lock_for_changes(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        _take_write_lock(state.session)


def _take_write_lock(session: Session) -> None:
    """In place of the transaction that has only read so far."""
    if not session.info.get("has_write_lock"):
        connection = session.connection()
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        session.info["has_write_lock"] = True


@pytest.fixture
def cast(session: Session) -> Cast:
    return cast_of(session)


@pytest.fixture
def meeting(session: Session, city_with_meeting: None) -> Meeting:
    """Today's meeting of dx-council, committed: agenda and invitations, no documents yet."""
    made = session.scalars(select(Meeting).order_by(Meeting.id)).first()
    assert made is not None
    begin_ten_minutes_ago(made)
    session.commit()
    return made


def begin_ten_minutes_ago(meeting: Meeting) -> None:
    meeting.starts_at = now() - timedelta(minutes=10)
    meeting.ends_at = meeting.starts_at + builders.LENGTH


@pytest.fixture(scope="session")
def shared_app(peopled_database: Path) -> Flask:
    """Routes and templates take half a second to make: once for all tests. Nobody adds to them
    or looks at its data."""
    home = peopled_database.parent
    loaded = replace(settings.load(), storage=StorageSettings(home=str(home)))
    return create_app(loaded, connect(peopled_database))


@pytest.fixture
def app(shared_app: Flask, config: Config, engine: Engine) -> Iterator[Flask]:
    """The application on this test's own data."""
    before = dict(shared_app.config)
    attach(shared_app, config, engine)
    shared_app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield shared_app
    shared_app.config.clear()
    shared_app.config.update(before)


@pytest.fixture
def own_app(config: Config, engine: Engine) -> Flask:
    """For a test that gives it another route."""
    made = create_app(config, engine)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


class Browser(FlaskClient):
    """A test client that can sign in."""

    def sign_in(self, person: Person) -> "Browser":
        answer = self.post("/sign-in", data={"login": person.login, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return self


@pytest.fixture
def citizen(app: Flask) -> Browser:
    """Not signed in."""
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def browse(app: Flask, session: Session) -> object:
    """`browse(cast.secretary)` is a client signed in as that person, after committing."""
    app.test_client_class = Browser

    def signed_in(person: Person) -> Browser:
        session.commit()
        client = app.test_client()
        assert isinstance(client, Browser)
        client.sign_in(person)
        session.commit()  # what it read before that is old now
        return client

    return signed_in


@dataclass
class Script:
    """`call` gives the JSON of an answer with the expected status."""

    client: FlaskClient
    token: str

    def open(self, method: str, path: str, **how: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **how.pop("headers", {})}
        return self.client.open("/api" + path, method=method, headers=headers, **how)

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        how = {} if body is None else {"json": body}
        answer = self.open(method, path, **how)
        assert answer.status_code == status, f"{method} {path}: {answer.status} {answer.text}"
        return answer.get_json() if answer.data else None

    def get(self, path: str, *, status: int = 200) -> Any:
        return self.call("GET", path, status=status)


@pytest.fixture
def script(app: Flask, session: Session) -> Callable[[Person], Script]:
    """`script(cast.secretary)` has signed in over the API, after committing."""

    def signed_in(person: Person) -> Script:
        session.commit()
        client = app.test_client(use_cookies=False)
        answer = client.post("/api/tokens", json={"login": person.login, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        session.commit()  # what it read before that is old now
        return Script(client, answer.get_json()["token"])

    return signed_in


@pytest.fixture
def recording(session: Session, meeting: Meeting, city_with_recording: None) -> Recording:
    return session.scalars(select(Recording).where(Recording.meeting == meeting)).one()


@pytest.fixture
def transcript(session: Session, recording: Recording, city_with_transcript: None) -> Transcript:
    """Finished: three segments, none corrected, without speaker and agenda item."""
    return transcript_of(session, recording)


@pytest.fixture
def two_parts(session: Session, city_with_two_parts: None) -> TwoParts:
    """A meeting of two parts."""
    return find_two_parts(session)


@pytest.fixture
def spare(
    session: Session, storage: Storage, cast: Cast, two_parts: TwoParts, tmp_path: Path
) -> Transcript:
    """What a second recorder heard of the first part."""
    return add_spare(session, storage, cast, two_parts.meeting, tmp_path)


@pytest.fixture
def world(session: Session, city_with_world: None) -> World:
    """One of everything, in a meeting in work and in one whose minutes are published."""
    made = find_world(session)
    begin_ten_minutes_ago(made.unpublished)
    session.commit()
    return made


@pytest.fixture
def shelf(
    session: Session, engine: Engine, storage: Storage, cast: Cast, meeting: Meeting
) -> Shelf:
    return Shelf(session, engine, storage, cast, meeting)
