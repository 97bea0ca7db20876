"""Pictures of the screens for the manuals in the product (使い方), taken anew from a fresh demo:

    python -m web.bench.pictures http://127.0.0.1:8400

Raises GijidoError where there is no Chromium (`make dev`).
"""

import io
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from web.bench.harness.chromium import open_browser, signed_in

KEPT_IN = Path(__file__).parent.parent / "assets" / "public" / "help"
"""From here the build copies them to where they are served."""

Size = tuple[int, int]
"""Width and height in pixels."""

DESKTOP: Size = (1280, 800)
UPRIGHT: Size = (768, 1024)
COLOURS = 48
"""Of a picture: a quarter of the bytes, and few see it."""


def _nothing(_page: Any) -> None:
    """Leave the page as it opened."""


@dataclass(frozen=True)
class Picture:
    """`login`: who signs in, nobody without; `prepare`: what they do on the page at `path` before
    the picture of the window, `size`, is taken."""

    name: str
    login: str | None
    path: str
    size: Size = DESKTOP
    prepare: Callable[[Any], None] = _nothing


def _wait_for_all(page: Any) -> None:
    page.wait_for_load_state("networkidle")


def wait_for_page(viewer: Any) -> None:
    """Wait until the page of the document is drawn and the server is reached."""
    viewer.wait_for_selector("#viewer[data-shown][data-link=stream]")


def _take_up_the_pen(viewer: Any) -> None:
    wait_for_page(viewer)
    viewer.get_by_role("button", name="メモを書く").click()


def _ask_for_approval(minutes: Any) -> None:
    """Make minutes if there are none, and ask for their approval if nobody did."""
    for words in ("会議録を作成", "承認を依頼"):
        act = minutes.get_by_role("button", name=words, exact=True)
        if act.is_visible():
            act.click()
            minutes.wait_for_load_state()


def _scroll_to_decision(minutes: Any) -> None:
    minutes.get_by_role("button", name="差し戻す").scroll_into_view_if_needed()


# In this order: an approver sees what the secretary asked for.
OF_MANUALS = (
    Picture("attendee-today", "okuma", "/today", UPRIGHT),
    Picture("attendee-viewer", "okuma", "/meetings/1/presentation", UPRIGHT, wait_for_page),
    Picture("attendee-memo", "okuma", "/meetings/1/presentation", UPRIGHT, _take_up_the_pen),
    Picture("organiser-meeting", "koga", "/meetings/1"),
    Picture("organiser-invitations", "koga", "/meetings/1/invitations"),
    Picture("organiser-sitting", "koga", "/meetings/1/sitting"),
    Picture("secretary-recordings", "morishita", "/meetings/2/recordings"),
    Picture("secretary-desk", "morishita", "/transcripts/1", prepare=_wait_for_all),
    Picture("secretary-request", "morishita", "/meetings/2/minutes", prepare=_ask_for_approval),
    Picture("approver-today", "nagano", "/today"),
    Picture("approver-decision", "nagano", "/meetings/2/minutes", prepare=_scroll_to_decision),
    Picture("administrator-health", "shimada", "/administration"),
    Picture("administrator-people", "shimada", "/administration/people"),
    Picture("auditor-list", "matsunaga", "/audit"),
    Picture("auditor-person", "matsunaga", "/audit?login=morishita"),
)


def taken(page: Any, picture: Picture) -> Image.Image:
    """Return the picture in all its colours. `page` is a window of its person."""
    width, height = picture.size
    page.set_viewport_size({"width": width, "height": height})
    page.goto(picture.path)
    picture.prepare(page)
    return Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def take_all(url: str, pictures: Iterable[Picture], folder: Path, colours: int = COLOURS) -> None:
    """Take these pictures from the server at `url`, and write each to `folder` by its name, as PNG
    with so many colours."""
    with open_browser() as browser:

        @cache
        def window(login: str | None) -> Any:
            if login:
                return signed_in(browser, url, login)
            return browser.new_context(base_url=url, locale="ja-JP").new_page()

        for picture in pictures:
            few = taken(window(picture.login), picture).quantize(colours)
            few.save(folder / f"{picture.name}.png", optimize=True)


if __name__ == "__main__":
    take_all(sys.argv[1], OF_MANUALS, KEPT_IN)
