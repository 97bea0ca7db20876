"""Every field of every form and of every body, with a hundred texts that nobody means: a sentence,
never a broken server, and nothing stored that steers."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from models.person import Person
from tests import nasty, pages
from tests.conftest import Browser, Cast, Script
from tests.pdfs import plain_pdf
from tests.web.conftest import House, pages_of, route_of
from tests.web.test_access import rules, url_of
from web.api.operations import operation_of

pytestmark = pytest.mark.hostile

TEXTS_PER_FIELD = 1
"""Besides one that has them all: each field takes the next ones of the hundred."""

SENT_BY_SCRIPTS = {
    "checks.answer": ("all",),
    "people.make_link": ("mail",),
    "single_sign_on.sign_out_from_there": ("logout_token",),
    "closed.confirm_absent": ("passage_id",),
    "closed.decide": ("close", "open"),
    "digest.change": ("write",),
    "minutes.change": ("attendees",),
    "proceedings.answer_heard_decision": ("segment_id",),
    "proceedings.answer_heard_event": ("segment_id",),
    "returned.take": ("take",),
    "minutes.draft": ("transcript_ids",),
    "terms.switch_on": ("surface", "heard", "from"),
}
FIELD = re.compile(r'\b(?:form|fields)\.get(?:list)?\("(\w+)"|"(\w+)" in request\.form')


@dataclass
class Form:
    """A form of a page, with what it would send as it stands."""

    action: str
    is_file: bool
    fields: dict[str, str] = field(default_factory=dict)


def forms_in(page: str) -> list[Form]:
    """With everything that a form may send, ticked and pressed or not."""
    return [
        Form(
            found.action or "",
            "enctype" in found.attrib,
            {
                field.get("name"): str(field.get("value") or getattr(field, "value", None) or "")
                for field in reversed(found.xpath('.//*[@name][not(@type="file")]'))
            },
        )
        for found in pages.tree(page).forms
        if found.method == "POST"
    ]


def keep(house: House, session: Session) -> None:
    """What `put_back` brings back; whoever signs in does so before."""
    session.close()
    house.engine.dispose()
    house.before = house.config.database.read_bytes()


def forms_of(house: House, client: FlaskClient) -> dict[str, Form]:
    """By route, so that one of the many that are alike is enough."""
    found: dict[str, Form] = {}
    for url in [*pages_of(house), *house.other_pages]:
        answer = client.get(url)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for form in forms_in(answer.text):
            form.action = form.action or url
            known = found.setdefault(route_of(house.app, form.action), form)
            known.fields = form.fields | known.fields
    for rule, method in rules(house.app):
        if method == "POST" and rule.endpoint in SENT_BY_SCRIPTS:
            form = found.setdefault(rule.endpoint, Form(url_of(rule, house.world), False))
            form.fields |= dict.fromkeys(SENT_BY_SCRIPTS[rule.endpoint], "")
    return found


def test_no_text_in_any_field_of_any_form_breaks_the_server_or_stays_as_it_is(
    house: House, session: Session, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    client = browse(cast.organiser)
    forms = forms_of(house, client)
    keep(house, session)
    turns, sent, problems = itertools.cycle(nasty.TEXTS), 0, []
    for route, form in forms.items():
        if form.is_file or route == "sign_in.sign_out":
            continue
        for name in form.fields:
            for typed in (nasty.EVERYTHING, *itertools.islice(turns, TEXTS_PER_FIELD)):
                problems += tried(client, "POST", form.action, data=form.fields | {name: typed})
                sent += 1
        problems += [f"{route}: {odd}" for odd in nasty.unclean_columns(house.engine)]
        house.put_back()
    assert not problems, "\n".join(dict.fromkeys(problems))
    unsent = fields_of_views() - {name for form in forms.values() for name in form.fields}
    assert not unsent, unsent
    assert sent > 250, sent


def fields_of_views() -> set[str]:
    """Every field that some page reads, by its name in the source."""
    views = Path(__file__).parent.parent.parent / "web" / "views"
    source = "".join(path.read_text(encoding="utf-8") for path in views.rglob("*.py"))
    return {one or other for one, other in FIELD.findall(source)}


def tried(client: FlaskClient, method: str, url: str, **how: Any) -> list[str]:
    """What went wrong. In a test, an error that is not one of ours comes up to here."""
    sent = repr(how)[:300]
    try:
        answer = client.open(url, method=method, **how)
    except Exception as problem:  # noqa: BLE001  whatever it is, the walk goes on
        return [f"{method} {url} {sent}: {problem!r}"[:600]]
    odd = nasty.odd_headers(answer.headers)
    if answer.status_code >= 500:
        odd.append(str(answer.status_code))
    return [f"{method} {url} {sent}: {one}" for one in odd]


def test_no_text_in_any_body_breaks_the_server_or_stays_as_it_is(
    house: House, session: Session, cast: Cast, script: Callable[[Person], Script]
) -> None:
    somebody = script(cast.organiser)
    bodies = [(url_of(r, house.world), method, body) for r, method, body in bodies_of(house.app)]
    keep(house, session)
    turns, sent, problems = itertools.cycle(nasty.TEXTS), 0, []
    for url, method, schema in bodies:
        plain = example(schema, schema.get("$defs", {}))
        for place in places_of(plain):
            for typed in (nasty.EVERYTHING, *itertools.islice(turns, TEXTS_PER_FIELD)):
                how = {"data": nasty.as_json(with_text(plain, place, typed)), **AS_JSON}
                how["headers"] = {"Authorization": f"Bearer {somebody.token}"}
                problems += tried(somebody.client, method, url, **how)
                sent += 1
        problems += [f"{method} {url}: {odd}" for odd in nasty.unclean_columns(house.engine)]
        house.put_back()
    assert not problems, "\n".join(dict.fromkeys(problems))
    assert sent > 150, sent


def bodies_of(app: Flask) -> Iterator[tuple[Rule, str, dict[str, Any]]]:
    """The operations that take one, and its schema as the description gives it."""
    for rule, method in rules(app):
        declared = operation_of(app.view_functions[rule.endpoint])
        if declared is not None and declared.body is not None:
            yield rule, method, declared.body.model_json_schema()


def test_no_text_in_the_name_of_a_file_or_behind_a_question_mark_breaks_the_server(
    house: House, session: Session, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    client, world = browse(cast.organiser), house.world
    targets = {
        f"/meetings/{world.unpublished.id}/documents": plain_pdf(1),
        "/documents/1/versions": plain_pdf(1),
        f"/recordings/{world.recording.id}/transcripts": "○議長　始めます。".encode(),
    }
    asking, problems = [*pages_with_queries(house)], []
    keep(house, session)
    names = [nasty.EVERYTHING, *nasty.WORDS[:6], "長" * 300, "会\x7f議"]
    for url, content in targets.items():
        for name in names:
            # As a sender writes it who knows no rules: werkzeug's client would encode it.
            body = multipart(f"{name}.pdf" if "transcripts" not in url else f"{name}.txt", content)
            problems += tried(client, "POST", url, data=body, content_type=MULTIPART)
        problems += [f"{url}: {odd}" for odd in nasty.unclean_columns(house.engine)]
        house.put_back()
    turns = itertools.cycle([nasty.EVERYTHING, *nasty.NUMBERS, *nasty.DATES, *nasty.WORDS])
    for url, asked in itertools.chain.from_iterable(itertools.repeat(asking, TURNS)):
        query = {name: next(turns)[:1000] for name in asked}
        problems += tried(client, "GET", url, query_string=query)
    assert not problems, "\n".join(dict.fromkeys(problems))


def test_names_that_were_stored_before_break_no_page_and_no_header(
    house: House, session: Session, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    """Databases of before hold what was typed then."""
    client = browse(cast.organiser)
    urls = [*pages_of(house), *api_pages_of(house)]
    dirty = "第1回\v\x01\x7f\x85\u2028\u202e\r\nX: y懇話会.pdf"
    for table, columns in NAMES.items():
        for column in columns:
            change = text(f"update {table} set {column} = id || :dirty")
            session.execute(change, {"dirty": dirty})
    session.execute(text("update meeting set access_days = 999999999"))
    session.commit()
    problems = [one for url in urls for one in tried(client, "GET", url)]
    for moment in ("9999-12-31 23:59:00.000000", "0001-01-01 00:00:00.000000"):
        session.execute(text("update meeting set starts_at = :at, ends_at = :at"), {"at": moment})
        session.execute(text("update recording set began_at = :at"), {"at": moment})
        session.commit()
        problems += [one for url in urls for one in tried(client, "GET", url)]
    assert not problems, "\n".join(dict.fromkeys(problems))


NAMES = {
    "meeting": ("title", "place", "called_off_reason"),
    "agenda_item": ("title", "presenter"),
    "document": ("title",),
    "document_version": ("file_name", "original_file_name"),
    "recording": ("file_name",),
    "upload": ("file_name", "problem"),
    "transcription": ("imported_file_name", "problem"),
    "person": ("name", "title", "kana", "email"),
    "series": ("name",),
    "department": ("name",),
    "invitation_answer": ("note", "proxy_name"),
    "page": ("text",),
    "segment": ("text", "heard", "machine"),
    "speaker": ("name",),
}
TURNS = 1
QUERIES = ("q", "words", "page", "person", "after", "since", "newest", "next", "start", "limit",
           "version", "shown", "wait")  # fmt: skip
MULTIPART = "multipart/form-data; boundary=edge"


def multipart(name: str, content: bytes) -> bytes:
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    edge, raw = b"--edge", head.encode("utf-8", "surrogatepass").replace(b"\r\n", b"  ")
    return b"\r\n".join((edge, raw, b"", content, b"--edge--", b""))


def pages_with_queries(house: House) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Pages leave out what they do not know; the API is asked for one thing at a time, and only
    for what it knows."""
    yield from ((url, QUERIES) for url in pages_of(house))
    for rule, method in rules(house.app):
        declared = operation_of(house.app.view_functions[rule.endpoint])
        if method == "GET" and declared is not None and declared.query is not None:
            yield from ((url_of(rule, house.world), (n,)) for n in declared.query.model_fields)


