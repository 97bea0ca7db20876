"""What the templates ask of their fields arrives in the browser, and what is typed there and cannot
be taken comes back in its form."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import nodes
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from minutes.approval.path import current_step
from minutes.records import records
from models.base import now
from models.factor import AuthenticatorApp
from models.person import Person
from tests import pages
from tests.conftest import Browser, Cast
from tests.web.conftest import House, pages_of, route_of
from web.demo.people import PASSWORD

TEMPLATES = Path(__file__).parent.parent.parent / "web" / "templates"
MACROS = {"field", "textarea", "select"}


@pytest.fixture
def screens(
    house: House, session: Session, cast: Cast, browse: Callable[[Person], Browser]
) -> list[Any]:
    """Every screen of a city with one of everything, for somebody with every role; the newer
    revision of what is published may replace it."""
    minutes = records.minutes_of(session, house.world.published)
    assert minutes is not None
    assert minutes.latest.request is not None
    step = current_step(session, minutes.latest.request)
    records.approve(session, cast.approver, minutes.latest, step_id=step.id if step else None)
    client = browse(cast.organiser)
    searched = f"/meetings/{house.world.unpublished.id}/invitations?find=古"
    answers = [client.get(url) for url in [*pages_of(house), *house.other_pages, searched]]
    answers += second_factors(session, client, cast.organiser)
    return [
        pages.tree(answer.text)
        for answer in answers
        if answer.status_code == 200 and answer.mimetype == "text/html"
    ]


def second_factors(session: Session, client: Browser, person: Person) -> list[TestResponse]:
    """The page of an app that is not confirmed; where there can be passkeys 「アカウント」 and the
    second step of somebody who has an app."""
    config = client.application.extensions["config"]
    server = replace(config.server, address="https://gijido.city.example.jp")
    client.application.extensions["config"] = replace(config, server=server)
    answers = [client.post("/account/authenticator-app"), client.get("/account")]
    session.commit()
    app = session.scalars(select(AuthenticatorApp)).one()
    app.confirmed_at = now()
    session.commit()
    sent = {"login": person.login, "password": PASSWORD}
    answers.append(client.post("/sign-in", data=sent, follow_redirects=True))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    return answers


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


@pytest.mark.slow
def test_every_attribute_that_a_template_asks_for_is_on_its_field_and_lists_are_on_its_page(
    app: Flask, screens: list[Any]
) -> None:
    asked = list(asked_for(app))
    assert len(asked) > 20
    given = {
        (field.get("name"), attribute, value)
        for screen in screens
        for field in screen.xpath("//input | //textarea | //select")
        for attribute, value in field.attrib.items()
    }
    assert [(template, *wanted) for template, *wanted in asked if tuple(wanted) not in given] == []
    lists = [(screen, name) for screen in screens for name in screen.xpath("//@list")]
    assert lists
    assert all(screen.xpath(f'//*[@id="{name}"]') for screen, name in lists)


@dataclass(frozen=True)
class TypedForm:
    """A form that somebody types into: what it would send as it stands, and its fields for text."""

    action: str
    sent: dict[str, str]
    typed: list[str]


def typed_forms(page: str) -> list[TypedForm]:
    return [
        TypedForm(
            form.action or "",
            dict(form.form_values()),
            [field.name for field in form.inputs if field.name and is_for_text(field)],
        )
        for form in pages.tree(page).forms
        if form.method == "POST" and "enctype" not in form.attrib
    ]


def is_for_text(field: Any) -> bool:
    if field.tag == "input":
        return field.get("type", "text") in ("text", "email")
    return bool(field.tag == "textarea")


@pytest.mark.slow
def test_a_text_that_cannot_be_taken_comes_back_in_its_form_on_every_screen(
    house: House, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    client, lost, refused = browse(cast.organiser), [], set()
    forms: dict[str, TypedForm] = {}
    for url in [*pages_of(house), *house.other_pages]:
        answer = client.get(url)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            for form in typed_forms(answer.text):
                route = route_of(house.app, form.action)
                if len(form.typed) >= len(forms.setdefault(route, form).typed):
                    forms[route] = form
    for route, form in forms.items():
        for name in form.typed:
            if name in NOT_SHOWN_AGAIN:
                continue
            words = f"覚え書き{name}" * 2000
            data = form.sent | ACTS.get(route, {}) | {name: words}
            answer = client.post(form.action, data=data)
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
