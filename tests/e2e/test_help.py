"""The manuals in the product: their pictures can be taken anew, and every size shows them."""

from collections.abc import Callable
from functools import cache

from PIL import Image
from playwright.sync_api import Page
from pypdfium2 import PdfDocument

from tests.e2e.conftest import DESKTOP, PHONE, TABLET
from tests.e2e.live.test_screens import violations, what_is_too_wide
from web.bench import pictures
from web.views.people.help import MANUALS

LARGEST_BYTES = 60_000
BROKEN = """() => [...document.images].filter((one) => !one.complete || !one.naturalWidth)
    .map((one) => one.src)"""


def test_every_picture_of_the_manuals_can_be_taken_anew(open_page: Callable[..., Page]) -> None:
    window = cache(open_page)
    try:
        for picture in pictures.OF_MANUALS:
            kept = pictures.KEPT_IN / f"{picture.name}.png"
            assert kept.stat().st_size <= LARGEST_BYTES, picture.name
            new = pictures.taken(window(picture.login), picture)
            assert new.size == Image.open(kept).size == picture.size, picture.name
    finally:
        _take_back_the_request(window("morishita"))


def _take_back_the_request(page: Page) -> None:
    """The other tests on this server find the meeting as before, but for a draft."""
    page.goto("/meetings/2/minutes")
    page.get_by_role("button", name="依頼を取り下げる").click()


def test_the_manuals_fit_every_window_and_the_attendees_two_sheets_of_paper(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("okuma")
    found = []
    for path in ["/help", *(f"/help/{manual.name}" for manual in MANUALS)]:
        page.goto(path)
        found += violations(page)
        for size in (DESKTOP, TABLET, PHONE):
            page.set_viewport_size(size)
            problems = [*page.evaluate(BROKEN), *what_is_too_wide(page, size["width"])]
            found += [f"{path} at {size['width']}: {problem}" for problem in problems]
    assert found == []
    page.goto("/help/attendee")
    assert len(PdfDocument(page.pdf(prefer_css_page_size=True))) <= 2
