"""Reading in the viewer: how large, what was found, who presents, whose memos."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from models.database import connect, writing
from models.document import Document
from tests.e2e.conftest import DESKTOP, PHONE, TABLET, LiveServer
from tests.e2e.live.fingers import Fingers
from tests.e2e.live.viewer import draw, enter, expect_shown, press, show_bars, until, viewer

OpenPage = Callable[..., Page]
MIDDLE = (410.0, 590.0)
WIDTH = "document.querySelector('.sheet').offsetWidth"


def reading(page: Page, document: str, number: int = 1) -> Page:
    page.goto(f"/documents/{document}?page={number}")
    expect_shown(page, f"{document}:{number}")
    return page


def overlap(one: Locator, other: Locator) -> bool:
    a, b = one.bounding_box(), other.bounding_box()
    assert a and b
    is_beside = a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
    return not is_beside and a["y"] + a["height"] > b["y"] + 1 and b["y"] + b["height"] > a["y"] + 1


def test_how_large_one_reads_is_kept_and_fingers_still_leaf(
    open_page: OpenPage, bundle: str
) -> None:
    page = reading(open_page("okuma", TABLET, has_touch=True), bundle)
    fingers = Fingers(page)
    whole = page.evaluate(WIDTH)
    fingers.pinch(MIDDLE, (150, 330))
    until(page, f"{WIDTH} > {1.8 * whole}")
    large = page.evaluate(WIDTH)
    expect(viewer(page)).to_have_class(re.compile("bars-hidden"))
    fingers.tap(MIDDLE)
    expect(viewer(page)).not_to_have_class(re.compile("bars-hidden"))
    # The page is scrolled as far as it goes, and only then leafed.
    page.evaluate("document.querySelector('.stage').scrollLeft = 0")
    fingers.drag((600, 590), (200, 600))
    until(page, "document.querySelector('.stage').scrollLeft > 0")
    page.evaluate("document.querySelector('.stage').scrollLeft = 9999")
    expect_shown(page, f"{bundle}:1")
    fingers.drag((600, 590), (200, 600))
    expect_shown(page, f"{bundle}:2")
    assert page.evaluate(WIDTH) == pytest.approx(large, rel=0.02)


def test_a_page_as_wide_as_the_screen_stays_so_and_the_reader_stays_with_the_presenter(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    page = enter(open_page("okuma", DESKTOP))
    expect_shown(page, f"{bundle}:1")
    wide = page.get_by_role("button", name="幅に合わせる")
    wide.click()
    until(page, f"{WIDTH} > 1200")
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 400)
    until(page, "document.querySelector('.stage').scrollTop > 100")
    page.wait_for_timeout(300)
    expect(viewer(page)).to_have_attribute("data-mode", "follow")
    presenter.keyboard.press("ArrowRight")
    expect_shown(page, f"{bundle}:2")
    assert page.evaluate(WIDTH) > 1200
    expect(wide).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.querySelector('.stage').scrollTop") == 0
    wide.click()
    until(page, f"{WIDTH} < 700")


@pytest.mark.parametrize("size", [TABLET, PHONE])
def test_the_way_back_covers_nothing_and_everybody_knows_who_presents(
    presenter: Page, open_page: OpenPage, bundle: str, size: dict[str, int]
) -> None:
    page = enter(open_page("okuma", size, has_touch=True))
    expect_shown(page, f"{bundle}:1")
    show_bars(page)
    expect(page.locator(".viewer-now")).to_contain_text("発表　古賀 真由美さん")
    page.keyboard.press("ArrowRight")
    expect_shown(page, f"{bundle}:2")
    back = page.get_by_role("button", name=re.compile("発表に戻る"))
    expect(viewer(page)).to_have_class(re.compile("bars-hidden"))
    expect(back).to_be_visible()
    assert not overlap(back, page.locator(".sheet"))
    at = back.bounding_box()
    assert at
    Fingers(page).tap((at["x"] + at["width"] / 2, at["y"] + at["height"] / 2))
    expect_shown(page, f"{bundle}:1")

    press(presenter, "発表の操作")
    presenter.get_by_role("button", name="審議中の議題を進める").click()
    presenter.get_by_role("dialog").locator("li button").first.click()
    expect(page.get_by_role("alert")).to_contain_text("審議中の議題は")
    expect(page.locator(".viewer-now")).to_contain_text("審議中　1　")
    press(presenter, "みんなに見せています")
    expect(page.get_by_role("alert")).to_contain_text("発表が終わりました")
    expect(page.locator(".viewer-now")).not_to_contain_text("古賀")


def test_what_was_found_is_marked_on_the_page_and_its_list_stays(
    open_page: OpenPage, live: LiveServer, bundle: str
) -> None:
    page = reading(open_page("okuma"), bundle)
    wait_until_read(page, bundle)
    add_text(
        live, bundle, 3, "\U00020bb7田委員と\U00020bb7野委員は、夏休みの空調工事について尋ねた。"
    )
    page.get_by_role("button", name="全資料から探す").click()
    page.get_by_label("資料の中の言葉").fill("空調")
    page.get_by_role("button", name="検索", exact=True).last.click()
    box = page.get_by_role("dialog")
    expect(box.locator("h3").last).to_contain_text("（1件）")
    expect(box.locator("mark").last).to_have_text("空調")
    box.get_by_role("button", name="3頁").last.click()
    expect_shown(page, f"{bundle}:3")
    marked = "[...(CSS.highlights.get('found') ?? [])].map((range) => range.toString())"
    until(page, f"{marked}.length > 0")
    assert set(page.evaluate(marked)) == {"空調"}
    expect(page.get_by_text(re.compile("「空調」 .*件"))).to_be_visible()
    page.get_by_role("button", name="全資料から探す").click()
    expect(page.get_by_label("資料の中の言葉")).to_have_value("空調")
    expect(box.get_by_role("button", name="3頁").last).to_have_attribute("aria-current", "true")
    box.get_by_role("button", name="閉じる").click()
    page.get_by_role("button", name="検索の印を消す").click()
    assert page.evaluate("CSS.highlights.has('found')") is False


def wait_until_read(page: Page, document: str) -> None:
    """The worker reads the pages of what was uploaded."""
    for _ in range(60):
        if page.request.get("/api/meetings/1/search?words=空調").json()["hits"]:
            return
        page.wait_for_timeout(500)
    raise AssertionError("the pages were not read")


def add_text(live: LiveServer, document: str, number: int, text: str) -> None:
    """Before what the page says, with letters that a browser counts twice."""
    engine = connect(live.home / "gijido.sqlite3")
    with writing(engine) as session, session.begin():
        found = session.scalars(select(Document).where(Document.id == int(document))).one()
        page = found.current.pages[number - 1]
        page.text = text + page.text
    engine.dispose()


def test_sharing_ends_with_the_pen_and_shared_drawings_have_a_name_and_can_be_hidden(
    open_page: OpenPage, bundle: str
) -> None:
    writer, reader = (reading(open_page(login), bundle) for login in ("okuma", "yasunaga"))
    for page in (writer, reader):
        expect(viewer(page)).to_have_attribute("data-link", "stream")
    writer.get_by_role("button", name="メモを書く").click()
    sharing = writer.get_by_role("button", name="書くメモを全員に見せる")
    said = writer.get_by_text("いま書くメモは、全員に見えます。")
    sharing.click()
    expect(said).to_be_visible()
    draw(writer, 0.3, 0.5)
    expect(writer.get_by_role("button", name="全員に共有中")).to_be_visible()
    name = reader.get_by_role("button", name="大隈 千鶴さん")
    expect(name).to_be_visible()
    name.click()
    reader.get_by_role("button", name="ほかの人のメモを隠す").click()
    expect(reader.locator("g .memo-ink")).to_have_count(0)

    writer.keyboard.press("ArrowRight")
    expect_shown(writer, f"{bundle}:2")
    expect(said).to_be_hidden()
    expect(sharing).to_have_attribute("aria-pressed", "false")
    sharing.click()
    writer.get_by_role("button", name="メモを終える").click()
    expect(said).to_be_hidden()
    writer.get_by_role("button", name="メモを書く").click()
    expect(sharing).to_have_attribute("aria-pressed", "false")


def test_two_documents_on_an_upright_tablet_lie_under_no_bar(
    open_page: OpenPage, bundle: str
) -> None:
    page = reading(open_page("okuma", TABLET, has_touch=True), bundle)
    press(page, "そのほかの操作")
    page.get_by_role("button", name="2つの資料を並べて読む").click()
    expect(page.locator(".sheet")).to_have_count(2)
    for stage in page.locator(".stage").all():
        for bar in page.locator(".viewer-bar:not([hidden])").all():
            assert not overlap(stage, bar)
    # Each as wide as the tablet; afterwards the one that is left is whole again.
    widths = "[...document.querySelectorAll('.sheet')].map((sheet) => sheet.offsetWidth)"
    until(page, f"{widths}.every((width) => width > 700)")
    place = page.locator(".stage-beside .viewer-place span").last
    expect(place).to_have_text(re.compile(r"^1／\d+ 頁$"))
    assert place.evaluate("span => span.scrollWidth <= span.clientWidth + 1 || !span.clientWidth")
    page.get_by_role("button", name="並べるのをやめる").click()
    expect(page.get_by_role("button", name="幅に合わせる")).to_have_attribute(
        "aria-pressed", "false"
    )


@pytest.mark.parametrize(("size", "rows"), [(TABLET, 1), (PHONE, 2)])
def test_the_strip_of_a_long_document_takes_few_rows(
    open_page: OpenPage, bundle: str, size: dict[str, int], rows: int
) -> None:
    page = reading(open_page("okuma", size, has_touch=True), bundle)
    page.evaluate("document.querySelector('.viewer-place span').textContent = '／120 頁'")
    show_bars(page)
    tops = "[...document.querySelectorAll('.viewer-strip button')].map((b) => b.offsetTop)"
    assert len({top for top in page.evaluate(tops) if top}) == rows


def test_what_is_discussed_makes_the_viewer_no_wider_however_long_it_is_called(
    open_page: OpenPage, bundle: str
) -> None:
    page = reading(open_page("okuma", PHONE, has_touch=True), bundle)
    page.evaluate(
        "{ const now = document.querySelector('.viewer-now'); now.hidden = false;"
        " now.textContent = '審議中：' + '今後5年間での集中取組項目'.repeat(5) }"
    )
    widths = "[...document.querySelectorAll('.viewer-bar, .stage')].map((bar) => bar.offsetWidth)"
    assert max(page.evaluate(widths)) == PHONE["width"]


def test_a_terminal_that_lost_the_server_asks_less_and_less(
    open_page: OpenPage, bundle: str
) -> None:
    page = open_page("okuma", service_workers="block")
    enter(page)
    asked: list[float] = []

    def swallow(route: Route) -> None:
        asked.append(time.monotonic())
        route.abort()

    page.route("**/api/meetings/1/live**", lambda route: route.abort())
    page.route("**/alive", swallow)
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator(".viewer-lost")).to_be_visible()
    while len(asked) < 5:
        page.wait_for_timeout(200)
    assert asked[4] - asked[3] > 0.9, asked
    page.unroute_all()
    expect(viewer(page)).to_have_attribute("data-link", "stream")
