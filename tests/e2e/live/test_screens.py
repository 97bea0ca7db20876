"""Every screen at three sizes: no violation that axe finds, nothing wider than the window."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import DESKTOP, PHONE, TABLET

SIZES = {"desktop": DESKTOP, "tablet": TABLET, "phone": PHONE}
SCREENS = {
    None: ["/", "/published/3", "/sign-in", "/nothing-here"],
    "okuma": ["/today", "/meetings", "/meetings/1", "/meetings/1/invitations", "/documents/1",
              "/meetings/1/presentation", "/meetings/1/sitting", "/meetings/1/connection-test"],
    "koga": ["/meetings/new", "/meetings/1", "/meetings/1/change", "/meetings/1/agenda",
             "/meetings/1/invitations", "/meetings/1/roster", "/meetings/1/copy",
             "/meetings/1/sitting", "/meetings/1/sitting/code", "/versions/1/comparison",
             "/meetings/1/voiceprints"],
    "morishita": ["/today", "/meetings/1/recordings", "/meetings/2/recordings", "/transcripts/1",
                  "/transcripts/1/print", "/meetings/2/minutes", "/meetings/3/minutes",
                  "/statistics", "/meetings/2/terms", "/meetings/3/terms?shown=guessed",
                  "/meetings/3/dictionary", "/meetings/3/dictionary/learned"],
    "shimada": ["/administration", "/administration/dictionaries",
                "/administration/dictionaries/3"],
}  # fmt: skip


@pytest.mark.parametrize("login", SCREENS)
def test_screens_are_accessible_and_fit(open_page: Callable[..., Page], login: str | None) -> None:
    page = open_page(login)
    found = {}
    for path in SCREENS[login]:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        for name, size in SIZES.items():
            page.set_viewport_size(size)
            page.evaluate("() => new Promise(requestAnimationFrame)")
            problems = [*violations(page), *what_is_too_wide(page, size["width"])]
            if problems:
                found[path, name] = problems
    assert found == {}


def violations(page: Page) -> list[str]:
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in Axe().run(page).response["violations"]
    ]


def what_is_too_wide(page: Page, most: int) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"wider than the window: {width}"] if width > most else []
