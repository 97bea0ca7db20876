"""校正 under what people really paste and do: nothing that was typed is lost, nothing is executed,
nothing is sent in another person's name."""

from datetime import timedelta
from itertools import pairwise
from unicodedata import normalize

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from minutes.records import publication, records
from minutes.transcripts import transcripts
from models.base import now
from models.person import Person, SignIn
from models.transcript import Correction, Transcript
from tests.conftest import Cast
from tests.e2e.conftest import sign_in
from tests.e2e.editor.desk import (
    SAVING_MS,
    WAITING,
    approved,
    expect_saved,
    sent_for_approval,
    stored,
    type_offline,
)
from tests.world import HEARD

PASTED = 200_000
EVIL = "<img src=x onerror='window.ran = true'><b>太字</b>"
EMOJI = "\U0001f468\u200d\U0001f469\u200d\U0001f467の写真と\U0001f3f4\U000e0067\U000e0062\U000e007f"
VARIANTS = "葛\U000e0100城市の辻\U000e0101さんは❤\ufe0fと\ue000"
MARKS = "か\u3099き\u3099、e\u0301、ก\u0e34"
TURNED = "שלום \u202eעולם\u202c مرحبا \u2067abc"
STRAIGHT = "שלום עולם مرحبا abc"


def expect_text(text: Locator, value: str) -> None:
    expect(text).to_have_value(value, timeout=SAVING_MS)


