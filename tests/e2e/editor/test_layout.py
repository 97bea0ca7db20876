"""校正: where things stand while one works. Nothing jumps, covers the text or stays too long."""

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from models.base import now
from models.transcript import Transcript
from tests.conftest import Cast
from tests.e2e.conftest import DESKTOP, PHONE, TABLET
from tests.e2e.editor.desk import expect_saved, stored
from tests.world import HEARD


def box_of(locator: Locator) -> tuple[float, float]:
    """Its upper and its lower edge in the window."""
    box = locator.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


@pytest.fixture
def alike(desk: Page, session: Session, cast: Cast, transcript: Transcript) -> Page:
    """The second and the third segment say what the first says; the third is confirmed."""
    texts = ["転入の鉄づき", "鉄づき", "この鉄づき"]
    for segment, text in zip(transcript.segments, texts, strict=True):
        segment.text = text
    third = transcript.segments[2]
    third.confirmed_by, third.confirmed_at = cast.secretary, now()
    session.commit()
    desk.set_viewport_size({"width": DESKTOP["width"], "height": 560})
    desk.reload()
    expect(desk.locator(".segment")).to_have_count(len(HEARD))
    return desk


def test_the_box_of_alike_places_hides_nothing_and_gives_the_hands_back(
    alike: Page, session: Session, transcript: Transcript
) -> None:
    text, box = alike.locator(".segment-text"), alike.locator("[data-alike]")
    text.first.fill("転入の手続き")
    alike.keyboard.press("Control+ArrowDown")
    expect(box).to_contain_text("ほかに 2か所")
    expect(box.locator("input").nth(0)).to_be_checked()
    expect(box.locator("input").nth(1)).not_to_be_checked()  # somebody has passed it
    top, bottom = box_of(box)
    assert top >= box_of(alike.locator(".desk-bar"))[1]
    assert bottom <= box_of(alike.locator(".player"))[0]
    expect(text.nth(1)).to_be_focused()
    alike.wait_for_timeout(200)  # two frames, on a busy machine
    assert box_of(text.nth(1))[1] <= box_of(box)[0]
    alike.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(alike.locator("[data-toggle]")).to_have_text("再生")  # the sound is as it was
    expect(text.nth(1)).to_be_focused()
    alike.keyboard.press("Alt+a")
    expect(box.get_by_role("button", name="選んだ箇所を直す")).to_be_focused()
    alike.keyboard.press("Enter")
    expect(box).to_be_hidden()
    expect(text.nth(1)).to_be_focused()
    expect_saved(alike)
    assert stored(session, transcript) == ["転入の手続き", "手続き", "この鉄づき"]


def test_nothing_jumps_when_one_types_and_what_was_said_of_an_earlier_act_goes(desk: Page) -> None:
    text, note = desk.locator(".segment-text"), desk.locator("[data-note]")
    text.first.focus()
    text.first.evaluate("(field) => field.setSelectionRange(0, 0)")
    places = [box_of(text.first), box_of(desk.locator(".segment").nth(1))]
    desk.keyboard.press("Alt+Enter")
    expect(note).to_contain_text("発話の途中にカーソル")
    assert places == [box_of(text.first), box_of(desk.locator(".segment").nth(1))]
    desk.keyboard.type("あ")
    expect(note).to_be_empty()
    assert places == [box_of(text.first), box_of(desk.locator(".segment").nth(1))]
    expect_saved(desk)
    assert box_of(text.first) == places[0]
    desk.keyboard.press("Backspace")
    expect_saved(desk)
    desk.keyboard.press("Alt+h")
    out, put = (desk.locator(f".history {mark}.corrected") for mark in ("del", "ins"))
    expect(put).to_have_text("あ")
    expect(put).to_have_css("text-decoration-line", "underline")
    expect(out).to_have_text("あ")
    expect(out).to_have_css("text-decoration-line", "line-through")


def test_on_small_screens_the_first_segment_and_the_search_are_seen_at_once(desk: Page) -> None:
    """Each segment's 操作 beside its time, not on a line of its own."""
    for size in (TABLET, PHONE):
        desk.set_viewport_size(size)
        desk.reload()
        expect(desk.locator("#find")).to_be_in_viewport()
        first = desk.locator(".segment").first
        expect(first.locator(".segment-text")).to_be_in_viewport(ratio=1)
        assert box_of(first.locator(".segment-text"))[1] < box_of(desk.locator(".player"))[0]
        assert box_of(first.locator(".segment-more"))[0] < box_of(first.locator(".segment-time"))[1]
        told = desk.locator(".desk-told")
        assert box_of(told)[1] - box_of(told)[0] < 40  # one line
