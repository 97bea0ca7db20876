"""Somebody else holds the write lock of the database, really: reading goes on, and whoever wants
to write waits a little and is told to come again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from meetings.config import Config
from meetings.rights import Right
from meetings.word_writing import paragraph, word_file
from models.audit import AuditLine
from models.database import connect, reading, writing
from models.meeting import Meeting
from models.person import Person, RoleGrant
from tests.conftest import Browser, Cast
from tests.web.test_access import ANSWERS_OF_A_CLOSED_DOOR, call, closed_routes, url_of
from tests.world import HEARD, World
from web import access
from web.app import attach
from web.transaction import database_session, reading_session

pytestmark = pytest.mark.hostile

PATIENCE_SECONDS = 0.05
JSON = {"Accept": "application/json"}


@pytest.fixture
def impatient(app: Flask, config: Config, engine: Engine) -> Iterator[Flask]:
    """The application with little patience."""
    short = connect(config.database, patience_seconds=PATIENCE_SECONDS)
    attach(app, config, short)
    yield app
    short.dispose()


@contextmanager
def somebody_writes(engine: Engine) -> Iterator[None]:
    """From another process, as far as the application can see: by another engine."""
    with writing(engine) as session:
        session.connection()
        yield
        session.rollback()


def looks_at(engine: Engine, thing: str) -> int:
    with reading(engine) as session:
        return len(session.scalars(select(AuditLine).where(AuditLine.thing == thing)).all())


def test_who_must_wait_too_long_is_told_to_come_again(
    impatient: Flask, engine: Engine, meeting: Meeting, cast: Cast, browse: Callable[..., Browser]
) -> None:
    client = browse(cast.organiser)
    with somebody_writes(engine):
        refused = client.post(
            f"/api/meetings/{meeting.id}/agenda-items", json={"title": "その他"}, headers=JSON
        )
        page = client.post(f"/meetings/{meeting.id}/agenda-items", data={"title": "その他の件"})
    assert (refused.status_code, page.status_code) == (503, 503)
    assert int(refused.headers["Retry-After"]) > 0
    assert int(page.headers["Retry-After"]) > 0
    assert "もう一度" in refused.json["message"]
    assert "その他の件" in page.text
    later = client.post(f"/api/meetings/{meeting.id}/agenda-items", json={"title": "その他"})
    assert later.status_code == 201


def test_reading_goes_on_and_the_look_is_written_later(
    impatient: Flask, engine: Engine, world: World, cast: Cast, browse: Callable[..., Browser]
) -> None:
    client, secretary = browse(cast.attendee), browse(cast.secretary)
    before = looks_at(engine, "document")
    with somebody_writes(engine):
        here = f"/meetings/{world.unpublished.id}"
        assert secretary.get(f"{here}/terms").status_code == 200
        for path in ("/today", here, "/documents/1"):
            assert client.get(path).status_code == 200, path
        assert looks_at(engine, "document") == before
    impatient.extensions["looks"].write()
    assert looks_at(engine, "document") == before + 1


def test_no_page_waits_for_those_who_write(
    impatient: Flask, engine: Engine, world: World, cast: Cast, browse: Callable[..., Browser]
) -> None:
    client = browse(cast.secretary)
    with somebody_writes(engine):
        for rule, method in closed_routes(impatient):
            if method == "GET":
                answer = client.get(url_of(rule, world))
                assert answer.status_code < 500, f"{rule}: {answer.status}"
                answer.close()


def test_who_is_not_let_in_takes_no_lock(
    impatient: Flask, engine: Engine, world: World, citizen: Browser
) -> None:
    citizen.environ_base["HTTP_AUTHORIZATION"] = "Bearer guessed"
    with somebody_writes(engine):
        for rule, method in closed_routes(impatient):
            answer = call(citizen, method, url_of(rule, world))
            assert answer.status_code in ANSWERS_OF_A_CLOSED_DOOR, f"{method} {rule}"


def only_reading(world: World) -> dict[str, dict[str, Any]]:
    """What to send to each view that was declared to read only."""
    return {
        "api_live.point": {"version_id": 1, "page": 1, "x": 0.5, "y": 0.5},
        "api_live.echo": {"word": "here"},
        "api_segments.find_alike": {"before": "それでは定刻となりましたので"},
    }


def files_looked_into() -> dict[str, tuple[str, bytes]]:
    """A file for each view that looks into one and keeps nothing."""
    word = word_file([paragraph(said.text, "Body") for said in HEARD], header="")
    text = ("会議録.txt", "だれも承認していない文。".encode())
    return {
        "api_returned.compare": ("会議録.docx", word),
        "api_sealing.verify": text,
        "sealing.verify": text,
    }


def test_what_only_reads_needs_no_lock_whatever_its_method(
    impatient: Flask, engine: Engine, world: World, cast: Cast, browse: Callable[..., Browser]
) -> None:
    client, sent = browse(cast.secretary), only_reading(world)
    declared = {n for n, v in impatient.view_functions.items() if hasattr(v, "only_reads")}
    files = files_looked_into()
    assert declared == sent.keys() | files.keys()
    with somebody_writes(engine):
        for rule in impatient.url_map.iter_rules():
            if rule.endpoint in sent:
                answer = client.post(url_of(rule, world), json=sent[rule.endpoint])
                assert answer.status_code in (200, 204), answer.text
            if rule.endpoint in files:
                name, content = files[rule.endpoint]
                body = {"file": (BytesIO(content), name)}
                answer = client.post(url_of(rule, world), data=body)
                assert answer.status_code == 200, answer.text


def test_who_lost_the_right_meanwhile_changes_nothing(
    own_app: Flask, engine: Engine, meeting: Meeting, cast: Cast
) -> None:
    @own_app.post("/slow/<int:meeting_id>")
    @access.to(Meeting, Right.PREPARE)
    def slow(person: Person, meeting: Meeting) -> str:
        assert reading_session().get(Meeting, meeting.id) is meeting
        with writing(engine) as other, other.begin():
            for grant in other.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id)):
                other.delete(grant)
            other.get_one(Meeting, meeting.id).created_by_id = cast.approver.id
        database_session()
        meeting.title = "変えられた"
        return ""

    own_app.test_client_class = Browser
    client = own_app.test_client()
    assert isinstance(client, Browser)
    client.sign_in(cast.organiser)
    assert client.post(f"/slow/{meeting.id}").status_code == 404
    with reading(engine) as session:
        assert session.get_one(Meeting, meeting.id).title != "変えられた"


def test_a_view_that_changes_without_the_lock_is_found_out(
    own_app: Flask, meeting: Meeting, cast: Cast
) -> None:
    @own_app.post("/careless/<int:meeting_id>")
    @access.to(Meeting, Right.PREPARE)
    def careless(person: Person, meeting: Meeting) -> str:
        meeting.title = "変えられた"
        return ""

    own_app.test_client_class = Browser
    client = own_app.test_client()
    assert isinstance(client, Browser)
    client.sign_in(cast.organiser)
    with pytest.raises(RuntimeError):
        client.post(f"/careless/{meeting.id}")
