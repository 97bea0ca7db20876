"""校正 with the keyboard alone: the queue, undo, all that are alike, split and join."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from models.transcript import Doubt, Transcript
from tests.e2e.editor.desk import TEXT, expect_saved, stored
from tests.world import HEARD


def expect_playing(page: Page) -> None:
    expect(page.locator("[data-toggle]")).to_have_text("一時停止")


def reloaded(page: Page) -> Page:
    page.reload()
    expect(page.locator(".segment")).to_have_count(len(HEARD))
    return page


def test_doubtful_places_come_one_after_the_other_with_the_sound_playing(
    taught: object, desk: Page, session: Session, transcript: Transcript
) -> None:
    transcript.segments[2].doubt = Doubt.MISSING
    for segment in transcript.segments[:2]:
        segment.text = segment.text.ljust(100, "あ")
        segment.confidence = 0.6
    session.commit()
    page, count = reloaded(desk), desk.locator("[data-queue-count]").first
    expect(count).to_have_text("残り 3")
    text = page.locator(".segment-text")
    page.keyboard.press("F8")
    expect(text.first).to_be_focused()
    expect_playing(page)
    assert page.evaluate("String(getSelection())") == "定刻"
    page.keyboard.press("F9")
    expect(count).to_have_text("残り 2")
    expect(text.nth(1)).to_be_focused()
    page.keyboard.press("F10")
    expect(count).to_have_text("残り 1")
    expect(text.nth(2)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(count).to_have_text("残っていません")
    note = page.locator("[data-note]")
    expect(note).to_contain_text("未確認が2発話あります。まだ約40字の誤りがあると見込まれます")
    expect(note).to_contain_text("Alt+K")
    long = [text.ljust(100, "あ") for text in (TEXT, HEARD[1].text)]
    assert stored(session, transcript) == [*long, HEARD[2].text]


@pytest.fixture
def worst_first(taught: object, desk: Page, session: Session, transcript: Transcript) -> Page:
    """At the third line, which is doubtful as a whole; the first two have proposals."""
    transcript.segments[2].doubt = Doubt.MISSING
    session.commit()
    page = reloaded(desk)
    page.locator("[data-queue-order]").select_option("worst")
    page.get_by_role("button", name="次の疑わしい箇所").click()
    return page


def test_the_worst_place_can_come_first(worst_first: Page) -> None:
    expect(worst_first.locator(".segment-text").nth(2)).to_be_focused()


def test_who_goes_on_line_by_line_is_not_led_back_to_the_queue(worst_first: Page) -> None:
    page = worst_first
    text, ticks = page.locator(".segment-text"), page.locator(".segment-confirm input")
    expect(text.nth(2)).to_be_focused()
    text.nth(1).click()
    page.keyboard.press("Control+Enter")
    expect(text.nth(2)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(ticks.nth(2)).to_be_checked()
    expect_saved(page)
    expect(text.nth(2)).to_be_focused()  # not the first, which is doubtful too


def test_every_kind_of_change_is_taken_back_and_done_again(
    taught: object, desk: Page, session: Session, transcript: Transcript
) -> None:
    text, note = desk.locator(".segment-text"), desk.locator("[data-note]")
    text.nth(2).fill("直した文")
    expect_saved(desk)
    desk.keyboard.press("Alt+1")
    speaker = desk.locator(".segment-speaker").nth(2)
    expect(speaker).not_to_have_value("")
    expect_saved(desk)
    text.nth(0).focus()
    desk.keyboard.press("F10")  # what the papers changed is put back
    expect(text.nth(0)).to_have_value(HEARD[0].text)
    text.nth(1).focus()
    desk.keyboard.press("Control+Enter")
    ticks = desk.locator(".segment-confirm input")
    expect(ticks.nth(1)).to_be_checked()
    expect_saved(desk)
    for undone in (
        lambda: expect(ticks.nth(1)).not_to_be_checked(),
        lambda: expect(text.nth(0)).to_have_value(TEXT),
        lambda: expect(speaker).to_have_value(""),
        lambda: expect(text.nth(2)).to_have_value(HEARD[2].text),
    ):
        desk.keyboard.press("Control+z")
        undone()
        expect(note).to_contain_text("元に戻しました")
        expect_saved(desk)
    desk.keyboard.press("Control+z")
    expect(note).to_contain_text("もうありません")
    for _ in range(4):
        desk.keyboard.press("Control+y")
        expect(note).to_contain_text("やり直しました")
        expect_saved(desk)
        desk.locator("[data-note]").evaluate("(note) => (note.textContent = '')")
    expect(ticks.nth(1)).to_be_checked()
    assert stored(session, transcript) == [HEARD[0].text, HEARD[1].text, "直した文"]


@pytest.fixture
def alike(desk: Page, session: Session, transcript: Transcript) -> Page:
    for segment, text in zip(
        transcript.segments, ["転入の鉄づき", "鉄づきとてつづき", "この鉄づき"], strict=True
    ):
        segment.text = text
    session.commit()
    return reloaded(desk)


def test_all_that_are_alike_are_corrected_and_taken_back_in_one_step(
    alike: Page, session: Session, transcript: Transcript
) -> None:
    text, box = alike.locator(".segment-text"), alike.locator("[data-alike]")
    text.first.fill("転入の手続き")
    text.nth(1).focus()
    expect(box).to_contain_text("「鉄づき」→「手続き」　ほかに 3か所")
    expect(box.locator("input:checked")).to_have_count(2)  # the same sound only waits
    expect(box.locator("li").nth(1)).to_contain_text("音だけが同じ")
    alike.keyboard.press("Alt+a")
    alike.keyboard.press("Enter")
    expect(box).to_be_hidden()
    expect(text.nth(1)).to_have_value("手続きとてつづき")
    assert stored(session, transcript) == ["転入の手続き", "手続きとてつづき", "この手続き"]
    text.nth(1).focus()
    alike.keyboard.press("Control+z")
    expect(text.nth(2)).to_have_value("この鉄づき")
    assert stored(session, transcript) == ["転入の手続き", "鉄づきとてつづき", "この鉄づき"]


def test_what_nobody_wants_is_not_changed(
    alike: Page, session: Session, transcript: Transcript
) -> None:
    box = alike.locator("[data-alike]")
    alike.locator(".segment-text").first.fill("転入の手続き")
    alike.locator(".segment-text").nth(1).focus()
    expect(box).to_be_visible()
    box.get_by_role("button", name="すべて外す").click()
    box.get_by_role("button", name="選んだ箇所を直す").click()
    expect(box).to_be_hidden()
    assert stored(session, transcript)[1:] == ["鉄づきとてつづき", "この鉄づき"]


def test_a_segment_is_split_at_the_cursor_joined_and_taken_back(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    text, before = desk.locator(".segment-text"), stored(session, transcript)
    text.first.focus()
    text.first.evaluate("(field) => field.setSelectionRange(4, 4)")
    desk.keyboard.press("Alt+Enter")
    expect(text).to_have_count(4)
    expect(text.nth(1)).to_be_focused()
    assert stored(session, transcript)[:2] == [before[0][:4], before[0][4:]]
    desk.keyboard.press("Control+z")
    expect(text).to_have_count(3)
    assert stored(session, transcript) == before
    text.first.focus()
    desk.keyboard.press("Alt+j")
    expect(text).to_have_count(2)
    assert stored(session, transcript)[0] == before[0] + before[1]
    desk.keyboard.press("Control+z")
    expect(text).to_have_count(3)
    assert stored(session, transcript) == before


def test_the_keys_are_listed_and_can_be_changed_for_a_foot_pedal(desk: Page) -> None:
    desk.keyboard.press("F1")
    box = desk.get_by_role("dialog", name="キー操作")
    expect(box).to_contain_text("確認して次の発話へ")
    change = box.get_by_role("button", name="3秒戻るのキーを変える")
    change.click()
    desk.keyboard.press("F8")
    expect(box.get_by_role("status")).to_contain_text("次の疑わしい箇所へ")
    change.click()
    desk.keyboard.press("F6")
    expect(box.locator("tr").nth(1)).to_contain_text("F6")
    box.get_by_role("button", name="閉じる").click()
    desk.locator(".segment-text").nth(2).focus()
    moved: Callable[[], float] = lambda: desk.evaluate(  # noqa: E731
        "document.querySelector('audio').currentTime"
    )
    assert moved() == pytest.approx(13.4)
    desk.keyboard.press("F6")
    assert moved() == pytest.approx(10.4)


def test_words_are_found_wherever_they_stand(desk: Page) -> None:
    words = HEARD[2].text[2:6]
    desk.keyboard.press("Control+f")
    desk.keyboard.type(words)
    expect(desk.locator("[data-find-count]")).to_have_text("1発話")
    desk.keyboard.press("Enter")
    expect(desk.locator(".segment-text").nth(2)).to_be_focused()
    assert desk.evaluate("String(getSelection())") == words


def test_the_sound_is_silent_while_one_types_if_wished(desk: Page) -> None:
    desk.get_by_text("聞き方").click()
    desk.get_by_label("文字を打つ間は音を止める").check()
    desk.locator(".segment-time").nth(1).click()
    expect_playing(desk)
    desk.locator(".segment-text").nth(1).press("a")
    expect(desk.locator("[data-toggle]")).to_have_text("再生")
    expect_playing(desk)


def test_an_earlier_text_of_a_segment_is_seen_and_restored(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    text = desk.locator(".segment-text").first
    text.fill(TEXT)
    desk.keyboard.press("Alt+h")
    box = desk.get_by_role("dialog", name="0:00:01の発話の移り変わり")
    expect(box.locator("li")).to_have_count(2)
    expect(box.locator("li").nth(1)).to_contain_text("いまの文")
    expect(box.locator("del.corrected").first).to_have_text("提告")
    expect(box.locator("ins.corrected").first).to_have_text("定刻")
    box.get_by_role("button", name="この文に戻す").click()
    expect(text).to_have_value(HEARD[0].text)
    expect_saved(desk)
    assert stored(session, transcript)[0] == HEARD[0].text


def test_without_a_keyboard_a_line_offers_the_same(desk: Page) -> None:
    text = desk.locator(".segment-text")
    text.first.evaluate("(field) => { field.focus(); field.setSelectionRange(4, 4); }")
    desk.get_by_role("button", name="0:00:01の発話の操作").click()
    box = desk.get_by_role("dialog", name="0:00:01の発話")
    box.get_by_role("button", name="カーソルの所で発話を分ける").click()
    expect(text).to_have_count(4)
    expect(box).to_have_count(0)
