"""Two recordings of one meeting in a real browser, from the list to the citizen's ear."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from meetings.disk.storage import Storage
from minutes.recognition.heard import HeardSegment
from minutes.sound import audio
from tests.e2e.conftest import DESKTOP, PHONE, let_in
from tests.parts import SECOND, TwoParts

pytestmark = pytest.mark.usefixtures("spare")
Open = Callable[..., Page]
# Resolves with the length in seconds.
LENGTH = """audio => new Promise(done => {
  const tell = () => done(audio.duration);
  if (audio.readyState) tell(); else audio.addEventListener("loadedmetadata", tell);
})"""


@pytest.fixture
def open_as(server: str, browser: Browser) -> Iterator[Open]:
    """`open_as("morishita")` is a window of that person; without a login, a citizen's."""
    opened = []

    def opening(login: str | None = None) -> Page:
        context = browser.new_context(base_url=server, viewport=DESKTOP, locale="ja-JP")
        opened.append(context)
        if login:
            let_in(context, login)
        return context.new_page()

    yield opening
    for context in opened:
        context.close()


def test_from_the_place_of_each_recording_to_the_sound_of_a_sentence_of_the_second_part(
    open_as: Open, two_parts: TwoParts, storage: Storage
) -> None:
    secretary = open_as("morishita")
    place_the_second_part(secretary, two_parts)
    go_from_desk_to_desk(secretary, two_parts)
    draft_and_ask(secretary, two_parts)
    approver = open_as("nagano")
    approver.goto(f"/meetings/{two_parts.meeting.id}/minutes")
    approver.get_by_role("button", name="承認する").click()
    approver.wait_for_load_state()  # the question is asked by the page's script
    approver.get_by_role("button", name="公開する").click()
    approver.get_by_role("dialog").get_by_role("button", name="公開する").click()
    expect(approver.get_by_role("link", name="公開しています")).to_be_visible()
    hear_the_second_part(open_as(), two_parts, storage)


def place_the_second_part(page: Page, two_parts: TwoParts) -> None:
    page.goto(f"/meetings/{two_parts.meeting.id}/recordings")
    article = page.get_by_role("article", name="後半.flac")
    expect(article).to_contain_text("第1部の終わりから1分空いています。")
    article.locator("summary", has_text="種類と始まりの時刻を直す").click()
    article.get_by_label("始まりの時刻", exact=True).fill("あとで")
    article.get_by_role("button", name="保存する").click()
    field = page.get_by_label("始まりの時刻", exact=True)
    expect(field).to_have_value("あとで")
    expect(field).to_have_accessible_description(re.compile("「あとで」は読めません"))
    assert fits_and_is_accessible(page) == []
    field.fill("＋0:00:15")
    page.get_by_role("button", name="確かめずに保存する").click()
    article = page.get_by_role("article", name="後半.flac")
    expect(article).to_contain_text("第1部と第2部は5秒重なっています。")
    article.locator("summary", has_text="種類と始まりの時刻を直す").click()
    assert fits_and_is_accessible(page) == []


def go_from_desk_to_desk(page: Page, two_parts: TwoParts) -> None:
    page.goto(f"/transcripts/{two_parts.first.id}")
    page.get_by_role("link", name="次の部（第2部）").click()
    expect(page.locator(".segment textarea").first).to_have_value(SECOND[0].text)
    assert fits_and_is_accessible(page) == []
    expect(page.get_by_role("link", name="前の部（第1部）")).to_be_visible()


def draft_and_ask(page: Page, two_parts: TwoParts) -> None:
    page.goto(f"/meetings/{two_parts.meeting.id}/minutes")
    expect(page.get_by_label("第2部に使う逐語録")).to_have_value(str(two_parts.second.id))
    assert fits_and_is_accessible(page) == []
    page.get_by_role("button", name="会議録を作成").click()
    expect(page.locator(".paper")).to_contain_text(SECOND[0].text)
    page.get_by_role("button", name="承認を依頼").click()


def hear_the_second_part(page: Page, two_parts: TwoParts, storage: Storage) -> None:
    page.goto("/")
    page.get_by_role("link", name="第2回").click()
    said, sound = SECOND[0], storage.path(two_parts.second.recording.sha256)
    listen = page.get_by_role("link", name="第2部 0:00:00の発言を聞く")
    words = page.get_by_text(said.text)
    expected = audio.clip(sound, said.start_seconds, said.end_seconds)
    assert page.request.get(words.get_attribute("data-sound") or "").body() == expected
    hear_while_reading(page, listen)
    hear_without_a_script(page, listen.get_attribute("href") or "", said)


def hear_while_reading(page: Page, listen: Locator) -> None:
    """From sentence to sentence, each marked while it is heard; the page is never left."""
    paper = page.url
    listen.click()
    bar = page.get_by_role("region", name="会議録を聞く")
    expect(page.locator(".is-heard")).to_have_text(SECOND[0].text)
    expect(page.locator(".is-heard")).to_have_text(SECOND[1].text, timeout=30_000)
    expect(bar.get_by_role("link", name="この文へのリンク")).to_have_attribute(
        "href", re.compile("^#said-")
    )
    expect(bar.get_by_role("button", name="再生")).to_be_visible(timeout=30_000)  # it is over
    assert page.url == paper
    assert fits_and_is_accessible(page) == []
    bar.get_by_role("button", name="前の文へ").click()
    expect(page.locator(".is-heard")).to_have_text(SECOND[0].text)
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(page.locator(".is-heard")).to_have_count(0)
    expect(listen).to_be_focused()


def hear_without_a_script(page: Page, url: str, said: HeardSegment) -> None:
    page.goto(url)
    seconds = page.locator("audio").evaluate(LENGTH)
    assert seconds == pytest.approx(said.end_seconds - said.start_seconds, abs=0.3)
    page.get_by_role("link", name="次の発言").click()
    expect(page.get_by_text(SECOND[1].text)).to_be_visible()
    page.get_by_role("link", name="会議録のこの発言に戻る").click()
    expect(page.locator(":target")).to_have_text(SECOND[1].text)


def fits_and_is_accessible(page: Page) -> list[str]:
    problems = [violation["id"] for violation in Axe().run(page).response["violations"]]
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(DESKTOP)
    return [*problems, *([f"wider than a phone: {width}"] if width > PHONE["width"] else [])]
