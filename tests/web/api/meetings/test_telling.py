"""The terminals of a meeting hear of every change that they show, without any view saying so: one
listens on a stream while each view that makes such a change is called."""

import ast
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from meetings.sitting.live_changes import SHOWN_OF_MEETING
from models.document import Document
from models.meeting import Meeting
from models.person import Person
from tests import pdfs
from tests.conftest import Browser, Cast, Script
from tests.serving import served_on_a_port
from tests.shelf import Shelf
from tests.web.test_parity import function, is_write, routes, used_by

As = Callable[[Person], Script]
Browse = Callable[[Person], Browser]

ROWS = {"Presenting", "Turn", "ItemChange"}
COLUMNS = {*SHOWN_OF_MEETING, "ended_sequence", "shared_at", "erased_at", "content"}


@dataclass
class Terminal:
    """One that listens on the stream of a meeting. `heard` gives the names of the events since it
    was asked last: it sends itself an echo, which comes after all that was told before."""

    events: Iterator[tuple[str, Any]]
    script: Script
    meeting_id: int
    state: Any = None

    def heard(self) -> list[str]:
        self.script.call("POST", f"/meetings/{self.meeting_id}/echoes", {"word": "x"}, status=204)
        names = []
        for name, fact in self.events:
            if name == "echo":
                return names
            if name == "state":
                self.state = fact
            if name != "beat":
                names.append(name)
        return [*names, "end"]


@pytest.fixture
def terminal(
    app: Flask, script: As, cast: Cast, shelf: Shelf, meeting: Meeting
) -> Iterator[Terminal]:
    """Of an attendee."""
    listener = script(cast.attendee)
    with (
        served_on_a_port(app) as port,
        requests.get(
            f"http://127.0.0.1:{port}/api/meetings/{meeting.id}/live",
            headers={
                "Authorization": f"Bearer {listener.token}",
                "Accept": "text/event-stream",
            },
            stream=True,
            timeout=20,
        ) as answer,
    ):
        made = Terminal(events_of(answer), listener, meeting.id)
        assert made.heard() == ["state"]
        yield made


def events_of(answer: requests.Response) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@dataclass(frozen=True)
class Stage:
    """A meeting with a document that is shown, and a memo on it; who prepares the meeting, on the
    screens and as a script, and an attendee."""

    organiser: Script
    screens: Browser
    attendee: Script
    shelf: Shelf
    document: Document
    memo: str

    @property
    def here(self) -> str:
        return f"/meetings/{self.shelf.meeting.id}"

    @property
    def paper(self) -> str:
        return f"/documents/{self.document.id}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return succeeded(self.organiser.open(method, path, json=body))

    def post(self, path: str, **data: Any) -> None:
        succeeded(self.screens.post(path, data=data))

    def on_memo(self, method: str, path: str = "", body: Any = None) -> Any:
        return succeeded(self.attendee.open(method, f"{self.memo}{path}", json=body))

    def release(self) -> str:
        """The path that releases a version which was proposed just now."""
        version = self.shelf.propose(self.document, pdfs.pdf_of("# 差し替えた頁"))
        return f"/versions/{version.id}/release"

    def as_it_is(self, **times: str) -> dict[str, Any]:
        """What a form of the meeting says, with other times."""
        known = self.call("GET", self.here)
        return {name: known[name] for name in ("title", "place", "revision")} | times


def succeeded(answer: TestResponse) -> Any:
    assert answer.status_code < 400, f"{answer.request.path}: {answer.status} {answer.text}"
    return answer.get_json(silent=True)


def pdf() -> tuple[io.BytesIO, str]:
    return io.BytesIO(pdfs.plain_pdf(1)), "追加.pdf"


def invited(stage: Stage) -> int:
    return stage.shelf.cast.attendee.id


