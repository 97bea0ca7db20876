"""What the templates ask of their fields arrives in the browser."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes
from sqlalchemy.orm import Session

from meetings import guests, people
from meetings.storage import Storage
from models.person import Person, Role
from tests.conftest import Browser, Cast
from tests.web.test_access import rules, url_of
from tests.world import World, build_world

TEMPLATES = Path(__file__).parent.parent.parent / "web" / "templates"
MACROS = {"field", "textarea", "select"}
Attributes = dict[str, str | None]


class Fields(HTMLParser):
    """The attributes of every field of a page, by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[Attributes]] = defaultdict(list)
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if given.get("id"):
            self.ids.add(str(given["id"]))
        if tag in ("input", "textarea", "select") and given.get("name"):
            self.found[str(given["name"])].append(given)


@pytest.fixture
def pages(
    app: Flask, session: Session, storage: Storage, cast: Cast, browse: Callable[[Person], Browser]
) -> list[Fields]:
    """Every screen of a city with one of everything, for somebody with every role."""
    world = build_world(session, storage, cast)
    for role in (Role.SECRETARY, Role.APPROVER, Role.ADMINISTRATOR):
        people.grant_role(session, cast.organiser, role)
    way = guests.add_guest(
        session, cast.organiser, world.unpublished, guests.new_code(), name="外部 委員"
    )
    client = browse(cast.organiser)
    found = []
    searched = f"/meetings/{world.unpublished.id}/invitations?find=古"
    for url in [*_screens(app, world), f"/guest/{way.token}", searched]:
        answer = client.get(url)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found.append(Fields())
            found[-1].feed(answer.text)
    return found


def _screens(app: Flask, world: World) -> Iterator[str]:
    for rule, method in rules(app):
        if method == "GET" and not str(rule).startswith(("/api", "/static")):
            yield url_of(rule, world)


def asked_for(app: Flask) -> Iterator[tuple[str, str, str, str]]:
    """Template, field, attribute and value, wherever a template names one that is no parameter of
    the macro: read from the templates' own syntax tree."""
    own = {"label", "name", "value", "type", "error", "hint", "required", "options"}
    for path in sorted(TEMPLATES.rglob("*.html")):
        tree = app.jinja_env.parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            macro = call.node
            named = macro.attr if isinstance(macro, nodes.Getattr) else getattr(macro, "name", "")
            if named not in MACROS or len(call.args) < 2:
                continue
            name = call.args[1]
            for pair in call.kwargs:
                is_plain = isinstance(name, nodes.Const) and isinstance(pair.value, nodes.Const)
                if pair.key not in own and is_plain:
                    attribute = pair.key.replace("_", "-")
                    yield path.name, name.value, attribute, str(pair.value.value)


def test_every_attribute_that_a_template_asks_for_is_on_its_field(
    app: Flask, pages: list[Fields]
) -> None:
    asked = list(asked_for(app))
    assert len(asked) > 20
    missing = [
        (template, name, attribute, value)
        for template, name, attribute, value in asked
        if not any(
            given.get(attribute) == value for page in pages for given in page.found.get(name, ())
        )
    ]
    assert missing == []


def test_a_list_that_a_field_names_is_on_its_page(pages: list[Fields]) -> None:
    named = [
        (given["list"], page.ids)
        for page in pages
        for fields in page.found.values()
        for given in fields
        if given.get("list")
    ]
    assert named
    assert all(name in ids for name, ids in named)
