"""Agenda items on the secretary's desk: where they begin, what a machine guessed, what is open."""

import re
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from meetings.disk.storage import Storage
from models.meeting import Meeting
from models.transcript import AssignedBy, Transcript
from tests.conftest import Cast
from tests.world import HEARD
from web.demo import builders
from web.demo.people import PASSWORD


@pytest.fixture
def transcript(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Transcript:
    """Outside the agenda, of the first item as a machine found it, of nobody knows what."""
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    made = builders.add_transcript(session, cast.secretary, recording, HEARD)
    first, second, _ = made.segments
    first.assigned_by = AssignedBy.TEXT
    second.agenda_item, second.assigned_by = meeting.agenda_items[0], AssignedBy.TURNS
    session.commit()
    return made


@pytest.fixture
def page(app: Flask, browser: Browser) -> Iterator[Page]:
    app.config["WTF_CSRF_ENABLED"] = True
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    context = browser.new_context(base_url=f"http://127.0.0.1:{serving.server_port}")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("利用者ID").fill("morishita")
    page.get_by_role("textbox", name="パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    yield page
    context.close()
    serving.shutdown()
    thread.join()


def test_a_guess_is_marked_and_one_press_makes_it_certain(
    page: Page, transcript: Transcript
) -> None:
    page.goto(f"/transcripts/{transcript.id}")
    headings = page.locator(".segment-item:visible")
    expect(headings).to_have_count(3)
    expect(headings.nth(0)).to_contain_text("議題外 推定：発話から")
    expect(headings.nth(1)).to_contain_text("推定：頁送りから")
    expect(headings.nth(2)).to_have_text("未割り当て")
    headings.nth(1).get_by_role("button", name=re.compile("この区切りでよい")).click()
    expect(headings.nth(1)).not_to_contain_text("推定")
    page.reload()
    expect(headings.nth(1)).not_to_contain_text("推定")
    expect(headings.nth(0)).to_contain_text("推定")


def test_the_side_leads_to_what_is_unassigned_until_nothing_is(
    page: Page, transcript: Transcript
) -> None:
    page.goto(f"/transcripts/{transcript.id}")
    link = page.get_by_role("link", name="未割り当て 6秒（1発話）")
    expect(link).to_have_attribute("href", f"#segment-{transcript.segments[2].id}")
    choice = page.get_by_label("から始まる議題").nth(2)
    choice.focus()
    choice.select_option("（議題外）")
    expect(link).to_have_count(0)
    expect(page.locator(".desk-items")).to_contain_text("議題外")


def test_minutes_wait_for_the_rest_and_one_button_leaves_it_out(
    page: Page, transcript: Transcript
) -> None:
    page.goto(f"/meetings/{transcript.meeting.id}/minutes")
    expect(page.locator(".open-points")).to_contain_text("議題に割り当てていない発話 1件（6秒）")
    page.get_by_role("button", name="会議録を作成").click()
    page.get_by_role("button", name="承認を依頼").click()
    expect(page.get_by_text("まだ確かめていない所があります")).to_be_visible()
    page.goto(f"/meetings/{transcript.meeting.id}/minutes")
    page.get_by_role("button", name="残りを議題外にする（1件）").click()
    expect(page.get_by_text("残り1件を議題外にしました")).to_be_visible()
    unplaced = page.locator(".minutes-actions .open-points", has_text="議題に割り当てていない")
    expect(unplaced).to_have_count(0)
    page.get_by_role("button", name="承認を依頼").click()
    expect(page.get_by_text("承認を待っています")).to_be_visible()