def test_a_book_pasted_into_one_segment_is_refused_in_words_and_can_be_taken_back(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    text, problem = desk.locator(".segment-text"), desk.locator(".segment-problem").first
    text.first.focus()
    desk.keyboard.insert_text("本" * PASTED)
    whole = HEARD[0].text + "本" * PASTED
    expect(problem).to_contain_text(f"発話は20,000文字までです（いまは{len(whole):,}文字あります）")
    expect(problem).to_be_in_viewport()
    row = desk.locator(".segment").first.bounding_box()
    assert row and row["height"] < 900, "it scrolls in its field"
    text.nth(1).fill("ほかの発話は直せる")
    expect(desk.locator(".segment-state").nth(1)).to_have_text("保存済み")
    desk.reload()
    expect(problem).to_contain_text("20,000文字まで")  # kept, and still too long
    assert len(text.first.input_value()) == len(whole)
    text.first.focus()
    desk.keyboard.press("Control+z")
    expect_text(text.first, HEARD[0].text)
    expect(problem).to_be_empty()
    desk.keyboard.press("Control+y")
    expect(problem).to_contain_text("20,000文字まで")
    problem.get_by_role("button", name="保存してある文に戻す").click()
    expect_text(text.first, HEARD[0].text)
    desk.keyboard.press("Control+y")
    expect(problem).to_contain_text("20,000文字まで")
    text.first.fill("本" * 20_000)
    expect_saved(desk)
    assert stored(session, transcript)[:2] == ["本" * 20_000, "ほかの発話は直せる"]


def test_what_is_typed_and_not_saved_is_what_the_undo_takes_back(
    desk: Page, context: BrowserContext, session: Session, transcript: Transcript
) -> None:
    """Not the change before it, over what was typed."""
    text = desk.locator(".segment-text").first
    text.fill("はじめの直し")
    expect_saved(desk)
    context.route("**/api/segments/**", lambda route: route.abort())
    text.fill("つながらない間の直し")
    expect(desk.locator("[data-trouble]")).to_contain_text("サーバーにつながりません")
    desk.keyboard.press("Control+z")
    expect_text(text, "はじめの直し")
    desk.keyboard.press("Control+y")
    expect_text(text, "つながらない間の直し")
    context.unroute("**/api/segments/**")
    expect_saved(desk)
    assert stored(session, transcript)[0] == "つながらない間の直し"


def test_emoji_variants_and_combining_marks_come_back_as_they_look(
    desk: Page, session: Session, transcript: Transcript
) -> None:
    text, kept = desk.locator(".segment-text"), [EMOJI, VARIANTS, normalize("NFC", MARKS)]
    for number, words in enumerate((EMOJI, VARIANTS, MARKS)):
        text.nth(number).fill(words)
    expect_saved(desk)
    assert stored(session, transcript) == kept
    desk.reload()
    for number, words in enumerate(kept):
        expect_text(text.nth(number), words)


def test_words_from_right_to_left_turn_nothing_around_but_themselves(
    desk: Page, context: BrowserContext, session: Session, cast: Cast, transcript: Transcript
) -> None:
    """Characters that turn the direction are not saved: not on the public page, in no file."""
    row = desk.locator(".segment")
    row.first.locator(".segment-text").fill(TURNED)
    row.first.locator(".segment-speaker").fill("\u202eעוזי")
    row.first.locator(".segment-speaker").blur()
    expect_saved(desk)
    assert stored(session, transcript)[0] == STRAIGHT
    for part in (".segment-time", ".segment-text", ".segment-confirm", ".segment-more"):
        first, second = (row.nth(n).locator(part).bounding_box() for n in (0, 1))
        assert first and second
        assert first["x"] == pytest.approx(second["x"], abs=1)
    meeting = transcript.meeting.id
    publication.publish(session, cast.approver, approved(session, cast, transcript))
    session.commit()
    public = context.new_page()
    public.goto(f"/published/{meeting}")
    said = public.locator(".said").first
    expect(said.locator(".words")).to_have_text(STRAIGHT)
    expect(public.locator(".speaker").first).to_have_text("○עוזי")
    listen, words = (said.locator(part).bounding_box() for part in (".listen", ".words"))
    assert listen and words
    assert listen["x"] >= words["x"] + words["width"] - 1
    file = public.request.get(f"/published/{meeting}/text").text()
    assert STRAIGHT in file
    for page in (public.content(), file):
        assert not set(page) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_html_is_plain_text_wherever_it_is_shown(
    desk: Page,
    other: Page,
    context: BrowserContext,
    session: Session,
    cast: Cast,
    transcript: Transcript,
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.evaluate(
        """async ([html, plain]) => {
          const blob = (type, words) => new Blob([words], {type});
          const kinds = {"text/html": html, "text/plain": plain};
          for (const type of Object.keys(kinds)) kinds[type] = blob(type, kinds[type]);
          await navigator.clipboard.write([new ClipboardItem(kinds)]);
        }""",
        [EVIL, f"{EVIL}と打った"],
    )
    text = desk.locator(".segment-text").first
    text.fill("")
    text.press("Control+v")
    expect_text(text, f"{EVIL}と打った")
    expect_saved(desk)
    expect(desk.locator(".segment-marks").first).to_contain_text(EVIL)
    desk.keyboard.press("Alt+h")
    expect(desk.get_by_role("dialog")).to_contain_text(EVIL)
    desk.keyboard.press("Escape")
    theirs = other.locator(".segment-text").first
    expect_text(theirs, f"{EVIL}と打った")
    other.route("**/api/segments/**", lambda route: route.abort())
    theirs.fill(f"{EVIL}こちら")
    text.fill(f"{EVIL}あちら")
    expect_saved(desk)
    other.unroute("**/api/segments/**")
    problem = other.locator(".segment-problem").first
    expect(problem).to_contain_text(f"{EVIL}あちら", timeout=SAVING_MS)
    meeting = transcript.meeting.id
    publication.publish(session, cast.approver, approved(session, cast, transcript))
    session.commit()
    public = context.new_page()
    public.goto(f"/published/{meeting}")
    expect(public.locator(".words").first).to_contain_text(f"{EVIL}あちら")
    for page in (desk, other, public):
        assert (
            page.locator("[onerror], .segment-marks b, .history b, .segment-problem b").count() == 0
        )
        assert page.evaluate("window.ran") is None


def test_of_two_tabs_of_one_person_both_texts_are_seen(
    desk: Page, context: BrowserContext, session: Session, transcript: Transcript
) -> None:
    tab = context.new_page()
    tab.goto(desk.url)
    expect(tab.locator("[data-others]")).to_have_text("ほかに開いている人：あなた（別の画面）")
    for page, words in ((desk, "こちらの窓の文"), (tab, "あちらの窓の文")):
        page.route("**/api/segments/*/text", lambda route: route.abort())
        page.locator(".segment-text").first.fill(words)
        expect(page.locator("[data-trouble]")).to_contain_text("サーバーにつながりません")
    desk.unroute("**/api/segments/*/text")
    expect_saved(desk)
    tab.close()  # before it could save: the other tab's saving has not wiped out what is kept
    again = context.new_page()
    again.goto(desk.url)
    problem = again.locator(".segment-problem").first
    expect(problem).to_contain_text("こちらの窓の文")
    expect(problem).to_contain_text("あちらの窓の文")
    problem.get_by_role("button", name="自分の文にする").click()
    expect_saved(again)
    expect_text(desk.locator(".segment-text").nth(1), HEARD[1].text)
    assert stored(session, transcript)[0] == "あちらの窓の文"


def end_sign_in(session: Session, person: Person) -> None:
    """As after an hour too many."""
    passed = now() - timedelta(hours=1)
    session.execute(update(SignIn).where(SignIn.person_id == person.id).values(expires_at=passed))
    session.commit()


def test_after_an_hour_offline_and_a_sign_in_that_ran_out_only_its_own_person_saves_the_changes(
    context: BrowserContext, session: Session, cast: Cast, long_transcript: Transcript
) -> None:
    login, other, name = cast.secretary.login, cast.organiser.login, cast.organiser.name
    path, trouble = f"/transcripts/{long_transcript.id}", "[data-trouble]"
    session.commit()
    page = context.new_page()
    sign_in(page, login)
    page.goto(path)
    type_offline(page, WAITING)
    end_sign_in(session, cast.secretary)
    context.set_offline(False)
    expect(page.locator(trouble)).to_contain_text("サインインが切れました", timeout=SAVING_MS)
    second = context.new_page()
    sign_in(second, other)
    expect(page.locator(trouble)).to_contain_text(
        f"{name}さんがサインインしています", timeout=20_000
    )
    expect(page.locator("[data-saved]")).to_have_text(f"未保存 {WAITING}件")
    session.commit()
    assert session.query(Correction).count() == 0
    sign_in(second, login)
    expect(page.locator("[data-saved]")).to_have_text("すべて保存済み", timeout=90_000)
    expect(page.locator(trouble)).to_be_hidden()
    session.commit()
    texts = [segment.text for segment in transcripts.segments_of(session, long_transcript)]
    assert texts == [f"{n}番目の発話。" for n in range(WAITING)]
    by = {correction.corrected_by.login for correction in session.query(Correction)}
    assert by == {login}


def test_what_one_person_left_unsaved_on_a_terminal_is_not_shown_to_the_next(
    desk: Page, other: Page, context: BrowserContext, session: Session, cast: Cast
) -> None:
    """`other` only lends its person the right to correct."""
    login, theirs = cast.secretary.login, cast.approver.login
    end_sign_in(session, cast.secretary)
    desk.locator(".segment-text").first.fill("前の人の打ちかけ")
    expect(desk.locator("[data-trouble]")).to_contain_text("サインインが切れました")
    path = desk.url
    desk.close()
    page = context.new_page()
    for who, shown in ((theirs, HEARD[0].text), (login, "前の人の打ちかけ")):
        sign_in(page, who)
        page.goto(path)
        expect(page.locator(".segment")).to_have_count(3)
        expect_text(page.locator(".segment-text").first, shown)
    expect_saved(page)


def test_what_is_typed_into_a_segment_that_another_joins_away_goes_where_it_belongs(
    desk: Page, other: Page, session: Session, transcript: Transcript
) -> None:
    """Also when the page is opened anew in between."""
    before = stored(session, transcript)
    other.route("**/api/segments/*/text", lambda route: route.abort())
    other.locator(".segment-text").nth(1).fill("打っている途中の文")
    expect(other.locator("[data-trouble]")).to_contain_text("サーバーにつながりません")
    desk.locator(".segment-text").first.focus()
    desk.keyboard.press("Alt+j")
    expect(desk.locator(".segment")).to_have_count(2)
    problem = other.locator(".segment-problem").nth(1)
    expect(problem).to_contain_text("この発話はもうありません", timeout=SAVING_MS)
    other.unroute("**/api/segments/*/text")
    other.on("dialog", lambda dialog: dialog.accept())
    other.reload()
    expect(problem).to_contain_text("この発話はもうありません")
    expect_text(other.locator(".segment-text").nth(1), "打っている途中の文")
    problem.get_by_role("button", name="ひとつ前の発話に入れる").click()
    expect(other.locator(".segment")).to_have_count(2)
    expect_saved(other)
    assert stored(session, transcript)[0] == before[0] + "打っている途中の文"
    other.reload()
    expect(other.locator(".segment")).to_have_count(2)


def test_minutes_approved_while_somebody_types_close_the_text_and_a_new_version_opens_it_again(
    desk: Page, session: Session, cast: Cast, transcript: Transcript
) -> None:
    text, saved, note = (desk.locator(s) for s in (".segment-text", "[data-saved]", "[data-note]"))
    desk.route("**/api/segments/*/text", lambda route: route.abort())
    text.first.fill("承認の前に打っていた文")
    approved(session, cast, transcript)
    expect(note).to_contain_text("会議録が承認されたため", timeout=SAVING_MS)
    expect(text.first).to_have_js_property("readOnly", True)
    desk.unroute("**/api/segments/*/text")
    problem = desk.locator(".segment-problem").first
    expect(problem).to_contain_text("会議録は承認されています", timeout=SAVING_MS)
    expect_text(text.first, "承認の前に打っていた文")
    expect(saved).to_have_text("未保存 1件")
    desk.keyboard.press("Alt+1")
    expect(note).to_contain_text("いまは直せません")
    assert stored(session, transcript) == [heard.text for heard in HEARD]
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.reload()
    expect_text(text.first, "承認の前に打っていた文")
    expect(desk.locator("[data-closed]")).to_be_visible()
    session.commit()
    records.draft(session, cast.secretary, transcript)
    session.commit()
    expect(note).to_contain_text("また直せます", timeout=SAVING_MS)
    expect_saved(desk)
    expect(desk.locator("[data-closed]")).to_be_hidden()
    expect(text.first).to_be_editable()
    assert stored(session, transcript)[0] == "承認の前に打っていた文"


def test_minutes_sent_back_leave_the_text_open_all_the_time(
    desk: Page, session: Session, cast: Cast, transcript: Transcript
) -> None:
    revision = sent_for_approval(session, cast, transcript)
    text = desk.locator(".segment-text").first
    text.fill("承認を待つ間の文")
    expect_saved(desk)
    records.send_back(session, cast.approver, revision, "議題の名前が違います。")
    session.commit()
    text.fill("差し戻されたあとの文")
    expect_saved(desk)
    expect(desk.locator("[data-closed]")).to_be_hidden()
    session.commit()
    after = list(session.query(Correction).order_by(Correction.id))
    assert [one.after for one in after] == ["承認を待つ間の文", "差し戻されたあとの文"]
    assert all(one.after == two.before for one, two in pairwise(after))
