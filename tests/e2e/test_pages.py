"""From the sentence to the page that was shown, and from the page to the sound, in a browser."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.transcripts import transcripts
from models.document import DocumentVersion
from models.recording import BeginningSource
from tests.conftest import Cast
from tests.e2e.conftest import DESKTOP, PHONE, let_in
from tests.parts import TwoParts
from tests.showing import add_papers, present, turn

Open = Callable[..., Page]
SOUND = "document.querySelector('audio')"


@pytest.fixture
def open_as(server: str, browser: Browser) -> Iterator[Open]:
    opened = []

    def opening(login: str, size: object = DESKTOP) -> Page:
        context = browser.new_context(base_url=server, viewport=size, locale="ja-JP")  # type: ignore[arg-type]
        opened.append(context)
        let_in(context, login)
        return context.new_page()

    yield opening
    for context in opened:
        context.close()


@pytest.fixture
def two_parts(session: Session, storage: Storage, cast: Cast, two_parts: TwoParts) -> TwoParts:
    """The first page is shown from 14:00:13 on, where the second segment begins; the other one
    during the second part."""
    one, other = add_papers(session, storage, cast, two_parts.meeting)
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    turn(session, one, 14)
    turn(session, other, 60)
    two_parts.first.recording.beginning_source = BeginningSource.STAMP
    session.commit()
    return two_parts


def shown(session: Session, two_parts: TwoParts, place: int = 0) -> DocumentVersion:
    found = session.query(DocumentVersion).order_by(DocumentVersion.id).all()[place]
    session.commit()
    return found


def test_the_desk_shows_the_page_of_the_segment_and_plays_from_the_page(
    open_as: Open, session: Session, two_parts: TwoParts
) -> None:
    title = shown(session, two_parts).document.title
    path = f"/transcripts/{two_parts.first.id}"
    session.commit()
    page = open_as("morishita")
    page.goto(path)
    panel, text = page.locator("[data-page-panel]"), page.locator(".segment-text")
    text.nth(1).focus()
    expect(panel.locator("[data-page-name]")).to_have_text(f"{title}　第1版　1頁")
    picture = panel.locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    text.nth(0).focus()
    expect(panel).to_contain_text("この発話のときに示されていた頁はありません。")
    text.nth(1).focus()
    panel.get_by_role("button", name="この頁が示されていた0:00:09～0:00:19を聞く").click()
    page.wait_for_function(f"!{SOUND}.paused && {SOUND}.currentTime >= 9")
    expect(panel).to_contain_text("頁がずれているかもしれません")
    assert [problem["id"] for problem in Axe().run(page).response["violations"]] == []


def test_moments_that_come_late_are_shown_though_the_desk_has_looked_again_meanwhile(
    open_as: Open, session: Session, two_parts: TwoParts
) -> None:
    path = f"/transcripts/{two_parts.first.id}"
    session.commit()
    page = open_as("morishita")
    held: list[Route] = []
    page.route("**/moments", lambda route: held.append(route))
    page.goto(path)
    page.locator(".segment-text").nth(1).focus()
    expect(page.locator("[data-page-name]")).to_contain_text("1頁")
    page.wait_for_function(f"{SOUND}.currentTime >= 9")  # the sound follows, and tells it again
    page.locator(".segment-text").nth(1).blur()
    page.locator(".segment-text").nth(1).focus()
    for route in held:
        route.continue_()
    expect(page.get_by_role("button", name="この頁が示されていた")).to_be_visible()


def test_on_a_phone_the_page_waits_in_a_fold(
    open_as: Open, session: Session, two_parts: TwoParts
) -> None:
    path = f"/transcripts/{two_parts.first.id}"
    session.commit()
    page = open_as("morishita", PHONE)
    page.goto(path)
    page.locator(".segment-text").nth(1).focus()
    picture = page.locator("[data-page-picture]")
    expect(page.locator("[data-page-short]")).to_contain_text("1頁")
    expect(picture).to_be_hidden()
    page.locator(".desk-page-title").click()
    expect(picture).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_beginning_is_moved_by_ear_until_page_and_voice_agree(
    open_as: Open, session: Session, two_parts: TwoParts
) -> None:
    recording = two_parts.first.recording
    path = f"/recordings/{recording.id}/place"
    session.commit()
    page = open_as("morishita")
    page.goto(path)
    first = page.locator("[data-turn]").first
    expect(first).to_contain_text("録音の 0:00:09")
    first.get_by_role("link", name="聞く").click()
    page.wait_for_function(f"!{SOUND}.paused && {SOUND}.currentTime >= 6")
    page.get_by_role("button", name="1秒遅く").click()
    page.get_by_role("button", name="1秒遅く").click()
    expect(first).to_contain_text("録音の 0:00:07")
    expect(page.get_by_label("始まりの時刻", exact=True)).to_have_value("14:00:07")
    assert [problem["id"] for problem in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="この時刻を確かめたので保存する").click()
    expect(page.get_by_role("article", name="前半.flac")).to_contain_text("時刻は確認済み")
    session.commit()
    assert recording.began_at is not None and recording.began_at.second == 7


def test_the_viewer_lists_what_was_said_and_leads_back_to_the_desk(
    open_as: Open, session: Session, two_parts: TwoParts
) -> None:
    document_id = shown(session, two_parts).document_id
    said = transcripts.segments_of(session, two_parts.first)[1]
    words, segment = said.text, f"/transcripts/{two_parts.first.id}#segment-{said.id}"
    session.commit()
    page = open_as("morishita")
    page.goto(f"/documents/{document_id}")
    expect(page.locator("#viewer")).to_have_attribute("data-shown", f"{document_id}:1")
    page.get_by_role("button", name="そのほかの操作").click()
    page.get_by_role("button", name="この頁の発言").click()
    line = page.locator(".moment").first
    expect(line).to_contain_text(words)
    line.get_by_role("button", name="0:00:09から聞く").click()
    page.wait_for_function(f"!{SOUND}.paused && {SOUND}.currentTime >= 9")
    line.get_by_role("link").click()
    page.wait_for_url(f"**{segment}")
    expect(page.locator(".segment-text").nth(1)).to_have_value(words)


def test_an_attendee_is_offered_no_words(
    open_as: Open, session: Session, two_parts: TwoParts
) -> None:
    document_id = shown(session, two_parts).document_id
    session.commit()
    page = open_as("okuma")
    page.goto(f"/documents/{document_id}")
    page.get_by_role("button", name="そのほかの操作").click()
    expect(page.get_by_role("button", name="メモの一覧")).to_be_visible()
    expect(page.get_by_role("button", name="この頁の発言")).to_have_count(0)
