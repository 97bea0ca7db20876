"""The viewer's page in a browser: going there, leafing, drawing."""

import re

from playwright.sync_api import Locator, Page, expect

FIRST = "# 議案第一号\n\n歳入歳出予算の総額は六百二十億円と定める。前年度より二億円多い予算である。"
SECOND = "# 議案第二号\n\n市道の舗装を三年で更新する。対象は延長四十二キロメートルである。"
THIRD = "# 議案第三号\n\n小学校の体育館に空調を設ける。工事は夏休みに行うものとする。"


def viewer(page: Page) -> Locator:
    return page.locator("#viewer")


def expect_shown(page: Page, shown: str) -> None:
    expect(viewer(page)).to_have_attribute("data-shown", shown)


def until(page: Page, expression: str, argument: object = None) -> None:
    """Asked again and again from here: a page's security policy forbids the browser to do that."""
    for _ in range(200):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {expression}")


def enter(page: Page) -> Page:
    """By the one button of the first screen."""
    page.goto("/today")
    page.get_by_role("link", name="会議に入る").click()
    expect(viewer(page)).to_have_attribute("data-link", "stream")
    return page


def show_bars(page: Page) -> None:
    """They leave by themselves on a touch screen."""
    if page.evaluate("matchMedia('(pointer: coarse)').matches"):
        box = page.viewport_size
        assert box
        page.touchscreen.tap(box["width"] / 2, box["height"] / 2)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    show_bars(page)
    page.get_by_role("button", name=name, exact=isinstance(name, str)).first.click()


def choose(page: Page, document: str) -> None:
    press(page, "目次")
    title = page.locator("#viewer-data").evaluate(
        "(data, id) => JSON.parse(data.textContent).documents.find((d) => d.id == id).title",
        document,
    )
    page.get_by_role("dialog").get_by_role("button", name=title, exact=True).click()
    expect_shown(page, f"{document}:1")


def draw(page: Page, x: float, y: float) -> None:
    sheet = page.locator(".sheet").bounding_box()
    assert sheet
    start = sheet["x"] + x * sheet["width"], sheet["y"] + y * sheet["height"]
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(start[0] + 6 * step, start[1] + step % 3)
    page.mouse.up()
