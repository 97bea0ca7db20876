"""Words chosen on the page of the minutes are closed to citizens, in a browser."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from tests.conftest import Cast
from tests.e2e.conftest import DESKTOP, PHONE, let_in
from tests.world import World, build_world

Open = Callable[..., Page]
CHOOSE = """([first, start, last, end]) => {
  const range = document.createRange();
  range.setStart(document.querySelector(first).firstChild, start);
  range.setEnd(document.querySelector(last).firstChild, end);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
"""Chooses from a letter of one sentence to a letter of another, as a finger on its handles does."""


@pytest.fixture
def world(session: Session, storage: Storage, cast: Cast) -> World:
    made = build_world(session, storage, cast)
    session.commit()
    return made


@pytest.fixture
def open_as(server: str, browser: Browser) -> Iterator[Open]:
    opened = []

    def opening(login: str | None, size: object = DESKTOP) -> Page:
        context = browser.new_context(base_url=server, viewport=size, locale="ja-JP")  # type: ignore[arg-type]
        opened.append(context)
        if login:
            let_in(context, login)
        return context.new_page()

    yield opening
    for context in opened:
        context.close()


def test_words_over_the_border_of_two_sentences_are_chosen_closed_and_gone_for_citizens(
    open_as: Open, world: World
) -> None:
    page = open_as("morishita", PHONE)
    page.goto(f"/meetings/{world.published.id}/minutes")
    whole = page.locator("#said-0-0").text_content() or ""
    start = whole.index("ありがとう")
    page.evaluate(CHOOSE, ["#said-0-0", start, "#said-0-1", 3])
    bar = page.locator("[data-closing]")
    expect(bar).to_contain_text("「ありがとうございます一つ目」を選んでいます。")
    bar.get_by_role("link", name="公開しない箇所にする").click()
    expect(page.locator(".closed-chosen u")).to_have_text(["ありがとうございます", "一つ目"])
    page.get_by_label("だれが決めたか").fill("議長")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="公開しない", exact=True).click()
    expect(page.locator(".paper u.closed")).to_have_text(["ありがとうございます", "一つ目"])

    page.get_by_role("link", name="公開しない箇所", exact=True).first.click()
    expect(page.locator(".closed-list")).to_contain_text("決めた人：議長")
    assert Axe().run(page).response["violations"] == []
    citizen = open_as(None)
    citizen.goto(f"/published/{world.published.id}")
    expect(citizen.locator("#said-0-0")).to_have_text(f"{whole[:start]}〔略〕")
    expect(citizen.locator("#said-0-1")).to_contain_text("〔略〕の論点")
