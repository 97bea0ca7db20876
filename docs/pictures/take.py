"""The README's pictures, taken from a fresh demo that has heard its recordings:

    python docs/pictures/take.py http://127.0.0.1:8400

The meeting of today, its document as the presenter sees it, published minutes and the desk, each in
a window of 1280×800. Raises GijidoError where there is no Chromium (`make dev`).
"""

import sys
from pathlib import Path
from typing import Any

from web.bench.pictures import Picture, take_all, wait_for_page

HERE = Path(__file__).parent
COLOURS = 256


def second_doubtful_word(desk: Any) -> None:
    """With what is proposed for it."""
    desk.get_by_role("button", name="次の疑わしい箇所").click()
    desk.get_by_role("button", name="次の疑わしい箇所").click()
    desk.wait_for_timeout(3000)


def show_to_all(viewer: Any) -> None:
    wait_for_page(viewer)
    begin = viewer.get_by_role("button", name="みんなに見せる")
    if begin.is_visible():  # else they present already
        begin.click()
    viewer.wait_for_timeout(3000)


PICTURES = (
    Picture("today", "okuma", "/today"),
    Picture("viewer", "koga", "/meetings/1/presentation", prepare=show_to_all),
    Picture("published", None, "/published/3"),
    Picture("transcript", "morishita", "/transcripts/1", prepare=second_doubtful_word),
)

if __name__ == "__main__":
    take_all(sys.argv[1], PICTURES, HERE, COLOURS)
