"""A tablet that goes from hand to hand: what one person wrote never becomes another's."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.e2e.conftest import TABLET, let_in
from tests.e2e.live.viewer import draw, enter, expect_shown, press, until
from web.demo.people import PASSWORD

OpenPage = Callable[..., Page]


def memos_of(page: Page, document: str) -> list[dict[str, Any]]:
    """Of whoever is signed in, as the server has them."""
    version = page.request.get(f"/api/documents/{document}").json()["versions"][-1]["id"]
    found = page.request.get(f"/api/versions/{version}/memos").json()["memos"]
    return [memo for memo in found if memo["is_mine"]]


def sign_in_as(page: Page, login: str) -> None:
    """In another tab of the same browser, while the first one has no network."""
    page.context.clear_cookies()
    let_in(page.context, login)


def test_what_waits_on_the_tablet_is_never_sent_with_anothers_sign_in(
    open_page: OpenPage, bundle: str
) -> None:
    page = open_page("okuma", service_workers="block")
    page.goto(f"/documents/{bundle}")
    expect_shown(page, f"{bundle}:1")
    page.get_by_role("button", name="メモを書く").click()
    page.context.set_offline(True)
    draw(page, 0.3, 0.5)
    expect(page.get_by_text("保存を待っているメモ 1件")).to_be_visible()
    sign_in_as(page, "yasunaga")
    page.context.set_offline(False)
    said = page.get_by_role("alert")
    expect(said).to_contain_text("安永 理恵さんがサインインしています", timeout=15_000)
    page.get_by_role("button", name="この頁にしおりを挟む").click()
    expect(said).to_contain_text("安永 理恵さんがサインインしています")
    expect(page.get_by_text("保存を待っているメモ 1件")).to_be_visible()
    assert memos_of(page, bundle) == []
    assert page.request.get("/api/meetings/1/bookmarks").json()["bookmarks"] == []

    sign_in_as(page, "okuma")  # and the token of the page is one of a sign-in that has ended
    expect(page.get_by_text("保存を待っているメモ")).to_be_hidden(timeout=15_000)
    assert len(memos_of(page, bundle)) == 1


def test_another_persons_memos_stay_on_the_tablet_for_their_owner(
    open_page: OpenPage, bundle: str
) -> None:
    page = open_page("okuma", service_workers="block")
    page.goto(f"/documents/{bundle}")
    expect_shown(page, f"{bundle}:1")
    page.get_by_role("button", name="メモを書く").click()
    page.context.set_offline(True)
    draw(page, 0.3, 0.5)
    expect(page.get_by_text("保存を待っているメモ 1件")).to_be_visible()
    page.goto("about:blank")
    sign_in_as(page, "yasunaga")
    page.context.set_offline(False)
    page.goto(f"/documents/{bundle}")
    expect_shown(page, f"{bundle}:1")
    page.wait_for_load_state("networkidle")
    expect(page.locator("g .memo-ink")).to_have_count(0)
    assert memos_of(page, bundle) == []
    sign_in_as(page, "okuma")
    page.reload()
    expect(page.locator("g .memo-ink")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    assert len(memos_of(page, bundle)) == 1


KEPT = "caches.has('gijido-meeting')"
STORED = "[...Object.values(localStorage), ...Object.values(sessionStorage)]"


def sign_in_by_hand(page: Page, login: str) -> None:
    """At the door, over whoever is signed in there."""
    page.goto("/sign-in")
    page.get_by_label("利用者ID").fill(login)
    page.get_by_role("textbox", name="パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン", exact=True).click()
    page.wait_for_url("**/today")


def test_the_next_person_finds_nothing_of_the_one_before_who_never_signed_out(
    open_page: OpenPage, bundle: str
) -> None:
    page = open_page(None, TABLET, has_touch=True)  # a sign-in of its own: the next one ends it
    sign_in_by_hand(page, "okuma")
    enter(page)
    page.goto(f"/documents/{bundle}")
    expect_shown(page, f"{bundle}:1")
    kept = re.compile(r"^(\d+)/\1$")
    expect(page.locator("#viewer")).to_have_attribute("data-kept", kept, timeout=30_000)
    file = page.evaluate(
        """async () => (await (await caches.open('gijido-meeting')).keys())
           .map((kept) => kept.url).find((url) => url.endsWith('/file'))"""
    )
    page.context.set_offline(True)
    page.reload()  # what the terminal keeps
    expect_shown(page, f"{bundle}:1")
    press(page, "メモを書く")
    draw(page, 0.3, 0.5)
    expect(page.get_by_text("保存を待っているメモ 1件")).to_be_visible()
    page.goto("about:blank")
    page.context.set_offline(False)

    sign_in_by_hand(page, "yasunaga")
    until(page, f"{KEPT}.then((is) => !is)")
    stored = page.evaluate(STORED)
    assert stored and all(value.startswith("sealed:") for value in stored)
    assert page.evaluate("indexedDB.databases()") == []
    page.context.set_offline(True)
    without = "(url) => fetch(url, {cache: 'force-cache'}).then(() => 'found', () => 'nothing')"
    assert page.evaluate(without, file) == "nothing"
    with pytest.raises(PlaywrightError):
        page.goto(f"/documents/{bundle}")
    page.context.set_offline(False)
    for _ in range(3):
        page.go_back()
        page.wait_for_load_state()
        assert "大隈" not in page.content() and page.locator("g .memo-ink").count() == 0

    sign_in_by_hand(page, "okuma")
    page.goto(f"/documents/{bundle}")
    expect(page.locator("g .memo-ink")).to_have_count(1)
    until_saved(page, bundle)


def until_saved(page: Page, document: str) -> None:
    for _ in range(100):
        if memos_of(page, document):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the memo never came to the server")


def test_where_the_sign_in_ran_out_the_next_page_whatever_it_is_takes_everything_away(
    open_page: OpenPage,
) -> None:
    page = open_page()
    sign_in_by_hand(page, "matsunaga")  # of whom every sign-in ends
    keep = "caches.open('gijido-meeting').then((it) => it.put('/kept-for', new Response('{}')))"
    page.evaluate(keep.format(page.request.get("/api/me").json()["id"]))
    page.goto("/meetings")
    assert page.evaluate(KEPT)
    sent = {"login": "matsunaga", "password": PASSWORD}
    token = page.request.post("/api/tokens", data=sent).json()["token"]
    page.request.delete("/api/me/sign-ins", headers={"Authorization": f"Bearer {token}"})
    page.goto("/")  # what is published, where nobody is asked who they are
    until(page, f"{KEPT}.then((is) => !is)")
    page.go_back()
    page.wait_for_url("**/sign-in**")


def test_what_is_typed_into_a_long_form_is_kept_by_person(open_page: OpenPage) -> None:
    page = open_page("morishita")
    page.goto("/meetings/3/minutes/change")
    page.get_by_label("場所", exact=True).fill("第二会議室")
    person = page.request.get("/api/me").json()["id"]
    assert page.evaluate("Object.keys(sessionStorage)") == [
        f"gijido:form:{person}:/meetings/3/minutes/change"
    ]
    page.reload()
    expect(page.get_by_text("送信していない入力が残っています。")).to_be_visible()
