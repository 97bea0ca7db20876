"""The browser of the measurements and of the tests. Run as a program this installs one, or tells
what is missing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from meetings.errors import GijidoError
from web.demo.people import PASSWORD

QUIET = subprocess.DEVNULL
SHELL = "chromium-headless-shell"
"""Chromium without its own windows, menus and extensions: opening a page costs half as much."""

NAMES = ("chromium", "chromium-browser", "google-chrome", SHELL)
NO_BROWSER = "この測定には Chromium と playwright が要ります。`make dev` を実行してください。"
TABLET = {"width": 820, "height": 1180}


def chromium(names: Iterable[str] = NAMES) -> str | None:
    """Return GIJIDO_CHROMIUM, else the first of these names on the PATH, if there is one."""
    given = os.environ.get("GIJIDO_CHROMIUM")
    return given or next((found for name in names if (found := shutil.which(name))), None)


@contextmanager
def open_browser() -> Iterator[Any]:
    """Raise GijidoError where there is none."""
    path = chromium()
    try:
        from playwright.sync_api import sync_playwright  # only there where `make dev` was run
    except ImportError as problem:
        raise GijidoError(NO_BROWSER) from problem
    if path is None:
        raise GijidoError(NO_BROWSER)
    flags = ["--no-sandbox", "--disable-gpu"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


def signed_in(
    browser: Any, url: str, login: str = "okuma", viewport: dict[str, int] = TABLET
) -> Any:
    """Return a page of a new context on the server at `url`; an attendee with a tablet, unless
    somebody else is named."""
    page = browser.new_context(viewport=viewport, base_url=url, locale="ja-JP").new_page()
    page.goto("/sign-in")
    page.get_by_label("利用者ID").fill(login)
    page.get_by_role("textbox", name="パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.wait_for_url("**/today")
    return page


def install() -> None:
    """Install one of Debian's packages, where we may."""
    before = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (before and not shutil.which("sudo")):
        return
    for command in (["update"], ["install", "-y", SHELL], ["install", "-y", "chromium"]):
        if chromium():
            return
        sys.stdout.write(f"apt-get {' '.join(command)}\n")
        sys.stdout.flush()
        subprocess.run([*before, "apt-get", *command], stdout=QUIET, stderr=QUIET, check=False)


if __name__ == "__main__":
    if not chromium():
        install()
    if not chromium():
        sys.exit("Chromium is missing: install it, or set GIJIDO_CHROMIUM to its path.")
