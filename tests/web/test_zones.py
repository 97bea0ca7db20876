"""From where who gets in: pages, API, streams, tokens; and the door for what is published."""

import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.settings.server import ServerSettings, ZoneSettings
from models.audit import AuditLine
from models.person import Person
from tests.conftest import Browser, Cast
from tests.serving import served_on_a_port
from tests.web.test_access import rules, url_of
from tests.world import World
from web.access import PUBLISHED, policy_of
from web.demo.people import PASSWORD

Browse = Callable[[Person], Browser]
INSIDE, OUTSIDE = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "198.51.100.7"}
PUBLIC_PORT = 8401
AT_PUBLIC_DOOR = f"http://localhost:{PUBLIC_PORT}"


def with_zones(app: Flask, **networks: Any) -> None:
    config = app.extensions["config"]
    app.extensions["config"] = replace(config, zones=ZoneSettings(**networks))


def with_server(app: Flask, **settings: Any) -> None:
    config = app.extensions["config"]
    server: ServerSettings = replace(config.server, **settings)
    app.extensions["config"] = replace(config, server=server)


def test_an_administrator_from_elsewhere_is_none_and_that_leaves_a_line(
    app: Flask, session: Session, browse: Browse, cast: Cast
) -> None:
    client = browse(cast.administrator)
    with_zones(app, administration=("192.0.2.0/24",))
    page = "/administration/people"
    assert client.get(page, environ_base=INSIDE).status_code == 200
    refused = client.get(page, environ_base=OUTSIDE)
    assert refused.status_code == 403 and "この端末からは使えません" in refused.text
    assert client.get("/api/people", environ_base=OUTSIDE).status_code == 403
    today = client.get("/today", environ_base=OUTSIDE)
    assert today.status_code == 200 and "運用</a>" not in today.text
    lines = session.scalars(select(AuditLine).where(AuditLine.verb == "refused_zone")).all()
    assert {(line.person_id, line.address) for line in lines} == {
        (cast.administrator.id, "198.51.100.7")
    }


def test_staff_from_elsewhere_neither_sign_in_nor_go_on_nor_get_a_token_nor_listen(
    app: Flask, world: World, browse: Browse, citizen: Browser, cast: Cast
) -> None:
    client = browse(cast.secretary)
    with_zones(app, staff=("192.0.2.0/24",))
    sent = {"login": cast.secretary.login, "password": PASSWORD}
    live = f"/api/meetings/{world.unpublished.id}/live"
    for where, answers in ((INSIDE, (302, 201, 200, 200)), (OUTSIDE, (403, 403, 403, 403))):
        assert answers == (
            citizen.post("/sign-in", data=sent, environ_base=where).status_code,
            citizen.post("/api/tokens", json=sent, environ_base=where).status_code,
            client.get("/today", environ_base=where).status_code,
            client.get(live, environ_base=where).status_code,
        )
    assert client.post("/sign-out", environ_base=OUTSIDE).status_code == 302
    assert browse(cast.attendee).get("/today", environ_base=OUTSIDE).status_code == 200


def test_at_the_public_door_there_is_what_is_published_and_nothing_else(
    app: Flask, world: World, browse: Browse
) -> None:
    """Whoever is signed in is a citizen there."""
    client = browse(world.unpublished.created_by)
    with_server(app, public_port=PUBLIC_PORT)
    reached = set()
    for rule, method in rules(app):
        is_published = policy_of(app.view_functions[rule.endpoint]) in PUBLISHED
        answer = client.open(url_of(rule, world), method=method, base_url=AT_PUBLIC_DOOR)
        if is_published:
            reached.add(answer.status_code)
        elif rule.endpoint != "static":
            assert answer.status_code == 404, f"{method} {rule}: {answer.status}"
    assert 200 in reached
    front = client.get("/", base_url=AT_PUBLIC_DOOR).text
    assert "サインイン</a>" not in front and world.unpublished.created_by.name not in front


def test_the_inner_door_may_be_without_the_public_pages(
    app: Flask, citizen: Browser, browse: Browse, cast: Cast
) -> None:
    with_server(app, public_port=PUBLIC_PORT, public_inside=False)
    assert citizen.get("/").location == "/sign-in?next=/?"
    assert browse(cast.attendee).get("/").status_code == 200
    assert citizen.get("/", base_url=AT_PUBLIC_DOOR).status_code == 200


def test_citizens_may_be_kept_to_some_networks(app: Flask, citizen: Browser) -> None:
    with_zones(app, public=("192.0.2.0/24",))
    assert citizen.get("/", environ_base=INSIDE).status_code == 200
    assert citizen.get("/", environ_base=OUTSIDE).status_code == 403
    assert citizen.get("/sign-in", environ_base=OUTSIDE).status_code == 200


def test_one_server_answers_at_both_doors_streams_and_uploads_too(
    app: Flask, session: Session, world: World
) -> None:
    session.commit()
    door = socket.create_server(("127.0.0.1", 0))
    public = door.getsockname()[1]
    with_server(app, public_port=public)
    with served_on_a_port(app, door) as inner:
        paths = ("/", "/sign-in", f"/api/meetings/{world.unpublished.id}/live?wait=0")
        found = {port: [status(port, path) for path in paths] for port in (public, inner)}
    door.close()
    assert found == {public: [200, 404, 404], inner: [200, 200, 401]}


def status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code
