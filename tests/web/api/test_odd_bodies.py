"""Every field of every body, with values that nobody means: a sentence, never a broken server."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from meetings.people import people
from models.person import Person, Role
from tests.conftest import Cast, Script
from tests.world import World
from web.api.operations import Operation, operation_of

ANSWERS = {200, 201, 204, 401, 403, 404, 409, 422, 429}
"""What a body that nobody means may get; 429 after wrong passwords."""

pytestmark = [pytest.mark.hostile, pytest.mark.slow]

ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    2**63 - 1,
    10**30,
    0.5,
    "",
    "\x00",
    "長" * 30_000,
    "=1+1",
    "2026-11-23",
    [],
    [None],
    {},
    {"a": {"b": []}},
]


def changing(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    for rule in app.url_map.iter_rules():
        declared = operation_of(app.view_functions[rule.endpoint])
        if declared and declared.body:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, declared


def odd_bodies(declared: Operation) -> Iterator[dict[str, Any]]:
    assert declared.body is not None
    plausible: dict[str, Any] = {
        "title": "題", "presenter": "", "planned_minutes": None, "parent_id": None,
        "position": 0, "revision": 1, "text": "文", "name": "名", "agenda_item_id": None,
        "series": "会議体", "place": "場所", "starts_at": "2026-11-23T14:00:00+09:00",
        "ends_at": "2026-11-23T16:00:00+09:00", "login": "okuma", "password": "x",
        "answer": "coming", "is_approved": False, "reason": "理由", "based_on": 1,
    }  # fmt: skip
    fields = declared.body.model_fields
    whole = {name: plausible[name] for name in fields if name in plausible}
    for name in fields:
        for value in ODD:
            yield whole | {name: value}


def test_no_value_in_any_field_breaks_the_server(
    app: Flask, session: Session, cast: Cast, world: World, script: Callable[[Person], Script]
) -> None:
    """In a test an error that is not one of ours comes up to here."""
    for role in (Role.SECRETARY, Role.APPROVER):
        people.grant_role(session, cast.organiser, role)
    somebody = script(cast.organiser)
    sent = 0
    for rule, method, declared in changing(app):
        path = filled(rule, world)
        session.commit()
        for body in odd_bodies(declared):
            answer = somebody.open(method, path, json=body)
            assert answer.status_code in ANSWERS, (path, body)
            if answer.status_code >= 400:
                assert re.search(r"[ぁ-ん].*。", answer.get_json()["message"]), (path, body)
            sent += 1
    assert sent > 500


def filled(rule: Rule, world: World) -> str:
    def value(found: re.Match[str]) -> str:
        return str(world.argument(found[1]))

    return re.sub(r"<int:(\w+)>", value, str(rule)).removeprefix("/api")