CALLS: dict[str, Callable[[Stage], Any]] = {
    "api.meetings.live.begin": lambda s: s.call("POST", f"{s.here}/presenting"),
    "api.meetings.live.turn": lambda s: s.call(
        "POST", f"{s.here}/turns", {"version_id": s.document.current.id, "page": 1}
    ),
    "api.meetings.live.change_item": lambda s: s.call(
        "PUT",
        f"{s.here}/current-item",
        {"agenda_item_id": s.shelf.meeting.agenda_items[-1].id},
    ),
    "api.meetings.documents.add": lambda s: succeeded(
        s.organiser.open("POST", f"{s.here}/documents", data={"file": pdf()})
    ),
    "views.meetings.documents.receive": lambda s: s.post(f"{s.here}/documents", file=pdf()),
    "api.meetings.documents.change": lambda s: s.call(
        "PUT", s.paper, {"title": "改めた名前", "agenda_item_id": None}
    ),
    "views.meetings.documents.change": lambda s: s.post(s.paper, title="また改めた名前"),
    "api.meetings.documents.place": lambda s: s.call(
        "POST", f"{s.paper}/place", {"agenda_item_id": None, "position": 1}
    ),
    "api.meetings.documents.permit": lambda s: s.call(
        "PUT",
        f"{s.paper}/permissions",
        {"may_print": False, "may_download": True, "is_watermarked": True, "readers": [invited(s)]},
    ),
    "api.meetings.documents.release": lambda s: s.call("POST", s.release()),
    "views.meetings.documents.release": lambda s: s.post(s.release()),
    "api.meetings.documents.remove": lambda s: s.call("DELETE", s.paper),
    "api.meetings.documents.restore": lambda s: s.call("POST", f"{s.here}{s.paper}/restoration"),
    "views.meetings.documents.restore": lambda s: (
        s.post(s.paper, title="外す", act="remove"),
        s.post(f"{s.here}{s.paper}/restoration"),
    ),
    "api.meetings.meetings.limit_access": lambda s: s.call("PUT", f"{s.here}/access", {"days": 9}),
    "api.meetings.meetings.change": lambda s: s.call(
        "PUT",
        s.here,
        s.as_it_is(starts_at="2030-01-10T14:00:00+09:00", ends_at="2030-01-10T16:00:00+09:00"),
    ),
    "views.meetings.meetings.change": lambda s: s.post(
        s.here, **s.as_it_is(date="2030-01-10", starts="14:00", ends="17:00")
    ),
    "api.meetings.memos.share": lambda s: s.on_memo("PUT", "/sharing"),
    "api.meetings.memos.change": lambda s: s.on_memo(
        "PUT",
        body={
            "page_id": s.document.versions[0].pages[0].id,
            "content": {"x": 3, "y": 4, "text": "改めた"},
            "based_on": 2,
        },
    ),
    "api.meetings.memos.erase": lambda s: s.on_memo("DELETE"),
    "api.meetings.memos.restore": lambda s: s.on_memo("POST", "/restoration"),
    "api.meetings.memos.unshare": lambda s: s.on_memo("DELETE", "/sharing"),
    "api.meetings.live.hand_over": lambda s: s.call(
        "PUT", f"{s.here}/presenting", {"person_id": invited(s)}
    ),
    "api.meetings.live.stop": lambda s: s.call("DELETE", f"{s.here}/presenting"),
}
"""By a view's name a call that changes what is shown, in an order in which each one can."""


@pytest.fixture
def stage(script: As, browse: Browse, cast: Cast, shelf: Shelf) -> Stage:
    document, attendee = shelf.add(pdfs.pdf_of("# はじめの頁")), script(cast.attendee)
    content = {"x": 1, "y": 2, "text": "覚え"}
    memo = attendee.call(
        "POST",
        f"/pages/{document.current.pages[0].id}/memos",
        {"key": "k1", "kind": "note", "content": content},
        status=201,
    )
    return Stage(
        script(cast.organiser),
        browse(cast.organiser),
        attendee,
        shelf,
        document,
        f"/memos/{memo['id']}",
    )


@cache
def changes_what_is_shown(name: str) -> bool:
    """Its own body makes such a row, or sets such a column."""
    body = function(name)
    return body is not None and any(
        (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ROWS)
        or (isinstance(node, ast.Attribute) and is_write(node) and node.attr in COLUMNS)
        for node in ast.walk(body)
    )


def reached_from(view: str) -> set[str]:
    """Every function of the project that it calls, itself or through others."""
    seen, waiting = set[str](), [view]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(used_by(name))
    return seen


def test_every_view_that_changes_what_is_shown_is_called_here() -> None:
    found = {
        view.removeprefix("web.")
        for package in ("web/views", "web/api")
        for view in routes(package)
        if any(changes_what_is_shown(name) for name in reached_from(view))
    }
    assert found == CALLS.keys()


def test_each_of_them_reaches_a_terminal_that_listens(stage: Stage, terminal: Terminal) -> None:
    for view, call in CALLS.items():
        call(stage)
        told = set(terminal.heard())
        assert told == {"memos" if "memos" in view else "state"}, view
        now = stage.attendee.get(f"{stage.here}/live") | {"you": None}
        assert terminal.state | {"you": None} == now, view


def test_what_changes_nothing_that_is_shown_is_told_to_nobody(
    stage: Stage, terminal: Terminal
) -> None:
    stage.call("PUT", f"{stage.here}/access", {"days": None})  # as it was
    stage.call("POST", f"{stage.here}/agenda-items", {"title": "その他"})
    stage.on_memo("DELETE")  # nobody else sees it
    stage.on_memo("POST", "/restoration")
    assert terminal.heard() == []


def test_a_change_that_is_undone_is_told_to_nobody(stage: Stage, terminal: Terminal) -> None:
    """It was renamed, and then there was no place above it."""
    refused = stage.screens.post(stage.paper, data={"title": "改めた名前", "act": "up"})
    assert refused.status_code == 422 and "もう移せません" in refused.text
    assert terminal.heard() == []
    assert stage.call("GET", stage.paper)["title"] == "資料"
