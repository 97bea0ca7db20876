"""利用者 and アカウント in a browser: from the forgotten password to one's own."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy.orm import Session

from models.meeting import Meeting
from models.person import Person
from tests.conftest import Cast
from tests.e2e.conftest import DESKTOP, PHONE, TABLET, let_in

NEW = "a sentence of my own"


@pytest.fixture
def context(server: str, browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=server, viewport=PHONE, locale="ja-JP")
    yield made
    made.close()


def is_in_order(page: Page, size: ViewportSize) -> None:
    assert [problem["id"] for problem in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_forgotten_password_is_renewed_and_changed(
    context: BrowserContext, server: str, browser: Browser, session: Session, cast: Cast
) -> None:
    session.commit()
    let_in(context, "shimada")
    page = context.new_page()
    page.goto("/administration/people")
    for size in (DESKTOP, TABLET, PHONE):
        page.set_viewport_size(size)
        is_in_order(page, size)
    page.get_by_label("利用者ID・氏名").fill("大隈")
    page.get_by_role("button", name="絞り込む").click()
    page.get_by_role("link", name="大隈 千鶴").click()
    is_in_order(page, PHONE)
    page.get_by_role("button", name="パスワードを決めるリンクを作る").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="パスワードを決めるリンクを作る").click()
    link = page.locator(".spelled").inner_text()
    is_in_order(page, PHONE)

    own = browser.new_context(base_url=server, viewport=PHONE, locale="ja-JP")
    hers = own.new_page()
    hers.goto("/password/" + link.rsplit("/", 1)[1])
    is_in_order(hers, PHONE)
    hers.locator("#new_password").fill(NEW)
    hers.get_by_role("button", name="新しいパスワードを表示").click()
    expect(hers.locator("#new_password")).to_have_attribute("type", "text")
    hers.locator("#again").fill("another")
    hers.get_by_role("button", name="このパスワードにする").click()
    expect(hers.get_by_text("2つの欄のパスワードが違います")).to_be_visible()
    hers.locator("#new_password").fill(NEW)
    hers.locator("#again").fill(NEW)
    hers.get_by_role("button", name="このパスワードにする").click()
    hers.wait_for_url("**/today*")
    hers.get_by_role("link", name="大隈 千鶴").click()
    expect(hers.get_by_text("この端末", exact=True)).to_be_visible()
    is_in_order(hers, PHONE)
    own.close()


def test_the_people_to_invite_are_found_by_whoever_reads_their_names(
    context: BrowserContext, session: Session, cast: Cast, meeting: Meeting
) -> None:
    names = {
        "髙橋 誠": ("高橋", "髙橋誠", "ＤＸ 高橋"),
        "葛\U000e0100城 実": ("葛城 実",),
        "\U00020bb7田 望": ("吉田望",),
    }
    department = cast.organiser.department
    for number, name in enumerate(names):
        person = Person(login=f"z{number}", name=name, title="DX係長", password_hash="")
        person.department = department
        session.add(person)
    session.commit()
    let_in(context, cast.organiser.login)
    page = context.new_page()
    page.goto(f"/meetings/{meeting.id}/invitations")
    shown = page.locator("[data-words]:visible")
    for name, typed in ((name, each) for name, every in names.items() for each in every):
        page.locator("#person-filter").fill(typed)
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text(name)
