"""Requests that a machine thinks up from the API's own description: none ends in an error that the
house does not know. `make soak` sends ten thousand."""

import os
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as some
from schemathesis import Case
from schemathesis.core import NotSet

from tests.conftest import Browser, Cast
from tests.world import World
from web.api.description import describe

REQUESTS = int(os.environ.get("GIJIDO_FUZZED_REQUESTS", "150"))
BATCH = 150
"""Requests to one city: what they take out of it is gone."""

SEED = int(os.environ.get("GIJIDO_SEED", "20261129"))
KNOWN = {503, 507}
"""Server errors that the house means: come again, the disk is full."""

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

pytestmark = [pytest.mark.hostile, pytest.mark.slow]


def known(world: World, name: str) -> int | str:
    try:
        return world.argument(name)
    except KeyError:
        return 1


def request_of(client: Browser, case: Case) -> Any:
    """Send it as it is, the way that its kind of body is sent."""
    body: dict[str, Any] = {}
    if isinstance(case.body, NotSet):
        pass
    elif case.media_type == "application/json":
        body = {"json": case.body}
    elif case.media_type == "multipart/form-data" and isinstance(case.body, dict):
        body = {"data": {name: part(value) for name, value in case.body.items()}}
    elif isinstance(case.body, bytes):
        body = {"data": case.body}
    return client.open(
        case.formatted_path, method=case.method, query_string=dict(case.query or {}), **body
    )


def part(value: object) -> Any:
    return (BytesIO(value), "受領.docx") if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("batch", range(max(1, REQUESTS // BATCH)))
def test_no_request_that_the_description_allows_ends_in_an_unknown_error(
    batch: int, app: Flask, world: World, cast: Cast, browse: Callable[..., Browser]
) -> None:
    print(f"seed {SEED + batch}, {BATCH} requests")
    schema = schemathesis.openapi.from_dict(describe(app))
    operations = [found.ok() for found in schema.get_all_operations()]
    removing = [one for one in operations if one.method.upper() == "DELETE"]
    gentle = [one for one in operations if one.method.upper() != "DELETE"]
    people = (cast.organiser, cast.secretary, cast.approver, cast.attendee, cast.administrator)
    senders = {person.login: browse(person) for person in people}
    sent: dict[int, int] = {}

    @seeded(SEED + batch)
    @settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(data=some.data())
    def send(data: some.DataObject) -> None:
        kind = gentle if data.draw(some.integers(0, 9)) else removing
        operation = data.draw(some.sampled_from(kind))
        case: Case = data.draw(operation.as_strategy())
        if data.draw(some.integers(0, 9)):
            case.path_parameters = {name: known(world, name) for name in case.path_parameters}
        login = data.draw(some.sampled_from(sorted(senders)))
        answer = request_of(senders[login], case)
        if answer.status_code == 401 and len(senders) > 1:  # signed out, ended, another password
            senders.pop(login)
        sent[answer.status_code] = sent.get(answer.status_code, 0) + 1
        assert answer.status_code < 500 or answer.status_code in KNOWN, (
            f"{login}: {case.method} {case.formatted_path} {case.query} {case.body!r}"
        )

    send()
    print(sent)
