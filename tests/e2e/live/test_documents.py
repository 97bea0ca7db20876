"""Odd documents on real screens: letters are there, nothing is blank, nothing of the file runs."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests import pdfs
from tests.e2e.conftest import TABLET

OpenPage = Callable[..., Page]
Upload = Callable[[bytes], str]
# The share of dark pixels in a part of the page (left, top, width, height from 0 to 1).
DARK = """([left, top, wide, high]) => {
  const canvas = document.querySelector('.sheet > canvas');
  const [x, y] = [left * canvas.width, top * canvas.height].map(Math.round);
  const [w, h] = [wide * canvas.width, high * canvas.height].map(Math.round);
  const { data } = canvas.getContext('2d').getImageData(x, y, w, h);
  let dark = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at] < 128) dark += 1;
  return dark / (w * h);
}"""


def opened(open_page: OpenPage, document: str, number: int = 1, **options: object) -> Page:
    page = open_page("okuma", TABLET, has_touch=True, **options)
    page.goto(f"/documents/{document}?page={number}")
    expect(page.locator("#viewer")).to_have_attribute("data-shown", f"{document}:{number}")
    return page


def test_japanese_letters_of_a_font_that_is_not_in_the_file_are_drawn(
    open_page: OpenPage, upload: Upload
) -> None:
    page = opened(open_page, upload(pdfs.with_foreign_font()))
    # Three letters of 40 points, 80 from the left, on a line 600 from the bottom of 842.
    assert page.evaluate(DARK, [80 / 595, 205 / 842, 120 / 595, 40 / 842]) > 0.08
    assert page.evaluate(DARK, [0.1, 0.6, 0.8, 0.3]) == 0


def test_a_very_large_page_on_a_sharp_tablet_is_not_blank(
    open_page: OpenPage, upload: Upload
) -> None:
    """Browsers draw nothing on a canvas of too many pixels."""
    page = opened(open_page, upload(pdfs.large_pdf()), device_scale_factor=3)
    assert page.evaluate(DARK, [0, 0, 1, 1]) > 0.005
    for _ in range(3):
        page.touchscreen.tap(410, 590)
        page.get_by_role("button", name="拡大").click()
    page.wait_for_timeout(1000)
    assert page.evaluate(DARK, [0, 0, 1, 1]) > 0.005
    pixels = page.evaluate("(c => c.width * c.height)(document.querySelector('.sheet > canvas'))")
    assert pixels <= 16_100_000


def test_pages_of_mixed_size_and_rotation_are_shown_whole(
    open_page: OpenPage, upload: Upload
) -> None:
    document = upload(pdfs.mixed_pdf())
    page = opened(open_page, document)
    shapes = []
    for number in range(1, 5):
        expect(page.locator("#viewer")).to_have_attribute("data-shown", f"{document}:{number}")
        box = page.locator(".sheet").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= TABLET["width"] + 1
        shapes.append(round(box["width"] / box["height"], 2))
        page.keyboard.press("ArrowRight")
    assert shapes == pytest.approx([0.71, 1.41, 1.41, 0.6], abs=0.02)


def test_a_script_in_a_document_does_not_run(open_page: OpenPage, upload: Upload) -> None:
    """It would show a box and then never end."""
    asked: list[str] = []
    page = open_page("okuma")
    page.on("dialog", lambda box: (asked.append(box.message), box.dismiss()))
    document = upload(pdfs.with_script(pdfs.pdf_of("# 一", "# 二")))
    page.goto(f"/documents/{document}")
    expect(page.locator("#viewer")).to_have_attribute("data-shown", f"{document}:1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#viewer")).to_have_attribute("data-shown", f"{document}:2")
    assert asked == []


def test_what_is_new_and_what_was_replaced_is_marked_on_the_card(
    open_page: OpenPage, upload: Upload
) -> None:
    document = upload(pdfs.pdf_of("# 新しい資料"))
    page = open_page("okuma")
    card = page.locator(f"a[href='/documents/{document}']").last
    page.goto("/meetings/1")
    expect(card).to_contain_text("新着")
    page.goto(f"/documents/{document}")
    expect(page.locator("#viewer")).to_have_attribute("data-shown", f"{document}:1")
    page.wait_for_load_state("networkidle")
    page.goto("/meetings/1")
    expect(card).not_to_contain_text("新着")


STROKE = """([kind, y]) => {
  const sheet = document.querySelector('.sheet').getBoundingClientRect();
  const stage = document.querySelector('.stage');
  const fire = (name, x) => stage.dispatchEvent(new PointerEvent(name, {
    pointerType: kind, pointerId: kind === 'pen' ? 7 : 8, isPrimary: true, bubbles: true,
    pressure: 0.3, button: 0, clientX: sheet.left + x, clientY: sheet.top + y,
  }));
  stage.setPointerCapture = () => undefined;
  fire('pointerdown', 100);
  for (let x = 110; x < 300; x += 10) fire('pointermove', x);
  fire('pointerup', 300);
}"""


def test_a_hand_that_rests_beside_the_pen_does_not_write(
    open_page: OpenPage, upload: Upload
) -> None:
    page = opened(open_page, upload(pdfs.pdf_of("# 議案")))
    page.touchscreen.tap(410, 590)
    page.get_by_role("button", name="メモを書く").click()
    strokes = page.locator("g .memo-ink")
    page.evaluate(STROKE, ["touch", 300])
    expect(strokes).to_have_count(1)  # a finger writes as long as there is no pen
    page.evaluate(STROKE, ["pen", 400])
    expect(strokes).to_have_count(2)
    page.evaluate(STROKE, ["touch", 500])
    page.wait_for_timeout(300)
    expect(strokes).to_have_count(2)


def test_what_is_written_before_the_server_has_answered_is_there_and_saved(
    open_page: OpenPage, upload: Upload
) -> None:
    """On a slow network the first stroke comes before the list of memos, which is without it."""
    document = upload(pdfs.pdf_of("# 議案"))
    page = open_page("okuma", TABLET, service_workers="block")
    held: list[tuple[Route, APIResponse]] = []
    slow = "**/api/versions/*/memos"
    page.route(slow, lambda route: held.append((route, route.fetch())), times=1)
    page.goto(f"/documents/{document}")
    expect(page.locator("#viewer")).to_have_attribute("data-shown", f"{document}:1")
    page.locator(".stage").click()
    page.get_by_role("button", name="メモを書く").click()
    with page.expect_response(re.compile(r"/api/pages/\d+/memos")) as saved:
        page.evaluate(STROKE, ["pen", 300])
    assert saved.value.ok
    [(route, answer)] = held
    with page.expect_response(re.compile("/memos")):
        route.fulfill(response=answer)
    page.wait_for_load_state("networkidle")
    expect(page.locator("g .memo-ink")).to_have_count(1)
    page.reload()
    expect(page.locator("g .memo-ink")).to_have_count(1)
