"""Every route × everybody × somebody else's meeting."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from meetings.rights import BY_ROLE, Right, rights
from models.meeting import Meeting
from models.person import Person, Role
from tests.conftest import Browser, Cast
from tests.world import World
from web.access import policy_of

ANSWERS_OF_A_CLOSED_DOOR = {401, 404}


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    undeclared = [
        str(rule) for rule, _ in rules(app) if policy_of(app.view_functions[rule.endpoint]) is None
    ]
    assert undeclared == []


def url_of(rule: Rule, world: World) -> str:
    """The route with the things of the unpublished meeting in its places."""
    url = str(rule)
    for argument in rule.arguments:
        place = next(part for part in url.split("/") if part.endswith(f"{argument}>"))
        url = url.replace(place, str(world.argument(argument)))
    return url


def closed_routes(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule, method in rules(app)
        if policy_of(app.view_functions[rule.endpoint]) not in ("anyone", "public")
    ]


def call(client: Browser, method: str, url: str) -> Any:
    """As a script would: a closed door answers before it looks at what is sent."""
    return client.open(url, method=method, headers={"Accept": "application/json"})


def test_a_citizen_reaches_nothing_of_an_unpublished_meeting(
    app: Flask, citizen: Browser, world: World
) -> None:
    for rule, method in closed_routes(app):
        answer = call(citizen, method, url_of(rule, world))
        assert answer.status_code in ANSWERS_OF_A_CLOSED_DOOR, f"{method} {rule}: {answer.status}"


def test_somebody_elses_meeting_looks_absent_to_everybody_else(
    app: Flask, world: World, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    """The outsider has every role, for another department; the administrator has no meeting."""
    for person in (cast.outsider, cast.administrator):
        client = browse(person)
        for rule, method in closed_routes(app):
            policy = policy_of(app.view_functions[rule.endpoint]) or ""
            if not policy.startswith(("to:", "published")):
                continue
            answer = call(client, method, url_of(rule, world))
            assert answer.status_code == 404, f"{person.login} {method} {rule}: {answer.status}"


def test_each_of_the_cast_is_refused_exactly_where_the_rights_say_so(
    app: Flask, session: Session, world: World, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    for person in (cast.attendee, cast.organiser, cast.approver, cast.secretary):
        given = rights(session, person, world.unpublished)
        client = browse(person)
        for rule, method in closed_routes(app):
            policy = policy_of(app.view_functions[rule.endpoint]) or ""
            if policy.startswith("to:") and Right(policy.split(":")[2]) not in given:
                answer = call(client, method, url_of(rule, world))
                assert answer.status_code == 404, f"{person.login} {method} {rule}"


def test_reading_is_possible_where_the_rights_say_so(
    app: Flask, session: Session, world: World, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    for person in (cast.attendee, cast.organiser, cast.approver, cast.secretary):
        given = rights(session, person, world.unpublished)
        client = browse(person)
        for rule, method in closed_routes(app):
            policy = policy_of(app.view_functions[rule.endpoint]) or ""
            if method == "GET" and policy.startswith("to:"):
                answer = call(client, method, url_of(rule, world))
                expected = Right(policy.split(":")[2]) in given
                assert (answer.status_code == 200) == expected, f"{person.login} {rule} {answer}"


def test_a_number_that_cannot_be_an_id_looks_absent(
    app: Flask, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    client = browse(cast.secretary)
    for rule, method in closed_routes(app):
        url = str(rule)
        for argument in rule.arguments:
            place = next(part for part in url.split("/") if part.endswith(f"{argument}>"))
            url = url.replace(place, str(10**30))
        if rule.arguments:
            assert call(client, method, url).status_code == 404, f"{method} {rule}"


def test_the_administrator_does_not_read_meetings() -> None:
    assert BY_ROLE[Role.ADMINISTRATOR] == frozenset()


def test_a_role_for_a_bureau_holds_for_its_sections_and_not_beside_it(
    session: Session, meeting: Meeting, cast: Cast
) -> None:
    outsider = cast.outsider
    assert rights(session, outsider, meeting) == frozenset()
    grant = outsider.grants[0]
    grant.department = meeting.department.parent
    session.flush()
    assert rights(session, outsider, meeting) == BY_ROLE[Role(grant.role)]
