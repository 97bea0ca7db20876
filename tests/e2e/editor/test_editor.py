"""校正 in a real browser: what is typed is never lost, whatever happens around it."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import delete
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.recognition.heard import HeardSegment
from minutes.transcription import work
from minutes.transcripts import transcripts
from models.document import Page as Page_
from models.meeting import Meeting
from models.transcript import Doubt, Proposal, Transcript
from tests.conftest import Cast
from tests.e2e.conftest import sign_in
from tests.e2e.editor.desk import SAVING_MS, TEXT, expect_saved, stored
from tests.world import HEARD
from web.demo import builders


def forget_cookies(page: Page) -> None:
    """Not while an answer is on its way, which would bring the cookie back."""
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()


def test_what_is_typed_is_saved_by_itself_and_marked(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    desk.locator(".segment-text").first.fill(TEXT)
    expect(desk.locator("[data-saved]")).to_have_text("未保存 1件")
    expect_saved(desk)
    expect(desk.locator(".segment-state").first).to_have_text("保存済み")
    expect(desk.locator(".segment-marks .corrected").first).to_have_text("定刻")
    assert stored(session, transcript)[0] == TEXT


def test_confirming_by_keyboard_goes_on_and_moves_the_accuracy(desk: Page) -> None:
    expect(desk.locator("[data-accuracy-raw]")).to_contain_text("まだない")
    text = desk.locator(".segment-text")
    text.first.fill(TEXT)
    text.first.press("Control+Enter")
    expect(desk.locator("[data-accuracy-raw]")).to_have_text("14字中12字を正しく変換（85.7 %）")
    expect(desk.locator("[data-accuracy-normalised]")).to_contain_text("表記の違いを除く")
    expect(text.nth(1)).to_be_focused()
    expect(desk.locator(".segment-confirm input").first).to_be_checked()


def test_a_doubtful_place_says_why_until_somebody_has_passed_it(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    transcript.segments[1].doubt = Doubt.MISSING
    session.commit()
    desk.reload()
    doubts = desk.locator(".segment-doubt:visible")
    expect(doubts).to_have_text("要確認：声があるのに文字にできませんでした")
    desk.locator(".segment-confirm input").nth(1).check()
    expect(doubts).to_have_count(0)


def test_of_two_texts_one_is_chosen_with_both_in_sight(
    desk: Page, session: Session, cast: Cast, transcript: Transcript
) -> None:
    segments = transcript.segments
    for segment in segments[:2]:
        transcripts.correct(session, cast.approver, segment, "相手の直した文", based_on=0)
    session.commit()
    text, problem = desk.locator(".segment-text"), desk.locator(".segment-problem")
    for number in (0, 1):
        text.nth(number).fill("自分の直した文")
        text.nth(number).blur()
        expect(problem.nth(number)).to_contain_text("相手の直した文")
        expect(problem.nth(number)).to_contain_text("自分の直した文")
    assert stored(session, transcript)[:2] == ["相手の直した文"] * 2
    problem.nth(0).get_by_text("自分の文にする").click()
    problem.nth(1).get_by_text("相手の文にする").click()
    expect_saved(desk)
    assert stored(session, transcript)[:2] == ["自分の直した文", "相手の直した文"]
    expect(text.nth(1)).to_have_value("相手の直した文")


def test_without_the_network_the_text_waits_and_is_sent_again(
    desk: Page, context: BrowserContext, session: Session, transcript: Transcript
) -> None:
    context.route("**/api/segments/**", lambda route: route.abort())
    desk.locator(".segment-text").first.fill(TEXT)
    expect(desk.locator("[data-trouble]")).to_contain_text("サーバーにつながりません")
    expect(desk.locator(".segment-state").first).to_have_text("未保存")
    context.unroute("**/api/segments/**")
    expect_saved(desk)
    expect(desk.locator("[data-trouble]")).to_be_hidden()
    assert stored(session, transcript)[0] == TEXT
    waiting = "Object.keys(localStorage).filter((key) => key.startsWith('gijido:typed:')).length"
    assert desk.evaluate(waiting) == 0


def test_moving_the_agenda_overwrites_nobody_behind_what_is_being_typed(
    desk: Page, context: BrowserContext, session: Session, cast: Cast, transcript: Transcript
) -> None:
    context.route("**/api/segments/*/text", lambda route: route.abort())
    desk.locator(".segment-text").nth(1).fill("自分の文")
    theirs = transcripts.segments_of(session, transcript)[1]
    transcripts.correct(session, cast.approver, theirs, "相手の文", based_on=0)
    session.commit()
    choice = desk.locator(".segment-agenda select").first
    choice.focus()
    choice.select_option(index=1)
    expect(desk.locator(".segment-item").first).to_contain_text("議題1")
    context.unroute("**/api/segments/*/text")
    expect(desk.locator(".segment-problem").nth(1)).to_contain_text("相手の文", timeout=SAVING_MS)
    assert stored(session, transcript)[1] == "相手の文"


@pytest.mark.parametrize("theirs", ["", "そのあとの相手の文"])
def test_unsaved_text_outlives_the_page(
    desk: Page,
    context: BrowserContext,
    session: Session,
    cast: Cast,
    transcript: Transcript,
    theirs: str,
) -> None:
    """It is sent when the page is opened again, or shown beside what stands there by then."""
    path = f"/transcripts/{transcript.id}"
    session.commit()
    forget_cookies(desk)
    desk.locator(".segment-text").first.fill(TEXT)
    expect(desk.locator("[data-trouble]")).to_contain_text("サインイン")
    desk.close()
    if theirs:
        segment = transcript.segments[0]
        transcripts.correct(session, cast.approver, segment, theirs, based_on=0)
        session.commit()
    again = context.new_page()
    sign_in(again, "morishita")
    again.goto(path)
    expect(again.locator(".segment-text").first).to_have_value(TEXT)
    if theirs:
        expect(again.locator(".segment-problem").first).to_contain_text(theirs)
        again.get_by_text("自分の文にする").click()
    expect_saved(again)
    assert stored(session, transcript)[0] == TEXT


def test_a_sign_in_that_ran_out_is_told_and_signing_in_elsewhere_saves(
    desk: Page, context: BrowserContext, session: Session, transcript: Transcript
) -> None:
    """The cookie is gone, and with it the anti-forgery token of the open page."""
    forget_cookies(desk)
    desk.locator(".segment-text").first.fill(TEXT)
    trouble = desk.locator("[data-trouble]")
    expect(trouble).to_contain_text("サインイン")
    expect(trouble.locator("a")).to_have_attribute("target", "_blank")
    other = context.new_page()
    sign_in(other, "morishita")
    expect_saved(desk)
    assert stored(session, transcript)[0] == TEXT
    expect(trouble).to_be_hidden()


def test_an_unfinished_conversion_is_neither_saved_nor_disturbed(
    desk: Page, context: BrowserContext, session: Session, transcript: Transcript
) -> None:
    text = desk.locator(".segment-text").first
    text.fill("")
    text.focus()
    keyboard = context.new_cdp_session(desk)
    keyboard.send(
        "Input.imeSetComposition", {"text": "ていこく", "selectionStart": 4, "selectionEnd": 4}
    )
    desk.wait_for_timeout(1500)
    assert stored(session, transcript)[0] in (HEARD[0].text, "")
    assert text.input_value() == "ていこく"
    keyboard.send("Input.insertText", {"text": "定刻"})
    expect_saved(desk)
    assert stored(session, transcript)[0] == "定刻"


def test_new_segments_appear_while_one_types_and_take_nothing_away(
    context: BrowserContext,
    session: Session,
    storage: Storage,
    cast: Cast,
    meeting: Meeting,
) -> None:
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("section-meeting")
    )
    run = work.request_transcription(session, cast.secretary, recording)
    work.begin(session, run, "test", [(0.0, 100.0)])
    chunk = work.take_chunk(session, run)
    session.flush()
    assert chunk is not None and chunk.lease is not None
    work.add_segment(session, chunk.id, chunk.lease, HEARD[0])
    session.commit()
    identity = transcripts.transcripts_of(session, meeting)[-1].id
    session.commit()
    page = context.new_page()
    sign_in(page, "morishita")
    page.goto(f"/transcripts/{identity}")
    text = page.locator(".segment-text")
    expect(text).to_have_count(1)
    expect(page.locator("[data-work]")).to_contain_text("文字起こし 8 %")
    text.first.fill("打っている途中")
    work.add_segment(session, chunk.id, chunk.lease, HeardSegment(20.0, 50.0, "あとから聞こえた文"))
    session.commit()
    expect(text).to_have_count(2)
    expect(text.nth(1)).to_have_value("あとから聞こえた文")
    expect(text.first).to_have_value("打っている途中")
    expect(text.first).to_be_focused()
    expect(page.locator("[data-work]")).to_contain_text("文字起こし 50 %")


def test_the_time_plays_from_there_and_the_segment_is_shown(desk: Page) -> None:
    desk.locator(".segment-time").nth(1).click()
    desk.wait_for_function("!document.querySelector('audio').paused")
    expect(desk.locator(".segment").nth(1)).to_have_class("segment is-heard")
    assert 9 <= desk.evaluate("document.querySelector('audio').currentTime") < 13
    desk.keyboard.press("Escape")
    desk.wait_for_function("document.querySelector('audio').paused")
    desk.locator(".segment-text").nth(2).focus()
    assert desk.evaluate("document.querySelector('audio').currentTime") == pytest.approx(13.4)
    desk.keyboard.press("F2")
    assert desk.evaluate("document.querySelector('audio').currentTime") == pytest.approx(10.4)
    desk.keyboard.press("Control+Space")
    desk.wait_for_function("!document.querySelector('audio').paused")


def test_speaker_and_agenda_item_are_saved(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    desk.locator(".segment-speaker").first.fill("篠原 泰成")
    desk.locator(".segment-speaker").first.blur()
    titles = [item.title for item in transcript.meeting.agenda_items]
    session.commit()
    choice = desk.locator(".segment-agenda select").nth(1)
    choice.focus()
    choice.select_option(index=2)
    expect(desk.locator(".segment-item").nth(1)).to_contain_text(titles[1])
    expect_saved(desk)
    session.commit()
    one, two, three = transcripts.segments_of(session, transcript)
    assert one.speaker is not None and one.speaker.name == "篠原 泰成"
    assert [s.agenda_item.title if s.agenda_item else None for s in (one, two, three)] == [
        None,
        titles[1],
        titles[1],
    ]


def test_a_proposal_is_taken_with_one_press_and_leads_to_the_page_that_prints_it(
    taught: Page_, desk: Page
) -> None:
    second = desk.locator(".segment").nth(1)
    expect(second.locator(".proposal")).to_contain_text("資料1 1頁にある言葉")
    link = second.get_by_role("link", name="頁を開く")
    path = f"/documents/{taught.version.document_id}?version=1&page={taught.number}"
    expect(link).to_have_attribute("href", path)
    link.click()
    shown = f"{taught.version.document.title}　第1版　{taught.number}頁"
    expect(desk.locator("[data-page-name]")).to_have_text(shown)
    second.get_by_role("button", name="採る：").click()
    expect(second.locator("textarea")).to_have_value(HEARD[1].text.replace("本日", "今日"))
    expect(second.locator(".proposal")).to_have_count(0)
    expect(desk.locator("[data-saved]")).to_have_text("すべて保存済み")


def test_what_the_papers_changed_is_counted_and_can_be_put_back(taught: Page_, desk: Page) -> None:
    first = desk.locator(".segment").first
    expect(first.locator("textarea")).to_have_value(TEXT)
    first.get_by_label("確認済み").check()
    expect(desk.locator("[data-accuracy-raw]")).to_have_text("14字中12字を正しく変換（85.7 %）")
    machine = desk.locator("[data-accuracy-machine]")
    expect(machine).to_have_text("資料の言葉で直したあと 100.0 %")
    expect(first.locator(".proposal")).to_have_count(0)
    first.get_by_label("確認済み").uncheck()
    first.get_by_role("button", name="聞き取りに戻す").click()
    expect(first.locator("textarea")).to_have_value(HEARD[0].text)


def test_what_was_typed_is_saved_before_a_proposal_is_taken(taught: Page_, desk: Page) -> None:
    second = desk.locator(".segment").nth(1)
    second.locator("textarea").press("End")
    second.locator("textarea").type("ね")
    second.get_by_role("button", name="採る：").click()
    text = HEARD[1].text.replace("本日", "今日") + "ね"
    expect(second.locator("textarea")).to_have_value(text)


def test_a_proposal_that_is_gone_takes_its_segment_with_it_in_no_way(
    taught: Page_, desk: Page, session: Session, transcript: Transcript
) -> None:
    """As after the papers were compared once more."""
    second = desk.locator(".segment").nth(1)
    expect(second.locator(".proposal")).to_have_count(1)
    session.execute(delete(Proposal).where(Proposal.segment_id == transcript.segments[1].id))
    session.commit()
    second.get_by_role("button", name="採る：").click()
    expect(second.locator(".segment-problem")).to_contain_text("見つかりません")
    second.locator("textarea").fill("そのまま直せる")
    expect_saved(desk)
    assert stored(session, transcript)[1] == "そのまま直せる"
