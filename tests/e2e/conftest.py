"""A live server with its worker on the demo's data, and a real Chromium."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    sync_playwright,
)
from werkzeug.serving import make_server

from meetings.disk.storage import Storage
from models.database import connect, writing
from tests import pages
from web.bench.harness.chromium import NAMES, SHELL, chromium
from web.bench.harness.server import free_port
from web.demo.load import add_todays
from web.demo.people import PASSWORD, add_people

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 120
COMMAND = [sys.executable, "-m", "web.commands.cli"]
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
TABLET: ViewportSize = {"width": 820, "height": 1180}
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass(frozen=True)
class LiveServer:
    url: str
    home: Path
    port: int


def todays_at(home: Path, empty_database: Path) -> LiveServer:
    """Not started yet. Of the demo only today's meeting with its documents: nothing to hear."""
    shutil.copy(empty_database, home)
    engine = connect(home / empty_database.name)
    with writing(engine) as session, session.begin():
        add_todays(session, Storage(home), add_people(session))
    engine.dispose()
    return _server_at(home)


def start_server(server: LiveServer) -> subprocess.Popen[bytes]:
    """`gijido serve`; again on the same data and the same port when it was killed."""
    log = (server.home / "server.log").open("ab")
    process = subprocess.Popen(
        [*COMMAND, "serve"], cwd=ROOT, env=_surroundings(server), stdout=log, stderr=log
    )
    _wait_for(server, process)
    return process


def _server_at(home: Path) -> LiveServer:
    port = free_port()
    return LiveServer(f"http://127.0.0.1:{port}", home, port)


def _surroundings(server: LiveServer) -> dict[str, str]:
    return os.environ | {"GIJIDO_HOME": str(server.home), "GIJIDO_PORT": str(server.port)}


def _wait_for(server: LiveServer, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, (server.home / "server.log").read_text()
        try:
            urllib.request.urlopen(server.url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise AssertionError("the server did not answer: " + (server.home / "server.log").read_text())


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """`gijido demo` and `gijido serve`, as `make run` does it."""
    server = _server_at(tmp_path_factory.mktemp("live"))
    subprocess.run([*COMMAND, "demo"], cwd=ROOT, env=_surroundings(server), check=True)
    process = start_server(server)
    yield server
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def chromium_for_tests() -> str:
    """The one that opens pages with the least work, if it is there."""
    path = chromium((SHELL, *NAMES))
    assert path, "no Chromium: run `make dev`"
    return path


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--autoplay-policy=no-user-gesture-required",
    ]
    running = playwright.chromium.launch(executable_path=chromium_for_tests(), args=flags)
    yield running
    running.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, live: LiveServer) -> Callable[[str], list[Any]]:
    """The cookies of somebody who signed in, once for all tests."""

    @cache
    def cookies(login: str) -> list[Any]:
        context = browser.new_context(base_url=live.url)
        sign_in(context.new_page(), login)
        kept = context.cookies()
        context.close()
        return list(kept)

    return cookies


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The application of one test in this process, with anti-forgery tokens as in earnest."""
    app.config["WTF_CSRF_ENABLED"] = True
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    thread.join()


@pytest.fixture
def open_page(
    browser: Browser, live: LiveServer, signed_in: Callable[[str], list[Any]]
) -> Iterator[Callable[..., Page]]:
    """`open_page(login, size)` is a fresh browser window of somebody who is signed in; without
    a login, a citizen's.

    A script error or a broken content security policy on any page fails the test.
    """
    opened, problems = [], []

    def opening(login: str | None = None, size: ViewportSize = DESKTOP, **options: object) -> Page:
        context = browser.new_context(
            viewport=size,
            base_url=live.url,
            locale="ja-JP",
            **options,  # type: ignore[arg-type]
        )
        opened.append(context)
        if login:
            context.add_cookies(signed_in(login))
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                problems.append(f"{page.url}: {message.text}")
                if message.type == "error" and "Content Security Policy" in message.text
                else None
            ),
        )
        return page

    yield opening
    for context in opened:
        context.close()
    assert problems == []


@pytest.fixture
def upload(open_page: Callable[..., Page], tmp_path: Path) -> Callable[[bytes], str]:
    """`upload(pdf)` puts it on item 3 of today's meeting, by the organiser; the document's id."""

    def uploading(pdf: bytes) -> str:
        file = tmp_path / f"議案書{time.time_ns()}.pdf"
        file.write_bytes(pdf)
        page = open_page("koga")
        page.goto("/meetings/1")
        page.locator("#files-3").set_input_files(file)
        page.locator("#item-3").get_by_role("button", name="登録する").click()
        page.wait_for_load_state()
        link = page.get_by_role("link", name=file.stem)
        link.wait_for()
        return (link.get_attribute("href") or "").rsplit("/", 1)[1]

    return uploading


def sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("利用者ID").fill(login)
    page.get_by_role("textbox", name="パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.wait_for_url(re.compile("/today"))


def let_in(context: BrowserContext, login: str) -> None:
    """Signed in without opening the screens of it, which takes seconds."""
    asked = context.request
    token = pages.token(asked.get("/sign-in").text())
    form = {"login": login, "password": PASSWORD, "csrf_token": token}
    answer = asked.post("/sign-in", form=form, max_redirects=0)
    assert answer.headers["location"].endswith("/today"), answer.text()
