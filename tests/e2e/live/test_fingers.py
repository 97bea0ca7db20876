"""Reading and writing with fingers on a tablet and a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, TABLET
from tests.e2e.live.fingers import Fingers, Point
from tests.e2e.live.viewer import enter, expect_shown, press, show_bars, until, viewer

OpenPage = Callable[..., Page]
# Where a point of the screen lies on the page, in parts of it.
PART = """([x, y]) => { const box = document.querySelector('.sheet').getBoundingClientRect();
  return [(x - box.left) / box.width, (y - box.top) / box.height]; }"""
MIDDLE = (410.0, 590.0)


def expect_under(page: Page, at: Point, part: list[float]) -> None:
    """The fingers are lifted, the page comes to rest."""
    reached = f"({{at, part}}) => ({PART})(at).every((p, i) => Math.abs(p - part[i]) < 0.01)"
    until(page, reached, {"at": at, "part": part})


@pytest.fixture
def tablet(open_page: OpenPage, bundle: str) -> Page:
    """Somebody reads page 1 of the bundle on their own."""
    return reading(open_page("okuma", TABLET, has_touch=True), bundle)


def reading(page: Page, document: str, number: int = 1) -> Page:
    page.goto(f"/documents/{document}?page={number}")
    expect_shown(page, f"{document}:{number}")
    return page


def write(page: Page) -> Fingers:
    press(page, "メモを書く")
    expect(page.locator(".viewer-pen-bar")).to_be_visible()
    return Fingers(page)


def point_of(page: Page, x: float, y: float) -> Point:
    """Where on the screen a point of the page is, given in parts of the page."""
    box = page.locator(".sheet").bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


@pytest.mark.parametrize("held_ms", [30, 600])
def test_a_tap_with_文字_opens_a_note_that_stays_and_is_saved(tablet: Page, held_ms: int) -> None:
    fingers = write(tablet)
    tablet.get_by_role("button", name="文字", exact=True).click()
    fingers.tap(point_of(tablet, 0.5, 0.2), held_ms)
    field = tablet.get_by_label("メモの文")
    expect(field).to_be_focused()
    tablet.keyboard.type("根拠は")
    box = tablet.get_by_role("dialog").bounding_box()
    assert box
    fingers.tap((box["x"] + 6, box["y"] + box["height"] / 2))  # the box's own margin
    fingers.tap((box["x"] + box["width"] / 2, box["y"] + 4))
    expect(field).to_be_visible()
    fingers.tap((box["x"] + box["width"] / 2, box["y"] - 20))  # beside it
    expect(field).to_be_hidden()
    expect(tablet.get_by_role("button", name=re.compile("メモ：根拠は"))).to_be_visible()


def test_two_fingers_never_turn_the_page(tablet: Page, bundle: str) -> None:
    fingers = Fingers(tablet)
    fingers.pinch(MIDDLE, (120, 360))
    expect(tablet.locator(".is-zoomed")).to_be_visible()
    for _ in range(2):
        fingers.pinch(MIDDLE, (400, 60))
    expect(tablet.locator(".is-zoomed")).to_have_count(0)
    fingers.pinch(MIDDLE, (300, 290), to=(250, 590))
    tablet.wait_for_timeout(500)
    expect_shown(tablet, f"{bundle}:1")
    fingers.drag((600, 590), (300, 600))
    expect_shown(tablet, f"{bundle}:2")


def test_a_presenter_who_pinches_turns_nobodys_page(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    follower = enter(open_page("okuma", TABLET, has_touch=True))
    expect_shown(follower, f"{bundle}:1")
    phone = enter(open_page("koga", PHONE, has_touch=True))
    expect_shown(phone, f"{bundle}:1")
    fingers = Fingers(phone)
    frame = follower.locator(".sheet-frame")
    fingers.pinch((195, 420), (80, 240))
    expect(frame).not_to_have_attribute("d", "")  # the part that the presenter reads
    fingers.pinch((195, 420), (260, 40))
    expect(frame).to_have_attribute("d", "")  # the whole page again
    for page in (phone, follower):
        expect_shown(page, f"{bundle}:1")
    Fingers(follower).pinch(MIDDLE, (400, 60))  # already whole: nothing is moved
    expect(viewer(follower)).to_have_attribute("data-mode", "follow")


def test_a_pinch_holds_the_page_under_the_fingers(tablet: Page) -> None:
    fingers = Fingers(tablet)
    at = point_of(tablet, 0.6, 0.6)
    before = tablet.evaluate(PART, at)
    fingers.pinch(at, (150, 330))
    expect(tablet.locator(".is-zoomed")).to_be_visible()
    expect_under(tablet, at, before)
    # And follows them.
    to = (at[0] - 100, at[1] - 60)
    fingers.pinch(at, (200, 200), to=to)
    expect_under(tablet, to, before)


def test_a_turn_waits_while_one_writes_and_no_stroke_is_lost(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    follower = enter(open_page("okuma", TABLET, has_touch=True))
    expect_shown(follower, f"{bundle}:1")
    fingers = write(follower)
    start = point_of(follower, 0.3, 0.4)
    fingers.touch(start)
    fingers.move((start[0] + 60, start[1]))
    presenter.keyboard.press("ArrowRight")
    expect_shown(presenter, f"{bundle}:2")
    waiting = follower.get_by_role("button", name=re.compile("メモを終えて、発表に合わせる.*2頁"))
    expect(waiting).to_be_visible()
    fingers.move((start[0] + 120, start[1] + 30))
    fingers.lift()
    expect(follower.locator("g .memo-ink")).to_have_count(1)
    expect_shown(follower, f"{bundle}:1")
    follower.get_by_role("button", name="終える").click()
    expect_shown(follower, f"{bundle}:2")
    expect(waiting).to_be_hidden()
    presenter.keyboard.press("ArrowLeft")
    expect_shown(follower, f"{bundle}:1")
    expect(follower.locator("g .memo-ink")).to_have_count(1)


def test_a_stroke_under_way_is_kept_on_its_page_when_the_page_is_turned(
    tablet: Page, bundle: str
) -> None:
    fingers = write(tablet)
    start = point_of(tablet, 0.3, 0.4)
    fingers.touch(start)
    fingers.move((start[0] + 80, start[1] + 20))
    tablet.keyboard.press("ArrowRight")
    expect_shown(tablet, f"{bundle}:2")
    fingers.lift()
    expect(tablet.locator("g .memo-ink")).to_have_count(0)
    tablet.keyboard.press("ArrowLeft")
    expect(tablet.locator("g .memo-ink")).to_have_count(1)


PEN = """([names, y]) => {
  const sheet = document.querySelector('.sheet').getBoundingClientRect();
  const stage = document.querySelector('.stage');
  stage.setPointerCapture = () => undefined;
  names.forEach((name, step) => stage.dispatchEvent(new PointerEvent(name, {
    pointerType: 'pen', pointerId: 7, isPrimary: true, bubbles: true, pressure: 0.3, button: 0,
    clientX: sheet.left + 200 + 30 * step, clientY: sheet.top + y,
  })));
}"""


def test_a_hand_that_comes_down_beside_the_pen_ends_no_stroke(tablet: Page) -> None:
    hand = write(tablet)
    tablet.evaluate(PEN, [["pointerdown", "pointermove"], 200])
    hand.touch((300, 700))
    hand.touch((300, 700), (380, 720))
    hand.move((300, 720), (420, 720))
    tablet.evaluate(PEN, [["pointermove", "pointerup"], 220])
    hand.lift()
    expect(tablet.locator("g .memo-ink")).to_have_count(1)
    expect(tablet.locator(".is-zoomed")).to_have_count(0)


@pytest.mark.parametrize("size", [TABLET, PHONE, {"width": 1180, "height": 820}])
def test_all_tools_of_the_pen_are_in_reach_and_the_whole_page_can_be_written_on(
    open_page: OpenPage, bundle: str, size: dict[str, int]
) -> None:
    page = reading(open_page("okuma", size, has_touch=True), bundle)
    fingers = write(page)
    covered = """() => [...document.querySelectorAll('.viewer-bar:not([hidden]) button')].filter(
      (button) => { const box = button.getBoundingClientRect();
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return box.width > 0 && !button.contains(top); }).map((button) => button.textContent)"""
    assert page.evaluate(covered) == []
    for y in (0.02, 0.98):
        x, y = point_of(page, 0.3, y)
        fingers.drag((x, y), (x + 60, y))
    expect(page.locator("g .memo-ink")).to_have_count(2)


def test_two_fingers_move_the_page_while_the_pen_is_on(tablet: Page) -> None:
    fingers = write(tablet)
    before = tablet.evaluate(PART, MIDDLE)
    fingers.pinch(MIDDLE, (100, 300))
    expect_under(tablet, MIDDLE, before)
    to = (MIDDLE[0] - 120, MIDDLE[1] - 90)
    fingers.pinch(MIDDLE, (200, 200), to=to)
    expect_under(tablet, to, before)
    expect(tablet.locator("g .memo-ink")).to_have_count(0)


def test_what_the_presenter_is_told_of_being_seen_is_true(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    other = enter(open_page("yasunaga", TABLET, has_touch=True))
    expect_shown(other, f"{bundle}:1")
    other.keyboard.press("End")
    expect(viewer(other)).to_have_attribute("data-mode", "own")
    press(presenter, "発表の操作")
    presenter.get_by_role("button", name="発表をほかの人に渡す").click()
    presenter.get_by_role("dialog").get_by_role("button", name="安永 理恵").click()
    expect(other.get_by_role("alert")).to_contain_text("発表を渡されました")
    expect(presenter.get_by_role("alert")).to_contain_text("安永 理恵さんの発表")
    expect_shown(other, f"{bundle}:1")
    other.keyboard.press("PageDown")
    expect_shown(presenter, f"{bundle}:2")

    show_bars(other)
    other.get_by_role("button", name="自分", exact=True).click()
    expect(viewer(other)).to_have_attribute("data-showing", "no")
    expect(other.get_by_role("alert")).to_contain_text("みんなには見えません")
    other.keyboard.press("PageDown")
    expect_shown(other, f"{bundle}:3")
    expect(other.get_by_role("button", name="みんなに見せています")).to_have_count(0)
    expect_shown(presenter, f"{bundle}:2")
    press(other, "この頁をみんなに見せる")
    expect_shown(presenter, f"{bundle}:3")
    expect(viewer(other)).to_have_attribute("data-showing", "yes")
