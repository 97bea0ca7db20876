"""校正: the ways through a long transcript, and acts on more than one line of it."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.invitations import invitations
from models.meeting import InvitationKind, Meeting
from models.person import Person
from models.term import DictionaryEntry
from models.transcript import Transcript
from tests.conftest import Cast
from tests.e2e.editor.desk import expect_saved
from tests.world import HEARD


def test_what_nobody_has_passed_is_gone_through_shown_alone_and_confirmed_up_to_here(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    text, note = desk.locator(".segment-text"), desk.locator("[data-note]")
    ticks = desk.locator(".segment-confirm input")
    ticks.nth(0).check()
    expect_saved(desk)
    expect(desk.locator("[data-unconfirmed]")).to_have_text("未確認 2発話（3発話のうち）")
    desk.keyboard.press("Alt+k")
    expect(text.nth(1)).to_be_focused()
    only = desk.get_by_label("未確認の発話だけを表示する")
    only.check()
    expect(text).to_have_count(2)
    text.nth(1).focus()
    desk.keyboard.press("Alt+Shift+Enter")
    asked = desk.get_by_role("dialog")
    expect(asked).to_contain_text("未確認の2発話を確認済みにします")
    asked.get_by_role("button", name="確認済みにする").click()
    expect(note).to_contain_text("2発話を確認済みにしました。（戻すときはCtrl+Z）")
    expect(desk.locator("[data-unconfirmed]")).to_have_text("未確認の発話はありません。")
    only.uncheck()
    expect(ticks).to_have_count(3)
    session.rollback()
    assert all(segment.is_confirmed for segment in transcript.segments)
    text.nth(2).focus()
    desk.keyboard.press("Control+z")
    expect(ticks.nth(2)).not_to_be_checked()
    expect(ticks.nth(0)).to_be_checked()
    session.rollback()
    assert [segment.is_confirmed for segment in transcript.segments] == [True, False, False]


def test_one_goes_to_a_typed_time_and_back_to_what_is_heard(desk: Page) -> None:
    text = desk.locator(".segment-text")
    desk.keyboard.press("Control+f")
    desk.keyboard.type("0:14")
    expect(desk.locator("[data-find-count]")).to_have_text("Enterで 0:00:14 へ")
    desk.keyboard.press("Enter")
    expect(text.nth(2)).to_be_focused()
    assert desk.evaluate("document.querySelector('audio').currentTime") == pytest.approx(14)
    text.first.evaluate("(field) => field.focus({ preventScroll: true })")
    desk.evaluate("document.querySelector('audio').currentTime = 14")
    desk.keyboard.press("Alt+g")
    expect(text.nth(2)).to_be_focused()


def test_saving_is_the_desks_and_a_selected_word_becomes_a_term(
    desk: Page, session: Session
) -> None:
    text, note = desk.locator(".segment-text").first, desk.locator("[data-note]")
    text.focus()
    desk.keyboard.press("Alt+w")
    expect(note).to_contain_text("文の中で選んでから")
    desk.keyboard.press("Control+s")
    expect(note).to_contain_text("自動で保存")
    text.evaluate("(field) => field.setSelectionRange(4, 6)")
    desk.keyboard.press("Alt+w")
    expect(note).to_contain_text(f"「{HEARD[0].text[4:6]}」を用語に加えました")
    session.rollback()
    assert session.scalars(select(DictionaryEntry.surface)).all() == [HEARD[0].text[4:6]]


@pytest.fixture
def council(session: Session, cast: Cast, meeting: Meeting) -> list[Person]:
    """Seventy councillors, the chair among the last who were invited."""
    made = [
        Person(
            login=f"councillor{number}",
            name=f"議員 {number:02}",
            kana=f"ギイン {number:02}",
            title="議長" if number == 65 else "副議長" if number == 3 else "議員",
            department=cast.secretary.department,
            password_hash="",
        )
        for number in range(70)
    ]
    made[12].name, made[12].kana = "早乙女 伸", "サオトメ シン"
    session.add_all(made)
    session.flush()
    for person in made:
        invitations.invite(session, cast.organiser, meeting, person, InvitationKind.ATTENDEE)
    session.commit()
    return made


def test_among_seventy_councillors_a_voice_is_named_by_a_few_letters(
    council: list[Person], desk: Page, session: Session, transcript: Transcript
) -> None:
    chair = council[65].name
    desk.locator(".segment-text").first.focus()
    desk.keyboard.press("Alt+1")  # the first of all is the chair
    expect(desk.locator(".segment-speaker").first).to_have_value(chair)
    expect_saved(desk)
    desk.keyboard.press("Alt+n")
    box = desk.get_by_role("dialog")
    box.get_by_role("button", name="この声を聞く").click()
    expect(desk.locator("[data-toggle]")).to_have_text("一時停止")
    field = box.get_by_label("ほかの名前")
    expect(field).to_be_in_viewport()
    expect(box.get_by_role("button", name="閉じる")).to_be_in_viewport()
    field.fill("さおと")
    expect(box.locator(".name-choice .button:visible")).to_have_text(["早乙女 伸"])
    field.press("Enter")
    expect(desk.locator(".segment-speaker").first).to_have_value("早乙女 伸")


def test_what_nobody_said_is_put_in_with_a_key_shown_as_such_and_counted_as_no_error(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    text = desk.locator(".segment-text").first
    desk.locator(".segment-confirm input").first.check()
    expect(desk.locator("[data-accuracy-raw]")).to_contain_text("100.0 %")
    text.focus()
    desk.keyboard.press("End")
    desk.keyboard.press("Alt+i")
    box = desk.get_by_role("dialog", name="注記を入れる")
    expect(box.get_by_role("button", name="〔聞き取り不能〕")).to_be_visible()
    desk.keyboard.press("1")
    expect(box).to_have_count(0)
    expect(text).to_be_focused()
    expect(text).to_have_value(HEARD[0].text + "（拍手）")
    expect_saved(desk)
    expect(desk.locator(".segment-marks").first).to_contain_text("（拍手）")
    expect(desk.locator("[data-accuracy-raw]")).to_contain_text("100.0 %")


def test_a_name_is_found_in_whichever_of_its_letters_it_is_typed(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    transcript.segments[1].text = "𠮷\U000e0100田、髙橋委員、お願いします"
    session.commit()
    desk.reload()
    for typed, written in [("高橋", "髙橋"), ("吉田、高", "𠮷\U000e0100田、髙")]:
        desk.locator("#find").fill(typed)
        expect(desk.locator("[data-find-count]")).to_have_text("1発話")
        desk.locator("#find").press("Enter")
        selected = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
        assert desk.locator(".segment-text").nth(1).evaluate(selected) == written
