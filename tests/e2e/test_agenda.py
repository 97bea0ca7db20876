"""The agenda's form in a browser: fingers, the Enter key, and leaving with something typed."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from models.meeting import Meeting
from tests.conftest import Cast
from tests.e2e.conftest import let_in

Open = Callable[..., Page]
TABLET = {"width": 820, "height": 1180}


@pytest.fixture
def tablet(server: str, browser: Browser, meeting: Meeting, cast: Cast) -> Iterator[Page]:
    context = browser.new_context(
        base_url=server,
        viewport=TABLET,  # type: ignore[arg-type]
        has_touch=True,
        locale="ja-JP",
    )
    let_in(context, cast.organiser.login)
    page = context.new_page()
    page.goto(f"/meetings/{meeting.id}/agenda")
    yield page
    context.close()


def titles(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("input[name^=title-]").all()]


def drag_by_finger(page: Page, *way: tuple[float, float]) -> None:
    """As the screen reports it, not as a mouse would."""
    screen = page.context.new_cdp_session(page)
    for kind, (x, y) in zip(["touchStart", *["touchMove"] * (len(way) - 1)], way, strict=True):
        points = [{"x": x, "y": y}]
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def middle(page: Page, chosen: str) -> tuple[float, float]:
    box = page.locator(chosen).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_finger_drags_an_item_and_what_was_typed_elsewhere_is_kept(tablet: Page) -> None:
    first, second, *rest = titles(tablet)
    tablet.locator("input[name^=presenter-]").last.fill("古賀")
    grip = middle(tablet, "li:nth-child(1) [data-grip]")
    target = middle(tablet, "li:nth-child(2) .agenda-fields")
    half_way = (grip[0], (grip[1] + target[1]) / 2)
    drag_by_finger(tablet, grip, half_way, (grip[0], target[1]))
    expect(tablet.locator("input[name^=title-]").first).to_have_value(second)
    assert titles(tablet) == [second, first, *rest]
    expect(tablet.locator("input[name^=presenter-]").last).to_have_value("古賀")


def test_items_are_added_one_after_the_other_without_leaving_the_field(
    tablet: Page, session: Session, meeting: Meeting
) -> None:
    known = len(titles(tablet))
    tablet.get_by_label("置く場所").select_option(index=1)
    tablet.locator("#title").fill("ひとつめ")
    for typed, following in (("ひとつめ", "ふたつめ"), ("ふたつめ", "")):
        tablet.keyboard.press("Enter")
        expect(tablet.locator(f'input[name^=title-][value="{typed}"]')).to_be_visible()
        expect(tablet.locator("#title")).to_be_focused()
        expect(tablet.locator("#title")).to_be_in_viewport()
        tablet.keyboard.type(following)
    session.rollback()
    below = [entry for entry in meeting.agenda_items if entry.parent_id is not None]
    assert [entry.title for entry in below] == ["ひとつめ", "ふたつめ"]
    assert len(titles(tablet)) == known + 2


def test_an_arrow_stays_under_the_hand(tablet: Page) -> None:
    first = tablet.locator("[id^=down-]").first
    name = first.get_attribute("id")
    first.press("Enter")
    expect(tablet.locator(f"#{name}")).to_be_focused()
    expect(tablet.locator(f"#{name}")).to_be_in_viewport()


def test_leaving_with_something_typed_asks(tablet: Page) -> None:
    asked = []
    tablet.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    tablet.locator("input[name^=title-]").first.press_sequentially("あ")
    tablet.locator(".breadcrumbs a").first.click(no_wait_after=True)
    expect(tablet.get_by_role("heading", name="議題の編集")).to_be_visible()
    tablet.wait_for_function("true")
    assert asked == ["beforeunload"]
