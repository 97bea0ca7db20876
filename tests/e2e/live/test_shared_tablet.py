"""A tablet that goes from hand to hand: what one person wrote never becomes another's."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import let_in
from tests.e2e.live.viewer import draw, expect_shown

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
