"""What the templates ask of their fields arrives in the browser, and what is typed there and cannot
be taken comes back in its form."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes
from sqlalchemy.orm import Session

from minutes import records
from models.person import Person
from tests.conftest import Browser, Cast
from tests.web.test_nasty_texts import House, house, pages_of, route_of

__all__ = ["house"]
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
    house: House, session: Session, cast: Cast, browse: Callable[[Person], Browser]
) -> list[Fields]:
    """Every screen of a city with one of everything, for somebody with every role; the newer
    revision of what is published may replace it."""
    minutes = records.minutes_of(session, house.world.published)
    assert minutes is not None
    records.approve(session, cast.approver, minutes.latest)
    client = browse(cast.organiser)
    found = []
    searched = f"/meetings/{house.world.unpublished.id}/invitations?find=古"
    for url in [*pages_of(house), *house.other_pages, searched]:
        answer = client.get(url)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found.append(Fields())
            found[-1].feed(answer.text)
    return found


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


def test_every_attribute_that_a_template_asks_for_is_on_its_field_and_lists_are_on_its_page(
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
    named = [
        (given["list"], page.ids)
        for page in pages
        for fields in page.found.values()
        for given in fields
        if given.get("list")
    ]
    assert named
    assert all(name in ids for name, ids in named)


class TypedForms(HTMLParser):
    """The forms of a page that somebody types into: what each would send as it stands, and the
    names of the fields for text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._is_open = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._is_open = given.get("method", "").lower() == "post" and "enctype" not in given
            if self._is_open:
                self.found.append((given.get("action", ""), {}, []))
        elif self._is_open and tag in ("input", "textarea") and given.get("name"):
            _, values, typed = self.found[-1]
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio"):
                values[given["name"]] = given.get("value", "")
            if tag == "textarea" or kind in ("text", "email"):
                typed.append(given["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_open = False


def test_a_text_that_cannot_be_taken_comes_back_in_its_form_on_every_screen(
    house: House, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    client, lost, refused = browse(cast.organiser), [], set()
    forms: dict[str, tuple[str, dict[str, str], list[str]]] = {}
    for url in [*pages_of(house), *house.other_pages]:
        answer = client.get(url)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            parser = TypedForms()
            parser.feed(answer.text)
            for form in parser.found:
                known = forms.setdefault(route_of(house.app, form[0]), form)
                if len(form[2]) > len(known[2]):
                    forms[route_of(house.app, form[0])] = form
    for route, (action, values, typed) in forms.items():
        for name in typed:
            if name in NOT_SHOWN_AGAIN:
                continue
            words = f"覚え書き{name}" * 2000
            answer = client.post(action, data=values | ACTS.get(route, {}) | {name: words})
            if answer.status_code != 422:
                continue
            refused.add(route)
            # Beside the form in which it was typed, and not on the page of errors in general.
            if "<h1>入力を確認してください</h1>" in answer.text or words not in answer.text:
                lost.append((route, name))
    assert lost == []
    assert {"agenda.save", "documents.change", "invitations.answer", "minutes.decide"} <= refused
    assert len(refused) > 12, refused


NOT_SHOWN_AGAIN = {"password", "new_password", "again", "code", "login", "csrf_token", "next"}
ACTS = {"invitations.answer": {"answer": "proxy"}}
"""What the button says that is pressed."""
