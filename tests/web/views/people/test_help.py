"""使い方: the manuals of the roles say what stands on the screens."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from models.person import Person
from tests import pages
from tests.conftest import Browser, Cast
from web.bench.pictures import OF_MANUALS
from web.views.people.help import MANUALS

ROOT = Path(__file__).parents[4]
Browse = Callable[[Person], Browser]


def sources() -> str:
    """What screens are made of, but the manuals; words of the tables are labels of buttons too."""
    found = [*(ROOT / "web" / "templates").rglob("*.html"), *(ROOT / "models").glob("*.py")]
    found += (ROOT / "web" / "assets").glob("*/**/*.ts")
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in found
        if "node_modules" not in path.parts and path.parent.name != "help"
    )


def test_what_is_to_be_pressed_stands_so_on_a_screen(browse: Browse, cast: Cast) -> None:
    client, screens = browse(cast.attendee), sources()
    for manual in MANUALS:
        found = pages.texts(client.get(f"/help/{manual.name}").text, '//b[@class="press"]')
        assert len(found) > 5, manual.name
        for words in (quoted.strip("「」") for quoted in found):
            stands = re.search(rf"[>\"'`}}]\s*{re.escape(words)}\s*[<\"'`{{]", screens)
            assert stands, f"{manual.name}: 「{words}」"


def test_every_picture_that_is_taken_is_shown_by_a_manual(browse: Browse, cast: Cast) -> None:
    client = browse(cast.attendee)
    shown = [
        Path(source).stem
        for manual in MANUALS
        for source in pages.tree(client.get(f"/help/{manual.name}").text).xpath("//main//img/@src")
    ]
    assert sorted(shown) == sorted(picture.name for picture in OF_MANUALS)


@pytest.mark.parametrize(
    ("who", "first"),
    [("attendee", ["出席者・委員"]), ("secretary", ["出席者・委員", "書記"])],
)
def test_the_manuals_of_ones_own_roles_come_first(
    browse: Browse, cast: Cast, who: str, first: list[str]
) -> None:
    client = browse(getattr(cast, who))
    page = client.get("/help").text
    titles = pages.texts(page, "//main//li/a")
    assert titles[: len(first)] == first
    assert sorted(titles) == sorted(manual.title for manual in MANUALS)


def test_every_page_leads_there_for_those_who_are_signed_in(
    browse: Browse, cast: Cast, citizen: Browser
) -> None:
    client = browse(cast.attendee)
    for path in ("/today", "/account"):
        assert "使い方" in pages.texts(client.get(path).text, '//footer//a[@href="/help"]')
    assert "使い方" in pages.texts(client.get("/account").text, '//main//a[@href="/help"]')
    assert not pages.texts(citizen.get("/").text, '//a[@href="/help"]')
    assert client.get("/help/mayor").status_code == 404
