"""From what is pressed on the day to a signed PDF that anybody can check, in a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from meetings.config import Config
from meetings.disk.storage import Storage
from minutes.sealing import signed_records
from models.transcript import Transcript
from tests.e2e.conftest import DESKTOP, TABLET, let_in

Open = Callable[..., Page]


@pytest.fixture
def open_as(server: str, browser: Browser) -> Iterator[Open]:
    opened = []

    def opening(login: str, size: object = DESKTOP, **options: object) -> Page:
        context = browser.new_context(
            base_url=server,
            viewport=size,  # type: ignore[arg-type]
            locale="ja-JP",
            **options,  # type: ignore[arg-type]
        )
        opened.append(context)
        let_in(context, login)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield opening
    for context in opened:
        context.close()


def press(page: Page, words: str, within: str = "main") -> None:
    page.locator(within).get_by_role("button", name=words, exact=True).first.click()
    page.wait_for_load_state()


def note_the_day(page: Page, meeting_id: int) -> None:
    """開会, the first item passed, 散会, by fingers."""
    page.goto(f"/meetings/{meeting_id}/sitting")
    page.get_by_role("button", name="開会", exact=True).tap()
    expect(page.get_by_role("button", name="休憩", exact=True)).to_be_visible()
    page.get_by_label("議題", exact=True).select_option(index=1)
    page.get_by_role("button", name="可決", exact=True).tap()
    page.get_by_role("button", name="散会", exact=True).tap()
    expect(page.get_by_role("button", name="休憩", exact=True)).to_be_hidden()


def make_minutes(page: Page, meeting_id: int) -> None:
    page.goto(f"/meetings/{meeting_id}/minutes")
    press(page, "会議録を作成")
    head = page.locator(".paper-head").first
    expect(head).to_contain_text("開会")
    expect(head).to_contain_text("散会")
    expect(page.locator(".paper")).to_contain_text("可決")
    page.get_by_role("button", name="残りを議題外にする").click()
    press(page, "承認を依頼")


def test_what_was_pressed_on_the_day_stands_in_the_signed_pdf(
    open_as: Open,
    transcript: Transcript,
    engine: Engine,
    config: Config,
    storage: Storage,
    tmp_path: Path,
) -> None:
    meeting_id = transcript.meeting.id
    note_the_day(open_as("koga", TABLET, has_touch=True), meeting_id)
    secretary = open_as("morishita")
    make_minutes(secretary, meeting_id)
    approver = open_as("nagano")
    approver.goto(f"/meetings/{meeting_id}/minutes")
    approver.get_by_role("button", name="承認する").click()
    expect(approver.get_by_text("会議録を承認しました。")).to_be_visible()
    assert signed_records.sign_next(engine, config, storage), "as the worker does"

    secretary.goto(f"/meetings/{meeting_id}/minutes")
    secretary.get_by_role("link", name="署名と原本").click()
    with secretary.expect_download() as started:
        secretary.get_by_role("link", name="署名付きPDFを保存する").click()
    pdf = tmp_path / "会議録.pdf"
    started.value.save_as(pdf)
    read = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in read)
    assert "開会" in text and "散会" in text and "可決" in text

    secretary.goto("/verification")
    secretary.locator("input[type=file]").set_input_files(pdf)
    press(secretary, "調べる")
    expect(secretary.locator("main")).to_contain_text("署名は有効です")
