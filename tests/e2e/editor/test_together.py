"""Several people at one transcript, and one who was away: nothing that was typed is lost."""

import os
import random

from playwright.sync_api import APIResponse, BrowserContext, Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.transcripts import transcripts
from models.transcript import Correction, Transcript
from tests.conftest import Cast
from tests.e2e.conftest import let_in
from tests.e2e.editor.desk import WAITING, expect_saved, stored, type_offline

CHANGES = 40
SEED = 20_261_129
ALL_ANSWERED = """() => {
  const saved = document.querySelector("[data-saved]").textContent;
  const told = [...document.querySelectorAll(".segment-problem")].filter((one) => one.textContent);
  return saved === (told.length ? `未保存 ${told.length}件` : "すべて保存済み");
}"""
"""Every change was saved, or is in a conflict that is told."""


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


def test_two_people_at_the_same_segments_lose_nothing(
    desk: Page, other: Page, session: Session, transcript: Transcript
) -> None:
    """Whatever either typed last into a segment stands there, was saved before the other changed
    it, or is shown beside the other's text. GIJIDO_SEED tries another order."""
    seed = int(os.environ.get("GIJIDO_SEED") or SEED)
    chance = random.Random(seed)
    print(f"GIJIDO_SEED={seed}")
    last: dict[tuple[Page, int], str] = {}
    for number in range(CHANGES):
        page, place = chance.choice((desk, other)), chance.randrange(3)
        words = f"{number}番目に打った文"
        page.locator(".segment-text").nth(place).fill(words)
        last[page, place] = words
        if chance.random() < 0.5:  # at times one waits until it is saved, at times both are at it
            expect(page.locator("[data-saved]")).not_to_have_text("保存中…")
    for page in (desk, other):
        page.wait_for_function(ALL_ANSWERED)
    now = stored(session, transcript)
    written = set(session.scalars(select(Correction.after)))
    lost = [
        words
        for (page, place), words in last.items()
        if now[place] != words and words not in written and not is_in_conflict(page, place, words)
    ]
    assert lost == [], f"GIJIDO_SEED={seed}"


def is_in_conflict(page: Page, place: int, words: str) -> bool:
    """Whether both texts of the segment are on the screen, for the person to choose."""
    told = page.locator(".segment-problem").nth(place).text_content() or ""
    return words in told and page.locator(".segment-text").nth(place).input_value() == words


def test_changes_that_waited_are_saved_when_the_network_is_back(
    context: BrowserContext, session: Session, cast: Cast, long_transcript: Transcript
) -> None:
    login, address = cast.secretary.login, f"/transcripts/{long_transcript.id}"
    session.commit()
    let_in(context, login)
    page = context.new_page()
    page.goto(address)
    type_offline(page, typed := 30)
    expect(page.locator("[data-trouble]")).to_contain_text("サーバーにつながりません")
    context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text("すべて保存済み", timeout=60_000)
    session.commit()
    texts = [segment.text for segment in transcripts.segments_of(session, long_transcript)]
    assert texts == [f"{n}番目の発話{'。' if n < typed else ''}" for n in range(WAITING)]
    expect_saved(page)


def test_an_answer_that_is_older_than_ones_own_change_does_not_take_it_off_the_screen(
    desk: Page,
) -> None:
    held: list[tuple[Route, APIResponse]] = []
    desk.route("**/api/transcripts/*", lambda route: held.append((route, route.fetch())))
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # all is asked for
    for _ in range(50):
        if not held:
            desk.wait_for_timeout(100)
    text, speaker = desk.locator(".segment-text").first, desk.locator(".segment-speaker").first
    text.focus()
    desk.keyboard.press("Alt+1")
    expect(speaker).not_to_have_value("")
    expect_saved(desk)
    route, answer = held[0]
    route.fulfill(response=answer)
    desk.wait_for_timeout(300)
    assert speaker.input_value()