def api_pages_of(house: House) -> Iterator[str]:
    for rule, method in rules(house.app):
        if method == "GET" and str(rule).startswith("/api"):
            yield url_of(rule, house.world)


Place = tuple[str | int, ...]
AS_JSON: dict[str, Any] = {"content_type": "application/json"}


def example(schema: Any, known: dict[str, Any], name: str = "") -> Any:
    """A body that this schema allows, with what is there in the city."""
    if "$ref" in schema:
        return example(known[schema["$ref"].rpartition("/")[2]], known, name)
    if "anyOf" in schema:
        return example(schema["anyOf"][0], known, name)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            inner = schema.get("properties", {})
            return {key: example(value, known, key) for key, value in inner.items()}
        case "array" if "prefixItems" in schema:
            return [example(one, known, name) for one in schema["prefixItems"]]
        case "array":
            return [example(schema["items"], known, name)] if "items" in schema else []
        case "string":
            is_moment = schema.get("format") == "date-time"
            return "2026-11-23T14:00:00+09:00" if is_moment else "議題"
        case "integer":
            return schema.get("minimum", 1)
        case "number":
            return schema.get("minimum", 0.5)
        case "boolean":
            return True
    return None if schema.get("type") == "null" else {"x": 1, "y": 1, "text": "メモ"}


def places_of(value: Any, here: Place = ()) -> Iterator[Place]:
    """Of every text in the body."""
    if isinstance(value, str):
        yield here
    elif isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in inner:
            yield from places_of(one, (*here, key))


def with_text(value: Any, place: Place, typed: str) -> Any:
    if not place:
        return typed
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = with_text(value[place[0]], place[1:], typed)
    return copy
