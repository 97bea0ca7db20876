"""Several people at one transcript, and one who was away: nothing that was typed is lost."""

import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import people
from meetings.storage import Storage
from minutes import transcripts
from minutes.recognition.heard import Heard
from models.meeting import Meeting
from models.person import Role
from models.transcript import Correction, Transcript
from tests.conftest import Cast
from tests.e2e.editor.desk import SAVING_MS, expect_saved, sign_in, stored
from web.demo import builders

pytestmark = pytest.mark.browser
WAITING = 300
"""Changes that wait while the network is away."""

EDITS = 40
SEED = 20261125


@pytest.fixture
def other(
    server: str, browser: Browser, desk: Page, cast: Cast, session: Session
) -> Iterator[Page]:
    """Another secretary at the same transcript."""
    people.grant_role(session, cast.approver, Role.SECRETARY, None)
    login, address = cast.approver.login, desk.url
    session.commit()
    context = browser.new_context(base_url=server)
    context.set_default_timeout(SAVING_MS)
    page = context.new_page()
    sign_in(page, login)
    page.goto(address)
    expect(page.locator(".segment")).to_have_count(3)
    yield page
    context.close()


def test_people_see_each_other_and_what_the_others_change(
    desk: Page, other: Page, session: Session, cast: Cast
) -> None:
    name = cast.secretary.name
    session.commit()
    desk.locator(".segment-text").nth(1).focus()
    expect(other.locator("[data-others]")).to_have_text(f"ほかに開いている人：{name}")
    chip = other.locator(".segment-other").nth(1)
    expect(chip).to_have_text(f"{name}さんが開いています")
    desk.locator(".segment-text").nth(1).fill("こちらで直した文")
    expect(other.locator(".segment-text").nth(1)).to_have_value("こちらで直した文")


def test_a_line_that_another_joined_away_keeps_what_is_typed_in_it(desk: Page, other: Page) -> None:
    other.route("**/api/segments/*/text", lambda route: route.abort())
    other.locator(".segment-text").nth(1).fill("打っている途中の文")
    desk.locator(".segment-text").first.focus()
    desk.keyboard.press("Alt+j")
    expect(desk.locator(".segment")).to_have_count(2)
    other.unroute("**/api/segments/*/text")
    expect(other.locator(".segment-problem").nth(1)).to_contain_text("見つかりません")
    expect(other.locator(".segment-text").nth(1)).to_have_value("打っている途中の文")


def test_two_people_at_the_same_segments_lose_nothing(
    desk: Page, other: Page, session: Session, transcript: Transcript
) -> None:
    """Whatever either typed last into a segment stands there, was saved before the other changed
    it, or is shown beside the other's text."""
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    last: dict[tuple[Page, int], str] = {}
    for number in range(EDITS):
        page, place = chance.choice((desk, other)), chance.randrange(3)
        text = page.locator(".segment-text").nth(place)
        words = f"{number}番目に打った文"
        text.fill(words)
        last[page, place] = words
        if chance.random() < 0.5:
            page.wait_for_timeout(chance.randrange(1500))
    for page in (desk, other):
        expect(page.locator("[data-saved]")).not_to_have_text("保存中…")
        page.wait_for_timeout(2000)
    now = stored(session, transcript)
    written = set(session.scalars(select(Correction.after)))
    for (page, place), words in last.items():
        shown = page.locator(".segment-problem").nth(place).text_content() or ""
        kept = page.locator(".segment-text").nth(place).input_value()
        is_in_conflict = words in shown and kept == words
        assert now[place] == words or words in written or is_in_conflict


@pytest.fixture
def long_transcript(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Transcript:
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    heard = [Heard(n * 2.0, n * 2.0 + 2, f"{n}番目の発話") for n in range(WAITING)]
    made = builders.add_transcript(session, cast.secretary, recording, heard)
    session.commit()
    return made


def test_three_hundred_changes_that_waited_are_saved_when_the_network_is_back(
    context: BrowserContext, session: Session, cast: Cast, long_transcript: Transcript
) -> None:
    login, address = cast.secretary.login, f"/transcripts/{long_transcript.id}"
    session.commit()
    page = context.new_page()
    sign_in(page, login)
    page.goto(address)
    page.locator(".segment-text").first.focus()
    context.set_offline(True)
    for _ in range(WAITING):
        page.keyboard.press("End")
        page.keyboard.type("。")
        page.keyboard.press("Control+ArrowDown")
    expect(page.locator("[data-saved]")).to_have_text(f"未保存 {WAITING}件")
    expect(page.locator("[data-trouble]")).to_contain_text("サーバーにつながりません")
    context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text("すべて保存済み", timeout=60_000)
    session.commit()
    texts = [segment.text for segment in transcripts.segments_of(session, long_transcript)]
    assert texts == [f"{n}番目の発話。" for n in range(WAITING)]
    expect_saved(page)
