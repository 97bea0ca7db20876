"""The README's pictures, taken from a fresh demo that has heard its recordings:

    python docs/pictures/take.py http://127.0.0.1:8400

The meeting of today, its document as the presenter sees it, published minutes and the desk, each in
a window of 1280×800. Raises GijidoError where there is no Chromium (`make dev`).
"""

import io
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from web.bench.harness.chromium import open_browser, signed_in

HERE = Path(__file__).parent
WINDOW = {"width": 1280, "height": 800}


def take_today(browser: Any, url: str) -> None:
    page = signed_in(browser, url, "okuma", WINDOW)
    _keep(page, "today")


def take_desk(browser: Any, url: str) -> None:
    """At the second doubtful word, with what is proposed for it."""
    page = signed_in(browser, url, "morishita", WINDOW)
    page.goto("/meetings/2/recordings")
    page.get_by_role("link", name="校正").first.click()
    page.get_by_role("button", name="次の疑わしい箇所").click()
    page.get_by_role("button", name="次の疑わしい箇所").click()
    page.wait_for_timeout(3000)
    _keep(page, "transcript")


def take_document(browser: Any, url: str) -> None:
    presenter = signed_in(browser, url, "koga", WINDOW)
    presenter.goto("/meetings/1/presentation")
    presenter.wait_for_timeout(3000)
    begin = presenter.get_by_role("button", name="みんなに見せる")
    if begin.is_visible():  # else they present already
        begin.click()
    presenter.wait_for_timeout(3000)
    _keep(presenter, "viewer")


def take_published(browser: Any, url: str) -> None:
    page = browser.new_context(viewport=WINDOW, base_url=url, locale="ja-JP").new_page()
    page.goto("/published/3")
    page.wait_for_timeout(1000)
    _keep(page, "published")


def _keep(page: Any, name: str) -> None:
    """In 256 colours: a third of the bytes, and nobody sees it."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(256).save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    with open_browser() as browser:
        for take in (take_today, take_document, take_published, take_desk):
            take(browser, sys.argv[1])
