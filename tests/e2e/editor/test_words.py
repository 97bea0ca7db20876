"""校正: the word under the sound, and the words that the machine is not sure of."""

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from minutes.recognition.heard import TokenTiming
from minutes.transcripts import word_times
from models.transcript import Transcript
from tests.e2e.editor.desk import expect_saved
from tests.world import HEARD

MISHEARD = "提告"


@pytest.fixture
def transcript(session: Session, transcript: Transcript) -> Transcript:
    """Ten letters a second, and no trust in 提告."""
    heard = {segment.id: segment.heard for segment in transcript.segments}
    found = {
        segment.id: [
            TokenTiming(1, segment.start_seconds + n / 10, 0.1 if letter in MISHEARD else 0.9)
            for n, letter in enumerate(segment.heard)
        ]
        for segment in transcript.segments
    }
    word_times.keep(session, transcript, heard, found)
    session.commit()
    return transcript


def words(desk: Page, line: int) -> Locator:
    return desk.locator(".segment").nth(line).locator(".segment-words")


def heard(desk: Page) -> Locator:
    return desk.locator(".segment-words .is-heard")


def selected(desk: Page) -> str:
    return str(desk.evaluate("String(getSelection())"))


def test_the_word_that_is_heard_is_shown_while_the_sound_plays(desk: Page) -> None:
    expect(words(desk, 1)).to_have_text(HEARD[1].text)
    desk.locator("audio").evaluate("audio => audio.currentTime = 9.25")
    expect(heard(desk)).to_have_text("は")  # 本日は: the third letter, from 9.2 s on
    desk.locator("audio").evaluate("audio => audio.currentTime = 9.05")
    expect(heard(desk)).to_have_text("本日")
    desk.keyboard.press("Escape")
    expect(heard(desk)).not_to_have_text("本日")


def test_unsure_words_are_marked_until_the_line_is_confirmed(desk: Page) -> None:
    marked = words(desk, 0).locator(".is-unsure")
    expect(marked).to_have_text(list(MISHEARD))
    desk.locator(".segment-text").first.focus()
    desk.keyboard.press("Control+Enter")
    expect(marked).to_have_count(0)


def test_a_key_selects_the_next_unsure_word_with_the_sound_before_it(desk: Page) -> None:
    expect(words(desk, 0).locator(".is-unsure").first).to_be_visible()
    desk.locator(".segment-text").first.focus()
    desk.keyboard.press("Home")
    desk.keyboard.press("F7")
    expect(desk.locator("[data-toggle]")).to_have_text("一時停止")
    assert selected(desk) == "提"
    assert desk.locator("audio").evaluate("audio => audio.currentTime") < 3
    desk.keyboard.press("F7")
    assert selected(desk) == "告"
    desk.keyboard.press("Shift+F7")
    assert selected(desk) == "提"
    desk.keyboard.insert_text("定")
    expect(words(desk, 0)).to_have_text(HEARD[0].text.replace("提", "定"))
    desk.keyboard.press("F7")
    assert selected(desk) == "告"
    desk.keyboard.insert_text("刻")
    expect_saved(desk)
    desk.keyboard.press("F7")
    expect(desk.locator("[data-note]")).to_contain_text("この先に、聞き取りに自信のない言葉は")


def test_where_words_are_not_known_or_the_server_is_away_the_key_says_so(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    for segment in transcript.segments:
        segment.token_timings = None
    session.commit()
    desk.reload()
    desk.locator(".segment-text").first.focus()
    desk.keyboard.press("F7")
    expect(desk.locator("[data-note]")).to_contain_text("まだ調べていません")
    desk.route("**/api/transcripts/*/words*", lambda route: route.abort())
    desk.reload()
    desk.locator(".segment-text").first.focus()
    desk.keyboard.press("F7")
    expect(desk.locator("[data-note]")).to_contain_text("サーバーに聞けない")


def test_what_was_typed_moves_the_words_behind_it(desk: Page) -> None:
    text = desk.locator(".segment-text").nth(1)
    expect(words(desk, 1)).to_have_text(HEARD[1].text)
    text.fill("えー、" + HEARD[1].text)
    expect(words(desk, 1)).to_have_text("えー、" + HEARD[1].text)
    desk.locator("audio").evaluate("audio => audio.currentTime = 9.25")
    expect(heard(desk)).to_have_text("は")
    expect_saved(desk)
    expect(words(desk, 1)).to_have_text("えー、" + HEARD[1].text)


def test_hearing_begins_at_the_word_under_the_cursor(desk: Page) -> None:
    expect(words(desk, 2)).to_have_text(HEARD[2].text)
    text = desk.locator(".segment-text").nth(2)
    text.focus()
    text.evaluate("field => field.setSelectionRange(20, 20)")
    desk.keyboard.press("Alt+p")
    expect(desk.locator("[data-toggle]")).to_have_text("一時停止")
    now = float(desk.locator("audio").evaluate("audio => audio.currentTime"))
    assert now > HEARD[2].start_seconds + 1.2
