"""Passkeys in a browser with an authenticator of its own: made, then asked for."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from models.person import FactorKind, SignIn, SignInWay
from tests.conftest import Cast
from tests.e2e.conftest import PHONE, let_in
from web.demo.people import PASSWORD


@pytest.fixture
def named_server(app: Flask) -> Iterator[str]:
    """The application at a name: browsers know no passkeys for bare addresses."""
    serving = make_server("localhost", 0, app, threaded=True)
    address = f"http://localhost:{serving.server_port}"
    config = app.extensions["config"]
    app.extensions["config"] = replace(config, server=replace(config.server, address=address))
    app.config["WTF_CSRF_ENABLED"] = True
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield address
    serving.shutdown()
    thread.join()


@pytest.fixture
def context(named_server: str, browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=named_server, viewport=PHONE, locale="ja-JP")
    yield made
    made.close()


def test_a_passkey_is_made_and_then_asked_beside_the_password_or_enough_by_itself(
    context: BrowserContext, session: Session, cast: Cast
) -> None:
    session.commit()
    let_in(context, cast.secretary.login)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    has = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    verifies = {"hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**has, **verifies}})

    page.goto("/account")
    page.get_by_label("パスキーの名前").fill("会議室のタブレット")
    page.get_by_role("button", name="この端末にパスキーをつくる").click()
    expect(page.locator(".recovery-codes:visible li")).to_have_count(10)
    page.get_by_role("link", name="控えたので閉じる").click()
    expect(page.get_by_text("パスキー「会議室のタブレット」")).to_be_visible()
    assert [problem["id"] for problem in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.get_by_role("button", name="サインアウト", exact=True).click()
    page.goto("/sign-in?next=/meetings")
    page.get_by_label("利用者ID").fill(cast.secretary.login)
    page.get_by_role("textbox", name="パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン", exact=True).click()
    page.wait_for_url("**/sign-in/second-factor**")
    assert [problem["id"] for problem in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.wait_for_url("**/meetings")

    page.get_by_role("button", name="サインアウト", exact=True).click()
    page.goto("/sign-in?next=/meetings")
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.wait_for_url("**/meetings")
    expect(page.get_by_role("link", name=cast.secretary.name)).to_be_visible()

    session.commit()  # what it read before is old now
    newest = session.scalars(select(SignIn).order_by(SignIn.id.desc())).all()
    ways = [(entry.way, entry.second_factor) for entry in newest[:2]]
    assert ways == [(SignInWay.PASSKEY, None), (SignInWay.PASSWORD, FactorKind.PASSKEY)]
