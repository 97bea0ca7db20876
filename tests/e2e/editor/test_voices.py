"""Naming voices where the series keeps voiceprints: suggested, heard, taken or not, and kept only
with a tick."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.voices import embeddings
from models.base import now
from models.transcript import Transcript
from models.voiceprint import Voiceprint
from tests.conftest import Cast
from tests.e2e.editor.desk import SAVING_MS
from tests.minutes.speakers.spoken import KOGA, MIXED, SHINOHARA, WEIGHTS, hear

CONSENT = "この人の同意を得て、次の会議で名前の候補に使う"


@pytest.fixture
def transcript(session: Session, cast: Cast, transcript: Transcript) -> Transcript:
    """古賀's print is there from an earlier meeting; she speaks first and last."""
    series = transcript.meeting.series
    series.keeps_voiceprints = True
    session.add(
        Voiceprint(
            series=series,
            name="古賀 真由美",
            embedding=embeddings.to_bytes(KOGA),
            weights_sha256=WEIGHTS,
            transcription=transcript.transcription,
            consent_by=cast.secretary,
            expires_at=now().replace(year=now().year + 1),
        )
    )
    session.commit()
    hear(session, transcript, [KOGA, SHINOHARA, KOGA])
    return transcript


@dataclass(frozen=True)
class Rows:
    page: Page

    def speaker(self, number: int) -> Locator:
        return self.page.locator(".segment-speaker").nth(number)

    def guess(self, number: int) -> Locator:
        return self.page.locator(".segment-voiceprint").nth(number)

    def go_to(self, number: int) -> None:
        self.page.locator(".segment textarea").nth(number).focus()


@pytest.fixture
def rows(desk: Page) -> Rows:
    return Rows(desk)


@pytest.fixture
def prints(session: Session) -> Callable[[], list[str]]:
    def names() -> list[str]:
        session.rollback()
        return list(session.scalars(select(Voiceprint.name).order_by(Voiceprint.name)))

    return names


def test_a_suggested_name_is_taken_with_one_press_and_nothing_is_kept_without_a_tick(
    desk: Page, rows: Rows, session: Session
) -> None:
    expect(rows.guess(0)).to_have_text("（古賀 真由美さんかもしれません）")
    expect(rows.speaker(0)).to_have_value("声1")
    expect(rows.guess(1)).to_be_hidden()
    rows.guess(0).click()
    box = desk.get_by_role("dialog")
    expect(box.get_by_label(CONSENT)).not_to_be_checked()
    expect(box.get_by_role("button", name="古賀 真由美にする")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(box).to_be_hidden()
    expect(desk.locator("[data-note]")).to_have_text(
        "2発話を古賀 真由美にしました。（戻すときはCtrl+Z）"
    )
    for number in (0, 2):
        expect(rows.speaker(number)).to_have_value("古賀 真由美")
        expect(rows.guess(number)).to_be_hidden()
    session.rollback()
    kept = session.scalars(select(Voiceprint)).one()
    assert kept.consent_at < kept.expires_at < now().replace(year=now().year + 1)


def test_keys_take_and_dismiss_a_suggestion(desk: Page, rows: Rows) -> None:
    rows.go_to(0)
    desk.keyboard.press("Alt+Shift+m")
    expect(desk.locator("[data-note]")).to_contain_text("声1は古賀 真由美さんではない")
    expect(rows.guess(0)).to_be_hidden()
    expect(rows.speaker(0)).to_have_value("声1")
    desk.keyboard.press("Alt+m")
    expect(desk.locator("[data-note]")).to_contain_text("名前の候補はありません")


def test_the_key_names_the_voice(desk: Page, rows: Rows) -> None:
    rows.go_to(2)
    desk.keyboard.press("Alt+m")
    expect(rows.speaker(0)).to_have_value("古賀 真由美")


def test_with_a_tick_a_print_is_kept_and_the_note_says_until_when(
    desk: Page, rows: Rows, prints: Callable[[], list[str]]
) -> None:
    rows.go_to(1)
    desk.keyboard.press("Alt+n")
    box = desk.get_by_role("dialog")
    expect(box).to_contain_text("まで残します。印を付けなければ残りません。")
    box.get_by_label(CONSENT).check()
    box.get_by_role("button", name="篠原 泰成").click()
    expect(desk.locator("[data-note]")).to_contain_text("声紋を令和", timeout=SAVING_MS)
    assert prints() == ["古賀 真由美", "篠原 泰成"]


def test_whoever_names_one_segment_can_keep_the_print_with_all_the_others(
    desk: Page, rows: Rows, prints: Callable[[], list[str]]
) -> None:
    rows.speaker(0).fill("大隈 千鶴")
    rows.speaker(0).blur()
    offered = desk.get_by_role("status", name="同じ声の発話")
    expect(offered).to_contain_text("この発話を大隈 千鶴にしました。")
    offered.get_by_label(CONSENT).check()
    offered.get_by_role("button", name="声1のすべて").click()
    expect(desk.locator("[data-note]")).to_contain_text("声紋を令和")
    expect(rows.speaker(2)).to_have_value("大隈 千鶴")
    assert prints() == ["古賀 真由美", "大隈 千鶴"]


def test_a_voice_that_cannot_be_kept_says_why_in_the_box_and_can_be_named_without(
    session: Session,
    transcript: Transcript,
    desk: Page,
    rows: Rows,
    prints: Callable[[], list[str]],
) -> None:
    hear(session, transcript, [KOGA, MIXED, KOGA])
    desk.reload()
    rows.go_to(1)
    desk.keyboard.press("Alt+n")
    box = desk.get_by_role("dialog")
    box.get_by_label(CONSENT).check()
    box.get_by_role("button", name="篠原 泰成").click()
    expect(box.get_by_role("alert")).to_contain_text("声紋は残せません")
    expect(rows.speaker(1)).to_have_value("声2")
    box.get_by_label(CONSENT).uncheck()
    box.get_by_role("button", name="篠原 泰成").click()
    expect(rows.speaker(1)).to_have_value("篠原 泰成")
    assert prints() == ["古賀 真由美"]


def test_a_voice_that_has_its_name_can_get_its_print_later(
    desk: Page, rows: Rows, prints: Callable[[], list[str]]
) -> None:
    rows.go_to(1)
    desk.keyboard.press("Alt+n")
    desk.get_by_role("dialog").get_by_role("button", name="篠原 泰成").click()
    expect(rows.speaker(1)).to_have_value("篠原 泰成")
    assert prints() == ["古賀 真由美"]
    desk.keyboard.press("Alt+n")
    box = desk.get_by_role("dialog")
    box.get_by_role("button", name="篠原 泰成のまま、声紋を残す").click()
    expect(box.get_by_label(CONSENT)).to_be_focused()
    desk.keyboard.press("Space")
    box.get_by_role("button", name="篠原 泰成のまま、声紋を残す").click()
    expect(desk.locator("[data-note]")).to_contain_text("声紋を令和")
    assert prints() == ["古賀 真由美", "篠原 泰成"]


def test_where_the_series_keeps_none_nobody_is_asked(
    session: Session, transcript: Transcript, desk: Page, rows: Rows
) -> None:
    transcript.meeting.series.keeps_voiceprints = False
    session.commit()
    desk.reload()
    rows.go_to(1)
    desk.keyboard.press("Alt+n")
    box = desk.get_by_role("dialog")
    expect(box).to_be_visible()
    expect(box.get_by_label(CONSENT)).to_have_count(0)
