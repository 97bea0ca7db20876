"""ケバ取り: fillers shown faint, and removed from all texts in one step."""

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from models.transcript import Transcript
from tests.e2e.editor.desk import stored
from tests.e2e.editor.test_hands import reloaded


def test_fillers_are_shown_faint_removed_at_once_and_come_back_with_one_undo(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    said = ["えー、始めます。", "予算は、あのー、3億円です。", "ええ、そうです。"]
    for segment, text in zip(transcript.segments, said, strict=True):
        segment.text = text
    session.commit()
    page = reloaded(desk)
    page.locator("[data-fillers-view]").select_option("faint")
    expect(page.locator(".filler:visible")).to_have_text(["えー、", "あのー、"])
    page.get_by_role("button", name="ケバ取り").click()
    expect(page.get_by_role("heading", name="フィラー 2か所")).to_be_visible()
    page.get_by_label("「あのー」 1か所").uncheck()
    page.get_by_label("「あのー」 1か所").check()
    page.get_by_role("button", name="選んだフィラーを除く").click()
    expect(page.locator(".segment-text").first).to_have_value("始めます。")
    assert stored(session, transcript) == ["始めます。", "予算は、3億円です。", "ええ、そうです。"]
    page.keyboard.press("Control+z")
    expect(page.locator(".segment-text").first).to_have_value(said[0])
    assert stored(session, transcript) == said


def test_letters_that_a_text_field_counts_twice_move_no_place(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    first = transcript.segments[0]
    first.text = "𠮷田と𠮷村が、えー、申し上げます。"
    session.commit()
    page = reloaded(desk)
    page.get_by_role("button", name="ケバ取り").click()
    page.get_by_role("button", name="選んだフィラーを除く").click()
    text = page.locator(".segment-text").first
    expect(text).to_have_value("𠮷田と𠮷村が、申し上げます。")
    text.evaluate("field => { field.focus(); field.setSelectionRange(9, 9); }")
    page.keyboard.press("Alt+Enter")
    expect(page.locator(".segment")).to_have_count(4)
    assert stored(session, transcript)[:2] == ["𠮷田と𠮷村が、", "申し上げます。"]
